package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// Announce puts jobs of announcements into a transaction, using nothing but
// it.
type Announce struct {
	// Plan enqueues the job that writes down the recipients, from at on.
	Plan func(ctx context.Context, tx *sql.Tx, id storage.ID, epoch int, at time.Time) error
	// Try enqueues the job that sends it to one address.
	Try func(ctx context.Context, tx *sql.Tx, id storage.ID, to bot.Address) error
	// Tell enqueues the jobs that tell some people, from at on.
	Tell func(ctx context.Context, tx *sql.Tx, id storage.ID, epoch int, persons []storage.ID, at time.Time) error
}

// PlanRecipients writes down the next people of the audience of an
// announcement that is being sent, and enqueues their jobs, from at on: all of
// it in one transaction. n is how many there were; done says that nothing is
// left to plan, be it that the announcement is not being sent.
func (s *Store) PlanRecipients(ctx context.Context, a storage.Announcement, batch int, now, at time.Time) (n int, done bool, err error) {
	err = s.transact(ctx, func(x *tx) error {
		n, done = 0, false
		reached, err := x.holdAnnouncement(a)
		if err != nil {
			return err
		}
		var c conditions
		values := `CAST(` + c.arg(a.ID) + ` AS BIGINT), p.id, CAST(` + c.arg(a.Epoch) + ` AS BIGINT), 'queued', '', '', '', 0, CAST(` + c.arg(ms(now)) + ` AS BIGINT)`
		persons, err := txList(x, scalar[storage.ID], `INSERT INTO recipients (announcement, person, epoch, state, why, addr, provider, doubts, at)
			SELECT `+values+` FROM persons p WHERE `+both(c.audience(a.Audience, now), "p.id > "+c.arg(reached))+`
			ORDER BY p.id LIMIT `+c.arg(batch)+` ON CONFLICT DO NOTHING RETURNING person`, c.args...)
		if err != nil {
			return err
		}
		n, done = len(persons), len(persons) < batch
		if n > 0 {
			reached = slices.Max(persons)
		}
		planned := time.Time{}
		if done {
			planned = now
		}
		if err := x.later(`UPDATE announcements SET reached = $2, planned = $3 WHERE id = $1`, a.ID, reached, ms(planned)); err != nil {
			return err
		}
		return x.tell(a, persons, at)
	})
	if errors.Is(err, errMovedOn) {
		return 0, true, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("sqlstore: plan: %w", err)
	}
	return n, done, nil
}

// holdAnnouncement locks an announcement that is being sent as a says, and
// tells up to whom it is planned.
func (x *tx) holdAnnouncement(a storage.Announcement) (reached storage.ID, err error) {
	reached, err = txGet(x, scalar[storage.ID], `UPDATE announcements SET reached = reached
		WHERE id = $1 AND state = 'sending' AND epoch = $2 AND planned = 0 RETURNING reached`, a.ID, a.Epoch)
	if isNotFound(err) {
		return 0, errMovedOn
	}
	return reached, err
}

func (x *tx) tell(a storage.Announcement, persons []storage.ID, at time.Time) error {
	if len(persons) == 0 || x.store.announce.Tell == nil {
		return nil
	}
	if err := x.flush(); err != nil {
		return err
	}
	if err := x.store.announce.Tell(x.ctx, x.sql, a.ID, a.Epoch, persons, at); err != nil {
		return fmt.Errorf("sqlstore: enqueue recipients: %w", x.breaks(err))
	}
	return nil
}

// RequeueRecipients makes new jobs for people of an earlier epoch who still
// wait, from after one on; last is the last of them, 0 when none is left.
func (s *Store) RequeueRecipients(ctx context.Context, a storage.Announcement, after storage.ID, batch int, at time.Time) (last storage.ID, err error) {
	err = s.transact(ctx, func(x *tx) error {
		persons, err := txList(x, scalar[storage.ID], `UPDATE recipients SET epoch = $2 WHERE announcement = $1 AND person IN (
				SELECT person FROM recipients WHERE announcement = $1 AND person > $3 AND state = 'queued' AND epoch < $2 ORDER BY person LIMIT $4)
			RETURNING person`, a.ID, a.Epoch, after, batch)
		if err != nil {
			return err
		}
		last = 0
		if len(persons) > 0 {
			last = slices.Max(persons)
		}
		return x.tell(a, persons, at)
	})
	if err != nil {
		return 0, fmt.Errorf("sqlstore: requeue: %w", err)
	}
	return last, nil
}

