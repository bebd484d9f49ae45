package sqlstore

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/viet"
	"ocopbot/storage"
)

// AddOutbound notes a message that is about to go out, and counts it on its
// gateway's day. With a budget, in segments a day, it is ErrSpent if that does
// not reach. today is what the day's messages come to with this one.
func (s *Store) AddOutbound(ctx context.Context, o storage.Outbound, budget int) (today int, err error) {
	if budget > 0 && o.Segments > budget {
		return 0, fmt.Errorf("sqlstore: add message sent: %w", storage.ErrSpent)
	}
	err = s.transact(ctx, func(x *tx) error {
		err := x.later(`INSERT INTO outbound (id, gateway, provider, addr, segments, encoding, state, at, changed, print, dong)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)`,
			o.ID, o.Gateway, o.Provider, o.Addr, o.Segments, o.Encoding, o.State, ms(o.At), fingerprint(o.Addr, o.Text), o.Dong)
		if err != nil {
			return err
		}
		// Last: every message of the gateway waits for this row.
		today, err = txGet(x, scalar[int], `INSERT INTO sms_days (gateway, day, messages, segments, failed, dong) VALUES ($1, $2, 1, $3, 0, $4)
			ON CONFLICT (gateway, day) DO UPDATE SET messages = sms_days.messages + 1,
				segments = sms_days.segments + excluded.segments, dong = sms_days.dong + excluded.dong
			WHERE $5 = 0 OR sms_days.segments + excluded.segments <= $5
			RETURNING segments`, o.Gateway, dayOf(o.At), o.Segments, o.Dong, budget)
		if errors.Is(err, storage.ErrNotFound) {
			return storage.ErrSpent
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sqlstore: add message sent: %w", err)
	}
	return today, nil
}

// dayOf is the day in Vietnam.
func dayOf(t time.Time) string { return t.In(ocop.Local).Format(time.DateOnly) }

// sentence is how many letters make a text one whose numbers do not tell it
// apart: machines answer with a new case number or time each.
const sentence = 24

// fingerprint tells texts of one address apart without keeping them.
func fingerprint(addr bot.Address, text string) int64 {
	said := viet.Fold(text)
	words := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, said)
	if utf8.RuneCountInString(words) >= sentence {
		said = words
	}
	sum := sha256.Sum256([]byte(string(addr) + "\x00" + said))
	return int64(binary.LittleEndian.Uint64(sum[:8]))
}

// MoveOutbound notes how far a message got. A state only moves forward, and
// the last two, delivered and failed, are final. The message is named by id
// or, if that is empty, by the gateway's own. Of one that failed just now it
// gives the id and the address; one that is not known changes nothing.
func (s *Store) MoveOutbound(ctx context.Context, m storage.OutboundMove, now time.Time) (failed storage.Outbound, err error) {
	const move = `UPDATE outbound SET state = $1, changed = $2,
			provider = CASE WHEN $5 = '' THEN provider ELSE $5 END
		WHERE (id = $3 OR $3 = '' AND provider = $5 AND provider <> '') AND gateway = $4 AND state < $1 AND state < $6`
	args := []any{m.State, ms(now), m.ID, m.Gateway, m.Provider, storage.OutboundFinal}
	if !m.Failed {
		return failed, s.doTogether(ctx, "move message sent", move, args...)
	}
	err = s.transact(ctx, func(x *tx) error {
		o, err := txGet(x, func(row scanner) (o storage.Outbound, err error) {
			err = row.Scan(&o.ID, &o.Addr, &o.Segments, &o.Dong, when{&o.At})
			return o, err
		}, move+` RETURNING id, addr, segments, dong, at`, args...)
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		failed = o
		back := `UPDATE sms_days SET failed = failed + 1 WHERE gateway = $1 AND day = $2`
		costs := []any{m.Gateway, dayOf(o.At)}
		if m.Untaken {
			back = `UPDATE sms_days SET failed = failed + 1, segments = segments - $3, dong = dong - $4 WHERE gateway = $1 AND day = $2`
			costs = append(costs, o.Segments, o.Dong)
		}
		return x.later(back, costs...)
	})
	if err != nil {
		return storage.Outbound{}, fmt.Errorf("sqlstore: move message sent: %w", err)
	}
	failed.Gateway = m.Gateway
	return failed, nil
}

// Outbound returns a message sent, or ErrNotFound.
func (s *Store) Outbound(ctx context.Context, id string) (storage.Outbound, error) {
	return get(ctx, s, "message sent", func(row scanner) (o storage.Outbound, err error) {
		err = row.Scan(&o.ID, &o.Gateway, &o.Provider, &o.Addr, &o.Segments, &o.Encoding, &o.Dong, &o.State, when{&o.At})
		return o, err
	}, `SELECT id, gateway, provider, addr, segments, encoding, dong, state, at FROM outbound WHERE id = $1`, id)
}

// SMSDays lists what each gateway sent on each day since one, the latest day
// first.
func (s *Store) SMSDays(ctx context.Context, since time.Time) ([]storage.SMSDay, error) {
	return list(ctx, s, "days of messages sent", func(row scanner) (d storage.SMSDay, err error) {
		err = row.Scan(&d.Gateway, &d.Day, &d.Messages, &d.Segments, &d.Failed, &d.Dong)
		return d, err
	}, `SELECT gateway, day, messages, segments, failed, dong FROM sms_days WHERE day >= $1 ORDER BY day DESC, gateway`, dayOf(since))
}
