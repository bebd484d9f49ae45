package sqlstore

import (
	"context"
	"fmt"

	"ocopbot/bot/ocop"
	"ocopbot/bot/viet"
	"ocopbot/storage"
)

func scanEvent(row scanner) (e storage.Event, err error) {
	err = row.Scan(&e.ID, &e.Idea, when{&e.At}, &e.Kind, refTo{&e.Actor}, &e.Role, refTo{&e.Corrects}, toPairs{&e.Body})
	return e, err
}

// Events lists what happened to an idea, in that order.
func (s *Store) Events(ctx context.Context, idea storage.ID) ([]storage.Event, error) {
	return list(ctx, s, "events", scanEvent,
		`SELECT id, idea, at, kind, actor, role, corrects, body FROM events WHERE idea = $1 ORDER BY seq`, idea)
}

func (x *tx) addEvent(e storage.Event, seq int) error {
	body, err := pairs(e.Body)
	if err != nil {
		return err
	}
	return x.later(`INSERT INTO events (id, idea, seq, at, kind, actor, role, corrects, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		e.ID, e.Idea, seq, ms(e.At), e.Kind, ref(e.Actor), e.Role, ref(e.Corrects), body)
}

// Happen changes the idea only if its version is still the one that was
// read, so that two who act at once never overwrite each other.
func (x *tx) Happen(e storage.Event, version int, change func(*storage.Idea)) (storage.Idea, error) {
	x.concerns(e.Actor)
	if e.ID == 0 {
		e.ID = storage.NewID(e.At)
	}
	for range attempts {
		was, err := x.Idea(e.Idea)
		if err != nil {
			return was, fmt.Errorf("sqlstore: event: %w", err)
		}
		if version >= 0 && version != was.Version {
			return was, fmt.Errorf("sqlstore: event: version %d, not %d: %w", was.Version, version, storage.ErrConflict)
		}
		now, err := happened(was, e, change)
		if err != nil {
			return was, err
		}
		done, err := x.replaceIdea(now, was.Version)
		if err != nil {
			return was, fmt.Errorf("sqlstore: event: %w", err)
		}
		if done {
			return now, x.addEvent(e, now.Version)
		}
	}
	return storage.Idea{}, fmt.Errorf("sqlstore: event: %w", storage.ErrConflict)
}

// happened is the idea after the event.
func happened(was storage.Idea, e storage.Event, change func(*storage.Idea)) (storage.Idea, error) {
	stage, err := ocop.Next(was.Stage, e.Kind)
	if err != nil {
		return was, fmt.Errorf("sqlstore: event: %w: %w", storage.ErrConflict, err)
	}
	now := was
	if change != nil {
		change(&now)
	}
	now.ID, now.Number, now.Person, now.Registered = was.ID, was.Number, was.Person, was.Registered
	now.Session, now.Turn = was.Session, was.Turn
	now.Stage, now.Version, now.Changed = stage, was.Version+1, e.At
	now.Fold = viet.Fold(now.Name)
	neverUnattended(&now)
	if now.WaitingLevel != was.WaitingLevel && now.Told.Equal(was.Told) {
		now.Told = fromMS(0) // whoever has to act now was not told yet
	}
	return now, nil
}

func (x *tx) replaceIdea(i storage.Idea, version int) (bool, error) {
	fields, err := pairs(i.Fields)
	if err != nil {
		return false, err
	}
	n, err := x.exec(`UPDATE ideas SET organisation = $3, unit = $4, name = $5, fold = $6, existing = $7,
			product_group = $8, key_product = $9, fields = $10, stage = $11, version = $12, changed = $13,
			waiting_level = $14, waiting_since = $15, told = $16
		WHERE id = $1 AND version = $2`,
		i.ID, version, ref(i.Organisation), i.Unit, i.Name, i.Fold, i.Existing, i.Group, i.KeyProduct, fields,
		i.Stage, i.Version, ms(i.Changed), i.WaitingLevel, ms(i.WaitingSince), ms(i.Told))
	return n == 1, err
}