const recipientColumns = `announcement, person, epoch, state, why, addr, provider, doubts, at`

func scanRecipient(row scanner) (r storage.Recipient, err error) {
	err = row.Scan(&r.Announcement, &r.Person, &r.Epoch, &r.State, &r.Why, &r.Addr, &r.Provider, &r.Doubts, when{&r.At})
	return r, err
}

// Recipients lists who an announcement is for, by person, from after one on.
func (s *Store) Recipients(ctx context.Context, id, after storage.ID, limit int) ([]storage.Recipient, error) {
	return list(ctx, s, "recipients", scanRecipient, `SELECT `+recipientColumns+` FROM recipients
		WHERE announcement = $1 AND person > $2 ORDER BY person LIMIT $3`, id, after, limit)
}

// Deliveries reads what is true now of some recipients, in the order of the keys.
func (s *Store) Deliveries(ctx context.Context, keys []storage.RecipientKey, now time.Time) ([]storage.Delivery, error) {
	ctx, stop := deadline(ctx)
	defer stop()
	all, err := deliveries(ctx, s.read, keys, now)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: deliveries: %w", fault(err))
	}
	return all, nil
}

func deliveries(ctx context.Context, q querier, keys []storage.RecipientKey, now time.Time) ([]storage.Delivery, error) {
	var announcements, persons []storage.ID
	for _, k := range keys {
		announcements, persons = append(announcements, k.Announcement), append(persons, k.Person)
	}
	slices.Sort(announcements)
	announcements = slices.Compact(announcements)
	var c conditions
	headers, err := collect(ctx, q, scanAnnouncement, `SELECT `+announcementColumns+` FROM announcements n WHERE n.id IN (`+c.ids(announcements)+`)`, c.args...)
	if err != nil {
		return nil, err
	}
	c = conditions{}
	rows, err := collect(ctx, q, scanRecipient, `SELECT `+recipientColumns+` FROM recipients WHERE (announcement, person) IN (`+c.pairs(keys)+`)`, c.args...)
	if err != nil {
		return nil, err
	}
	adverts := slices.ContainsFunc(headers, func(a storage.Announcement) bool { return a.Class == ocop.Advertising })
	people, err := reaches(ctx, q, persons, adverts, now)
	if err != nil {
		return nil, err
	}
	all := make([]storage.Delivery, len(keys))
	for i, k := range keys {
		all[i].Key = k
		for _, h := range headers {
			if h.ID == k.Announcement {
				all[i].Announcement = h
			}
		}
		for _, r := range rows {
			if r.Announcement == k.Announcement && r.Person == k.Person {
				all[i].Recipient = r
			}
		}
		if all[i].Reach = people[k.Person]; all[i].Reach == nil {
			all[i].Reach = &storage.Reach{Person: k.Person, Erased: true}
		}
	}
	return all, nil
}

// Decide reads what is true now of some recipients and does with each what
// decide says, nil leaving it alone, in one transaction in which nobody else
// decides about the same people. decide may be called again for all of them,
// if others were in the way.
func (s *Store) Decide(ctx context.Context, keys []storage.RecipientKey, now time.Time, decide func(n int, d storage.Delivery) *storage.Move) error {
	err := s.transact(ctx, func(x *tx) error {
		if err := x.lockPersons(keys); err != nil {
			return err
		}
		all, err := deliveries(x.ctx, x.sql, keys, now)
		if err != nil {
			return x.breaks(err)
		}
		var moves []move
		for i, d := range all {
			m := decide(i, d)
			if m == nil {
				continue
			}
			moves = append(moves, move{d.Key, d.Recipient.State, *m})
			if m.Reserve { // the next one in this batch sees it
				d.Reach.Adverts[m.Addr] = append(d.Reach.Adverts[m.Addr], now)
			}
		}
		return x.moveAll(moves, now)
	})
	if err != nil {
		return fmt.Errorf("sqlstore: decide: %w", err)
	}
	return nil
}

