package sqlstore

import (
	"context"
	"fmt"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

const personColumns = `p.id, p.name, p.phone, p.lang, p.unit, p.channel, p.accents, p.created, p.erased`

func personFields(p *storage.Person) []any {
	return []any{&p.ID, &p.Name, &p.Phone, &p.Lang, &p.Unit, &p.Channel, &p.Accents, when{&p.Created}, when{&p.Erased}}
}

func scanPerson(row scanner) (p storage.Person, err error) {
	err = row.Scan(personFields(&p)...)
	return p, err
}

const personByID = `SELECT ` + personColumns + ` FROM persons p WHERE p.id = $1`

// Person returns a person, also an erased one.
func (s *Store) Person(ctx context.Context, id storage.ID) (storage.Person, error) {
	return get(ctx, s, "person", scanPerson, personByID, id)
}

func (x *tx) Person(id storage.ID) (storage.Person, error) {
	return txGet(x, scanPerson, personByID, id)
}

func (x *tx) PersonAt(addr bot.Address) (storage.Person, error) {
	return txGet(x, scanPerson, `SELECT `+personColumns+` FROM routes r JOIN persons p ON p.id = r.person WHERE r.addr = $1`, addr)
}

func (x *tx) PutPerson(p storage.Person) error {
	x.concerns(p.ID)
	return x.later(`INSERT INTO persons (id, name, phone, lang, unit, channel, accents, created, erased)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, phone = excluded.phone, lang = excluded.lang,
			unit = excluded.unit, channel = excluded.channel, accents = excluded.accents, erased = excluded.erased`,
		p.ID, p.Name, p.Phone, p.Lang, p.Unit, p.Channel, p.Accents, ms(p.Created), ms(p.Erased))
}

// SetLang changes the language a person is spoken to in.
func (s *Store) SetLang(ctx context.Context, person storage.ID, lang string) error {
	n, err := s.do(ctx, "set language", `UPDATE persons SET lang = $2 WHERE id = $1`, person, lang)
	if err == nil && n == 0 {
		return fmt.Errorf("sqlstore: set language: %w", storage.ErrNotFound)
	}
	return err
}

// Viewer returns who has the address and the offices they hold at now;
// ErrNotFound if the address is nobody's.
func (s *Store) Viewer(ctx context.Context, addr bot.Address, now time.Time) (storage.Person, []storage.Officer, error) {
	type both struct {
		person  storage.Person
		officer storage.Officer
	}
	rows, err := list(ctx, s, "viewer", func(row scanner) (b both, err error) {
		err = row.Scan(append(personFields(&b.person), officerFields(&b.officer)...)...)
		return b, err
	}, `SELECT `+personColumns+`, COALESCE(o.id, 0), COALESCE(o.person, 0), COALESCE(o.unit, ''),
			COALESCE(o.role, ''), COALESCE(o.name, ''), COALESCE(o.since, 0), COALESCE(o.until, 0)
		FROM routes r JOIN persons p ON p.id = r.person
		LEFT JOIN officers o ON o.person = p.id AND o.since <= $2 AND (o.until = 0 OR o.until > $2)
		WHERE r.addr = $1 ORDER BY o.since, o.id`, addr, ms(now))
	if err != nil {
		return storage.Person{}, nil, err
	}
	if len(rows) == 0 {
		return storage.Person{}, nil, fmt.Errorf("sqlstore: viewer: %w", storage.ErrNotFound)
	}
	var officers []storage.Officer
	for _, r := range rows {
		if r.officer.ID != 0 {
			officers = append(officers, r.officer)
		}
	}
	return rows[0].person, officers, nil
}
