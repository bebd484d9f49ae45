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

// digestAt is when officers hear of what came in: once, as the office opens.
const digestAt = 8 * time.Hour

// digestDay is the day whose digests this process has seen done, so that it
// does not ask again every minute. Forgetting it costs one query.
type digestDay struct{ done time.Time }

// digestBatch is how many ideas or requests are looked through at once.
const digestBatch = 500

// digest has every officer told, at 08:00 of a working day, who has something
// in the inbox that was in no digest yet. It goes to the officers of the
// level an idea waits for, or, where there are none, to the next level's.
func (b *Outbox) digest(ctx context.Context, now time.Time, day *digestDay) error {
	due := ocop.NextAt(now.Add(time.Nanosecond), digestAt).AddDate(0, 0, -1) // the last 08:00
	if due.Equal(day.done) || !sameDay(due, now) || !b.o.Programme.Calendar().IsWorkingDay(now) {
		return nil
	}
	d := digestRun{outbox: b, due: due, now: now, told: map[storage.ID]bool{}, seen: map[office]bool{}}
	for _, level := range []string{storage.CommuneOfficer, storage.DistrictOfficer, storage.ProvinceOfficer} {
		if err := errors.Join(d.ideas(ctx, level), d.requests(ctx, level)); err != nil {
			return fmt.Errorf("outbox: digest: %w", err)
		}
	}
	day.done = due
	return nil
}

func sameDay(a, b time.Time) bool {
	return a.In(ocop.Local).Format(time.DateOnly) == b.In(ocop.Local).Format(time.DateOnly)
}

// office is a level's office for a unit.
type office struct {
	unit  ocop.UnitKey
	level string
}

// digestRun is the work of one morning.
type digestRun struct {
	outbox   *Outbox
	due, now time.Time
	told     map[storage.ID]bool // officers who have their digest
	seen     map[office]bool     // places whose officers were looked up
}

// ideas first stores the digests and then notes what was in them: after a
// crash in between the same digests are found stored already.
func (d *digestRun) ideas(ctx context.Context, level string) error {
	store := d.outbox.o.Store
	for {
		found, err := store.IdeasUntold(ctx, level, digestBatch)
		if err != nil {
			return err
		}
		var ids []storage.ID
		for _, i := range found {
			if !i.WaitingSince.Before(d.due) {
				break // the rest came since
			}
			if err := d.tell(ctx, i.Unit, level); err != nil {
				return err
			}
			ids = append(ids, i.ID)
		}
		if len(ids) == 0 {
			return nil
		}
		err = store.Write(ctx, func(tx storage.Tx) error {
			_, err := tx.MarkTold(ids, d.now)
			return err
		})
		if err != nil {
			return err
		}
	}
}

func (d *digestRun) requests(ctx context.Context, level string) error {
	store := d.outbox.o.Store
	for {
		found, err := store.RequestsUntold(ctx, level, digestBatch)
		if err != nil {
			return err
		}
		var ids []storage.ID
		for _, r := range found {
			if !r.At.Before(d.due) {
				break
			}
			if err := d.tell(ctx, r.Unit, level); err != nil {
				return err
			}
			ids = append(ids, r.ID)
		}
		if len(ids) == 0 {
			return nil
		}
		err = store.Write(ctx, func(tx storage.Tx) error {
			_, err := tx.MarkRequestsTold(ids, d.now)
			return err
		})
		if err != nil {
			return err
		}
	}
}

// tell stores the digest of everybody in charge of a unit: one a day and
// officer, whatever waits in how many places.
func (d *digestRun) tell(ctx context.Context, unit ocop.UnitKey, level string) error {
	if d.seen[office{unit, level}] {
		return nil
	}
	officers, err := d.outbox.inCharge(ctx, unit, level, d.now)
	if err != nil {
		return err
	}
	for _, o := range officers {
		if d.told[o.Person] {
			continue
		}
		key := storage.Key{Session: "digest/" + d.due.Format(time.DateOnly) + "/" + strconv.FormatInt(int64(o.Person), 36), Turn: 1}
		_, err := d.outbox.o.Store.Commit(ctx, key, d.now, func(tx storage.Tx) ([]byte, error) {
			return nil, tx.Notify(storage.Notice{
				ID: storage.NewID(d.now), Person: o.Person, Kind: "digest", State: storage.NoticeQueued, At: d.now,
			})
		})
		if err != nil {
			return err
		}
		d.told[o.Person] = true
	}
	d.seen[office{unit, level}] = true
	return nil
}

// inCharge finds the officers who have to act: of the level itself, else of
// the nearest level above that has any.
func (b *Outbox) inCharge(ctx context.Context, of ocop.UnitKey, level string, now time.Time) ([]storage.Officer, error) {
	for ; level != ""; level = b.levelAbove(of, level) {
		unit, ok := b.unitOf(of, level)
		if !ok {
			continue
		}
		all, err := b.o.Store.OfficersIn(ctx, []ocop.UnitKey{unit}, now)
		if err != nil {
			return nil, err
		}
		var found []storage.Officer
		for _, o := range all {
			if o.Role == level {
				found = append(found, o)
			}
		}
		if len(found) > 0 {
			return found, nil
		}
	}
	return nil, nil
}
