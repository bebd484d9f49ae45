package sqlstore

import (
	"context"
	"fmt"
	"time"

	"ocopbot/storage"
)

const fileColumns = `id, idea, report, purpose, name, person, channel, provider, state, why, mime, at`

func fileFields(f *storage.File) []any {
	return []any{&f.ID, refTo{&f.Idea}, refTo{&f.Report}, &f.Purpose, &f.Name, &f.Person, &f.Channel, &f.Provider, &f.State, &f.Why, &f.MIME, when{&f.At}}
}

func scanFile(row scanner) (f storage.File, err error) {
	err = row.Scan(fileFields(&f)...)
	return f, err
}

// Files lists the files of an idea, the oldest first, without their Data.
func (s *Store) Files(ctx context.Context, idea storage.ID) ([]storage.File, error) {
	return list(ctx, s, "files", scanFile, `SELECT `+fileColumns+` FROM files WHERE idea = $1 ORDER BY at, id`, idea)
}

// ReportFiles lists the files of a report, the oldest first, without their Data.
func (s *Store) ReportFiles(ctx context.Context, report storage.ID) ([]storage.File, error) {
	return list(ctx, s, "files", scanFile, `SELECT `+fileColumns+` FROM files WHERE report = $1 ORDER BY at, id`, report)
}

// File returns a file with its Data.
func (s *Store) File(ctx context.Context, id storage.ID) (storage.File, error) {
	return get(ctx, s, "file", func(row scanner) (f storage.File, err error) {
		err = row.Scan(append(fileFields(&f), &f.Data)...)
		return f, err
	}, `SELECT `+fileColumns+`, data FROM files WHERE id = $1`, id)
}

// FilesWanted lists files still to be fetched from their providers, the
// oldest first.
func (s *Store) FilesWanted(ctx context.Context, limit int) ([]storage.File, error) {
	return list(ctx, s, "files wanted", scanFile,
		`SELECT `+fileColumns+` FROM files WHERE state = 'wanted' ORDER BY at, id LIMIT $1`, limit)
}

// SetFile settles a wanted file: State, Why, MIME and Data. ErrNotFound if it
// was erased, ErrConflict if it was settled before.
func (s *Store) SetFile(ctx context.Context, f storage.File) error {
	n, err := s.do(ctx, "set file",
		`UPDATE files SET state = $2, why = $3, mime = $4, data = $5 WHERE id = $1 AND state = 'wanted'`,
		f.ID, f.State, f.Why, f.MIME, f.Data)
	if err != nil || n == 1 {
		return err
	}
	if _, err := get(ctx, s, "set file", scalar[string], `SELECT state FROM files WHERE id = $1`, f.ID); err != nil {
		return err
	}
	return fmt.Errorf("sqlstore: set file: %w", storage.ErrConflict)
}

func (x *tx) AddFile(f storage.File) error {
	x.concerns(f.Person)
	return x.later(`INSERT INTO files (id, idea, report, purpose, person, channel, provider, state, why, mime, data, at, name)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		f.ID, ref(f.Idea), ref(f.Report), f.Purpose, f.Person, f.Channel, f.Provider, f.State, f.Why, f.MIME, f.Data, ms(f.At), f.Name)
}

func (x *tx) FilesSince(idea storage.ID, since time.Time) (int, error) {
	return txGet(x, scalar[int], `SELECT COUNT(*) FROM files WHERE idea = $1 AND at >= $2`, idea, ms(since))
}
