package sqlstore

import (
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// pipeline sends statements to PostgreSQL in one round trip, within the
// transaction that database/sql has begun on the same connection.
func (x *tx) pipeline(waiting []statement, last *statement, read func(scanner) error) error {
	batch := &pgx.Batch{}
	for _, w := range waiting {
		batch.Queue(w.query, w.args...)
	}
	if last != nil {
		batch.Queue(last.query, last.args...)
	}
	var answer error // not returned through Raw, which would look at its kind
	err := x.conn.Raw(func(driver any) error {
		results := driver.(*stdlib.Conn).Conn().SendBatch(x.ctx, batch)
		for range waiting {
			if _, answer = results.Exec(); answer != nil {
				break
			}
		}
		if answer == nil && last != nil {
			answer = read(results.QueryRow())
		}
		if err := results.Close(); answer == nil {
			answer = err
		}
		return nil
	})
	return x.breaks(errors.Join(err, answer))
}
