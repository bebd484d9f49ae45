package sqlstore

import (
	"context"
	"time"

	"ocopbot/storage"
)

const reminderColumns = `r.id, r.obligation, r.period, r.unit, r.due, r.step, r.recipient, r.notice, r.at`

func scanReminder(row scanner) (r storage.ReminderSent, err error) {
	err = row.Scan(&r.ID, &r.Obligation, &r.Period, &r.Unit, when{&r.Due}, &r.Step, &r.Recipient, &r.Notice, when{&r.At})
	return r, err
}

// Reminder returns what was told of a duty's step.
func (s *Store) Reminder(ctx context.Context, id storage.ID) (storage.ReminderSent, error) {
	return get(ctx, s, "reminder", scanReminder, `SELECT `+reminderColumns+` FROM reminder_sent r WHERE r.id = $1`, id)
}

// RemindersOf lists who was told of one step of an obligation's period,
// counted from one last good day: the keys of what was told.
func (s *Store) RemindersOf(ctx context.Context, obligation, period string, due time.Time, step string) ([]storage.ReminderSent, error) {
	// Read every minute of many units: only what the caller does not know.
	return list(ctx, s, "reminders of a step", func(row scanner) (storage.ReminderSent, error) {
		r := storage.ReminderSent{Duty: storage.Duty{Obligation: obligation, Period: period}, Due: due, Step: step}
		err := row.Scan(&r.Unit, &r.Recipient)
		return r, err
	}, `SELECT r.unit, r.recipient FROM reminder_sent r
		WHERE r.obligation = $1 AND r.period = $2 AND r.due = $3 AND r.step = $4`, obligation, period, ms(due), step)
}

// RemindersTo lists what a person was told since a moment, the latest first.
func (s *Store) RemindersTo(ctx context.Context, person storage.ID, since time.Time) ([]storage.ReminderSent, error) {
	return list(ctx, s, "reminders to a person", scanReminder, `SELECT `+reminderColumns+` FROM reminder_sent r
		WHERE r.recipient = $1 AND r.at >= $2 ORDER BY r.at DESC, r.id DESC`, person, ms(since))
}

// RemindersUnanswered lists what was told of ladders' steps (no name of a step
// has a space, those of other tellings have one) between two moments, the
// second not included: what did not go by a channel nor was repeated by it,
// what its recipient did not answer since, though they have a phone number or
// an address there.
func (s *Store) RemindersUnanswered(ctx context.Context, from, to time.Time, channel string) ([]storage.ReminderSent, error) {
	return list(ctx, s, "reminders unanswered", scanReminder, `SELECT `+reminderColumns+` FROM reminder_sent r
		JOIN notices n ON n.id = r.notice JOIN persons p ON p.id = r.recipient
		WHERE r.at >= $1 AND r.at < $2 AND r.step NOT LIKE '% %' AND n.addr NOT LIKE $3 || ':%'
			AND (p.phone <> '' OR EXISTS (SELECT 1 FROM routes a WHERE a.person = p.id AND a.dead = 0 AND a.addr LIKE $3 || ':%'))
			AND NOT EXISTS (SELECT 1 FROM acks a WHERE a.obligation = r.obligation AND a.period = r.period AND a.unit = r.unit
				AND a.officer = r.recipient AND a.at >= r.at)
			AND NOT EXISTS (SELECT 1 FROM reminder_sent s WHERE s.obligation = r.obligation AND s.period = r.period
				AND s.due = r.due AND s.unit = r.unit AND s.recipient = r.recipient AND s.step = r.step || ' ' || $3)
		ORDER BY r.at, r.id`, ms(from), ms(to), channel)
}

func (x *tx) Remind(r storage.ReminderSent) (fresh bool, err error) {
	x.concerns(r.Recipient)
	n, err := x.exec(`INSERT INTO reminder_sent (id, obligation, period, due, unit, step, recipient, notice, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (obligation, period, due, step, unit, recipient) DO NOTHING`,
		r.ID, r.Obligation, r.Period, ms(r.Due), r.Unit, r.Step, r.Recipient, r.Notice, ms(r.At))
	return n == 1, err
}
