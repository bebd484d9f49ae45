package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

const gatheringColumns = `id, code, kind, title, place, starts, ends, deadline, seats, stalls, bring, contact,
	unit, rule, selects, quotas, chosen, state, version, created, actor, picture IS NOT NULL`

func gatheringFields(g *storage.Gathering) []any {
	return []any{&g.ID, &g.Code, &g.Kind, &g.Title, &g.Place, day0{&g.From}, day0{&g.To}, day0{&g.Deadline}, &g.Seats, &g.Stalls, &g.Bring, &g.Contact,
		&g.Unit, fromJSON{&g.Rule}, &g.Selects, fromJSON{&g.Quotas}, when{&g.Chosen}, &g.State, &g.Version, when{&g.Created}, refTo{&g.By}, &g.Picture}
}

func scanGathering(row scanner) (g storage.Gathering, err error) {
	err = row.Scan(gatheringFields(&g)...)
	return g, err
}

// day0 scans a moment that is counted by days, in Vietnam.
type day0 struct{ t *time.Time }

// Scan implements sql.Scanner.
func (d day0) Scan(v any) error {
	if err := (when{d.t}).Scan(v); err != nil {
		return err
	}
	*d.t = d.t.In(ocop.Local)
	return nil
}

// fromJSON scans what was stored by toJSON.
type fromJSON struct{ into any }

// Scan implements sql.Scanner.
func (j fromJSON) Scan(v any) error {
	var b []byte
	switch s := v.(type) {
	case string:
		b = []byte(s)
	case []byte:
		b = s
	default:
		return fmt.Errorf("sqlstore: JSON stored as %T", v)
	}
	if err := json.Unmarshal(b, j.into); err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	return nil
}

func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("sqlstore: %w", err)
	}
	return string(b), nil
}

// Gathering returns a gathering.
func (s *Store) Gathering(ctx context.Context, id storage.ID) (storage.Gathering, error) {
	return get(ctx, s, "gathering", scanGathering, `SELECT `+gatheringColumns+` FROM gatherings WHERE id = $1`, id)
}

// GatheringByCode returns the gathering of a code.
func (s *Store) GatheringByCode(ctx context.Context, code string) (storage.Gathering, error) {
	return get(ctx, s, "gathering", scanGathering, `SELECT `+gatheringColumns+` FROM gatherings WHERE code = $1`, code)
}

// Gatherings lists those that end after a moment, cancelled ones too, the
// first to begin first.
func (s *Store) Gatherings(ctx context.Context, after time.Time, limit int) ([]storage.Gathering, error) {
	return list(ctx, s, "gatherings", scanGathering, `SELECT `+gatheringColumns+` FROM gatherings
		WHERE ends > $1 ORDER BY starts, id LIMIT $2`, ms(after.AddDate(0, 0, -1)), limit)
}

// GatheringPicture is the picture of a gathering; ErrNotFound without one.
func (s *Store) GatheringPicture(ctx context.Context, id storage.ID) ([]byte, error) {
	return get(ctx, s, "gathering's picture", scalar[[]byte],
		`SELECT picture FROM gatherings WHERE id = $1 AND picture IS NOT NULL`, id)
}

// SetGatheringPicture keeps the picture a provider held, if it is the one that
// is wanted still; nil data: it could not be had.
func (s *Store) SetGatheringPicture(ctx context.Context, id storage.ID, provider string, data []byte) error {
	_, err := s.do(ctx, "gathering's picture", `UPDATE gatherings SET picture = COALESCE($3, picture), picture_channel = '', picture_file = ''
		WHERE id = $1 AND picture_file = $2`, id, provider, data)
	return err
}

// GatheringPicturesWanted lists the pictures that are still at a provider, as
// files whose ID is the gathering's.
func (s *Store) GatheringPicturesWanted(ctx context.Context, limit int) ([]storage.File, error) {
	return list(ctx, s, "gatherings' pictures", func(row scanner) (f storage.File, err error) {
		err = row.Scan(&f.ID, &f.Channel, &f.Provider)
		f.State = storage.FileWanted
		return f, err
	}, `SELECT id, picture_channel, picture_file FROM gatherings WHERE picture_file <> '' ORDER BY id LIMIT $1`, limit)
}

// GatheringEvents lists what happened to a gathering and its signups.
func (s *Store) GatheringEvents(ctx context.Context, id storage.ID) ([]storage.GatheringEvent, error) {
	return list(ctx, s, "gathering events", func(row scanner) (e storage.GatheringEvent, err error) {
		err = row.Scan(&e.ID, &e.Gathering, refTo{&e.Signup}, when{&e.At}, &e.Kind, refTo{&e.Actor}, &e.Role, toPairs{&e.Body})
		return e, err
	}, `SELECT id, gathering, signup, at, kind, actor, role, body FROM gathering_events WHERE gathering = $1 ORDER BY at, id`, id)
}

