package sqlstore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// CountAudience is how many people an audience has.
func (s *Store) CountAudience(ctx context.Context, a storage.Audience, now time.Time) (int, error) {
	var c conditions
	return get(ctx, s, "count audience", scalar[int], `SELECT COUNT(*) FROM persons p WHERE `+c.audience(a, now), c.args...)
}

// Reaches lists people of an audience, in the order of their ids, from after
// one on, each with what decides whether and how they can be told.
func (s *Store) Reaches(ctx context.Context, a storage.Audience, after storage.ID, limit int, now time.Time) ([]storage.Reach, error) {
	var c conditions
	ids, err := list(ctx, s, "audience", scalar[storage.ID], `SELECT p.id FROM persons p WHERE `+
		both(c.audience(a, now), "p.id > "+c.arg(after))+` ORDER BY p.id LIMIT `+c.arg(limit), c.args...)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	ctx, stop := deadline(ctx)
	defer stop()
	found, err := reaches(ctx, s.read, ids, true, now)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: audience: %w", fault(err))
	}
	all := make([]storage.Reach, 0, len(ids))
	for _, id := range ids {
		if r := found[id]; r != nil {
			all = append(all, *r)
		}
	}
	return all, nil
}

// reaches reads what decides about some people; what only advertising asks for
// is left out where there is none.
func reaches(ctx context.Context, q querier, ids []storage.ID, adverts bool, now time.Time) (map[storage.ID]*storage.Reach, error) {
	var c conditions
	in := ` IN (` + c.ids(ids) + `)`
	found := make(map[storage.ID]*storage.Reach, len(ids))
	_, err := collect(ctx, q, func(row scanner) (none struct{}, err error) {
		r := &storage.Reach{DoNotCall: map[bot.Address]bool{}, Adverts: map[bot.Address][]time.Time{}}
		err = row.Scan(&r.Person, &r.Lang, &r.Channel, &r.Erased)
		found[r.Person] = r
		return none, err
	}, `SELECT id, lang, channel, erased <> 0 FROM persons WHERE id`+in, c.args...)
	if err != nil {
		return nil, err
	}
	routes, err := collect(ctx, q, scanRoute, `SELECT `+routeColumns+` FROM routes WHERE person`+in+` ORDER BY used DESC, addr`, c.args...)
	if err != nil {
		return nil, err
	}
	for _, r := range routes {
		found[r.Person].Routes = append(found[r.Person].Routes, r)
	}
	agreements, err := collect(ctx, q, scanConsent, `SELECT id, person, purpose, given, text, at, addr, message FROM consents
		WHERE person`+in+` AND purpose IN ('`+storage.ForAdvertising+`', '`+storage.ForBulletin+`') ORDER BY at, id`, c.args...)
	if err != nil {
		return nil, err
	}
	for _, a := range agreements {
		found[a.Person].Agreements = append(found[a.Person].Agreements, a)
	}
	if !adverts {
		return found, nil
	}
	return found, c.advertised(ctx, q, in, found, now)
}

// advertised adds which addresses are on the list of those not to be called,
// and when advertising went to them of late.
func (c *conditions) advertised(ctx context.Context, q querier, in string, found map[storage.ID]*storage.Reach, now time.Time) error {
	type sent struct {
		person storage.ID
		addr   bot.Address
		at     time.Time
	}
	barred, err := collect(ctx, q, func(row scanner) (b sent, err error) {
		err = row.Scan(&b.person, &b.addr)
		return b, err
	}, `SELECT r.person, r.addr FROM routes r JOIN do_not_call d ON d.addr = r.addr WHERE r.person`+in, c.args...)
	if err != nil {
		return err
	}
	for _, b := range barred {
		found[b.person].DoNotCall[b.addr] = true
	}
	adverts, err := collect(ctx, q, func(row scanner) (a sent, err error) {
		err = row.Scan(&a.person, &a.addr, when{&a.at})
		return a, err
	}, `SELECT r.person, r.addr, a.at FROM routes r JOIN adverts a ON a.addr = r.addr
		WHERE r.person`+in+` AND a.at > `+c.arg(ms(now.Add(-ocop.AdvertsIn)))+` ORDER BY a.at`, c.args...)
	if err != nil {
		return err
	}
	for _, a := range adverts {
		found[a.person].Adverts[a.addr] = append(found[a.person].Adverts[a.addr], a.at)
	}
	return nil
}

// ids are parameters for some ids.
func (c *conditions) ids(ids []storage.ID) string {
	return some(ids, func(id storage.ID) string { return c.arg(id) })
}

// pairs are rows of parameters for announcements and persons: as two lists
// PostgreSQL would read everybody an announcement is for.
func (c *conditions) pairs(keys []storage.RecipientKey) string {
	return `VALUES ` + some(keys, func(k storage.RecipientKey) string {
		return `(CAST(` + c.arg(k.Announcement) + ` AS BIGINT), CAST(` + c.arg(k.Person) + ` AS BIGINT))`
	})
}

// some lists parameters. Their number is rounded up, the last one standing in
// for those that are missing, so that the database meets few different
// statements.
func some[T any](all []T, parameter func(T) string) string {
	n := 1
	for n < len(all) {
		n *= 4
	}
	list := make([]string, n)
	for i := range list {
		list[i] = parameter(all[min(i, len(all)-1)])
	}
	return strings.Join(list, ", ")
}

// LastAdvert is when advertising last went to an address; zero: never, or so
// long ago that it is forgotten.
func (s *Store) LastAdvert(ctx context.Context, addr bot.Address) (time.Time, error) {
	at, err := get(ctx, s, "last advert", scalar[int64], `SELECT COALESCE(MAX(at), 0) FROM adverts WHERE addr = $1`, addr)
	return fromMS(at), err
}
