package sqlstore

import (
	"context"
	"fmt"
	"time"

	"ocopbot/storage"
)

const requestColumns = `q.id, q.person, q.unit, q.idea, q.topic, q.text, q.at, q.owner, q.closed, q.actor, q.told`

func scanRequest(row scanner) (q storage.Request, err error) {
	err = row.Scan(&q.ID, &q.Person, &q.Unit, refTo{&q.Idea}, &q.Topic, &q.Text, when{&q.At}, &q.Owner,
		when{&q.Closed}, refTo{&q.By}, when{&q.Told})
	return q, err
}

// Request returns a request.
func (s *Store) Request(ctx context.Context, id storage.ID) (storage.Request, error) {
	return get(ctx, s, "request", scanRequest, `SELECT `+requestColumns+` FROM requests q WHERE q.id = $1`, id)
}

// Requests lists the open requests in scope, the oldest first.
func (s *Store) Requests(ctx context.Context, scope storage.Scope, limit int) ([]storage.Request, error) {
	return list(ctx, s, "requests", scanRequest, `SELECT `+requestColumns+` FROM requests q
		WHERE q.closed = 0 AND `+inScope("q.unit", "q.owner")+` ORDER BY q.at, q.id LIMIT $4`, scopeArgs(scope, limit)...)
}

// RequestsUntold lists open requests of which the officers of a level have
// not been told, the oldest first.
func (s *Store) RequestsUntold(ctx context.Context, level string, limit int) ([]storage.Request, error) {
	return list(ctx, s, "requests untold", scanRequest, `SELECT `+requestColumns+` FROM requests q
		WHERE q.closed = 0 AND q.owner = $1 AND q.told = 0 ORDER BY q.at, q.id LIMIT $2`, level, limit)
}

func (x *tx) AddRequest(q storage.Request) error {
	x.concerns(q.Person)
	return x.later(`INSERT INTO requests (id, person, unit, idea, topic, text, at, owner, closed, actor, told)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		q.ID, q.Person, q.Unit, ref(q.Idea), q.Topic, q.Text, ms(q.At), q.Owner, ms(q.Closed), ref(q.By), ms(q.Told))
}

func (x *tx) CloseRequest(id, by storage.ID, at time.Time) error {
	x.concerns(by)
	n, err := x.exec(`UPDATE requests SET closed = $2, actor = $3 WHERE id = $1 AND closed = 0`, id, ms(at), ref(by))
	if err == nil && n == 0 {
		if _, err = txGet(x, scalar[int64], `SELECT closed FROM requests WHERE id = $1`, id); err == nil {
			err = storage.ErrConflict
		}
	}
	if err != nil {
		return fmt.Errorf("sqlstore: close request: %w", err)
	}
	return nil
}
