package sqlstore

import (
	"context"
	"fmt"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

const noticeColumns = `id, person, kind, idea, event, subject, channel, not_before, state, why, addr, provider, at, done`

func scanNotice(row scanner) (n storage.Notice, err error) {
	err = row.Scan(&n.ID, &n.Person, &n.Kind, refTo{&n.Idea}, refTo{&n.Event}, &n.Subject, &n.Channel, when{&n.NotBefore}, &n.State, &n.Why,
		&n.Addr, &n.Provider, when{&n.At}, when{&n.Done})
	return n, err
}

// Notice returns a notice.
func (s *Store) Notice(ctx context.Context, id storage.ID) (storage.Notice, error) {
	return get(ctx, s, "notice", scanNotice, `SELECT `+noticeColumns+` FROM notices WHERE id = $1`, id)
}

// NoticeSentAs is the notice that was sent to an address as a provider's
// message, or ErrNotFound. Two providers may number theirs alike.
func (s *Store) NoticeSentAs(ctx context.Context, to bot.Address, provider string) (storage.Notice, error) {
	return get(ctx, s, "notice", scanNotice, `SELECT `+noticeColumns+` FROM notices
		WHERE provider = $1 AND provider <> '' AND addr = $2 AND state = 'sent' ORDER BY id LIMIT 1`, provider, to)
}

// LastNotice is the notice that was sent to a person last at an address, or
// ErrNotFound. Announcements are not among them: see LastTold.
func (s *Store) LastNotice(ctx context.Context, person storage.ID, addr bot.Address) (storage.Notice, error) {
	return get(ctx, s, "last notice", scanNotice, `SELECT `+noticeColumns+` FROM notices
		WHERE person = $1 AND addr = $2 AND state = 'sent' ORDER BY done DESC, at DESC, seq DESC LIMIT 1`, person, addr)
}

// SettleNotice records what became of a queued notice. Settling it the same
// way again changes nothing; any other way is ErrConflict.
func (s *Store) SettleNotice(ctx context.Context, id storage.ID, state, why string, addr bot.Address, provider string, at time.Time) error {
	n, err := s.do(ctx, "settle notice", `UPDATE notices SET state = $2, why = $3, addr = $4, provider = $5, done = $6
		WHERE id = $1 AND state = 'queued'`, id, state, why, addr, provider, ms(at))
	if err != nil || n == 1 {
		return err
	}
	is, err := get(ctx, s, "settle notice", scalar[string], `SELECT state FROM notices WHERE id = $1`, id)
	if err == nil && is != state {
		err = fmt.Errorf("sqlstore: settle notice: %s already: %w", is, storage.ErrConflict)
	}
	return err
}

// Overtakes tells whether a notice that was queued before this one for the
// same person is still to go out, and could go out by now.
func (s *Store) Overtakes(ctx context.Context, id storage.ID, now time.Time) (bool, error) {
	return get(ctx, s, "notices before", scalar[bool], `SELECT COUNT(*) > 0 FROM notices n
		JOIN notices b ON b.person = n.person AND b.state = 'queued' AND b.not_before <= $2
			AND (b.at < n.at OR b.at = n.at AND (b.seq < n.seq OR b.seq = n.seq AND b.id < n.id))
		WHERE n.id = $1`, id, ms(now))
}

// Notify counts the notices of a transaction, for they are told in that order.
func (x *tx) Notify(n storage.Notice) error {
	x.concerns(n.Person)
	x.notified++
	if n.State == "" {
		n.State = storage.NoticeQueued
	}
	err := x.later(`INSERT INTO notices (id, person, kind, idea, event, subject, channel, not_before, state, why, addr, provider, at, done, seq)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		n.ID, n.Person, n.Kind, ref(n.Idea), ref(n.Event), n.Subject, n.Channel, ms(n.NotBefore), n.State, n.Why, n.Addr, n.Provider, ms(n.At), ms(n.Done), x.notified)
	if n.State == storage.NoticeQueued {
		x.undelivered = append(x.undelivered, n)
	}
	return err
}

// enqueue puts the jobs of a transaction's notices into it, all at once: one
// by one each would take a round trip.
func (x *tx) enqueue() error {
	if x.store.enqueue == nil || len(x.undelivered) == 0 {
		return nil
	}
	if err := x.store.enqueue(x.ctx, x.sql, x.undelivered); err != nil {
		return fmt.Errorf("sqlstore: enqueue notices: %w", x.breaks(err))
	}
	return nil
}
