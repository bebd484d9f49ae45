package outbox

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"ocopbot/bot"
	"ocopbot/storage"
)

// Bounced takes in that a message, by the provider's id of it, will never
// reach an address: the address is marked as dead, and a notice that went
// there is told again by the person's next one, if there is any. The same
// news twice changes nothing.
func (b *Outbox) Bounced(ctx context.Context, to bot.Address, provider string) error {
	now := b.o.Now()
	err := b.o.Store.MarkRoute(ctx, to, now, bot.Unreachable)
	if errors.Is(err, storage.ErrNotFound) {
		return nil // nobody's, or erased
	}
	if err != nil {
		return fmt.Errorf("outbox: bounced: %w", err)
	}
	n, err := b.o.Store.NoticeSentAs(ctx, to, provider)
	if errors.Is(err, storage.ErrNotFound) {
		return nil // it was an answer
	}
	if err != nil {
		return fmt.Errorf("outbox: bounced: %w", err)
	}
	p, err := b.o.Store.Person(ctx, n.Person)
	if err != nil {
		return fmt.Errorf("outbox: bounced: %w", err)
	}
	routes, err := b.o.Store.Routes(ctx, n.Person)
	if err != nil {
		return fmt.Errorf("outbox: bounced: %w", err)
	}
	if b.route(n, p, routes, nil) == "" {
		return nil
	}
	key := storage.Key{Session: "bounced/" + strconv.FormatInt(int64(n.ID), 36), Turn: 1}
	_, err = b.o.Store.Commit(ctx, key, now, func(tx storage.Tx) ([]byte, error) {
		again := storage.Notice{ID: storage.NewID(now), Person: n.Person, Kind: n.Kind, Idea: n.Idea, Event: n.Event, Subject: n.Subject, Channel: n.Channel,
			State: storage.NoticeQueued, At: now}
		return nil, tx.Notify(again)
	})
	if err != nil {
		return fmt.Errorf("outbox: bounced: %w", err)
	}
	return nil
}
