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

// Keep stores a message; one whose ID was kept before changes nothing.
func (v Inbound) Keep(ctx context.Context, in bot.Incoming) error {
	_, err := v.s.do(ctx, "keep message", `INSERT INTO inbound (id, addr, via, message, text, at, arrived, claimed, done)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0) ON CONFLICT (id) DO NOTHING`,
		in.ID, in.From, in.Via, in.MessageID, in.Text, ms(in.At), time.Now().UnixNano())
	return err
}

// Claim takes the oldest message of each of some people, those of whom
// nothing is being handled. What is claimed comes back after the lease unless
// it is Done by then.
func (v Inbound) Claim(ctx context.Context, now time.Time, lease time.Duration, people int) ([]bot.Incoming, error) {
	if people <= 0 {
		return nil, nil
	}
	waiting, err := v.Waiting(ctx)
	if err != nil || waiting == 0 { // a look costs no write
		return nil, err
	}
	ctx, stop := deadline(ctx)
	defer stop()
	all, err := collect(ctx, v.s.write, func(row scanner) (in bot.Incoming, err error) {
		in.Kind = bot.Text
		err = row.Scan(&in.ID, &in.From, &in.Via, &in.MessageID, &in.Text, when{&in.At})
		return in, err
	}, `UPDATE inbound SET claimed = $1 WHERE done = 0 AND claimed < $2 AND id IN (
			SELECT id FROM (SELECT id, arrived, MAX(claimed) OVER (PARTITION BY addr) AS busy,
				ROW_NUMBER() OVER (PARTITION BY addr ORDER BY arrived, id) AS place FROM inbound WHERE done = 0) AS queue
			WHERE place = 1 AND busy < $2 ORDER BY arrived LIMIT $3)
		RETURNING id, addr, via, message, text, at`, ms(now), ms(now.Add(-lease)), people)
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
	_, err := v.s.do(ctx, "message handled", `UPDATE inbound SET done = $2, text = '' WHERE id = $1`, id, ms(now))
	return err
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
