package sqlstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

const signupColumns = `s.id, s.gathering, s.person, s.attendee, s.people, s.organisation, s.products, s.units, s.product_group, s.stars,
	s.stall, s.power, s.vehicle, s.state, s.place, s.at, s.changed, s.revenue, s.contracts, s.buyers, s.answered`

// seated are the states of a signup that take a seat; live are those with
// which somebody means to come.
const (
	seated = `('registered', 'selected', 'attended')`
	live   = `('queued', 'registered', 'selected', 'waiting', 'attended')`
)

// signupFields scan a signup. Its result is there if it was told.
func signupFields(s *storage.Signup, r *storage.Result) []any {
	return []any{&s.ID, &s.Gathering, &s.Person, &s.Attendee, &s.People, refTo{&s.Organisation}, &s.Products, split{&s.Units}, &s.Group, &s.Stars,
		&s.Stall, &s.Power, &s.Vehicle, &s.State, &s.Place, when{&s.At}, when{&s.Changed}, &r.Revenue, &r.Contracts, &r.Buyers, when{&r.At}}
}

func scanSignup(row scanner) (s storage.Signup, err error) {
	var r storage.Result
	err = row.Scan(signupFields(&s, &r)...)
	if !r.At.IsZero() {
		s.Result = &r
	}
	return s, err
}

// split scans what joined made.
type split struct{ units *[]ocop.UnitKey }

// Scan implements sql.Scanner.
func (p split) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("sqlstore: units stored as %T", v)
	}
	*p.units = nil
	for _, u := range strings.Split(strings.Trim(text, "|"), "|") {
		if u != "" {
			*p.units = append(*p.units, ocop.UnitKey(u))
		}
	}
	return nil
}

// Signup returns a signup with the products it brings.
func (s *Store) Signup(ctx context.Context, id storage.ID) (storage.Signup, error) {
	u, err := get(ctx, s, "signup", scanSignup, `SELECT `+signupColumns+` FROM signups s WHERE s.id = $1`, id)
	if err != nil {
		return u, err
	}
	u.Ideas, err = list(ctx, s, "signup's products", scalar[storage.ID], `SELECT idea FROM signup_ideas WHERE signup = $1 ORDER BY idea`, id)
	return u, err
}

// SignupsOf lists the signups a person made, the latest first, for one
// gathering or, with 0, for all.
func (s *Store) SignupsOf(ctx context.Context, person, gathering storage.ID) ([]storage.Signup, error) {
	return list(ctx, s, "signups", scanSignup, `SELECT `+signupColumns+` FROM signups s
		WHERE s.person = $1 AND (s.gathering = $2 OR $2 = 0) ORDER BY s.at DESC, s.id DESC`, person, gathering)
}

// Visits lists where a person (0: nobody) or some producers' people have a seat
// or came, of what was not cancelled, the first first. Each knows which products
// it brought.
func (s *Store) Visits(ctx context.Context, person storage.ID, organisations []storage.ID, limit int) ([]storage.Visit, error) {
	var c conditions
	of := c.ids(append([]storage.ID{0}, organisations...)) // 0: nobody's
	all, err := list(ctx, s, "visits", func(row scanner) (v storage.Visit, err error) {
		var r storage.Result
		err = row.Scan(append(signupFields(&v.Signup, &r), &v.To.Code, &v.To.Title, &v.To.Kind, day0{&v.To.From}, day0{&v.To.To})...)
		if v.To.ID = v.Gathering; !r.At.IsZero() {
			v.Result = &r
		}
		return v, err
	}, `SELECT * FROM (SELECT `+signupColumns+`, g.code, g.title, g.kind, g.starts, g.ends FROM signups s JOIN gatherings g ON g.id = s.gathering
		WHERE (s.person = `+c.arg(person)+` AND s.attendee = '' OR s.organisation IN (`+of+`)) AND s.state IN `+seated+` AND g.state = 'open'
		ORDER BY g.starts DESC, s.id DESC LIMIT `+c.arg(limit)+`) v ORDER BY starts, id`, c.args...)
	if err != nil || len(all) == 0 {
		return all, err
	}
	at := make(map[storage.ID]int, len(all))
	var ids []string
	for i, v := range all {
		at[v.ID] = i
		ids = append(ids, strconv.FormatInt(int64(v.ID), 10))
	}
	type brought struct{ signup, idea storage.ID }
	products, err := list(ctx, s, "visits' products", func(row scanner) (b brought, err error) {
		err = row.Scan(&b.signup, &b.idea)
		return b, err
	}, `SELECT signup, idea FROM signup_ideas WHERE signup IN (`+strings.Join(ids, ", ")+`) ORDER BY signup, idea`)
	for _, b := range products {
		v := &all[at[b.signup]]
		v.Ideas = append(v.Ideas, b.idea)
	}
	return all, err
}

