package outbox

import (
	"context"
	"fmt"
	"time"

	"ocopbot/bot/duties"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// smsChannel is the channel that reaches every telephone.
const smsChannel = "tel"

// remindBatch is how many reminders are stored in one transaction.
const remindBatch = 50

// remind has everybody told of what is due by now, once: a row of the records
// is the key of each telling, stored with its notice.
func (b *Outbox) remind(ctx context.Context, now time.Time) error {
	plan, err := b.Planned(ctx, now)
	if err != nil {
		return err
	}
	gathered := gather(plan)
	for len(gathered) > 0 {
		n := min(remindBatch, len(gathered))
		if err := b.o.Store.Write(ctx, func(tx storage.Tx) error { return storeTellings(tx, gathered[:n], now) }); err != nil {
			return fmt.Errorf("outbox: remind: %w", err)
		}
		gathered = gathered[n:]
	}
	return nil
}

// Remind does at a moment what a started Outbox would do by itself.
func (b *Outbox) Remind(ctx context.Context, now time.Time) error { return b.remind(ctx, now) }

// message is one notice and the tellings it carries: of all units without an
// officer somebody hears at once.
type message []duties.Telling

func gather(plan []duties.Telling) []message {
	var all []message
	unstaffed := map[storage.ID]int{}
	for _, t := range plan {
		if t.Kind == duties.Unstaffed {
			if i, ok := unstaffed[t.Recipient]; ok {
				all[i] = append(all[i], t)
				continue
			}
			unstaffed[t.Recipient] = len(all)
		}
		all = append(all, message{t})
	}
	return all
}

// storeTellings stores what was not told yet. Ids are drawn from a
// millisecond each: so many of one would meet.
func storeTellings(tx storage.Tx, all []message, now time.Time) error {
	drawn := 0
	id := func() storage.ID {
		drawn++
		return storage.NewID(now.Add(time.Duration(drawn) * time.Millisecond))
	}
	for _, m := range all {
		notice, subject := id(), storage.ID(0)
		for _, t := range m {
			r := storage.ReminderSent{ID: id(), Duty: t.Duty, Due: t.DueDay(), Step: t.Step, Recipient: t.Recipient, At: now}
			if t.Recipient != 0 {
				r.Notice = notice
			}
			fresh, err := tx.Remind(r)
			if err != nil {
				return err
			}
			if fresh && subject == 0 {
				subject = r.ID
			}
		}
		if subject == 0 || m[0].Recipient == 0 {
			continue
		}
		kind := m[0].Kind
		if kind == duties.Repeated {
			kind = duties.Reminder
		}
		err := tx.Notify(storage.Notice{ID: notice, Person: m[0].Recipient, Kind: noticeKinds[kind], Subject: subject,
			Channel: m[0].Channel, State: storage.NoticeQueued, At: now})
		if err != nil {
			return err
		}
	}
	return nil
}

// noticeKinds are the notices' by the tellings' kinds.
var noticeKinds = map[string]string{duties.Reminder: "reminder", duties.Digest: "duties", duties.Unstaffed: "unstaffed"}

// ofDuties are the notices of an officer's duties.
var ofDuties = map[string]bool{"reminder": true, "duties": true, "unstaffed": true}

// Planned is what is to be told at a moment and was not yet.
func (b *Outbox) Planned(ctx context.Context, now time.Time) ([]duties.Telling, error) {
	r := remindRun{store: b.o.Store, prog: b.o.Programme, now: now, inOffice: later(now, b.o.Now())}
	if b.o.Channels[smsChannel] != nil {
		r.facts.Channel = smsChannel
	}
	plan, err := r.plan(ctx)
	if err != nil {
		return nil, fmt.Errorf("outbox: what is due: %w", err)
	}
	return plan, nil
}

// remindRun reads the facts of one moment.
type remindRun struct {
	store Store
	prog  *ocop.Programme
	now   time.Time
	// inOffice is when the officers are in office: nobody of the past is told
	// anything, whatever moment is looked at.
	inOffice time.Time
	facts    duties.Facts
	closed   map[storage.Duty]bool
	told     map[duties.Key]bool
}

func (r *remindRun) plan(ctx context.Context) ([]duties.Telling, error) {
	from, to := duties.Window(r.prog, r.now)
	owed, err := duties.Load(ctx, r.store, r.prog, from, to)
	if err != nil {
		return nil, err
	}
	if r.facts.Officers, err = r.store.Officers(ctx, r.inOffice); err != nil {
		return nil, err
	}
	if r.facts.First, err = r.store.FirstOffice(ctx); err != nil {
		return nil, err
	}
	if r.closed, err = duties.Closed(ctx, r.store, owed); err != nil {
		return nil, err
	}
	r.facts.Closed = func(d storage.Duty) bool { return r.closed[d] }
	if err := r.readTold(ctx, owed); err != nil {
		return nil, err
	}
	if r.facts.Channel != "" {
		until := r.now.Add(-duties.Answered + time.Millisecond) // what was told just so long ago included
		r.facts.Unanswered, err = r.store.RemindersUnanswered(ctx, r.now.Add(-duties.Stale), until, r.facts.Channel)
		if err != nil {
			return nil, err
		}
	}
	return duties.Plan(r.prog, owed, r.facts, r.now), nil
}

// readTold reads who was told the steps that are due, and who acknowledged
// the ones before.
func (r *remindRun) readTold(ctx context.Context, owed []duties.Owed) error {
	var open []duties.Owed
	for _, o := range owed {
		if !r.closed[o.Duty] {
			open = append(open, o)
		}
	}
	keys, soft := duties.Needs(r.prog, open, r.facts.First, r.now)
	r.told = map[duties.Key]bool{}
	reached := map[duties.Key]bool{}
	for _, k := range keys {
		sent, err := r.store.RemindersOf(ctx, k.Obligation, k.Period, k.DueDay(), k.Step)
		if err != nil {
			return err
		}
		for _, s := range sent {
			key := duties.KeyOf(s)
			r.told[key] = true
			if key.Recipient != 0 {
				key.Recipient = 0
				reached[key] = true
			}
		}
	}
	r.facts.Told = func(k duties.Key) bool { return r.told[k] }
	r.facts.Reached = func(k duties.Key) bool { k.Recipient = 0; return reached[k] }
	return r.readAcks(ctx, keys, soft)
}

type ackKey struct {
	storage.Duty
	officer storage.ID
	step    string
}

func (r *remindRun) readAcks(ctx context.Context, keys []duties.Key, soft bool) error {
	acked := map[ackKey]bool{}
	read := map[storage.Duty]bool{}
	for _, k := range keys {
		if !soft || read[k.Duty] {
			continue
		}
		read[k.Duty] = true
		acks, err := r.store.Acks(ctx, k.Obligation, k.Period)
		if err != nil {
			return err
		}
		for _, a := range acks {
			acked[ackKey{a.Duty, a.Officer, a.Step}] = true
		}
	}
	r.facts.Acked = func(d storage.Duty, officer storage.ID, step string) bool { return acked[ackKey{d, officer, step}] }
	return nil
}
