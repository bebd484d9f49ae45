package sqlstore

import (
	"context"
	"fmt"

	"ocopbot/bot/ocop"
	"ocopbot/bot/viet"
	"ocopbot/storage"
)

const ideaColumns = `i.id, i.prefix, i.year, i.seq, i.person, i.organisation, i.unit, i.name, i.fold, i.existing,
	i.product_group, i.key_product, i.fields, i.stage, i.version, i.registered, i.changed,
	i.waiting_level, i.waiting_since, i.told, i.session, i.turn`

func ideaFields(i *storage.Idea) []any {
	return []any{&i.ID, &i.Number.Prefix, &i.Number.Year, &i.Number.Seq, &i.Person, refTo{&i.Organisation}, &i.Unit,
		&i.Name, &i.Fold, &i.Existing, &i.Group, &i.KeyProduct, toPairs{&i.Fields}, &i.Stage, &i.Version,
		when{&i.Registered}, when{&i.Changed}, &i.WaitingLevel, when{&i.WaitingSince}, when{&i.Told}, &i.Session, &i.Turn}
}

func scanIdea(row scanner) (i storage.Idea, err error) {
	err = row.Scan(ideaFields(&i)...)
	return i, err
}

const (
	ideaByID     = `SELECT ` + ideaColumns + ` FROM ideas i WHERE i.id = $1`
	ideaByNumber = `SELECT ` + ideaColumns + ` FROM ideas i WHERE i.prefix = $1 AND i.year = $2 AND i.seq = $3`
)

// Idea returns an idea; who may see it is the caller's to check.
func (s *Store) Idea(ctx context.Context, id storage.ID) (storage.Idea, error) {
	return get(ctx, s, "idea", scanIdea, ideaByID, id)
}

// IdeaByNumber returns the idea of a form number.
func (s *Store) IdeaByNumber(ctx context.Context, n ocop.FormNumber) (storage.Idea, error) {
	return get(ctx, s, "idea", scanIdea, ideaByNumber, n.Prefix, n.Year, n.Seq)
}

// IdeasOf lists the ideas of a person and of the organisations they belong
// to, the newest first.
func (s *Store) IdeasOf(ctx context.Context, person storage.ID) ([]storage.Idea, error) {
	return list(ctx, s, "ideas", scanIdea, `SELECT `+ideaColumns+` FROM ideas i WHERE i.person = $1
		OR i.organisation IN (SELECT organisation FROM members WHERE person = $1)
		ORDER BY i.registered DESC, i.year DESC, i.seq DESC`, person)
}

func (x *tx) Idea(id storage.ID) (storage.Idea, error) { return txGet(x, scanIdea, ideaByID, id) }

func (x *tx) IdeaByNumber(n ocop.FormNumber) (storage.Idea, error) {
	return txGet(x, scanIdea, ideaByNumber, n.Prefix, n.Year, n.Seq)
}

// AddIdea takes the next number by locking the row of its series: whoever
// comes next waits until this transaction ends, and if it fails the number is
// free again.
func (x *tx) AddIdea(i *storage.Idea, actor storage.ID) error {
	x.concerns(actor)
	stage, err := ocop.Next("", ocop.EventRegistered)
	if err != nil {
		return fmt.Errorf("sqlstore: add idea: %w", err)
	}
	i.Fold = viet.Fold(i.Name)
	i.Stage, i.Version, i.Changed = stage, 1, i.Registered
	neverUnattended(i)
	fields, err := pairs(i.Fields)
	if err != nil {
		return err
	}
	if i.Number.Seq, err = x.nextNumber(i.Number); err != nil {
		return err
	}
	err = x.later(`INSERT INTO ideas (id, prefix, year, seq, person, organisation, unit, name, fold, existing,
			product_group, key_product, fields, stage, version, registered, changed,
			waiting_level, waiting_since, told, session, turn)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
		i.ID, i.Number.Prefix, i.Number.Year, i.Number.Seq, i.Person, ref(i.Organisation), i.Unit, i.Name, i.Fold, i.Existing,
		i.Group, i.KeyProduct, fields, i.Stage, i.Version, ms(i.Registered), ms(i.Changed),
		i.WaitingLevel, ms(i.WaitingSince), ms(i.Told), i.Session, i.Turn)
	if err != nil {
		return err
	}
	return x.addEvent(storage.Event{
		ID: storage.NewID(i.Registered), Idea: i.ID, At: i.Registered, Kind: ocop.EventRegistered, Actor: actor, Role: "producer",
	}, i.Version)
}

// nextNumber takes the next number of a series. Once its counter is locked the
// transaction knows it, and need not ask again.
func (x *tx) nextNumber(of ocop.FormNumber) (int, error) {
	of.Seq = 0 // what counts is the series
	if x.last[of] > 0 {
		x.last[of]++
		return x.last[of], x.later(`UPDATE counters SET last = $3 WHERE prefix = $1 AND year = $2`, of.Prefix, of.Year, x.last[of])
	}
	seq, err := txGet(x, scalar[int], `INSERT INTO counters (prefix, year, last) VALUES ($1, $2, 1)
		ON CONFLICT (prefix, year) DO UPDATE SET last = counters.last + 1 RETURNING last`, of.Prefix, of.Year)
	if err != nil {
		return 0, fmt.Errorf("sqlstore: form number: %w", err)
	}
	x.last[of] = seq
	return seq, nil
}

// neverUnattended sees to it that what waits for an officer waits for one at
// some level: else no inbox would show it. From the commune it rises.
func neverUnattended(i *storage.Idea) {
	if i.Stage == ocop.Registered && i.WaitingLevel == "" {
		i.WaitingLevel, i.WaitingSince = ocop.CommuneLevel, i.Changed
	}
}