func (x *tx) NextCode(series string) (string, error) {
	for {
		n, err := txGet(x, scalar[int], `INSERT INTO gathering_codes (series, last) VALUES ($1, 1)
			ON CONFLICT (series) DO UPDATE SET last = gathering_codes.last + 1 RETURNING last`, series)
		if err != nil {
			return "", fmt.Errorf("sqlstore: code: %w", err)
		}
		code := fmt.Sprintf("%s%d", series, n)
		taken, err := txGet(x, scalar[bool], `SELECT COUNT(*) > 0 FROM gatherings WHERE code = $1`, code)
		if err != nil || !taken {
			return code, err
		}
	}
}

func (x *tx) PutGathering(g storage.Gathering, e storage.GatheringEvent) error {
	x.concerns(e.Actor)
	rule, err := toJSON(g.Rule)
	if err != nil {
		return err
	}
	quotas, err := toJSON(g.Quotas)
	if err != nil {
		return err
	}
	n, err := x.exec(`INSERT INTO gatherings (id, code, kind, title, place, starts, ends, deadline, seats, stalls, bring, contact,
			unit, rule, selects, quotas, chosen, state, version, line, created, actor)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 0, $20, $21)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, title = excluded.title, place = excluded.place,
			starts = excluded.starts, ends = excluded.ends, deadline = excluded.deadline, seats = excluded.seats,
			stalls = excluded.stalls, bring = excluded.bring, contact = excluded.contact, unit = excluded.unit, rule = excluded.rule,
			selects = excluded.selects, quotas = excluded.quotas, state = excluded.state, version = excluded.version
		WHERE gatherings.version = excluded.version - 1`,
		g.ID, g.Code, g.Kind, g.Title, g.Place, ms(g.From), ms(g.To), ms(g.Deadline), g.Seats, g.Stalls, g.Bring, g.Contact,
		g.Unit, rule, g.Selects, quotas, ms(g.Chosen), g.State, g.Version, ms(g.Created), ref(g.By))
	if err == nil && n == 0 {
		err = storage.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("sqlstore: gathering: %w", err)
	}
	e.Gathering, e.Signup = g.ID, 0
	if err := x.addGatheringEvent(e); err != nil {
		return err
	}
	if !g.Selects { // who waited for a selection waits for a seat
		if err := x.later(`UPDATE signups SET state = 'waiting' WHERE gathering = $1 AND state = 'queued'`, g.ID); err != nil {
			return err
		}
	}
	return x.moveUp(g, e.At)
}

// lockGathering reads a gathering and keeps others from counting its seats
// until the transaction ends: an update of nothing locks the row on
// PostgreSQL, and on SQLite a transaction that writes is alone anyway.
func (x *tx) lockGathering(where string, arg any) (storage.Gathering, error) {
	g, err := txGet(x, scanGathering, `UPDATE gatherings SET line = line WHERE `+where+` RETURNING `+gatheringColumns, arg)
	if err != nil {
		return g, fmt.Errorf("sqlstore: gathering: %w", err)
	}
	return g, nil
}

func (x *tx) Gathering(id storage.ID) (storage.Gathering, error) {
	return x.lockGathering(`id = $1`, id)
}

func (x *tx) GatheringByCode(code string) (storage.Gathering, error) {
	return x.lockGathering(`code = $1`, code)
}

func (x *tx) WantGatheringPicture(id storage.ID, channel, provider string) error {
	return x.later(`UPDATE gatherings SET picture_channel = $2, picture_file = $3 WHERE id = $1`, id, channel, provider)
}

func (x *tx) PutGatheringPicture(id storage.ID, data []byte) error {
	return x.later(`UPDATE gatherings SET picture = $2, picture_channel = '', picture_file = '' WHERE id = $1`, id, data)
}

func (x *tx) addGatheringEvent(e storage.GatheringEvent) error {
	body, err := pairs(e.Body)
	if err != nil {
		return err
	}
	if e.ID == 0 {
		e.ID = storage.NewID(e.At)
	}
	return x.later(`INSERT INTO gathering_events (id, gathering, signup, at, kind, actor, role, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.ID, e.Gathering, ref(e.Signup), ms(e.At), e.Kind, ref(e.Actor), e.Role, body)
}
