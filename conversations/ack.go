package conversations

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"ocopbot/bot/duties"
	"ocopbot/locales"
	"ocopbot/storage"
)

// ackWithin is for how long after a reminder «Đã nhận» may answer it.
const ackWithin = 14 * 24 * time.Hour

// ack is «Đã nhận»: it answers the reminder whose button it was, or, typed,
// what the person was told last: those of the last day on which an officer was
// reminded, or an announcement.
func ack() *Flow {
	return &Flow{
		ID: ackFlow, Version: 1,
		Steps: []*Step{{ID: "use", Ask: func(*T) (string, locales.Data) { return "", nil }}},
		Begin: beginAck,
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			if id, err := textID(t.Get("ann")); err == nil {
				return answerAnnounced(t, tx, id)
			}
			var names []string
			for _, text := range strings.Split(t.Get("acks"), "\n") {
				a, name, err := ackFrom(text)
				if err != nil {
					return Outcome{}, err
				}
				a.Officer, a.At = t.S.Person, t.Now
				if err := tx.AddAck(a); err != nil {
					return Outcome{}, err
				}
				names = append(names, name)
			}
			return Outcome{Notes: []Note{note("ack.done", "lines", strings.Join(names, "\n"))}}, nil
		},
	}
}

func beginAck(t *T) error {
	told, err := t.toAck()
	if err != nil {
		return err
	}
	if t.Get("reminder") == "" && t.S.Person != 0 {
		last, err := t.reads.LastTold(t.Ctx, t.S.Person, t.Now.Add(-ackWithin))
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("conversations: told: %w", err)
		}
		if err == nil && (len(told) == 0 || last.At.After(told[0].At)) {
			t.Set("ann", idText(last.Announcement))
			t.S.Pending = true
			return nil
		}
	}
	var lines []string
	for _, r := range told {
		o, err := t.owedNow(r.Duty)
		if errors.Is(err, ErrMovedOn) {
			continue
		}
		if err != nil {
			return err
		}
		step, _, _ := strings.Cut(r.Step, " ") // the one by SMS is the same step
		lines = append(lines, strings.Join([]string{r.Obligation, r.Period, string(r.Unit), step, "• " + t.dutyStanding(o)}, "\t"))
	}
	if len(lines) == 0 {
		t.close()
		t.Tell("ack.nothing")
		return nil
	}
	t.Set("acks", strings.Join(lines, "\n"))
	t.S.Pending = true
	return nil
}

// toAck are the reminders that are meant.
func (t *T) toAck() ([]storage.ReminderSent, error) {
	if t.S.Person == 0 {
		return nil, nil
	}
	if given := t.Get("reminder"); given != "" {
		r, err := t.ownReminder(given)
		if errors.Is(err, storage.ErrNotFound) {
			return nil, nil
		}
		return []storage.ReminderSent{r}, err
	}
	all, err := t.reads.RemindersTo(t.Ctx, t.S.Person, t.Now.Add(-ackWithin))
	if err != nil {
		return nil, fmt.Errorf("conversations: reminders: %w", err)
	}
	var told []storage.ReminderSent
	seen := map[storage.Duty]bool{}
	for _, r := range all { // the latest first
		if !duties.OfLadder(r.Step) || seen[r.Duty] || len(told) > 0 && date(r.At) != date(told[0].At) {
			continue
		}
		seen[r.Duty] = true
		told = append(told, r)
	}
	return told, nil
}

// ownReminder is a reminder that this person was told.
func (t *T) ownReminder(id string) (storage.ReminderSent, error) {
	n, err := textID(id)
	if err != nil {
		return storage.ReminderSent{}, storage.ErrNotFound // what a tap brings back is the sender's
	}
	r, err := t.reads.Reminder(t.Ctx, n)
	if err == nil && r.Recipient != t.S.Person {
		err = storage.ErrNotFound
	}
	return r, err
}

func ackFrom(line string) (storage.Ack, string, error) {
	f := strings.Split(line, "\t")
	if len(f) != 5 {
		return storage.Ack{}, "", fmt.Errorf("conversations: %q is no acknowledgement", line)
	}
	return storage.Ack{Duty: dutyOf(f[0], f[1], f[2]), Step: f[3]}, f[4], nil
}
