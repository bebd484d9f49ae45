package outbox

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// An idea that nobody touches for this many working days rises a level.
const untouchedDays = 3

// escalateBatch bounds what one tick moves of each level; the rest comes a minute later.
const escalateBatch = 200

// escalate moves ideas that have waited for too long to the next level, and
// has their producers told that they wait.
func (b *Outbox) escalate(ctx context.Context, now time.Time) error {
	calendar := b.o.Programme.Calendar()
	if !calendar.IsWorkingDay(now) {
		return nil
	}
	before := calendar.AddWorkingDays(now, -untouchedDays)
	var failed error
	for _, level := range []string{storage.CommuneOfficer, storage.DistrictOfficer} {
		ideas, err := b.o.Store.IdeasWaiting(ctx, level, before, escalateBatch)
		failed = errors.Join(failed, err)
		for _, i := range ideas {
			failed = errors.Join(failed, b.raise(ctx, i, now))
		}
	}
	if failed != nil {
		return fmt.Errorf("outbox: escalate: %w", failed)
	}
	return nil
}

func (b *Outbox) raise(ctx context.Context, i storage.Idea, now time.Time) error {
	above := b.levelAbove(i.Unit, i.WaitingLevel)
	if above == "" {
		return nil
	}
	key := storage.Key{Session: "escalate/" + strconv.FormatInt(int64(i.ID), 36), Turn: i.Version}
	_, err := b.o.Store.Commit(ctx, key, now, func(tx storage.Tx) ([]byte, error) {
		event := storage.Event{ID: storage.NewID(now), Idea: i.ID, At: now, Kind: ocop.EventEscalated, Role: "program"}
		_, err := tx.Happen(event, i.Version, func(i *storage.Idea) {
			i.WaitingLevel, i.WaitingSince, i.Told = above, now, time.Time{}
		})
		if err != nil {
			return nil, err
		}
		return nil, tx.Notify(storage.Notice{
			ID: storage.NewID(now), Person: i.Person, Kind: "escalated", Idea: i.ID, Event: event.ID,
			State: storage.NoticeQueued, At: now,
		})
	})
	if errors.Is(err, storage.ErrConflict) {
		return nil // somebody has just touched it
	}
	return err
}

// levelAbove is the next level that has a unit above this one; empty: none.
// Since 7/2025 there are no districts between commune and province.
func (b *Outbox) levelAbove(unit ocop.UnitKey, level string) string {
	switch level {
	case storage.CommuneOfficer:
		if _, ok := b.unitOf(unit, storage.DistrictOfficer); ok {
			return storage.DistrictOfficer
		}
		return storage.ProvinceOfficer
	case storage.DistrictOfficer:
		return storage.ProvinceOfficer
	}
	return ""
}

// unitOf is the unit itself or the one above it that is of a level.
func (b *Outbox) unitOf(key ocop.UnitKey, level string) (ocop.UnitKey, bool) {
	unit, ok := b.o.Programme.Unit(key)
	if !ok {
		return "", false
	}
	ranks := map[string]int{storage.ProvinceOfficer: 0, storage.DistrictOfficer: 1, storage.CommuneOfficer: 2}
	for _, u := range append([]ocop.Unit{unit}, b.o.Programme.Ancestors(key)...) {
		if u.Kind.Rank() == ranks[level] {
			return u.Key, true
		}
	}
	return "", false
}