// lockPersons keeps others from deciding about the same people. On SQLite
// nobody else writes meanwhile.
func (x *tx) lockPersons(keys []storage.RecipientKey) error {
	if x.store.dialect == SQLite {
		return nil
	}
	var persons []storage.ID
	for _, k := range keys {
		persons = append(persons, k.Person)
	}
	var c conditions
	_, err := txList(x, scalar[storage.ID], `SELECT id FROM persons WHERE id IN (`+c.ids(persons)+`) ORDER BY id FOR NO KEY UPDATE`, c.args...)
	return err
}

// move changes a recipient that is still in the state it was in.
type move struct {
	key storage.RecipientKey
	was string
	storage.Move
}

// moveAll makes some moves by one statement, and keeps the ledger of adverts.
func (x *tx) moveAll(moves []move, now time.Time) error {
	if len(moves) == 0 {
		return nil
	}
	var c conditions
	number := func(n int64) string { return `CAST(` + c.arg(n) + ` AS BIGINT)` }
	text := func(s string) string { return `CAST(` + c.arg(s) + ` AS TEXT)` }
	rows := some(moves, func(m move) string {
		doubt := int64(0)
		if m.Doubt {
			doubt = 1
		}
		return `(` + strings.Join([]string{number(int64(m.key.Announcement)), number(int64(m.key.Person)), text(m.was),
			text(m.State), text(m.Why), number(doubt), text(m.Provider), text(string(m.Addr))}, ", ") + `)`
	})
	// Erasing empties the address of one that is being sent; it stays empty.
	err := x.later(`WITH m (announcement, person, was, state, why, doubt, provider, addr) AS (VALUES `+rows+`)
		UPDATE recipients AS r SET state = m.state, why = m.why, at = `+number(ms(now))+`, doubts = r.doubts + m.doubt,
			provider = CASE WHEN r.state = 'sending' AND r.addr = '' THEN '' ELSE m.provider END,
			addr = CASE WHEN r.state = 'sending' AND (r.addr = '' OR m.addr = '') THEN r.addr ELSE m.addr END
		FROM m WHERE r.announcement = m.announcement AND r.person = m.person AND r.state = m.was`, c.args...)
	for _, m := range moves {
		switch {
		case m.Release:
			err = errors.Join(err, x.later(`DELETE FROM adverts WHERE announcement = $1 AND person = $2`, m.key.Announcement, m.key.Person))
		case m.Reserve:
			err = errors.Join(err, x.later(`INSERT INTO adverts (id, addr, announcement, person, at) VALUES ($1, $2, $3, $4, $5)`,
				storage.NewID(now), m.Addr, m.key.Announcement, m.key.Person, ms(now)))
		}
	}
	return err
}

// SettleBooked notes what a carrier says became of an address whose message
// was ordered in bulk; ErrNotFound if none was.
func (s *Store) SettleBooked(ctx context.Context, id storage.ID, addr bot.Address, state string, now time.Time) error {
	err := s.transact(ctx, func(x *tx) error {
		person, err := txGet(x, scalar[storage.ID], `UPDATE recipients SET state = $3, why = '', addr = $2, at = $4
			WHERE announcement = $1 AND state = 'held' AND why = 'booked'
				AND person = (SELECT person FROM routes WHERE addr = $2) RETURNING person`, id, addr, state, ms(now))
		if err != nil {
			return err
		}
		// It was counted when it was exported; now it is known when it went.
		if err := x.later(`DELETE FROM adverts WHERE announcement = $1 AND person = $2`, id, person); err != nil || state != storage.RecipientSent {
			return err
		}
		return x.later(`INSERT INTO adverts (id, addr, announcement, person, at) VALUES ($1, $2, $3, $4, $5)`,
			storage.NewID(now), addr, id, person, ms(now))
	})
	if err != nil {
		return fmt.Errorf("sqlstore: booked: %w", err)
	}
	return nil
}

// Settle records what became of recipients that were being told.
func (s *Store) Settle(ctx context.Context, keys []storage.RecipientKey, moves []storage.Move, now time.Time) error {
	err := s.transact(ctx, func(x *tx) error {
		all := make([]move, len(keys))
		for i, k := range keys {
			all[i] = move{k, storage.RecipientSending, moves[i]}
		}
		return x.moveAll(all, now)
	})
	if err != nil {
		return fmt.Errorf("sqlstore: settle: %w", err)
	}
	return nil
}
