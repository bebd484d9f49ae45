package sqlstore

import (
	"context"
	"time"

	"ocopbot/storage"
)

// AddOutbound notes a message that is about to go out.
func (s *Store) AddOutbound(ctx context.Context, o storage.Outbound) error {
	_, err := s.do(ctx, "add message sent", `INSERT INTO outbound (id, gateway, provider, addr, segments, encoding, state, at, changed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
		o.ID, o.Gateway, o.Provider, o.Addr, o.Segments, o.Encoding, o.State, ms(o.At))
	return err
}

// MoveOutbound notes how far a message got. A state only moves forward, and
// the last two, delivered and failed, are final. The message is named by id
// or, if that is empty, by the gateway's own. One that is not known changes
// nothing.
func (s *Store) MoveOutbound(ctx context.Context, m storage.OutboundMove, now time.Time) error {
	_, err := s.do(ctx, "move message sent", `UPDATE outbound SET state = $1, changed = $2,
			provider = CASE WHEN $5 = '' THEN provider ELSE $5 END
		WHERE (id = $3 OR $3 = '' AND provider = $5 AND provider <> '') AND gateway = $4 AND state < $1 AND state < $6`,
		m.State, ms(now), m.ID, m.Gateway, m.Provider, storage.OutboundFinal)
	return err
}

// Outbound returns a message sent, or ErrNotFound.
func (s *Store) Outbound(ctx context.Context, id string) (storage.Outbound, error) {
	return get(ctx, s, "message sent", func(row scanner) (o storage.Outbound, err error) {
		err = row.Scan(&o.ID, &o.Gateway, &o.Provider, &o.Addr, &o.Segments, &o.Encoding, &o.State, when{&o.At})
		return o, err
	}, `SELECT id, gateway, provider, addr, segments, encoding, state, at FROM outbound WHERE id = $1`, id)
}
