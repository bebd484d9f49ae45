package sqlstore

import (
	"context"
	"database/sql/driver"
)

// mostPrepared bounds the statements a connection to SQLite keeps; the program
// has some hundreds, of which a day needs a part.
const mostPrepared = 200

// preparing makes connections to SQLite that keep their statements. By itself
// the driver has each parsed anew whenever it runs, which is a fifth of the
// processor time of a turn.
type preparing struct{ driver.Connector }

func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &preparedConn{sqliteConn: c.(sqliteConn), idle: map[string]sqliteStmt{}}, nil
}

// sqliteConn is what the driver's connections can do and database/sql uses.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type sqliteRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
}

// preparedConn is a connection that keeps its statements between two runs.
// database/sql sees to it that one goroutine uses it at a time.
type preparedConn struct {
	sqliteConn
	idle map[string]sqliteStmt // by their text, those not running now
}

var (
	_ driver.ExecerContext  = (*preparedConn)(nil)
	_ driver.QueryerContext = (*preparedConn)(nil)
)

func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	if e := c.keep(query, s); err == nil && e != nil {
		return nil, e
	}
	return result, err
}

func (c *preparedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		if e := s.Close(); e != nil {
			return nil, e
		}
		return nil, err
	}
	return &preparedRows{sqliteRows: rows.(sqliteRows), done: func() error { return c.keep(query, s) }}, nil
}

// take is a statement that nobody else runs until it is kept again.
func (c *preparedConn) take(ctx context.Context, query string) (sqliteStmt, error) {
	if s, ok := c.idle[query]; ok {
		delete(c.idle, query)
		return s, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.(sqliteStmt), nil
}

// keep puts a statement by for the next run; any other goes if there are too
// many.
func (c *preparedConn) keep(query string, s sqliteStmt) error {
	if _, twice := c.idle[query]; twice {
		return s.Close()
	}
	c.idle[query] = s
	if len(c.idle) <= mostPrepared {
		return nil
	}
	for other, s := range c.idle {
		delete(c.idle, other)
		return s.Close()
	}
	return nil
}

func (c *preparedConn) Close() error {
	var first error
	for _, s := range c.idle {
		if err := s.Close(); first == nil {
			first = err
		}
	}
	if err := c.sqliteConn.Close(); first == nil {
		first = err
	}
	return first
}

// preparedRows gives its statement back when it has been read.
type preparedRows struct {
	sqliteRows
	done func() error
}

func (r *preparedRows) Close() error {
	err := r.sqliteRows.Close()
	if r.done == nil {
		return err
	}
	done := r.done
	r.done = nil
	if e := done(); err == nil {
		err = e
	}
	return err
}
