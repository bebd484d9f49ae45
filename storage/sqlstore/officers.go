package sqlstore

import (
	"context"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

const officerColumns = `o.id, o.person, o.unit, o.role, o.name, o.since, o.until`

func officerFields(o *storage.Officer) []any {
	return []any{&o.ID, &o.Person, &o.Unit, &o.Role, &o.Name, when{&o.From}, when{&o.To}}
}

func scanOfficer(row scanner) (o storage.Officer, err error) {
	err = row.Scan(officerFields(&o)...)
	return o, err
}

const inOffice = `o.since <= $2 AND (o.until = 0 OR o.until > $2)`

var officersIn = `SELECT ` + officerColumns + ` FROM officers o
	WHERE ` + inList("$1", "o.unit") + ` AND ` + inOffice + ` ORDER BY o.since, o.id`

// OfficersIn lists who holds office at a moment in exactly these units.
func (s *Store) OfficersIn(ctx context.Context, units []ocop.UnitKey, at time.Time) ([]storage.Officer, error) {
	return list(ctx, s, "officers", scanOfficer, officersIn, joined(units), ms(at))
}

func (x *tx) OfficersIn(units []ocop.UnitKey, at time.Time) ([]storage.Officer, error) {
	return txList(x, scanOfficer, officersIn, joined(units), ms(at))
}

// OfficersOf lists the offices a person holds at a moment.
func (s *Store) OfficersOf(ctx context.Context, person storage.ID, at time.Time) ([]storage.Officer, error) {
	return list(ctx, s, "officers", scanOfficer, `SELECT `+officerColumns+` FROM officers o
		WHERE o.person = $1 AND `+inOffice+` ORDER BY o.since, o.id`, person, ms(at))
}

// Officers lists everybody who holds office at a moment, by unit.
func (s *Store) Officers(ctx context.Context, at time.Time) ([]storage.Officer, error) {
	return list(ctx, s, "officers", scanOfficer, `SELECT `+officerColumns+` FROM officers o
		WHERE o.since <= $1 AND (o.until = 0 OR o.until > $1) ORDER BY o.unit, o.since, o.id`, ms(at))
}

// FirstOffice is when the first officer of all took office: before that
// nobody could be told anything. The zero time where there never was one.
func (s *Store) FirstOffice(ctx context.Context) (time.Time, error) {
	return get(ctx, s, "first office", func(row scanner) (t time.Time, err error) {
		return t, row.Scan(when{&t})
	}, `SELECT COALESCE(MIN(since), 0) FROM officers`)
}

// Officer is an assignment, ended or not.
func (s *Store) Officer(ctx context.Context, id storage.ID) (storage.Officer, error) {
	return get(ctx, s, "officer", scanOfficer, `SELECT `+officerColumns+` FROM officers o WHERE o.id = $1`, id)
}

func (x *tx) Officer(id storage.ID) (storage.Officer, error) {
	return txGet(x, scanOfficer, `SELECT `+officerColumns+` FROM officers o WHERE o.id = $1`, id)
}

func (x *tx) PutOfficer(o storage.Officer) error {
	x.concerns(o.Person)
	return x.later(`INSERT INTO officers (id, person, unit, role, name, since, until) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET unit = excluded.unit, role = excluded.role, name = excluded.name,
			since = excluded.since, until = excluded.until`,
		o.ID, o.Person, o.Unit, o.Role, o.Name, ms(o.From), ms(o.To))
}
