package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
)

// querier is what a pool and a transaction have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// scanner is a row of any of the drivers.
type scanner interface{ Scan(dest ...any) error }

// scan makes a record of a row.
type scan[T any] func(row scanner) (T, error)

// get reads one record outside a transaction; ErrNotFound if there is none.
func get[T any](ctx context.Context, s *Store, what string, into scan[T], query string, args ...any) (T, error) {
	ctx, stop := deadline(ctx)
	defer stop()
	v, err := into(s.read.QueryRowContext(ctx, query, args...))
	if err != nil {
		return v, fmt.Errorf("sqlstore: %s: %w", what, fault(err))
	}
	return v, nil
}

// list reads records outside a transaction.
func list[T any](ctx context.Context, s *Store, what string, into scan[T], query string, args ...any) ([]T, error) {
	ctx, stop := deadline(ctx)
	defer stop()
	all, err := collect(ctx, s.read, into, query, args...)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %s: %w", what, fault(err))
	}
	return all, nil
}

// do runs one statement that is a transaction of its own, and tells how many
// rows it changed.
func (s *Store) do(ctx context.Context, what, query string, args ...any) (int64, error) {
	ctx, stop := deadline(ctx)
	defer stop()
	r, err := s.write.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("sqlstore: %s: %w", what, fault(err))
	}
	n, err := r.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("sqlstore: %s: %w", what, err)
	}
	return n, nil
}

func collect[T any](ctx context.Context, q querier, into scan[T], query string, args ...any) (all []T, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := rows.Close(); err == nil {
			err = e
		}
	}()
	for rows.Next() {
		v, err := into(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// scalar scans a row of one value.
func scalar[T any](row scanner) (v T, err error) {
	err = row.Scan(&v)
	return v, err
}
