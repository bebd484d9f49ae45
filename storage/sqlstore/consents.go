package sqlstore

import (
	"context"

	"ocopbot/storage"
)

func scanConsent(row scanner) (c storage.Consent, err error) {
	err = row.Scan(&c.ID, &c.Person, &c.Purpose, &c.Given, &c.Text, when{&c.At}, &c.Addr, &c.Message)
	return c, err
}

// Consents lists what a person agreed to and refused, the oldest first.
func (s *Store) Consents(ctx context.Context, person storage.ID) ([]storage.Consent, error) {
	return list(ctx, s, "consents", scanConsent,
		`SELECT id, person, purpose, given, text, at, addr, message FROM consents WHERE person = $1 ORDER BY at, id`, person)
}

func (x *tx) AddConsent(c storage.Consent) error {
	x.concerns(c.Person)
	return x.later(`INSERT INTO consents (id, person, purpose, given, text, at, addr, message)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.ID, c.Person, c.Purpose, c.Given, c.Text, ms(c.At), c.Addr, c.Message)
}
