package sqlstore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

const linkColumns = `id, person, addr, number, code, at, expires`

func scanLink(row scanner) (l storage.Link, err error) {
	err = row.Scan(&l.ID, &l.Person, &l.Addr, &l.Number, &l.Code, when{&l.At}, when{&l.Expires})
	return l, err
}

// Link returns a code on its way.
func (s *Store) Link(ctx context.Context, id storage.ID) (storage.Link, error) {
	return get(ctx, s, "link", scanLink, `SELECT `+linkColumns+` FROM links WHERE id = $1`, id)
}

func (x *tx) AddLink(l storage.Link) error {
	return x.later(`INSERT INTO links (`+linkColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		l.ID, l.Person, l.Addr, l.Number, l.Code, ms(l.At), ms(l.Expires))
}

func (x *tx) LinksSince(addr, number bot.Address, since time.Time) (int, error) {
	n, err := txGet(x, scalar[int], `SELECT MAX(n) FROM (
		SELECT COUNT(*) AS n FROM links WHERE addr = $1 AND at > $3
		UNION ALL SELECT COUNT(*) AS n FROM links WHERE number = $2 AND at > $3) AS both_ways`, addr, number, ms(since))
	if err != nil {
		return 0, fmt.Errorf("sqlstore: links: %w", err)
	}
	return n, nil
}

func (x *tx) UseLink(addr bot.Address, code string, at time.Time) (storage.Link, error) {
	l, err := txGet(x, scanLink, `UPDATE links SET code = ''
		WHERE id = (SELECT MAX(id) FROM links WHERE addr = $1) AND code = $2 AND code <> '' AND expires > $3
		RETURNING `+linkColumns, addr, code, ms(at))
	if err != nil {
		return l, fmt.Errorf("sqlstore: use link: %w", err)
	}
	return l, nil
}

func (x *tx) RoutesOf(person storage.ID) ([]storage.Route, error) {
	return txList(x, scanRoute, `SELECT `+routeColumns+` FROM routes WHERE person = $1 ORDER BY used DESC, addr`, person)
}

// HasPIN tells whether a person has chosen a PIN.
func (s *Store) HasPIN(ctx context.Context, person storage.ID) (bool, error) {
	n, err := get(ctx, s, "PIN", scalar[int], `SELECT COUNT(*) FROM pins WHERE person = $1`, person)
	return n > 0, err
}

func (x *tx) PutPIN(person storage.ID, hash []byte, at time.Time) error {
	return x.later(`INSERT INTO pins (person, hash, at) VALUES ($1, $2, $3)
		ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, at = excluded.at`, person, hash, ms(at))
}

func (x *tx) PIN(person storage.ID) ([]byte, error) {
	hash, err := txGet(x, scalar[[]byte], `SELECT hash FROM pins WHERE person = $1`, person)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: PIN: %w", err)
	}
	return hash, nil
}

// WhoColumn is a column that says who.
type WhoColumn struct {
	Table, Column string
	// With are the columns that make a row unique together with the person: of
	// two that would become the same, one goes.
	With []string
	// Under are the columns that refer to such a row, and go with it.
	Under []string
}

// whoColumns are all columns that name a person, by which two become one.
var whoColumns = []WhoColumn{
	{"routes", "person", nil, nil},
	{"consents", "person", nil, nil},
	{"members", "person", []string{"organisation"}, nil},
	{"ideas", "person", nil, nil},
	{"events", "actor", nil, nil},
	{"evaluations", "actor", nil, nil},
	{"files", "person", nil, nil},
	{"requests", "person", nil, nil},
	{"requests", "actor", nil, nil},
	{"officers", "person", nil, nil},
	{"invites", "author", nil, nil},
	{"invites", "used_by", nil, nil},
	{"readings", "person", nil, nil},
	{"notices", "person", nil, nil},
	{"commits", "person", nil, nil},
	{"report_events", "actor", nil, nil},
	{"report_figures", "actor", nil, nil},
	{"report_texts", "actor", nil, nil},
	{"demands", "actor", nil, nil},
	{"extensions", "actor", nil, nil},
	{"acks", "officer", []string{"obligation", "period", "unit", "step"}, nil},
	{"tasks_done", "actor", nil, nil},
	{"reminder_sent", "recipient", []string{"obligation", "period", "due", "step", "unit"}, nil},
	{"gatherings", "actor", nil, nil},
	{"signups", "person", []string{"gathering", "attendee"}, []string{"signup_ideas.signup", "gathering_told.signup"}},
	{"gathering_events", "actor", nil, nil},
	{"announcements", "author", nil, nil},
	{"announcements", "approver", nil, nil},
	{"announcement_events", "actor", nil, nil},
	{"recipients", "person", []string{"announcement"}, nil},
	{"adverts", "person", nil, nil},
	{"plan_figures", "actor", nil, nil},
	{"pins", "person", []string{}, nil},
	{"links", "person", nil, nil},
}

// Join follows whoColumns: nothing but them says who.
func (x *tx) Join(gone, kept storage.ID) error {
	x.concerns(kept)
	if x.about == gone {
		x.about = kept
	}
	from, err := x.Person(gone)
	if err != nil {
		return fmt.Errorf("sqlstore: join: %w", err)
	}
	into, err := x.Person(kept)
	if err != nil {
		return fmt.Errorf("sqlstore: join: %w", err)
	}
	if gone == kept {
		return nil
	}
	for _, c := range whoColumns {
		if c.With != nil {
			same := ""
			for _, w := range c.With {
				same += ` AND other.` + w + ` = ` + c.Table + `.` + w
			}
			twice := c.Table + ` WHERE ` + c.Column + ` = $1 AND EXISTS
				(SELECT 1 FROM ` + c.Table + ` other WHERE other.` + c.Column + ` = $2` + same + `)`
			for _, u := range c.Under {
				table, column, _ := strings.Cut(u, ".")
				if err := x.later(`DELETE FROM `+table+` WHERE `+column+` IN (SELECT id FROM `+twice+`)`, gone, kept); err != nil {
					return err
				}
			}
			if err := x.later(`DELETE FROM `+twice, gone, kept); err != nil {
				return err
			}
		}
		if err := x.later(`UPDATE `+c.Table+` SET `+c.Column+` = $2 WHERE `+c.Column+` = $1`, gone, kept); err != nil {
			return err
		}
	}
	into.Name, into.Phone = first(into.Name, from.Name), first(into.Phone, from.Phone)
	into.Unit, into.Channel = first(into.Unit, from.Unit), first(into.Channel, from.Channel)
	into.Accents = into.Accents || from.Accents
	if err := x.PutPerson(into); err != nil {
		return err
	}
	return x.later(`DELETE FROM persons WHERE id = $1`, gone)
}

// first is a, or b where there is no a.
func first[T ~string](a, b T) T {
	if a == "" {
		return b
	}
	return a
}
