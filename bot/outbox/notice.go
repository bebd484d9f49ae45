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

// Notices go out between these times of day in Vietnam, else the next
// morning: people who farm rise early, and nobody is woken.
const (
	noticesFrom  = 6*time.Hour + 30*time.Minute
	noticesUntil = 20*time.Hour + 30*time.Minute
)

type noticeWorker struct {
	river.WorkerDefaults[noticeArgs]
	outbox *Outbox
}

// Work delivers one notice, by the person's preferred address, else by the
// next. Everything is read after the wait: what was withdrawn meanwhile is
// not sent.
func (w *noticeWorker) Work(ctx context.Context, job *river.Job[noticeArgs]) error {
	b := w.outbox
	var failed error // of an address that may work later
	closed := map[bot.Address]bool{}
	for tried := bot.Address(""); ; {
		n, to, err := b.next(ctx, job.Args.ID, closed)
		if err != nil {
			return err
		}
		if to == "" {
			return failed
		}
		if to == tried { // it is dead, and nobody's whom that could be noted of
			return b.finish(ctx, n, storage.NoticeFailed, outcomeNoRoute)
		}
		if err := b.inOrder(ctx, n.ID); err != nil {
			return err
		}
		if err := b.waitSlot(ctx, NoticeLane, to); err != nil {
			return err
		}
		again, still, err := b.next(ctx, n.ID, closed)
		if err != nil {
			return err
		}
		if still != to {
			continue // it is to go elsewhere now, which has a pace of its own, or nowhere
		}
		done, err := b.deliver(ctx, again, to)
		if err != nil && b.elsewhere(err, len(job.Errors)) {
			closed[to] = true
			if failed == nil {
				failed = err
			}
			continue
		}
		if err != nil || done {
			return err
		}
		tried = to
	}
}

// orderPatience is how long a notice waits for those queued before it for the
// same person: jobs run side by side, and news is told in its order. One that
// is stuck for longer holds up nothing.
const (
	orderPatience = 10 * time.Second
	orderPoll     = 50 * time.Millisecond
)

func (b *Outbox) inOrder(ctx context.Context, id storage.ID) error {
	for waited := time.Duration(0); waited < orderPatience; waited += orderPoll {
		before, err := b.o.Store.Overtakes(ctx, id, b.o.Now())
		if err != nil {
			return fmt.Errorf("outbox: %w", err)
		}
		if !before {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(orderPoll):
		}
	}
	return nil
}

// How long what is wrong with a channel may last before another of the
// person's is tried: failures one after another, about a minute in all.
const patientFor = 5

// spentAgain is when a channel whose budget was spent is asked again: it may
// have been raised.
const spentAgain = time.Hour

// elsewhere tells whether a notice that was surely not sent should go by
// another channel of the person, if there is one: at once where the day's
// budget is spent, and where a channel stays out of reach.
func (b *Outbox) elsewhere(err error, failures int) bool {
	var spent *spentError
	if errors.As(err, &spent) {
		return true
	}
	var failure *bot.SendError
	return errors.As(err, &failure) && failures >= patientFor && (failure.Code == bot.Unavailable || failure.Code == bot.Forbidden)
}

// spentError sends a job back until more may be spent.
type spentError struct{ snooze error }

func (e *spentError) Error() string { return "outbox: the channel's budget is spent" }
func (e *spentError) Unwrap() error { return e.snooze }

// next reads the notice and finds the address to try, none of those that are
// closed for now. Without an address
// there is nothing left to do. Its error may be a snooze.
func (b *Outbox) next(ctx context.Context, id storage.ID, closed map[bot.Address]bool) (storage.Notice, bot.Address, error) {
	n, err := b.o.Store.Notice(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return n, "", nil // erased
	}
	if err != nil {
		return n, "", fmt.Errorf("outbox: %w", err)
	}
	if n.State != storage.NoticeQueued {
		return n, "", nil // sent before a crash, or dropped
	}
	now := b.o.Now()
	if now.Sub(later(n.At, n.NotBefore)) > giveUp {
		// Each attempt said why; this one says that there is no other.
		b.o.Log.Error("a notice is given up", "kind", n.Kind, "after", giveUp)
		return n, "", b.finish(ctx, n, storage.NoticeFailed, outcomeExpired)
	}
	if n.Addr != "" {
		if b.o.Channels[n.Addr.Channel()] == nil {
			return n, "", b.finish(ctx, n, storage.NoticeFailed, outcomeNoRoute)
		}
		return n, n.Addr, nil
	}
	if at := ocop.NextWithin(later(now, n.NotBefore), noticesFrom, noticesUntil); at.After(now) {
		return n, "", river.JobSnooze(at.Sub(now))
	}
	p, err := b.o.Store.Person(ctx, n.Person)
	if errors.Is(err, storage.ErrNotFound) || err == nil && !p.Erased.IsZero() {
		return n, "", b.finish(ctx, n, storage.NoticeDropped, outcomeDropped)
	}
	if err != nil {
		return n, "", fmt.Errorf("outbox: %w", err)
	}
	routes, err := b.o.Store.Routes(ctx, n.Person)
	if err != nil {
		return n, "", fmt.Errorf("outbox: %w", err)
	}
	to := b.route(n, p, routes, closed)
	if to == "" && len(closed) > 0 {
		return n, "", nil // they will work again
	}
	if to == "" {
		return n, "", b.finish(ctx, n, storage.NoticeFailed, outcomeNoRoute)
	}
	return n, to, nil
}

