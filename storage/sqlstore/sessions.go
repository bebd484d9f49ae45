package sqlstore

import (
	"context"
	"fmt"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

// Sessions keeps sessions in the table where a faster store parks its own. It
// implements storage.Sessions.
type Sessions struct{ s *Store }

var _ storage.Sessions = Sessions{}

// Sessions is the store of sessions on this database.
func (s *Store) Sessions() Sessions { return Sessions{s} }

// Load returns a session that has not expired, or ErrNotFound.
func (v Sessions) Load(ctx context.Context, addr bot.Address) (storage.StoredSession, error) {
	return get(ctx, v.s, "load session", func(row scanner) (st storage.StoredSession, err error) {
		var keep int64
		err = row.Scan(&st.Turn, &st.Data, &keep, &st.Durable)
		st.Keep = time.Duration(keep) * time.Millisecond
		return st, err
	}, `SELECT turn, data, keep, durable FROM sessions WHERE addr = $1 AND expires > $2`, addr, ms(time.Now()))
}

// Save stores a session if the stored turn still is previous.
func (v Sessions) Save(ctx context.Context, addr bot.Address, previous int, st storage.StoredSession) error {
	now := time.Now()
	n, err := v.s.do(ctx, "save session", `INSERT INTO sessions (addr, turn, data, keep, durable, expires)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (addr) DO UPDATE SET turn = excluded.turn, data = excluded.data, keep = excluded.keep,
			durable = excluded.durable, expires = excluded.expires
		WHERE sessions.turn = $7 OR sessions.expires <= $8`,
		addr, st.Turn, st.Data, st.Keep.Milliseconds(), st.Durable, ms(now.Add(kept(st))), previous, ms(now))
	if err == nil && n == 0 {
		return fmt.Errorf("sqlstore: save session: %w", storage.ErrConflict)
	}
	return err
}

// Delete forgets a session.
func (v Sessions) Delete(ctx context.Context, addr bot.Address) error {
	_, err := v.s.do(ctx, "delete session", `DELETE FROM sessions WHERE addr = $1`, addr)
	return err
}

// Park stores sessions that a faster store holds too. What is here already of
// the same turn or a later one stays; what is not durable is left out.
func (v Sessions) Park(ctx context.Context, sessions []storage.Parked) error {
	err := v.s.transact(ctx, func(x *tx) error {
		now := time.Now()
		for _, p := range sessions {
			if !p.Durable {
				continue
			}
			err := x.later(`INSERT INTO sessions (addr, turn, data, keep, durable, expires)
				VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (addr) DO UPDATE SET turn = excluded.turn, data = excluded.data, keep = excluded.keep,
					durable = excluded.durable, expires = excluded.expires
				WHERE sessions.turn < excluded.turn OR sessions.expires <= $7`,
				p.Addr, p.Turn, p.Data, p.Keep.Milliseconds(), p.Durable, ms(now.Add(kept(p.StoredSession))), ms(now))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sqlstore: park sessions: %w", err)
	}
	return nil
}

// kept is for how long a session stays here.
func kept(st storage.StoredSession) time.Duration {
	if st.Durable {
		return max(st.Keep, storage.KeepDurable)
	}
	return st.Keep
}
