package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite" // also the driver "sqlite"
)

// readers is how many reads run beside the one writer.
const readers = 4

// openSQLite opens the file twice: a pool of one connection that writes, so
// that writers queue here and not in SQLite's busy handler, and a pool that
// only reads and, thanks to the write-ahead log, never waits for it.
func (s *Store) openSQLite(ctx context.Context) error {
	s.dialect = SQLite
	if err := createPrivate(s.url); err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	writing, err := sqlite.NewConnector(sqliteDSN(s.url, patience, "_txlock=immediate",
		"_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)", "_pragma=foreign_keys(1)"))
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	reading, err := sqlite.NewConnector(sqliteDSN(s.url, patience, "_pragma=query_only(1)"))
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	s.write = sql.OpenDB(preparing{writing})
	s.write.SetMaxOpenConns(1)
	s.write.SetConnMaxIdleTime(0)
	ctx, stop := deadline(ctx)
	defer stop()
	if err := s.write.PingContext(ctx); err != nil {
		return errors.Join(fmt.Errorf("sqlstore: open: %w", fault(err)), s.write.Close())
	}
	s.read = sql.OpenDB(preparing{reading})
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	return nil
}

// sqliteDSN names a file with settings; a wait for another process's lock
// ends with the context, or after busy.
func sqliteDSN(path string, busy time.Duration, settings ...string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	u.RawQuery = fmt.Sprintf("_pragma=busy_timeout(%d)", busy.Milliseconds())
	for _, set := range settings {
		u.RawQuery += "&" + set
	}
	return u.String()
}

// createPrivate makes a file only its owner can read: it is full of names and
// phone numbers.
func createPrivate(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}