// route is the best address that may work: of the preferred channel, else
// the one last heard from; of a notice that names its channel, one of that. A
// duty's reminder goes to the officer's telephone where nothing else works.
// None that is closed.
func (b *Outbox) route(n storage.Notice, p storage.Person, routes []storage.Route, closed map[bot.Address]bool) bot.Address {
	usable := slices.DeleteFunc(slices.Clone(routes), func(r storage.Route) bool {
		ch := r.Addr.Channel()
		return !r.Dead.IsZero() || closed[r.Addr] || b.o.Channels[ch] == nil || n.Channel != "" && n.Channel != ch
	})
	if len(usable) == 0 {
		phone := bot.NewAddress(smsChannel, p.Phone)
		if p.Phone == "" || closed[phone] || !ofDuties[n.Kind] || b.o.Channels[smsChannel] == nil ||
			slices.ContainsFunc(routes, func(r storage.Route) bool { return r.Addr == phone }) { // it is dead
			return ""
		}
		return phone
	}
	return slices.MinFunc(usable, func(x, y storage.Route) int {
		xp, yp := x.Addr.Channel() == p.Channel, y.Addr.Channel() == p.Channel
		switch {
		case xp && !yp:
			return -1
		case yp && !xp:
			return 1
		}
		return y.Used.Compare(x.Used)
	}).Addr
}

// deliver renders and sends. Not done and no error: the address is dead, and
// another may be tried at once.
func (b *Outbox) deliver(ctx context.Context, n storage.Notice, to bot.Address) (done bool, err error) {
	ch := b.o.Channels[to.Channel()]
	m, err := b.o.Render.Notice(ctx, n, ch.Caps(), b.o.Now())
	if errors.Is(err, ErrMovedOn) {
		return true, b.finish(ctx, n, storage.NoticeDropped, outcomeDropped)
	}
	if err != nil {
		return false, fmt.Errorf("outbox: notice: %w", err)
	}
	provider, failure := b.send(ctx, n.Kind, ch, to, m)
	if failure == nil {
		n.Addr, n.Provider = to, provider
		return true, b.finish(ctx, n, storage.NoticeSent, "")
	}
	switch failure.Code {
	case bot.Unreachable:
		if n.Addr != "" { // there is no other
			return true, b.finish(ctx, n, storage.NoticeFailed, outcomeNoRoute)
		}
		return false, nil
	case bot.Rejected:
		b.o.Log.Error("a notice is refused", "kind", n.Kind, "to", to.Masked(), "error", failure)
		return true, b.finish(ctx, n, storage.NoticeFailed, string(failure.Code))
	case bot.Limited:
		return false, river.JobSnooze(failure.After)
	case bot.Exhausted:
		return false, &spentError{river.JobSnooze(min(failure.After, spentAgain))}
	}
	return false, failure
}

// finish notes how a notice ended; a state never goes back.
func (b *Outbox) finish(ctx context.Context, n storage.Notice, state, why string) error {
	if state != storage.NoticeSent && why != string(bot.Rejected) {
		b.count(n.Kind, "", why)
	}
	err := b.o.Store.SettleNotice(ctx, n.ID, state, why, n.Addr, n.Provider, b.o.Now())
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrConflict) {
		return nil // erased, or settled by another attempt that was thought lost
	}
	if err != nil {
		return fmt.Errorf("outbox: finish a notice: %w", err)
	}
	return nil
}
