package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

const demandColumns = `id, title, questions, units, due, unit, actor, at, cancelled, why`

func scanDemand(row scanner) (d storage.Demand, err error) {
	err = row.Scan(&d.ID, &d.Title, toTexts[string]{&d.Questions}, toTexts[ocop.UnitKey]{&d.Units}, when{&d.Due}, &d.Unit,
		refTo{&d.By}, when{&d.At}, when{&d.Cancelled}, &d.Why)
	return d, err
}

// Demand returns a report that was asked for ad hoc.
func (s *Store) Demand(ctx context.Context, id storage.ID) (storage.Demand, error) {
	return get(ctx, s, "demand", scanDemand, `SELECT `+demandColumns+` FROM demands WHERE id = $1`, id)
}

// DemandsSince lists the demands that stand and whose last good day is not
// before a moment, the first due first.
func (s *Store) DemandsSince(ctx context.Context, due time.Time) ([]storage.Demand, error) {
	return list(ctx, s, "demands", scanDemand, `SELECT `+demandColumns+` FROM demands
		WHERE due >= $1 AND cancelled = 0 ORDER BY due, id`, ms(due))
}

func (x *tx) PutDemand(d storage.Demand) error {
	questions, err := texts(d.Questions)
	if err != nil {
		return fmt.Errorf("sqlstore: put demand: %w", err)
	}
	units, err := texts(d.Units)
	if err != nil {
		return fmt.Errorf("sqlstore: put demand: %w", err)
	}
	return x.later(`INSERT INTO demands (`+demandColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE SET title = excluded.title, questions = excluded.questions, units = excluded.units,
			due = excluded.due, unit = excluded.unit, cancelled = excluded.cancelled, why = excluded.why`,
		d.ID, d.Title, questions, units, ms(d.Due), d.Unit, ref(d.By), ms(d.At), ms(d.Cancelled), d.Why)
}

func (x *tx) WithdrawDemand(id storage.ID, why string, at time.Time) (storage.Demand, error) {
	d, err := txGet(x, scanDemand, `UPDATE demands SET cancelled = $2, why = $3 WHERE id = $1 AND cancelled = 0 RETURNING `+demandColumns,
		id, ms(at), why)
	if errors.Is(err, storage.ErrNotFound) {
		err = storage.ErrConflict
	}
	if err != nil {
		return d, fmt.Errorf("sqlstore: withdraw demand: %w", err)
	}
	return d, nil
}
