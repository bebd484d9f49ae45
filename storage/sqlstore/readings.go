package sqlstore

import (
	"context"

	"ocopbot/storage"
)

// LogAccess keeps that somebody read a record.
func (s *Store) LogAccess(ctx context.Context, a storage.Access) error {
	_, err := s.do(ctx, "log access", `INSERT INTO readings (id, at, person, idea, what) VALUES ($1, $2, $3, $4, $5)`,
		storage.NewID(a.At), ms(a.At), ref(a.Person), ref(a.Idea), a.What)
	return err
}

// Readings lists who read an idea's record, the latest first.
func (s *Store) Readings(ctx context.Context, idea storage.ID, limit int) ([]storage.Access, error) {
	return list(ctx, s, "readings", func(row scanner) (a storage.Access, err error) {
		err = row.Scan(when{&a.At}, refTo{&a.Person}, refTo{&a.Idea}, &a.What)
		return a, err
	}, `SELECT at, person, idea, what FROM readings WHERE idea = $1 ORDER BY at DESC, id DESC LIMIT $2`, idea, limit)
}
