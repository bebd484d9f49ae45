package outbox

import (
	"context"
	"errors"
	"time"
)

// tickUntil looks every minute at what is due. Every replica does: what is
// due follows from the records alone, and is done once because a row of the
// records says that it was. No minute is lost by a restart.
func (b *Outbox) tickUntil(ctx context.Context) {
	ticker := time.NewTicker(b.o.pace.tick)
	defer ticker.Stop()
	var day digestDay
	var pruned time.Time
	for {
		if err := b.prune(ctx, &pruned); err != nil && ctx.Err() == nil {
			b.o.Log.Warn("what is no longer needed could not be removed; it is tried again in a minute", "error", err)
		}
		if err := b.tick(ctx, &day); err != nil && ctx.Err() == nil {
			b.o.Log.Warn("what is due could not be worked out; it is tried again in a minute", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// pruneEvery is the time between two removals of what has outlived its use.
const pruneEvery = 24 * time.Hour

func (b *Outbox) prune(ctx context.Context, last *time.Time) error {
	now := b.o.Now()
	if now.Sub(*last) < pruneEvery {
		return nil
	}
	if err := b.o.Store.Prune(ctx, now); err != nil {
		return err
	}
	*last = now
	return nil
}

// tick does all that is due now; a failure of one thing keeps no other from
// being done.
func (b *Outbox) tick(ctx context.Context, day *digestDay) error {
	now := b.o.Now()
	return errors.Join(
		b.wanted(ctx, now),
		b.gatheringPictures(ctx, now),
		b.gatherings(ctx, now),
		b.escalate(ctx, now),
		b.digest(ctx, now, day),
		b.remind(ctx, now),
		b.alerts(ctx, now),
	)
}
