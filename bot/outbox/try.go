package outbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river"

	"ocopbot/locales"
	"ocopbot/storage"
)

type tryWorker struct {
	river.WorkerDefaults[tryArgs]
	outbox *Outbox
}

// Work sends an announcement to its author, as everybody would get it: at any
// hour, for they asked for it, and therefore not as advertising.
func (w *tryWorker) Work(ctx context.Context, job *river.Job[tryArgs]) error {
	b, to := w.outbox, job.Args.Addr
	a, err := b.o.Store.Announcement(ctx, job.Args.ID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("outbox: trial: %w", err)
	}
	ch := b.o.Channels[to.Channel()]
	if ch == nil || b.o.Now().Sub(job.CreatedAt) > giveUp {
		return nil
	}
	if err := b.fetchPicture(ctx, a); err != nil {
		return err
	}
	if a, err = b.o.Store.Announcement(ctx, a.ID); err != nil { // its picture may have been given up
		return fmt.Errorf("outbox: trial: %w", err)
	}
	m := b.o.Render.Announcement(a, locales.Vietnamese, ch.Caps())
	m.Advert = false
	if m.Attached, err = b.picture(ctx, a); err != nil {
		return err
	}
	if err := b.waitSlot(ctx, AnswerLane, to); err != nil {
		return err
	}
	_, failure := b.send(ctx, answerKind, ch, to, m)
	if failure == nil {
		return nil
	}
	return b.afterFailure(to, failure)
}
