package sqlstore

import (
	"context"
	"errors"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

// Inbound keeps messages of providers that do not deliver again, until they
// are handled.
type Inbound struct{ s *Store }

// Inbound is the inbox on this database.
func (s *Store) Inbound() Inbound { return Inbound{s} }

const keepMessage = `INSERT INTO inbound (id, addr, via, message, text, what, print, at, arrived, claimed, done)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10) ON CONFLICT (id) DO NOTHING`

// Keep stores a message; one whose ID was kept before changes nothing. A
// piece of one waits for the others.
func (v Inbound) Keep(ctx context.Context, in bot.Incoming) error {
	if in.Part.Total > 1 {
		return v.keepPart(ctx, in)
	}
	return v.s.doTogether(ctx, "keep message", keepMessage,
		in.ID, in.From, in.Via, in.MessageID, in.Text, in.What, fingerprint(in.From, in.Text), ms(in.At), time.Now().UnixNano(), 0)
}

// Lately tells what an address sent before a message, by the message's own
// time: how many in a minute and in a day; how many of the last rounds said
// the same within half an hour; whether it says what went out to it within
// that time; and whether a flood was ended within it, or within the day.
func (v Inbound) Lately(ctx context.Context, in bot.Incoming, rounds int) (l storage.Lately, err error) {
	return get(ctx, v.s, "messages of late", func(row scanner) (l storage.Lately, err error) {
		var echoes, floods, muted int
		err = row.Scan(&l.Minute, &l.Day, &l.Same, &echoes, &floods, &muted)
		l.Echo, l.Flooded, l.Muted = echoes > 0, floods > 0, muted > 0
		return l, err
	}, `SELECT
		(SELECT COUNT(*) FROM inbound WHERE addr = $1 AND at > $3 AND id <> $6),
		(SELECT COUNT(*) FROM inbound WHERE addr = $1 AND at > $5 AND id <> $6),
		(SELECT COUNT(*) FROM (SELECT print, at FROM inbound WHERE addr = $1 AND what = '' AND id <> $6 ORDER BY arrived DESC LIMIT $7) AS last
			WHERE print = $2 AND at > $4),
		(SELECT COUNT(*) FROM outbound WHERE addr = $1 AND print = $2 AND at > $4),
		(SELECT COUNT(*) FROM inbound WHERE addr = $1 AND what = $8 AND at > $4 AND id <> $6),
		(SELECT COUNT(*) FROM inbound WHERE addr = $1 AND what = $8 AND at > $5 AND id <> $6)`,
		in.From, fingerprint(in.From, in.Text), ms(in.At.Add(-time.Minute)), ms(in.At.Add(-30*time.Minute)), ms(in.At.Add(-day)),
		in.ID, rounds, bot.Flood)
}

// Claim takes the oldest message of each of some people, those of whom
// nothing is being handled. What is claimed comes back after the lease unless
// it is Done by then.
func (v Inbound) Claim(ctx context.Context, now time.Time, lease time.Duration, people int) ([]bot.Incoming, error) {
	if people <= 0 {
		return nil, nil
	}
	if err := v.joinLate(ctx, now); err != nil {
		return nil, err
	}
	waiting, err := v.Waiting(ctx)
	if err != nil || waiting == 0 { // a look costs no write
		return nil, err
	}
	ctx, stop := deadline(ctx)
	defer stop()
	all, err := collect(ctx, v.s.write, func(row scanner) (in bot.Incoming, err error) {
		err = row.Scan(&in.ID, &in.From, &in.Via, &in.MessageID, &in.Text, &in.What, when{&in.At})
		if in.Kind = bot.Text; in.What != "" {
			in.Kind = bot.Unsupported
		}
		return in, err
	}, `UPDATE inbound SET claimed = $1 WHERE done = 0 AND claimed < $2 AND id IN (
			SELECT id FROM (SELECT id, arrived, MAX(claimed) OVER (PARTITION BY addr) AS busy,
				ROW_NUMBER() OVER (PARTITION BY addr ORDER BY arrived, id) AS place FROM inbound WHERE done = 0) AS queue
			WHERE place = 1 AND busy < $2 ORDER BY arrived LIMIT $3)
		RETURNING id, addr, via, message, text, what, at`, ms(now), ms(now.Add(-lease)), people)
	return all, fault(err)
}

// Release gives a claimed message back at once.
func (v Inbound) Release(ctx context.Context, id string) error {
	_, err := v.s.do(ctx, "release message", `UPDATE inbound SET claimed = 0 WHERE id = $1 AND done = 0`, id)
	return err
}

// Done says that a message was handled, and forgets its words; its id is kept
// so that it is known when it comes again.
func (v Inbound) Done(ctx context.Context, id string, now time.Time) error {
	return v.s.doTogether(ctx, "message handled", `UPDATE inbound SET done = $2, text = '' WHERE id = $1`, id, ms(now))
}

// Via is the gateway a person last wrote to; empty if they never did.
func (v Inbound) Via(ctx context.Context, addr bot.Address) (string, error) {
	via, err := get(ctx, v.s, "gateway", scalar[string], `SELECT via FROM inbound WHERE addr = $1 ORDER BY arrived DESC, id DESC LIMIT 1`, addr)
	if errors.Is(err, storage.ErrNotFound) {
		return "", nil
	}
	return via, err
}

// Waiting counts the messages that are not handled yet.
func (v Inbound) Waiting(ctx context.Context) (int, error) {
	return get(ctx, v.s, "messages waiting", scalar[int], `SELECT COUNT(*) FROM inbound WHERE done = 0`)
}
