package sqlstore

import (
	"context"
	"fmt"
)

// A line is a statement by itself that changes nothing when it is run again.
type line struct {
	what string
	statement
}

// doTogether is do for a line whose rows nobody counts. Lines that come while
// others are on their way to the disk share the next transaction, and each
// returns when it is on disk. When that fails each is run by itself.
func (s *Store) doTogether(ctx context.Context, what, query string, args ...any) error {
	alone, err := s.lines.Do(ctx, line{what, statement{query, args}})
	if err != nil {
		return fmt.Errorf("sqlstore: %s: %w", what, fault(err))
	}
	if !alone {
		return nil
	}
	_, err = s.do(ctx, what, query, args...)
	return err
}

// doAll runs lines in one transaction; alone: one of them fails, and each is to
// be run by itself.
func (s *Store) doAll(ctx context.Context, all []line) (alone []bool, err error) {
	alone = make([]bool, len(all))
	ctx, stop := deadline(ctx)
	defer stop()
	err = s.once(ctx, func(x *tx) error {
		for _, l := range all {
			if err := x.later(l.query, l.args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil || outage(err) {
		return alone, err
	}
	for i := range alone {
		alone[i] = true
	}
	return alone, nil
}
