package sqlstore

import (
	"context"
	"time"

	"ocopbot/storage"
)

const alertColumns = `id, kind, gateway, day, number, used, most, at, told`

func scanAlert(row scanner) (a storage.Alert, err error) {
	err = row.Scan(&a.ID, &a.Kind, &a.Gateway, &a.Day, &a.Number, &a.Used, &a.Most, when{&a.At}, when{&a.Told})
	return a, err
}

// Raise notes an alert; a second of a kind, gateway, number and day changes
// nothing.
func (s *Store) Raise(ctx context.Context, a storage.Alert) error {
	_, err := s.do(ctx, "alert", `INSERT INTO alerts (id, kind, gateway, day, number, used, most, at, told)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0) ON CONFLICT (kind, gateway, day, number) DO NOTHING`,
		storage.NewID(a.At), a.Kind, a.Gateway, dayOf(a.At), a.Number, a.Used, a.Most, ms(a.At))
	return err
}

// Alert returns an alert, or ErrNotFound.
func (s *Store) Alert(ctx context.Context, id storage.ID) (storage.Alert, error) {
	return get(ctx, s, "alert", scanAlert, `SELECT `+alertColumns+` FROM alerts WHERE id = $1`, id)
}

// AlertsUntold lists the alerts that no admin was told of, the oldest first.
func (s *Store) AlertsUntold(ctx context.Context, limit int) ([]storage.Alert, error) {
	return list(ctx, s, "alerts", scanAlert, `SELECT `+alertColumns+` FROM alerts WHERE told = 0 ORDER BY at, id LIMIT $1`, limit)
}

// MarkAlertTold records that admins are being told; fresh is false if they
// are already.
func (x *tx) MarkAlertTold(id storage.ID, at time.Time) (fresh bool, err error) {
	n, err := x.exec(`UPDATE alerts SET told = $2 WHERE id = $1 AND told = 0`, id, ms(at))
	return n == 1, err
}
