package outbox

import (
	"context"
	"fmt"
	"time"

	"ocopbot/storage"
)

// alertBatch is how many alerts one tick tells of.
const alertBatch = 50

// alerts has the admins told of what they were not told of yet. While there
// is no admin it waits for one.
func (b *Outbox) alerts(ctx context.Context, now time.Time) error {
	untold, err := b.o.Store.AlertsUntold(ctx, alertBatch)
	if err != nil || len(untold) == 0 {
		return err
	}
	officers, err := b.o.Store.Officers(ctx, now)
	if err != nil {
		return fmt.Errorf("outbox: alerts: %w", err)
	}
	admins := map[storage.ID]bool{}
	for _, o := range officers {
		if o.Role == storage.Admin {
			admins[o.Person] = true
		}
	}
	if len(admins) == 0 {
		return nil
	}
	for _, a := range untold {
		err := b.o.Store.Write(ctx, func(tx storage.Tx) error {
			fresh, err := tx.MarkAlertTold(a.ID, now)
			if err != nil || !fresh {
				return err
			}
			for p := range admins {
				n := storage.Notice{ID: storage.NewID(now), Person: p, Kind: "alert", Subject: a.ID, State: storage.NoticeQueued, At: now}
				if err := tx.Notify(n); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("outbox: alerts: %w", err)
		}
	}
	return nil
}
