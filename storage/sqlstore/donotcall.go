package sqlstore

import (
	"context"
	"fmt"
	"time"

	"ocopbot/bot"
)

// doNotCallBatch is how many rows go to the server at once.
const doNotCallBatch = 500

// ReplaceDoNotCall puts a new list of those who must not be advertised to in
// the place of the old one, all or nothing. It takes as long as it needs.
func (s *Store) ReplaceDoNotCall(ctx context.Context, list []bot.Address, now time.Time) error {
	err := s.once(ctx, func(x *tx) error {
		if err := x.later(`DELETE FROM do_not_call`); err != nil {
			return err
		}
		for _, addr := range list {
			if err := x.later(`INSERT INTO do_not_call (addr, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, addr, ms(now)); err != nil {
				return err
			}
			if len(x.waiting) >= doNotCallBatch {
				if err := x.flush(); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sqlstore: list of those not to be called: %w", fault(err))
	}
	return nil
}

// CountDoNotCall is how long the list is, and when it was imported.
func (s *Store) CountDoNotCall(ctx context.Context) (n int, at time.Time, err error) {
	_, err = get(ctx, s, "list of those not to be called", func(row scanner) (none struct{}, err error) {
		var ms int64
		err = row.Scan(&n, &ms)
		at = fromMS(ms)
		return none, err
	}, `SELECT COUNT(*), COALESCE(MAX(at), 0) FROM do_not_call`)
	return n, at, err
}
