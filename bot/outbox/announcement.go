package outbox

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// announcementKind is what metrics call an announcement's message.
const announcementKind = "announcement"

type recipientsWorker struct {
	river.WorkerDefaults[recipientsArgs]
	outbox *Outbox
}

// Work tells some people, all at once: each waits for a slot of their own. Who
// was told is left alone when the job is done again.
func (w *recipientsWorker) Work(ctx context.Context, job *river.Job[recipientsArgs]) error {
	all := make([]error, len(job.Args.Persons))
	var told sync.WaitGroup
	for i, p := range job.Args.Persons {
		key := storage.RecipientKey{Announcement: job.Args.Announcement, Person: p, Epoch: job.Args.Epoch}
		told.Go(func() { all[i] = w.outbox.guarded(ctx, key) })
	}
	told.Wait()
	next, unsaid := together(all, gap(len(job.Errors), longestGap))
	if unsaid != nil {
		w.outbox.o.Log.Warn("some are not told an announcement yet", "error", unsaid)
	}
	return next
}

// together is how a job goes on of which some parts ended so: it is done again
// as soon as the first of them can go on. A part that failed can after failing,
// the queue's gap; one that waits, for its hour say, when that is over, however
// often another failed. So nobody is kept by the others for longer than a job
// takes, but for who fails themselves: their gap grows with the failures of all.
// unsaid are the failures of a job that waits, which the queue does not record.
func together(all []error, failing time.Duration) (next, unsaid error) {
	var failed []error
	var soonest *river.JobSnoozeError
	for _, err := range all {
		var snooze *river.JobSnoozeError
		switch {
		case !errors.As(err, &snooze):
			failed = append(failed, err)
		case soonest == nil || snooze.Duration < soonest.Duration:
			soonest = snooze
		}
	}
	err := errors.Join(failed...)
	if soonest == nil || err != nil && failing < soonest.Duration {
		return err, nil
	}
	return soonest, err
}

// errPanic is a person whom telling panicked; its text names no words.
var errPanic = errors.New("outbox: panic")

// guarded tells one person. A panic is theirs alone: not the others', who share
// the job, nor the program's.
func (b *Outbox) guarded(ctx context.Context, key storage.RecipientKey) (err error) {
	defer func() {
		if p := recover(); p != nil {
			b.o.Log.Error("panic while an announcement is told", "stack", string(debug.Stack()))
			err = fmt.Errorf("%w: %T", errPanic, p)
		}
	}()
	return b.tellPerson(ctx, key)
}

// tellPerson tells one person. What the law and the person say is read before the
// wait for a slot, and again in the transaction that marks the person as
// being told: a refusal counts on what is queued already. Only then is the
// message sent, and what became of it is noted after.
//
// A person found marked was being told when a process died, or when what
// became of the message could not be noted: see undecided.
func (b *Outbox) tellPerson(ctx context.Context, key storage.RecipientKey) error {
	for {
		next, err := b.looks.Do(ctx, key)
		if err != nil {
			return fmt.Errorf("outbox: announcement: %w", err)
		}
		if next.way.Hold == "" && !next.over {
			if err := b.waitAnnouncement(ctx, next.way.Addr); err != nil {
				return err
			}
		}
		v, err := b.claims.Do(ctx, claim{key, next.way.Addr})
		if err != nil {
			return fmt.Errorf("outbox: announcement: %w", err)
		}
		switch {
		case v.over:
			return nil
		case v.elsewhere:
			continue // it is to go by another way now: that has a pace of its own
		case !v.way.Until.IsZero():
			return river.JobSnooze(max(0, v.way.Until.Sub(b.o.Now())))
		}
		again, err := b.tell(ctx, key, v)
		if err != nil || !again {
			return err
		}
	}
}

// verdict is what is to be done about one recipient.
type verdict struct {
	over         bool // nothing is left to do
	elsewhere    bool // the way is not the one a slot was waited for
	way          storage.Way
	lang         string
	announcement storage.Announcement
}

// claim is a recipient who is to be told at an address.
type claim struct {
	key storage.RecipientKey
	at  bot.Address
}

// look says what is to be done about some recipients, and does nothing.
func (b *Outbox) look(ctx context.Context, keys []storage.RecipientKey) ([]verdict, error) {
	now := b.o.Now()
	all, err := b.o.Store.Deliveries(ctx, keys, now)
	if err != nil {
		return nil, err
	}
	out := make([]verdict, len(keys))
	for i, d := range all {
		out[i], _ = b.judge(d, now)
	}
	return out, nil
}

// claim marks those as being told who are to be told now, and notes of the
// others why not.
func (b *Outbox) claim(ctx context.Context, all []claim) ([]verdict, error) {
	now := b.o.Now()
	keys := make([]storage.RecipientKey, len(all))
	for i, c := range all {
		keys[i] = c.key
	}
	out := make([]verdict, len(all))
	err := b.o.Store.Decide(ctx, keys, now, func(i int, d storage.Delivery) *storage.Move {
		v, m := b.judge(d, now)
		if m != nil && m.State == storage.RecipientSending && v.way.Addr != all[i].at {
			v.elsewhere, m = true, nil
		}
		out[i] = v
		return m
	})
	return out, err
}

