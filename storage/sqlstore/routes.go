package sqlstore

import (
	"context"
	"fmt"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

const routeColumns = `addr, person, since, used, dead, why`

func scanRoute(row scanner) (r storage.Route, err error) {
	err = row.Scan(&r.Addr, &r.Person, when{&r.Since}, when{&r.Used}, when{&r.Dead}, &r.Why)
	return r, err
}

// Routes lists the addresses of a person, the last used first.
func (s *Store) Routes(ctx context.Context, person storage.ID) ([]storage.Route, error) {
	return list(ctx, s, "routes", scanRoute,
		`SELECT `+routeColumns+` FROM routes WHERE person = $1 ORDER BY used DESC, addr`, person)
}

func (x *tx) PutRoute(r storage.Route) error {
	x.concerns(r.Person)
	return x.later(`INSERT INTO routes (addr, person, since, used, dead, why) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (addr) DO UPDATE SET
			since = CASE WHEN routes.person = excluded.person THEN routes.since ELSE excluded.since END,
			person = excluded.person, used = excluded.used, dead = excluded.dead, why = excluded.why`,
		r.Addr, r.Person, ms(r.Since), ms(r.Used), ms(r.Dead), r.Why)
}

// MarkRoute records that an address cannot be reached any more, and why; a
// zero dead says that it can again. ErrNotFound if the address is nobody's.
func (s *Store) MarkRoute(ctx context.Context, addr bot.Address, dead time.Time, why bot.SendCode) error {
	n, err := s.do(ctx, "mark route", `UPDATE routes SET dead = $2, why = $3 WHERE addr = $1`, addr, ms(dead), why)
	if err == nil && n == 0 {
		return fmt.Errorf("sqlstore: mark route: %w", storage.ErrNotFound)
	}
	return err
}
