package sqlstore

import (
	"context"

	"ocopbot/storage"
)

// AddDead keeps that an update could not be handled.
func (s *Store) AddDead(ctx context.Context, d storage.Dead) error {
	if d.ID == 0 {
		d.ID = storage.NewID(d.At)
	}
	_, err := s.do(ctx, "add dead letter", `INSERT INTO dead (id, addr, kind, cause, at) VALUES ($1, $2, $3, $4, $5)`,
		d.ID, d.Addr, int64(d.Kind), d.Cause, ms(d.At))
	return err
}

// DeadLetters lists the updates that could not be handled, the latest first.
func (s *Store) DeadLetters(ctx context.Context, limit int) ([]storage.Dead, error) {
	return list(ctx, s, "dead letters", func(row scanner) (d storage.Dead, err error) {
		err = row.Scan(&d.ID, &d.Addr, &d.Kind, &d.Cause, when{&d.At})
		return d, err
	}, `SELECT id, addr, kind, cause, at FROM dead ORDER BY at DESC, id DESC LIMIT $1`, limit)
}

// CountDead counts them.
func (s *Store) CountDead(ctx context.Context) (int, error) {
	return get(ctx, s, "dead letters", scalar[int], `SELECT COUNT(*) FROM dead`)
}
