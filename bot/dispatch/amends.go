package dispatch

import (
	"context"
	"errors"
	"fmt"

	"ocopbot/bot"
	"ocopbot/conversations"
	"ocopbot/storage"
)

// outcome is what a commit left behind; storage.ErrNotFound if it was never
// made.
func (d *Dispatcher) outcome(ctx context.Context, key storage.Key) ([]byte, error) {
	return d.records.Commit(ctx, key, d.now(), func(storage.Tx) ([]byte, error) { return nil, storage.ErrNotFound })
}

// giveUp takes back a due commit that fails by its own fault: it would fail
// before every later message of the person, and none would ever be handled.
func (h *handler) giveUp(ctx context.Context, addr bot.Address) error {
	stored, err := h.sessions.Load(ctx, addr)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("dispatch: give up: %w", err)
	}
	s, err := conversations.DecodeSession(stored.Data)
	if err != nil || !s.Pending {
		return nil // what cannot be read is replaced by the next message
	}
	_, err = h.outcome(ctx, storage.Key{Session: s.ID, Turn: s.Turn})
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return fmt.Errorf("dispatch: give up: %w", err)
	}
	s.GiveUp(err == nil)
	if err := h.save(ctx, addr, stored.Turn, s); !errors.Is(err, storage.ErrConflict) {
		return err
	}
	return nil // another process went on
}

// late renders what is told only once of an answer whose dialog has moved on.
func (d *Dispatcher) late(ctx context.Context, to bot.Address, caps bot.Caps, s *conversations.Session, key storage.Key) (bot.Reply, error) {
	outcome, err := d.outcome(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return bot.Reply{}, conversations.ErrMovedOn
	}
	if err != nil {
		return bot.Reply{}, fmt.Errorf("dispatch: late answer: %w", err)
	}
	return d.engine.Late(ctx, s, outcome, to, caps, d.now())
}
