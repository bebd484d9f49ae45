package servers

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Blank is a database with tables and nothing in them, of which tests get
// copies: to make the tables takes many times as long as to copy them. It only
// saves time: who opens a copy brings its tables up to date as those of an
// empty database.
type Blank struct {
	file     func() ([]byte, error)
	template func() (name string, err error)
}

// NewBlank is a blank database that migrate makes of an empty one, once for
// SQLite and once for PostgreSQL. What it makes in PostgreSQL goes with the
// server.
func NewBlank(migrate func(url string) error) *Blank {
	return &Blank{
		file: sync.OnceValues(func() ([]byte, error) {
			dir, err := os.MkdirTemp("", "blank-")
			if err != nil {
				return nil, err
			}
			defer func() { _ = os.RemoveAll(dir) }() // what is left is only space
			path := filepath.Join(dir, "records.db")
			if err := migrate(path); err != nil {
				return nil, err
			}
			return os.ReadFile(path)
		}),
		template: sync.OnceValues(func() (string, error) {
			name := "blank_" + strings.ToLower(rand.Text()[:16])
			if err := command(os.Getenv(databaseURL), "CREATE DATABASE "+name); err != nil {
				return "", err
			}
			url, err := at(os.Getenv(databaseURL), name)
			if err != nil {
				return "", err
			}
			return name, migrate(url)
		}),
	}
}

// File is the path of a copy for SQLite.
func (b *Blank) File(t testing.TB) string {
	t.Helper()
	content, err := b.file()
	if err != nil {
		t.Fatalf("a blank database: %v", err)
	}
	path := filepath.Join(t.TempDir(), "records.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Database is the URL of a copy in PostgreSQL, as Database makes an empty one.
func (b *Blank) Database(t testing.TB) string {
	t.Helper()
	if os.Getenv(databaseURL) == "" {
		return Database(t)
	}
	template, err := b.template()
	if err != nil {
		t.Fatalf("a blank database: %v", err)
	}
	return create(t, " TEMPLATE "+template)
}
