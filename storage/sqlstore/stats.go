package sqlstore

import (
	"context"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// Stats counts what is kept now.
func (s *Store) Stats(ctx context.Context) (storage.Stats, error) {
	st, err := get(ctx, s, "stats", func(row scanner) (st storage.Stats, err error) {
		err = row.Scan(&st.Waiting, &st.Persons, &st.Officers, &st.Requests, &st.Notices, &st.Files, &st.Dead)
		return st, err
	}, `SELECT
		(SELECT COUNT(*) FROM ideas WHERE waiting_level <> ''),
		(SELECT COUNT(*) FROM persons WHERE erased = 0),
		(SELECT COUNT(*) FROM officers WHERE since <= $1 AND (until = 0 OR until > $1)),
		(SELECT COUNT(*) FROM requests WHERE closed = 0),
		(SELECT COUNT(*) FROM notices WHERE state = 'queued'),
		(SELECT COUNT(*) FROM files WHERE state = 'wanted'),
		(SELECT COUNT(*) FROM dead)`, ms(time.Now()))
	if err != nil {
		return st, err
	}
	type stage struct {
		name  ocop.Stage
		count int
	}
	stages, err := list(ctx, s, "stats", func(row scanner) (g stage, err error) {
		err = row.Scan(&g.name, &g.count)
		return g, err
	}, `SELECT stage, COUNT(*) FROM ideas GROUP BY stage`)
	st.Ideas = map[ocop.Stage]int{}
	for _, g := range stages {
		st.Ideas[g.name] = g.count
	}
	return st, err
}
