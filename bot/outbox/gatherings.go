package outbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// remindBefore are the days before a gathering on which those who come are
// reminded, the most first.
var remindBefore = []int{7, 3, 1}

const (
	remindAt = 8 * time.Hour // of such a day
	askAt    = 9 * time.Hour // of the day after a fair, for its results
	// askFor is for how long after a fair its results are still asked.
	askFor = 14 * 24 * time.Hour
	// gatheringBatch bounds what one transaction tells.
	gatheringBatch = 200
	// mostGatherings bounds how many gatherings one tick looks at.
	mostGatherings = 500
)

// gatherings has everybody reminded who comes to something soon, and asked
// for their results who came to a fair. What was told is in the records, so
// that each thing is told once, and no minute is missed over a restart.
func (b *Outbox) gatherings(ctx context.Context, now time.Time) error {
	all, err := b.o.Store.Gatherings(ctx, now.Add(-askFor), mostGatherings)
	if err != nil {
		return fmt.Errorf("outbox: gatherings: %w", err)
	}
	var failed error
	for _, g := range all {
		if g.State != storage.GatheringOpen {
			continue
		}
		if what, since, due := reminder(g, now); due {
			failed = errors.Join(failed, b.tellSignups(ctx, g, what, storage.NoticeReminder, since, now, false))
		}
		if ask := midnight(g.To).AddDate(0, 0, 1).Add(askAt); g.Kind.Sells() && !now.Before(ask) && now.Sub(ask) < askFor {
			failed = errors.Join(failed, b.askResults(ctx, g, now))
		}
	}
	if failed != nil {
		return fmt.Errorf("outbox: gatherings: %w", failed)
	}
	return nil
}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(ocop.Local).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, ocop.Local)
}

// reminder is the one that is due: the latest of those whose day has come, but
// on the morning of the next, which is as good. Who got a seat since then needs
// none. The day is part of what it is called,
// so that of a gathering that was put off everybody is reminded again.
func reminder(g storage.Gathering, now time.Time) (what string, since time.Time, due bool) {
	if g.Begun(now) {
		return "", since, false
	}
	for _, days := range remindBefore {
		at := midnight(g.From).AddDate(0, 0, -days).Add(remindAt)
		if now.Before(at) {
			return what, since, due && at.Sub(now) > remindAt
		}
		what, since, due = fmt.Sprintf("t%d/%s", days, g.From.In(ocop.Local).Format(time.DateOnly)), at, true
	}
	return what, since, due
}

// askResults asks those who came, or, where nobody stood at the door, those
// who had a seat.
func (b *Outbox) askResults(ctx context.Context, g storage.Gathering, now time.Time) error {
	a, err := b.o.Store.Attendance(ctx, g.ID)
	if err != nil || a.Seated == 0 {
		return err
	}
	return b.tellSignups(ctx, g, "results", storage.NoticeResults, now, now, a.Attended > 0)
}

// tellSignups tells those with a seat since before a moment of something, who
// were not told of it; came: only those who were seen at the door.
func (b *Outbox) tellSignups(ctx context.Context, g storage.Gathering, what, kind string, since, now time.Time, came bool) error {
	for {
		untold, err := b.o.Store.SignupsUntold(ctx, g.ID, what, since, came, gatheringBatch)
		if err != nil || len(untold) == 0 {
			return err
		}
		err = b.o.Store.Write(ctx, func(tx storage.Tx) error {
			for _, s := range untold {
				if err := tx.TellSignup(s, what, storage.Notice{Kind: kind, At: now}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(untold) < gatheringBatch {
			return err
		}
	}
}

// gatheringPictureArgs name a gathering whose picture is to be fetched.
type gatheringPictureArgs struct {
	ID storage.ID `json:"id,string"`
}

func (gatheringPictureArgs) Kind() string { return "gathering_picture" }
func (gatheringPictureArgs) InsertOpts() river.InsertOpts {
	// Unique only to save work, as with photos.
	return river.InsertOpts{Queue: photosQueue, UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

type gatheringPictureWorker struct {
	river.WorkerDefaults[gatheringPictureArgs]
	outbox *Outbox
}

// Timeout is that of a photo.
func (w *gatheringPictureWorker) Timeout(*river.Job[gatheringPictureArgs]) time.Duration {
	return photoTimeout
}

// Work fetches a gathering's picture and makes it small. One that cannot be
// had is given up.
func (w *gatheringPictureWorker) Work(ctx context.Context, job *river.Job[gatheringPictureArgs]) error {
	b := w.outbox
	wanted, err := b.o.Store.GatheringPicturesWanted(ctx, photoBatch)
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	i := slices.IndexFunc(wanted, func(f storage.File) bool { return f.ID == job.Args.ID })
	if i < 0 {
		return nil
	}
	f := wanted[i]
	data, failure, err := b.fetchSmall(ctx, f)
	if failure != nil && b.o.Now().Sub(job.CreatedAt) < giveUp {
		if failure.Code == bot.Limited {
			return river.JobSnooze(failure.After)
		}
		return failure
	}
	if err != nil || failure != nil {
		b.count(photoKind, f.Channel, outcomeRefused)
		data = nil
	} else {
		b.count(photoKind, f.Channel, outcomeStored)
	}
	if err := b.o.Store.SetGatheringPicture(ctx, f.ID, f.Provider, data); err != nil {
		return fmt.Errorf("outbox: gathering's picture: %w", err)
	}
	return nil
}

// gatheringPictures makes a job for every picture that is to be fetched.
func (b *Outbox) gatheringPictures(ctx context.Context, _ time.Time) error {
	wanted, err := b.o.Store.GatheringPicturesWanted(ctx, photoBatch)
	if err != nil {
		return fmt.Errorf("outbox: gatherings' pictures: %w", err)
	}
	for _, f := range wanted {
		if err := b.insertPicture(ctx, gatheringPictureArgs{f.ID}); err != nil {
			return err
		}
	}
	return nil
}

func (b *Outbox) insertPicture(ctx context.Context, args gatheringPictureArgs) error {
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	if _, err := b.client.Insert(ctx, args, nil); err != nil {
		return fmt.Errorf("outbox: enqueue a picture: %w", err)
	}
	return nil
}
