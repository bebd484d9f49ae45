package sqlstore

import (
	"context"
	"database/sql"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// tx implements storage.Tx. Statements of which nothing but success is
// expected wait until an answer is needed; then all go to the server at once,
// because on PostgreSQL the round trips are what a registration costs.
type tx struct {
	ctx     context.Context
	store   *Store
	conn    *sql.Conn
	sql     *sql.Tx
	waiting []statement
	// about is the first person the present commit was about.
	about storage.ID
	// last are the numbers last taken from the counters that it has locked.
	last     map[ocop.FormNumber]int
	notified int // notices so far
	// undelivered are those whose jobs are still to be made.
	undelivered []storage.Notice
	// broken is the first error of the database: nothing can follow it.
	broken error
}

var _ storage.Tx = (*tx)(nil)

type statement struct {
	query string
	args  []any
}

// later puts a statement into the queue.
func (x *tx) later(query string, args ...any) error {
	x.waiting = append(x.waiting, statement{query, args})
	return x.broken
}

// flush runs what waits.
func (x *tx) flush() error { return x.flushAnd(nil, nil) }

// flushAnd runs what waits and then, if there is one, a last statement whose
// row is read.
func (x *tx) flushAnd(last *statement, read func(scanner) error) error {
	if x.broken != nil {
		return x.broken
	}
	waiting := x.waiting
	x.waiting = nil
	if x.store.dialect == Postgres && len(waiting) > 0 {
		return x.pipeline(waiting, last, read)
	}
	for _, w := range waiting {
		if _, err := x.sql.ExecContext(x.ctx, w.query, w.args...); err != nil {
			return x.breaks(err)
		}
	}
	if last == nil {
		return nil
	}
	return x.breaks(read(x.sql.QueryRowContext(x.ctx, last.query, last.args...)))
}

// exec runs a statement at once and tells how many rows it changed.
func (x *tx) exec(query string, args ...any) (int64, error) {
	if err := x.flush(); err != nil {
		return 0, err
	}
	r, err := x.sql.ExecContext(x.ctx, query, args...)
	if err != nil {
		return 0, x.breaks(err)
	}
	n, err := r.RowsAffected()
	return n, x.breaks(err)
}

// breaks remembers an error after which the database takes nothing more.
func (x *tx) breaks(err error) error {
	err = fault(err)
	if err != nil && !isNotFound(err) && x.broken == nil {
		x.broken = err
	}
	return err
}

// txGet reads one record in a transaction.
func txGet[T any](x *tx, into scan[T], query string, args ...any) (v T, err error) {
	err = x.flushAnd(&statement{query, args}, func(row scanner) error {
		v, err = into(row)
		return err
	})
	return v, err
}

// txList reads records in a transaction.
func txList[T any](x *tx, into scan[T], query string, args ...any) ([]T, error) {
	if err := x.flush(); err != nil {
		return nil, err
	}
	all, err := collect(x.ctx, x.sql, into, query, args...)
	return all, x.breaks(err)
}

// concerns notes whom the transaction is about.
func (x *tx) concerns(person storage.ID) {
	if x.about == 0 {
		x.about = person
	}
}
