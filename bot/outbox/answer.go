package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"ocopbot/bot"
)

// answerKind is what metrics call an answer.
const answerKind = "answer"

type answerWorker struct {
	river.WorkerDefaults[answerArgs]
	outbox *Outbox
}

// Work sends an answer that could not be sent at once. It is rendered anew,
// at any time of day: the person has just written.
func (w *answerWorker) Work(ctx context.Context, job *river.Job[answerArgs]) error {
	b, a := w.outbox, job.Args
	if b.o.Now().Sub(job.CreatedAt) > giveUp {
		b.count(answerKind, a.Addr.Channel(), outcomeExpired)
		return nil
	}
	ch := b.o.Channels[a.Addr.Channel()]
	if ch == nil {
		b.count(answerKind, a.Addr.Channel(), outcomeNoRoute)
		return nil
	}
	for {
		if err := b.waitSlot(ctx, AnswerLane, a.Addr); err != nil {
			return b.goOn(ctx, a, job.Args, err)
		}
		reply, err := b.o.Render.Answer(ctx, a.Addr, ch.Caps(), a.Session, a.Turn)
		if errors.Is(err, ErrMovedOn) {
			b.count(answerKind, a.Addr.Channel(), outcomeDropped)
			return nil
		}
		if err != nil {
			return b.goOn(ctx, a, job.Args, fmt.Errorf("outbox: answer: %w", err))
		}
		// Of an answer whose dialog moved on there is one message left, of what is
		// told once: it stood in the last one, which was not sent.
		late := reply.Turn != a.Turn
		at := a.Skip
		if late {
			at = 0
		}
		if at >= len(reply.Messages) {
			return nil
		}
		_, failure := b.send(ctx, answerKind, ch, a.Addr, reply.Messages[at])
		if failure != nil {
			// What follows a refused one may be taken.
			if err := b.afterFailure(a.Addr, failure); err != nil || failure.Code != bot.Rejected {
				return b.goOn(ctx, a, job.Args, err)
			}
		}
		if a.Skip++; late || a.Skip >= len(reply.Messages) {
			return nil
		}
	}
}

// afterFailure says what is to become of an answer: an error tries it again,
// nil gives it up.
func (b *Outbox) afterFailure(to bot.Address, failure *bot.SendError) error {
	switch failure.Code {
	case bot.Unreachable:
		return nil
	case bot.Rejected:
		b.o.Log.Error("an answer is refused", "to", to.Masked(), "error", failure)
		return nil
	case bot.Limited:
		return river.JobSnooze(failure.After)
	case bot.Exhausted:
		return river.JobSnooze(min(failure.After, spentAgain))
	}
	return failure
}

// goOn tries again, but without the messages that were sent: they go into a
// job of their own, since the arguments of a job do not change.
func (b *Outbox) goOn(ctx context.Context, now, before answerArgs, err error) error {
	if err == nil || now.Skip == before.Skip {
		return err
	}
	opts := &river.InsertOpts{ScheduledAt: time.Now().Add(gap(0, time.Minute))}
	var snooze *river.JobSnoozeError
	if errors.As(err, &snooze) {
		opts.ScheduledAt = time.Now().Add(snooze.Duration)
	}
	if _, insertErr := b.client.Insert(ctx, now, opts); insertErr != nil {
		return errors.Join(err, insertErr)
	}
	return nil
}
