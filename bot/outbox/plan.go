package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// planBatch is how many people are written down in one transaction.
const planBatch = 2000

// Plans is what planning needs of the records.
type Plans interface {
	Announcement(ctx context.Context, id storage.ID) (storage.Announcement, error)
	// PlanRecipients writes down the next people, and enqueues their jobs.
	PlanRecipients(ctx context.Context, a storage.Announcement, batch int, now, at time.Time) (n int, done bool, err error)
	// RequeueRecipients makes new jobs for people of an earlier epoch who wait.
	RequeueRecipients(ctx context.Context, a storage.Announcement, after storage.ID, batch int, at time.Time) (last storage.ID, err error)
}

// Plan writes down everybody an announcement is for, with the jobs that tell
// them, in transactions of a few thousand. Where it stands is in the records:
// after a crash it goes on there, and of two at once each batch is one's. told,
// if there is one, hears how many were written down so far; queued says that
// jobs were made.
func Plan(ctx context.Context, records Plans, prog *ocop.Programme, id storage.ID, now time.Time, told func(planned int)) (queued bool, err error) {
	a, err := records.Announcement(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("outbox: plan: %w", err)
	}
	if a.State != storage.AnnouncementSending {
		return false, nil
	}
	for _, u := range a.Audience.Units {
		a.Audience.Within = append(a.Audience.Within, prog.Below(u, now)...)
	}
	at := a.NotBefore
	if a.Class != ocop.ServiceNotice { // none may go before, so that none need look
		if _, until := ocop.AdvertHours(later(now, at)); !until.IsZero() {
			at = until
		}
	}
	for after := storage.ID(0); ; {
		if after, err = records.RequeueRecipients(ctx, a, after, planBatch, at); err != nil {
			return queued, fmt.Errorf("outbox: plan: %w", err)
		}
		if after == 0 {
			break
		}
		queued = true
	}
	for planned := 0; ; {
		n, done, err := records.PlanRecipients(ctx, a, planBatch, now, at)
		if err != nil {
			return queued, fmt.Errorf("outbox: plan: %w", err)
		}
		if planned += n; told != nil {
			told(planned)
		}
		queued = queued || n > 0
		if done {
			return queued, nil
		}
	}
}

type planWorker struct {
	river.WorkerDefaults[planArgs]
	outbox *Outbox
}

// planTimeout bounds one attempt; the next goes on where it ended.
const planTimeout = 30 * time.Second

// Timeout is shorter than what the queue takes for lost.
func (w *planWorker) Timeout(*river.Job[planArgs]) time.Duration { return planTimeout }

// Work fetches the picture, plans the recipients, and then watches over the
// announcement until everybody was told or held.
func (w *planWorker) Work(ctx context.Context, job *river.Job[planArgs]) error {
	b := w.outbox
	a, err := b.o.Store.Announcement(ctx, job.Args.ID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("outbox: announcement: %w", err)
	}
	if a.Epoch != job.Args.Epoch {
		return nil // paused and resumed since: a later job does it
	}
	if wait := a.NotBefore.Sub(b.o.Now()); wait > 0 && a.State == storage.AnnouncementSending {
		return river.JobSnooze(wait)
	}
	if err := b.fetchPicture(ctx, a); err != nil {
		return err
	}
	queued, err := Plan(ctx, b.o.Store, b.o.Programme, a.ID, b.o.Now(), nil)
	if err != nil {
		return err
	}
	if queued && a.Watch.Message != "" { // nobody of them can have been told yet
		return river.JobSnooze(watchOften)
	}
	return b.watch(ctx, a.ID)
}
