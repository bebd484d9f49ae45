package sqlstore

import (
	"context"

	"ocopbot/storage"
)

func scanMember(row scanner) (m storage.Member, err error) {
	err = row.Scan(&m.Organisation, &m.Person, &m.Role, when{&m.Since})
	return m, err
}

// Members lists who belongs to an organisation, the first first.
func (s *Store) Members(ctx context.Context, organisation storage.ID) ([]storage.Member, error) {
	return list(ctx, s, "members", scanMember, membersOf, organisation)
}

const membersOf = `SELECT organisation, person, role, since FROM members WHERE organisation = $1 ORDER BY since, person`

func (x *tx) Members(organisation storage.ID) ([]storage.Member, error) {
	return txList(x, scanMember, membersOf, organisation)
}

// IsMember tells whether a person belongs to an organisation.
func (s *Store) IsMember(ctx context.Context, organisation, person storage.ID) (bool, error) {
	return get(ctx, s, "member", scalar[bool],
		`SELECT COUNT(*) > 0 FROM members WHERE organisation = $1 AND person = $2`, organisation, person)
}

// PutMember keeps the director a director who is invited as a helper.
func (x *tx) PutMember(m storage.Member) error {
	x.concerns(m.Person)
	return x.later(`INSERT INTO members (organisation, person, role, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (organisation, person) DO UPDATE SET role = excluded.role WHERE members.role <> $5`,
		m.Organisation, m.Person, m.Role, ms(m.Since), storage.Director)
}
