package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"ocopbot/storage"
)

// fault gives a database's error the kind that storage names, beside itself.
func fault(err error) error {
	if err == nil {
		return nil
	}
	for _, known := range []error{storage.ErrNotFound, storage.ErrConflict, storage.ErrUnavailable, storage.ErrFull} {
		if errors.Is(err, known) {
			return err
		}
	}
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, pgx.ErrNoRows) {
		return storage.ErrNotFound
	}
	if duplicate(err) {
		return fmt.Errorf("%w: %w", storage.ErrConflict, err)
	}
	if kind := kindOf(err); kind != nil {
		return fmt.Errorf("%w: %w", kind, err)
	}
	return err
}

func kindOf(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return postgresKind(pg.Code)
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return sqliteKind(lite.Code() & 0xff)
	}
	var network net.Error
	var connect *pgconn.ConnectError
	switch {
	case errors.Is(err, context.Canceled):
		return nil // the caller's own wish
	case errors.Is(err, syscall.ENOSPC):
		return storage.ErrFull
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network), errors.As(err, &connect),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), errors.Is(err, net.ErrClosed),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET),
		errors.Is(err, syscall.EPIPE), pgconn.SafeToRetry(err), closedByDriver(err):
		return storage.ErrUnavailable
	}
	return nil
}

// closedByDriver knows two errors that pgx and database/sql do not export.
func closedByDriver(err error) bool {
	text := err.Error()
	return strings.HasSuffix(text, "conn closed") || strings.HasSuffix(text, "closed pool") ||
		strings.HasSuffix(text, "sql: database is closed")
}

// postgresKind goes by the error codes of PostgreSQL's documentation,
// appendix A.
func postgresKind(code string) error {
	switch code {
	case "53100", "53200": // disk_full, out_of_memory
		return storage.ErrFull
	case "25006", // read_only_sql_transaction: a standby, before the switch
		"25P03", "57014", "57P05", // timeouts of idle transactions, queries, idle sessions
		"57P01", "57P02", "57P03", // shut down, crashed, starting
		"53300", "53000", // too_many_connections, insufficient_resources
		"58030", "40001", "40P01", "55P03": // io_error, serialization, deadlock, lock
		return storage.ErrUnavailable
	}
	if strings.HasPrefix(code, "08") { // connection exceptions
		return storage.ErrUnavailable
	}
	return nil
}

// sqliteKind goes by the primary result codes of sqlite.org/rescode.html.
func sqliteKind(code int) error {
	switch code {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM:
		return storage.ErrFull
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_PROTOCOL:
		return storage.ErrUnavailable
	}
	return nil
}

// duplicate tells a violated UNIQUE or PRIMARY KEY.
func duplicate(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) &&
		(lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// again tells the errors after which nothing was done and the same
// transaction may well succeed: others were in the way, two IDs drawn in the
// same millisecond were the same, or the connection was dead before it was
// used.
func again(err error) bool {
	if duplicate(err) {
		return true
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01"
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		code := lite.Code() & 0xff
		return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
	}
	return pgconn.SafeToRetry(err)
}

func isNotFound(err error) bool { return errors.Is(err, storage.ErrNotFound) }
