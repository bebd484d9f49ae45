package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"testing"

	"ocopbot/storage"
	"ocopbot/storage/sqlstore"
)

var quiet = slog.New(slog.DiscardHandler)

// TestThreeStartAtOnce: three processes on an empty database, whose extra
// migrations bear no company either.
func TestThreeStartAtOnce(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := database(t)
			var wg sync.WaitGroup
			for range 3 {
				s := openStore(t, url, nil)
				wg.Go(func() {
					err := s.Migrate(t.Context(), func(ctx context.Context, db *sql.DB) error {
						if _, err := db.ExecContext(ctx, `SELECT * FROM jobs`); err == nil {
							return nil
						}
						_, err := db.ExecContext(ctx, `CREATE TABLE jobs (id BIGINT PRIMARY KEY)`)
						return err
					})
					if err != nil {
						t.Errorf("Migrate: %v", err)
					}
					if err := s.Ready(t.Context()); err != nil {
						t.Errorf("Ready: %v", err)
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestReadyNeedsTables(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openStore(t, database(t), nil)
			if err := s.Ready(t.Context()); err == nil {
				t.Error("an empty database is ready")
			}
			wrong := errors.New("of the test")
			err := s.Migrate(t.Context(), func(context.Context, *sql.DB) error { return wrong })
			if !errors.Is(err, wrong) {
				t.Errorf("Migrate: %v", err)
			}
			if err := s.Migrate(t.Context(), nil); err != nil { // the lock is free again
				t.Errorf("Migrate again: %v", err)
			}
			if err := s.Ready(t.Context()); err != nil {
				t.Errorf("Ready: %v", err)
			}
		})
	}
}

// TestUpgrade takes what was stored by version 1 through every later version.
func TestUpgrade(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openStore(t, database(t), nil)
			for version := int64(1); version <= sqlstore.LatestVersion(); version++ {
				if err := s.MigrateTo(t.Context(), version); err != nil {
					t.Fatal(err)
				}
				if version > 1 {
					continue
				}
				_, err := s.DB().ExecContext(t.Context(), `INSERT INTO persons (id, name, phone, lang, unit, channel, created, erased)
					VALUES (7, 'Sen', '', 'vi', '', '', 1, 0)`)
				if err != nil {
					t.Fatal(err)
				}
				_, err = s.DB().ExecContext(t.Context(), `INSERT INTO ideas (id, prefix, year, seq, person, unit, name, fold, existing,
						product_group, key_product, fields, stage, version, registered, changed, waiting_level, waiting_since, told, session, turn)
					VALUES (8, 'LS', 2026, 1, 7, '', 'Chè', 'che', '', '', '', '{}', 'registered', 1, 1, 1, 'commune', 1, 0, '', 0)`)
				if err != nil {
					t.Fatal(err)
				}
				_, err = s.DB().ExecContext(t.Context(), `INSERT INTO files (id, idea, person, channel, provider, state, why, mime, at)
					VALUES (9, 8, 7, 'telegram', 'AgAC', 'wanted', '', '', 1)`)
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Migrate(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if p, err := s.Person(t.Context(), 7); err != nil || p.Name != "Sen" {
				t.Errorf("%q, %v", p.Name, err)
			}
			if files, err := s.Files(t.Context(), 8); err != nil || len(files) != 1 || files[0].Provider != "AgAC" {
				t.Errorf("files of before: %v, %v", files, err)
			}
		})
	}
}

// TestBackupHasAllTables: whoever adds a table decides whether it is backed up.
func TestBackupHasAllTables(t *testing.T) {
	s := openMigrated(t, blank.File(t), nil)
	rows, err := s.DB().QueryContext(t.Context(), `SELECT name FROM sqlite_master WHERE type = 'table'
		AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%' AND name <> 'probes'`) // probes hold nothing
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	known := map[string]bool{}
	for _, table := range sqlstore.Tables() {
		known[table] = true
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if !known[name] {
			t.Errorf("table %s is in no backup", name)
		}
		delete(known, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if len(known) > 0 {
		t.Errorf("tables of backups that are not there: %v", known)
	}
}

func TestServerDown(t *testing.T) {
	s := openStore(t, "postgres://nobody@127.0.0.1:1/none?sslmode=disable", nil)
	for name, call := range map[string]func() error{
		"Ready":   func() error { return s.Ready(t.Context()) },
		"Migrate": func() error { return s.Migrate(t.Context(), nil) },
		"Write":   func() error { return s.Write(t.Context(), func(storage.Tx) error { return nil }) },
		"Load":    func() error { _, err := s.Sessions().Load(t.Context(), "telegram:1"); return err },
	} {
		if err := call(); !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", name, err)
		}
	}
}
