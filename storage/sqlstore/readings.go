package sqlstore

import (
	"context"

	"ocopbot/storage"
)

// LogAccess keeps that somebody read a record.
func (s *Store) LogAccess(ctx context.Context, a storage.Access) error {
	_, err := s.do(ctx, "log access", `INSERT INTO readings (id, at, person, idea, subject, what) VALUES ($1, $2, $3, $4, $5, $6)`,
		storage.NewID(a.At), ms(a.At), ref(a.Person), ref(a.Idea), a.Subject, a.What)
	return err
}

const readingColumns = `at, person, idea, subject, what`

func scanReading(row scanner) (a storage.Access, err error) {
	err = row.Scan(when{&a.At}, refTo{&a.Person}, refTo{&a.Idea}, &a.Subject, &a.What)
	return a, err
}

// Readings lists who read an idea's record, the latest first.
func (s *Store) Readings(ctx context.Context, idea storage.ID, limit int) ([]storage.Access, error) {
	return list(ctx, s, "readings", scanReading,
		`SELECT `+readingColumns+` FROM readings WHERE idea = $1 ORDER BY at DESC, id DESC LIMIT $2`, idea, limit)
}

// ReadingsOf lists who read a person's name and number elsewhere than on an
// idea's card, the latest first.
func (s *Store) ReadingsOf(ctx context.Context, subject storage.ID, limit int) ([]storage.Access, error) {
	return list(ctx, s, "readings", scanReading,
		`SELECT `+readingColumns+` FROM readings WHERE subject = $1 ORDER BY at DESC, id DESC LIMIT $2`, subject, limit)
}
