package sqlstore_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"ocopbot/bot/bottest/servers"
	"ocopbot/storage"
	"ocopbot/storage/sqlstore"
	"ocopbot/storage/storagetest"
)

// databases makes an empty database of each kind and returns its URL.
var databases = map[string]func(t *testing.T) string{
	"SQLite":     newFile,
	"PostgreSQL": newDatabase,
}

func newFile(t *testing.T) string { return filepath.Join(t.TempDir(), "records.db") }

// newDatabase makes a database on the test server and drops it with the test.
func newDatabase(t *testing.T) string {
	if os.Getenv("OCOPBOT_TEST_DATABASE_URL") == "" {
		t.Fatal("OCOPBOT_TEST_DATABASE_URL is not set: run `make test`, which starts a private PostgreSQL")
	}
	return servers.Database(t)
}

// blanks are as databases, with tables.
var blanks = map[string]func(t *testing.T) string{
	"SQLite":     func(t *testing.T) string { return blank.File(t) },
	"PostgreSQL": func(t *testing.T) string { return blank.Database(t) },
}

var blank = servers.NewBlank(func(url string) error {
	s, err := sqlstore.Open(context.Background(), sqlstore.Options{URL: url, Log: quiet})
	if err != nil {
		return err
	}
	return errors.Join(s.Migrate(context.Background(), nil), s.Close())
})

func openStore(t *testing.T, url string, enqueue storagetest.Enqueue) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: url, Enqueue: enqueue, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func openMigrated(t *testing.T, url string, enqueue storagetest.Enqueue) *sqlstore.Store {
	t.Helper()
	s := openStore(t, url, enqueue)
	if err := s.Migrate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return s
}

func opened(s *sqlstore.Store) storagetest.Opened {
	return storagetest.Opened{Records: s, Sessions: s.Sessions()}
}

func TestRecords(t *testing.T) {
	for name, database := range blanks {
		t.Run(name, func(t *testing.T) {
			storagetest.Run(t, func(t *testing.T, enqueue storagetest.Enqueue) storagetest.Opened {
				return opened(openMigrated(t, database(t), enqueue))
			})
		})
	}
}

func TestSessions(t *testing.T) {
	for name, database := range blanks {
		t.Run(name, func(t *testing.T) {
			storagetest.RunSessions(t, func(t *testing.T) storage.Sessions {
				return openMigrated(t, database(t), nil).Sessions()
			})
		})
	}
}

// TestMoveBetweenDatabases carries everything from a file to a server and
// back.
func TestMoveBetweenDatabases(t *testing.T) {
	file, server, file2 := openMigrated(t, blank.File(t), nil), openMigrated(t, blank.Database(t), nil), openMigrated(t, blank.File(t), nil)
	storagetest.Populate(t, opened(file))
	want := storagetest.Dump(t, opened(file))
	for _, move := range []struct{ from, to *sqlstore.Store }{{file, server}, {server, file2}} {
		var b bytes.Buffer
		if err := move.from.Backup(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		if err := move.to.Restore(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		if got := storagetest.Dump(t, opened(move.to)); got != want {
			t.Errorf("on %s:\n%s\nwant\n%s", move.to.Dialect(), got, want)
		}
	}
}