// Attendance counts a gathering's signups.
func (s *Store) Attendance(ctx context.Context, gathering storage.ID) (storage.Attendance, error) {
	type group struct {
		state               string
		signups, all, stall int
	}
	groups, err := list(ctx, s, "attendance", func(row scanner) (g group, err error) {
		err = row.Scan(&g.state, &g.signups, &g.all, &g.stall)
		return g, err
	}, `SELECT state, COUNT(*), CAST(SUM(people) AS BIGINT), SUM(CASE WHEN stall THEN 1 ELSE 0 END) FROM signups WHERE gathering = $1 GROUP BY state`, gathering)
	var a storage.Attendance
	for _, g := range groups {
		if (storage.Signup{State: g.state}).Live() {
			a.Live += g.signups
		}
		switch g.state {
		case storage.SignupQueued:
			a.Queued = g.all
		case storage.SignupWaiting:
			a.Waiting = g.all
		case storage.SignupRefused:
			a.Refused = g.all
		case storage.SignupCancelled:
			a.Cancelled = g.all
		default:
			a.Seated += g.all
			a.Stalls += g.stall
		}
		if g.state == storage.SignupAttended {
			a.Attended = g.all
		}
	}
	return a, err
}

// Attendees are a gathering's signups as its organisers see them, in their
// order.
func (s *Store) Attendees(ctx context.Context, gathering storage.ID) ([]storage.Attendee, error) {
	all, err := list(ctx, s, "attendees", func(row scanner) (a storage.Attendee, err error) {
		var r storage.Result
		err = row.Scan(append(signupFields(&a.Signup, &r), &a.Name, &a.Phone, &a.Producer)...)
		if !r.At.IsZero() {
			a.Result = &r
		}
		if a.Attendee != "" {
			a.Name = a.Attendee
		}
		return a, err
	}, `SELECT `+signupColumns+`, p.name, p.phone, COALESCE(o.name, '')
		FROM signups s JOIN persons p ON p.id = s.person LEFT JOIN organisations o ON o.id = s.organisation
		WHERE s.gathering = $1 ORDER BY s.place`, gathering)
	if err != nil || len(all) == 0 {
		return all, err
	}
	at := make(map[storage.ID]int, len(all))
	for i, a := range all {
		at[a.ID] = i
	}
	type brought struct {
		signup, idea storage.ID
		name         string
	}
	products, err := list(ctx, s, "attendees' products", func(row scanner) (b brought, err error) {
		err = row.Scan(&b.signup, &b.idea, &b.name)
		return b, err
	}, `SELECT i.signup, i.idea, d.name FROM signups s JOIN signup_ideas i ON i.signup = s.id JOIN ideas d ON d.id = i.idea
		WHERE s.gathering = $1 ORDER BY i.signup, i.idea`, gathering)
	for _, b := range products {
		a := &all[at[b.signup]]
		a.Ideas, a.Brings = append(a.Ideas, b.idea), append(a.Brings, b.name)
	}
	return all, err
}

// SignupsUntold lists a gathering's signups with a seat since before a moment,
// who have not been told a thing; attended: only those who came.
func (s *Store) SignupsUntold(ctx context.Context, gathering storage.ID, what string, since time.Time, attended bool, limit int) ([]storage.Signup, error) {
	return list(ctx, s, "signups untold", scanSignup, `SELECT `+signupColumns+` FROM signups s
		WHERE s.gathering = $1 AND s.state IN `+seated+` AND s.changed < $3
			AND NOT EXISTS (SELECT 1 FROM gathering_told t WHERE t.signup = s.id AND t.what = $2)
			AND (s.state = 'attended' OR NOT $4)
		ORDER BY s.place LIMIT $5`, gathering, what, ms(since), attended, limit)
}
