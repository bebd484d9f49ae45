package outbox

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"ocopbot/storage"
)

// Shortened gives jobs little time and takes few at once, so that a test need
// not wait long for lost ones to be found.
func Shortened(o Options, job, rescue time.Duration) Options {
	o.pace = usual
	o.pace.job, o.pace.rescue, o.pace.telling = job, rescue, ToldAtOnce
	return o
}

// ToldAtOnce is how many people Shortened tells something at the same time.
const ToldAtOnce = 20

// Tick does what every minute does.
func (b *Outbox) Tick(ctx context.Context) error { return b.tick(ctx, &digestDay{}) }

// jobs looks into the queue.
func (b *Outbox) jobs() jobs { return b.client.(jobs) }

type jobs interface {
	JobList(ctx context.Context, params *river.JobListParams) (*river.JobListResult, error)
	JobRetry(ctx context.Context, id int64) (*rivertype.JobRow, error)
}

// RetryNotices makes all waiting jobs run now, as if their time had come.
func (b *Outbox) RetryNotices(ctx context.Context) error {
	list, err := b.jobs().JobList(ctx, nil)
	if err != nil {
		return err
	}
	for _, j := range list.Jobs {
		if j.FinalizedAt == nil {
			if _, err := b.jobs().JobRetry(ctx, j.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// JobState is the state of the only job, and when it runs next.
func (b *Outbox) JobState(ctx context.Context) (state string, at time.Time, err error) {
	list, err := b.jobs().JobList(ctx, nil)
	if err != nil || len(list.Jobs) != 1 {
		return "", time.Time{}, err
	}
	return string(list.Jobs[0].State), list.Jobs[0].ScheduledAt, nil
}

// What the tests of pictures use.
var (
	Shrink        = shrink
	ErrNoPicture  = errNoPicture
	ErrManyPixels = errManyPixels
	CheckDocument = checkDocument
	ErrOtherKind  = errOtherKind
	ErrMacros     = errMacros
	Together      = together
)

// Tell does what the job of some recipients does, and says whether and when it
// is to be done again.
func (b *Outbox) Tell(ctx context.Context, id storage.ID, epoch int, persons []storage.ID) (again bool, after time.Duration, err error) {
	args := recipientsArgs{Announcement: id, Epoch: epoch, Persons: persons}
	ctx, cancel := context.WithTimeout(ctx, b.o.pace.job)
	defer cancel()
	err = (&recipientsWorker{outbox: b}).Work(ctx, &river.Job[recipientsArgs]{JobRow: &rivertype.JobRow{}, Args: args})
	var snooze *river.JobSnoozeError
	if errors.As(err, &snooze) {
		return true, snooze.Duration, nil
	}
	return false, 0, err
}
