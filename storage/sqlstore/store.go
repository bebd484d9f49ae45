// Package sqlstore keeps the records, and the sessions where no faster store
// does, in PostgreSQL or in an SQLite file: one implementation and one SQL
// text for both. It knows no rule of the programme but how events move the
// stage of an idea, and sends nothing: it hands notices to Options.Enqueue
// inside the transaction that stores them.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"ocopbot/storage"
)

// Dialect says which database a Store is.
type Dialect string

// The dialects.
const (
	Postgres Dialect = "postgres"
	SQLite   Dialect = "sqlite"
)

// Options say where the records are.
type Options struct {
	// URL is postgres://… or the path of an SQLite file, which is created.
	URL string
	// Enqueue puts the jobs that deliver a transaction's notices, at least one,
	// into it at its end; nil: notices are only stored. It must use nothing but
	// the transaction.
	Enqueue func(ctx context.Context, tx *sql.Tx, all []storage.Notice) error
	// Announce does the same for announcements.
	Announce Announce
	// MaxConns is the most connections to PostgreSQL; 0: 16.
	MaxConns int
	Log      *slog.Logger // nil: slog's default
}

// Store is an open database. All its methods may be called at the same time.
// Each gives itself a deadline of 5 s unless its context has a sooner one;
// Migrate, Backup and Restore take as long as they need.
type Store struct {
	dialect Dialect
	url     string
	write   *sql.DB
	read    *sql.DB       // the same as write on PostgreSQL
	pool    *pgxpool.Pool // nil on SQLite
	enqueue func(context.Context, *sql.Tx, []storage.Notice) error
	log     *slog.Logger

	announce Announce
	together together
	lines    storage.Batches[line, bool]
}

// Open opens the database. A server is connected to when it is first needed,
// so that one which is down is Ready's to tell; a file is opened at once.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{
		url: o.URL, enqueue: o.Enqueue, announce: o.Announce, log: o.Log,
		together: together{turn: make(chan struct{}, 1)},
	}
	s.lines.Run = s.doAll
	if s.log == nil {
		s.log = slog.Default()
	}
	var err error
	if strings.HasPrefix(o.URL, "postgres://") || strings.HasPrefix(o.URL, "postgresql://") {
		err = s.openPostgres(ctx, o.MaxConns)
	} else {
		err = s.openSQLite(ctx)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Close ends all connections; what still runs fails.
func (s *Store) Close() error {
	var errs []error
	if s.read != s.write {
		errs = append(errs, s.read.Close())
	}
	errs = append(errs, s.write.Close())
	if s.pool != nil {
		s.pool.Close()
	}
	return errors.Join(errs...)
}

// DB is the pool that writes, to be shared with the job queue: on SQLite it
// has one connection.
func (s *Store) DB() *sql.DB { return s.write }

// Pool is the pool under DB on PostgreSQL, nil on SQLite.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Dialect says which database it is.
func (s *Store) Dialect() Dialect { return s.dialect }

// Ready tells whether the database answers and has this program's tables.
func (s *Store) Ready(ctx context.Context) error {
	ctx, stop := deadline(ctx)
	defer stop()
	var version int64
	if err := s.read.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version`).Scan(&version); err != nil {
		return fmt.Errorf("sqlstore: ready: %w", fault(err))
	}
	if want := latestVersion(); version < want {
		return fmt.Errorf("sqlstore: the tables are of version %d, this program needs %d: %w", version, want, storage.ErrUnavailable)
	}
	return nil
}

// Writable tells whether there is room to write: ErrFull where there is none.
func (s *Store) Writable(ctx context.Context) error {
	_, err := s.do(ctx, "writable", `INSERT INTO probes (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = excluded.at`, ms(time.Now()))
	return err
}

// patience is the deadline of a method whose context has none sooner.
const patience = 5 * time.Second

func deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, patience) // never later than the parent's
}
