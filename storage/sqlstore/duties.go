package sqlstore

import (
	"context"
	"fmt"
	"time"

	"ocopbot/storage"
)

// inDuty are the columns of a storage.Duty, in every table of duties.
const inDuty = `obligation, period, unit`

func dutyFields(d *storage.Duty) []any { return []any{&d.Obligation, &d.Period, &d.Unit} }

func scanExtension(row scanner) (e storage.Extension, err error) {
	err = row.Scan(append([]any{&e.ID}, append(dutyFields(&e.Duty), when{&e.Due}, &e.Reason, refTo{&e.By}, when{&e.At})...)...)
	return e, err
}

// Extensions lists the extensions of an obligation's period, the latest of a
// unit last.
func (s *Store) Extensions(ctx context.Context, obligation, period string) ([]storage.Extension, error) {
	return list(ctx, s, "extensions", scanExtension, `SELECT id, `+inDuty+`, due, reason, actor, at FROM extensions
		WHERE obligation = $1 AND period = $2 ORDER BY at, id`, obligation, period)
}

// ExtensionsSince lists the extensions whose new last day is not before a
// moment, the latest of a duty last.
func (s *Store) ExtensionsSince(ctx context.Context, due time.Time) ([]storage.Extension, error) {
	return list(ctx, s, "extensions", scanExtension, `SELECT id, `+inDuty+`, due, reason, actor, at FROM extensions
		WHERE due >= $1 ORDER BY at, id`, ms(due))
}

func (x *tx) AddExtension(e storage.Extension) error {
	return x.later(`INSERT INTO extensions (id, `+inDuty+`, due, reason, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.ID, e.Obligation, e.Period, e.Unit, ms(e.Due), e.Reason, ref(e.By), ms(e.At))
}

func scanAck(row scanner) (a storage.Ack, err error) {
	err = row.Scan(append(dutyFields(&a.Duty), &a.Officer, &a.Step, when{&a.At})...)
	return a, err
}

// Acks lists who acknowledged an obligation's period, the latest last.
func (s *Store) Acks(ctx context.Context, obligation, period string) ([]storage.Ack, error) {
	return list(ctx, s, "acks", scanAck, `SELECT `+inDuty+`, officer, step, at FROM acks
		WHERE obligation = $1 AND period = $2 ORDER BY at, unit, officer`, obligation, period)
}

func (x *tx) AddAck(a storage.Ack) error {
	x.concerns(a.Officer)
	return x.later(`INSERT INTO acks (`+inDuty+`, officer, step, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		a.Obligation, a.Period, a.Unit, a.Officer, a.Step, ms(a.At))
}

// TasksDone lists which units closed a task of a period.
func (s *Store) TasksDone(ctx context.Context, obligation, period string) ([]storage.TaskDone, error) {
	return list(ctx, s, "tasks done", func(row scanner) (d storage.TaskDone, err error) {
		err = row.Scan(append(dutyFields(&d.Duty), when{&d.Day}, &d.Note, refTo{&d.By}, when{&d.At})...)
		return d, err
	}, `SELECT `+inDuty+`, day, note, actor, at FROM tasks_done WHERE obligation = $1 AND period = $2 ORDER BY at, unit`, obligation, period)
}

func (x *tx) AddTaskDone(d storage.TaskDone) error {
	n, err := x.exec(`INSERT INTO tasks_done (`+inDuty+`, day, note, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		d.Obligation, d.Period, d.Unit, ms(d.Day), d.Note, ref(d.By), ms(d.At))
	if err == nil && n == 0 {
		err = storage.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("sqlstore: task done: %w", err)
	}
	return nil
}
