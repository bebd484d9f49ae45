package sqlstore

import (
	"context"

	"ocopbot/storage"
)

const organisationColumns = `o.id, o.kind, o.name, o.unit, o.created`

func scanOrganisation(row scanner) (o storage.Organisation, err error) {
	err = row.Scan(&o.ID, &o.Kind, &o.Name, &o.Unit, when{&o.Created})
	return o, err
}

// Organisation returns a producer.
func (s *Store) Organisation(ctx context.Context, id storage.ID) (storage.Organisation, error) {
	return get(ctx, s, "organisation", scanOrganisation,
		`SELECT `+organisationColumns+` FROM organisations o WHERE o.id = $1`, id)
}

// OrganisationsOf lists the producers a person belongs to, the latest joined
// first.
func (s *Store) OrganisationsOf(ctx context.Context, person storage.ID) ([]storage.Organisation, error) {
	return list(ctx, s, "organisations", scanOrganisation,
		`SELECT `+organisationColumns+` FROM members m JOIN organisations o ON o.id = m.organisation
		WHERE m.person = $1 ORDER BY m.since DESC, o.id DESC`, person)
}

func (x *tx) PutOrganisation(o storage.Organisation) error {
	return x.later(`INSERT INTO organisations (id, kind, name, unit, created) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, unit = excluded.unit`,
		o.ID, o.Kind, o.Name, o.Unit, ms(o.Created))
}