// judge says what is to be done about a recipient by what is true now, and
// what to note of it; nil for nothing.
func (b *Outbox) judge(d storage.Delivery, now time.Time) (verdict, *storage.Move) {
	a, r := d.Announcement, d.Recipient
	v := verdict{announcement: a, lang: d.Reach.Lang}
	undecided := r.State == storage.RecipientSending
	older := r.Epoch != d.Key.Epoch // a later job has the person, and may be telling them now
	if older || r.State != storage.RecipientQueued && !undecided || !undecided && (a.State != storage.AnnouncementSending || a.Epoch != d.Key.Epoch) {
		v.over = true // told, held, paused, cancelled, or the job is an older one
		return v, nil
	}
	hold := func(state, why string, doubt bool) (verdict, *storage.Move) {
		v.over = true
		b.count(announcementKind, r.Addr.Channel(), why)
		return v, &storage.Move{State: state, Why: why, Doubt: doubt}
	}
	// Undecided: it may have arrived. Advertising is not sent twice; what the
	// programme owes people rather comes twice than never.
	if undecided && (a.Class != ocop.ServiceNotice || a.State == storage.AnnouncementCancelled) {
		return hold(storage.RecipientFailed, storage.WhyUnsure, true)
	}
	if now.Sub(later(a.Began, a.NotBefore)) > announcementsGiveUp {
		return hold(storage.RecipientFailed, storage.WhyExpired, undecided)
	}
	v.way = d.Reach.Way(a.Class, b.carriers, a.Audience.Channels, now)
	if v.way.Hold == "" && a.Class == ocop.ServiceNotice { // as any notice
		if at := ocop.NextWithin(now, noticesFrom, noticesUntil); at.After(now) {
			v.way.Hold, v.way.Until = string(ocop.HoldHours), at
		}
	}
	switch {
	case v.way.Hold == "":
		return v, &storage.Move{State: storage.RecipientSending, Addr: v.way.Addr, Doubt: undecided, Reserve: a.Class == ocop.Advertising}
	case !v.way.Until.IsZero():
		return v, &storage.Move{State: storage.RecipientQueued, Why: v.way.Hold, Doubt: undecided}
	case v.way.Hold == storage.WhyNoAddress && r.Why == string(bot.Unreachable):
		return hold(storage.RecipientFailed, r.Why, undecided)
	}
	return hold(storage.RecipientHeld, v.way.Hold, undecided)
}

// announcementsGiveUp is for how long an announcement is news: people who
// could not be told by then are not told any more.
const announcementsGiveUp = 3 * 24 * time.Hour

// tell sends and notes what became of it. again: the address is dead, and
// another may be tried at once.
func (b *Outbox) tell(ctx context.Context, key storage.RecipientKey, v verdict) (again bool, err error) {
	to := v.way.Addr
	ch := b.o.Channels[to.Channel()]
	picture, err := b.picture(ctx, v.announcement)
	if err != nil {
		return false, b.settle(ctx, key, storage.Move{State: storage.RecipientQueued, Release: true}, err)
	}
	m := b.o.Render.Announcement(v.announcement, v.lang, ch.Caps())
	m.Attached = picture
	provider, failure := b.send(ctx, announcementKind, ch, to, m)
	if failure == nil {
		return false, b.settle(ctx, key, storage.Move{State: storage.RecipientSent, Provider: provider}, nil)
	}
	back := storage.Move{State: storage.RecipientQueued, Why: string(failure.Code), Release: true}
	switch failure.Code {
	case bot.Unreachable:
		return true, b.settle(ctx, key, back, nil)
	case bot.Rejected:
		b.o.Log.Error("an announcement is refused", "to", to.Masked(), "error", failure)
		back.State = storage.RecipientFailed
		return false, b.settle(ctx, key, back, nil)
	case bot.Limited:
		return false, b.settle(ctx, key, back, river.JobSnooze(failure.After))
	case bot.Exhausted:
		return false, b.settle(ctx, key, back, river.JobSnooze(min(failure.After, spentAgain)))
	case bot.Unknown: // it may have arrived
		if v.announcement.Class != ocop.ServiceNotice {
			return false, b.settle(ctx, key, storage.Move{State: storage.RecipientFailed, Why: storage.WhyUnsure, Doubt: true}, nil)
		}
		back.Doubt, back.Release = true, false
	}
	return false, b.settle(ctx, key, back, failure)
}

// settled is what became of a recipient.
type settled struct {
	key  storage.RecipientKey
	move storage.Move
}

// settle notes it; then, or if it cannot be noted, says how the job goes on.
func (b *Outbox) settle(ctx context.Context, key storage.RecipientKey, m storage.Move, then error) error {
	if _, err := b.settles.Do(ctx, settled{key, m}); err != nil {
		return fmt.Errorf("outbox: announcement: %w", err)
	}
	return then
}

func (b *Outbox) settleAll(ctx context.Context, all []settled) ([]struct{}, error) {
	keys, moves := make([]storage.RecipientKey, len(all)), make([]storage.Move, len(all))
	for i, s := range all {
		keys[i], moves[i] = s.key, s.move
	}
	return make([]struct{}, len(all)), b.o.Store.Settle(ctx, keys, moves, b.o.Now())
}
