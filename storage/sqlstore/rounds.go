package sqlstore

import (
	"context"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

const roundColumns = `id, year, seq, level, unit, published`

func scanRound(row scanner) (r storage.Round, err error) {
	err = row.Scan(&r.ID, &r.Year, &r.Seq, &r.Level, &r.Unit, when{&r.Published})
	return r, err
}

const roundByID = `SELECT ` + roundColumns + ` FROM rounds WHERE id = $1`

// Round returns a round.
func (s *Store) Round(ctx context.Context, id storage.ID) (storage.Round, error) {
	return get(ctx, s, "round", scanRound, roundByID, id)
}

// Rounds lists the rounds of a year.
func (s *Store) Rounds(ctx context.Context, year int) ([]storage.Round, error) {
	return list(ctx, s, "rounds", scanRound,
		`SELECT `+roundColumns+` FROM rounds WHERE year = $1 ORDER BY seq, level, unit, id`, year)
}

func (x *tx) Round(id storage.ID) (storage.Round, error) { return txGet(x, scanRound, roundByID, id) }

func (x *tx) PutRound(r storage.Round) error {
	return x.later(`INSERT INTO rounds (id, year, seq, level, unit, published) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET year = excluded.year, seq = excluded.seq, level = excluded.level,
			unit = excluded.unit, published = excluded.published`,
		r.ID, r.Year, r.Seq, r.Level, r.Unit, ms(r.Published))
}

func (x *tx) RoundOf(year, seq int, level string, council ocop.UnitKey, now time.Time) (storage.Round, error) {
	err := x.later(`INSERT INTO rounds (id, year, seq, level, unit, published) VALUES ($1, $2, $3, $4, $5, 0)
		ON CONFLICT (year, seq, level, unit) DO NOTHING`, storage.NewID(now), year, seq, level, council)
	if err != nil {
		return storage.Round{}, err
	}
	return txGet(x, scanRound, `SELECT `+roundColumns+` FROM rounds WHERE year = $1 AND seq = $2 AND level = $3 AND unit = $4`,
		year, seq, level, council)
}
