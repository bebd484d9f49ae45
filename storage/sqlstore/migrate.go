package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
)

// Migrations are numbered and only ever added to; each is one transaction.
//
//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the tables up to date and then runs extra, for instance the
// job queue's own migrations, all under one lock: any number of processes may
// start at once on an empty database.
func (s *Store) Migrate(ctx context.Context, extra func(ctx context.Context, db *sql.DB) error) error {
	unlock, err := s.lockMigrations(ctx)
	if err != nil {
		return fmt.Errorf("sqlstore: lock for migrations: %w", fault(err))
	}
	err = s.migrateTo(ctx, latestVersion())
	if err == nil && extra != nil {
		err = extra(ctx, s.write)
	}
	return errors.Join(fault(err), unlock())
}

func (s *Store) migrateTo(ctx context.Context, version int64) error {
	dialect := goose.DialectPostgres
	if s.dialect == SQLite {
		dialect = goose.DialectSQLite3
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("sqlstore: migrations: %w", err)
	}
	p, err := goose.NewProvider(dialect, s.write, dir)
	if err != nil {
		return fmt.Errorf("sqlstore: migrations: %w", err)
	}
	done, err := p.UpTo(ctx, version) // the provider holds nothing to be closed but our pool
	if err != nil {
		return fmt.Errorf("sqlstore: migrate: %w", err)
	}
	for _, d := range done {
		s.log.Info("tables migrated", "version", d.Source.Version, "took", d.Duration.Round(time.Millisecond))
	}
	return nil
}

// latestVersion is the number of the newest embedded migration.
func latestVersion() int64 {
	names, _ := fs.Glob(migrations, "migrations/*.sql") // the pattern is right
	var latest int64
	for _, name := range names {
		digits, _, _ := strings.Cut(path.Base(name), "_")
		if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
			latest = max(latest, n)
		}
	}
	return latest
}

// lockMigrations holds a lock until unlock is called or the process dies.
func (s *Store) lockMigrations(ctx context.Context) (unlock func() error, err error) {
	if s.dialect == SQLite {
		return s.lockBeside(ctx)
	}
	// A connection of its own: the pool may be as small as the migrators need.
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	end := func() error {
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer stop()
		return conn.Close(ctx) // which releases the lock
	}
	const ours = 0x6f636f70 // "ocop"
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(ours)); err != nil {
		return nil, errors.Join(err, end())
	}
	return end, nil
}

// lockBeside locks by an exclusive transaction on an empty SQLite file beside
// the database: a lock file that works on every system and that a killed
// process leaves free.
func (s *Store) lockBeside(ctx context.Context) (unlock func() error, err error) {
	file := s.url + ".lock"
	if err := createPrivate(file); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", sqliteDSN(file, time.Hour, "_txlock=exclusive"))
	if err != nil {
		return nil, err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return func() error {
		err := tx.Rollback()
		if errors.Is(err, sql.ErrTxDone) { // ctx ended
			err = nil
		}
		return errors.Join(err, db.Close())
	}, nil
}
