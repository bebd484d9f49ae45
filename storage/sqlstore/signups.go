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

const signupColumns = `s.id, s.gathering, s.person, s.attendee, s.organisation, s.products, s.units, s.product_group, s.stars,
	s.stall, s.power, s.vehicle, s.state, s.place, s.at, s.changed, s.revenue, s.contracts, s.buyers, s.answered`

// seated are the states of a signup that take a seat; live are those with
// which somebody means to come.
const (
	seated = `('registered', 'selected', 'attended')`
	live   = `('queued', 'registered', 'selected', 'waiting', 'attended')`
)

// signupFields scan a signup. Its result is there if it was told.
func signupFields(s *storage.Signup, r *storage.Result) []any {
	return []any{&s.ID, &s.Gathering, &s.Person, &s.Attendee, refTo{&s.Organisation}, &s.Products, split{&s.Units}, &s.Group, &s.Stars,
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

// Visits lists where a person's or a producer's people (0: none) have a seat or
// came, of what was not cancelled, the first first. Each knows which products
// it brought.
func (s *Store) Visits(ctx context.Context, person, organisation storage.ID, limit int) ([]storage.Visit, error) {
	all, err := list(ctx, s, "visits", func(row scanner) (v storage.Visit, err error) {
		var r storage.Result
		err = row.Scan(append(signupFields(&v.Signup, &r), &v.To.Code, &v.To.Title, &v.To.Kind, day0{&v.To.From}, day0{&v.To.To})...)
		if v.To.ID = v.Gathering; !r.At.IsZero() {
			v.Result = &r
		}
		return v, err
	}, `SELECT * FROM (SELECT `+signupColumns+`, g.code, g.title, g.kind, g.starts, g.ends FROM signups s JOIN gatherings g ON g.id = s.gathering
		WHERE (s.person = $1 AND s.attendee = '' OR s.organisation = $2) AND s.state IN `+seated+` AND g.state = 'open'
		ORDER BY g.starts DESC, s.id DESC LIMIT $3) v ORDER BY starts, id`, person, organisation, limit)
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
		state      string
		all, stall int
	}
	groups, err := list(ctx, s, "attendance", func(row scanner) (g group, err error) {
		err = row.Scan(&g.state, &g.all, &g.stall)
		return g, err
	}, `SELECT state, COUNT(*), SUM(CASE WHEN stall THEN 1 ELSE 0 END) FROM signups WHERE gathering = $1 GROUP BY state`, gathering)
	var a storage.Attendance
	for _, g := range groups {
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

func (x *tx) Signup(id storage.ID) (storage.Signup, error) {
	s, err := x.signup(id)
	if err != nil {
		return s, err
	}
	s.Ideas, err = txList(x, scalar[storage.ID], `SELECT idea FROM signup_ideas WHERE signup = $1 ORDER BY idea`, id)
	return s, err
}

// signup is one without the products it brings.
func (x *tx) signup(id storage.ID) (storage.Signup, error) {
	s, err := txGet(x, scanSignup, `SELECT `+signupColumns+` FROM signups s WHERE s.id = $1`, id)
	if err != nil {
		return s, fmt.Errorf("sqlstore: signup: %w", err)
	}
	return s, nil
}

func (x *tx) SignupNumbered(gathering storage.ID, place int) (storage.Signup, error) {
	s, err := txGet(x, scanSignup, `SELECT `+signupColumns+` FROM signups s WHERE s.gathering = $1 AND s.place = $2`, gathering, place)
	if err != nil {
		return s, fmt.Errorf("sqlstore: signup: %w", err)
	}
	return s, nil
}

func (x *tx) Signups(gathering storage.ID) ([]storage.Signup, error) {
	return txList(x, scanSignup, `SELECT `+signupColumns+` FROM signups s WHERE s.gathering = $1 ORDER BY s.place`, gathering)
}

// SignUp takes the place in line and counts the seats under the lock on the
// gathering's row, which the new place takes.
func (x *tx) SignUp(s *storage.Signup) error {
	x.concerns(s.Person)
	place := 0
	g, err := txGet(x, func(row scanner) (g storage.Gathering, err error) {
		err = row.Scan(append(gatheringFields(&g), &place)...)
		return g, err
	}, `UPDATE gatherings SET line = line + 1 WHERE id = $1 RETURNING `+gatheringColumns+`, line`, s.Gathering)
	if err != nil {
		return fmt.Errorf("sqlstore: sign up: %w", err)
	}
	if !g.Takes(s.At) {
		return fmt.Errorf("sqlstore: sign up: closed: %w", storage.ErrConflict)
	}
	s.Place, s.Changed, s.State = place, s.At, storage.SignupQueued
	switch {
	case g.Selects && !g.Chosen.IsZero():
		s.State = storage.SignupWaiting
	case !g.Selects:
		room, err := x.room(g, 0)
		if err != nil {
			return err
		}
		// Whoever waits does not fit, or would have moved up: nobody is overtaken.
		if s.State = storage.SignupWaiting; room.Fits(s.Claim()) {
			s.State = storage.SignupRegistered
		}
	}
	id, err := txList(x, scalar[storage.ID], `INSERT INTO signups (id, gathering, person, attendee, organisation, products, units, product_group, stars,
			stall, power, vehicle, state, place, at, changed, revenue, contracts, buyers, answered)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, 0, 0, 0, 0)
		ON CONFLICT (gathering, person, attendee) DO UPDATE SET organisation = excluded.organisation, products = excluded.products,
			units = excluded.units, product_group = excluded.product_group, stars = excluded.stars, stall = excluded.stall,
			power = excluded.power, vehicle = excluded.vehicle, state = excluded.state, place = excluded.place,
			at = excluded.at, changed = excluded.changed
		WHERE signups.state IN ('cancelled', 'refused') RETURNING id`,
		s.ID, s.Gathering, s.Person, s.Attendee, ref(s.Organisation), s.Products, joined(s.Units), s.Group, s.Stars,
		s.Stall, s.Power, s.Vehicle, s.State, s.Place, ms(s.At))
	if err == nil && len(id) == 0 {
		err = storage.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("sqlstore: sign up: %w", err)
	}
	s.ID = id[0]
	if err := x.putBrought(s.ID, s.Ideas); err != nil {
		return err
	}
	return x.addGatheringEvent(storage.GatheringEvent{Gathering: g.ID, Signup: s.ID, At: s.At, Kind: s.State, Actor: s.Person, Role: "producer"})
}

// putBrought replaces the products a signup brings.
func (x *tx) putBrought(signup storage.ID, ideas []storage.ID) error {
	if err := x.later(`DELETE FROM signup_ideas WHERE signup = $1`, signup); err != nil {
		return err
	}
	for _, idea := range ideas {
		if err := x.later(`INSERT INTO signup_ideas (signup, idea) VALUES ($1, $2) ON CONFLICT DO NOTHING`, signup, idea); err != nil {
			return err
		}
	}
	return nil
}

// Amend replaces what a signup brings and needs, under the lock on its
// gathering.
func (x *tx) Amend(s storage.Signup, by storage.GatheringEvent) error {
	x.concerns(by.Actor)
	g, err := x.Gathering(s.Gathering)
	if err != nil {
		return err
	}
	was, err := x.signup(s.ID)
	if err != nil {
		return err
	}
	if was.State != s.State || !was.Live() || g.State != storage.GatheringOpen || g.Begun(by.At) {
		return fmt.Errorf("sqlstore: amend: %w", storage.ErrConflict)
	}
	// Who gives something up, or brings other goods, needs no room anew.
	if more := s.Stall && !was.Stall || g.Selects && (s.Group != was.Group || s.Stars != was.Stars); more && was.Seated() {
		room, err := x.room(g, s.ID)
		if err != nil {
			return err
		}
		if !room.Fits(s.Claim()) {
			return fmt.Errorf("sqlstore: amend: %w", storage.ErrNoRoom)
		}
	}
	if err := x.later(`UPDATE signups SET organisation = $2, products = $3, product_group = $4, stars = $5, stall = $6, power = $7, vehicle = $8 WHERE id = $1`,
		s.ID, ref(s.Organisation), s.Products, s.Group, s.Stars, s.Stall, s.Power, s.Vehicle); err != nil {
		return err
	}
	if err := x.putBrought(s.ID, s.Ideas); err != nil {
		return err
	}
	by.ID, by.Gathering, by.Signup, by.Kind = 0, g.ID, s.ID, "amended"
	if err := x.addGatheringEvent(by); err != nil {
		return err
	}
	return x.moveUp(g, by.At)
}

// room is what a locked gathering has left beside those with a seat, but for
// one of them (0: nobody). Only quotas need every signup.
func (x *tx) room(g storage.Gathering, but storage.ID) (*ocop.Room, error) {
	if !g.Selects || len(g.Quotas) == 0 {
		type taken struct{ seats, stalls int }
		n, err := txGet(x, func(row scanner) (n taken, err error) {
			err = row.Scan(&n.seats, &n.stalls)
			return n, err
		}, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN stall THEN 1 ELSE 0 END), 0) FROM signups WHERE gathering = $1 AND id <> $2 AND state IN `+seated, g.ID, but)
		room := ocop.NewRoom(g.Seats, g.Stalls, nil)
		room.Taken(n.seats, n.stalls)
		return room, err
	}
	room := ocop.NewRoom(g.Seats, g.Stalls, g.Quotas)
	holders, err := txList(x, scanSignup, `SELECT `+signupColumns+` FROM signups s WHERE s.gathering = $1 AND s.id <> $2 AND s.state IN `+seated, g.ID, but)
	for _, s := range holders {
		room.Hold(s.Claim())
	}
	return room, err
}

// Move changes a signup's state under the lock on its gathering.
func (x *tx) Move(id storage.ID, from, to string, by storage.GatheringEvent) (storage.Signup, error) {
	s, err := x.signup(id)
	if err != nil {
		return s, err
	}
	g, err := x.Gathering(s.Gathering)
	if err != nil {
		return s, err
	}
	if err := x.moveSignup(&s, from, to, by); err != nil {
		return s, err
	}
	return s, x.moveUp(g, by.At)
}

// moveSignup notes the new state of one whose gathering is locked.
func (x *tx) moveSignup(s *storage.Signup, from, to string, by storage.GatheringEvent) error {
	x.concerns(by.Actor)
	n, err := x.exec(`UPDATE signups SET state = $3, changed = $4 WHERE id = $1 AND state = $2`, s.ID, from, to, ms(by.At))
	if err == nil && n == 0 {
		err = storage.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("sqlstore: signup: %w", err)
	}
	s.State, s.Changed = to, by.At
	by.ID, by.Gathering, by.Signup, by.Kind = 0, s.Gathering, s.ID, to
	return x.addGatheringEvent(by)
}

// moveUp gives what is free in a locked gathering to those who waited longest
// and fit, and has them told.
func (x *tx) moveUp(g storage.Gathering, at time.Time) error {
	if g.State != storage.GatheringOpen || g.Begun(at) || g.Selects && g.Chosen.IsZero() {
		return nil
	}
	room, err := x.room(g, 0)
	if err != nil || room.Full() {
		return err
	}
	waiting, err := txList(x, scanSignup, `SELECT `+signupColumns+` FROM signups s WHERE s.gathering = $1 AND s.state = 'waiting' ORDER BY s.place`, g.ID)
	if err != nil {
		return err
	}
	to := storage.SignupRegistered
	if g.Selects {
		to = storage.SignupSelected
	}
	for _, s := range waiting {
		if !room.Take(s.Claim()) {
			continue
		}
		if err := x.moveSignup(&s, storage.SignupWaiting, to, storage.GatheringEvent{At: at, Role: "program"}); err != nil {
			return err
		}
		n := storage.Notice{Kind: storage.NoticeMovedUp, At: at}
		if err := x.TellSignup(s, fmt.Sprintf("up/%d", s.Place), n); err != nil {
			return err
		}
	}
	return nil
}

func (x *tx) Select(gathering storage.ID, chosen []storage.ID, rest string, by storage.GatheringEvent) error {
	g, err := x.Gathering(gathering)
	if err != nil {
		return err
	}
	room, err := x.room(g, 0)
	if err != nil {
		return err
	}
	all, err := x.Signups(gathering)
	if err != nil {
		return err
	}
	wanted := make(map[storage.ID]bool, len(chosen))
	for _, id := range chosen {
		wanted[id] = true
	}
	var to []string
	for _, s := range all {
		state := s.State
		if open := state == storage.SignupQueued || state == storage.SignupWaiting; open && wanted[s.ID] {
			if !room.Take(s.Claim()) {
				return fmt.Errorf("sqlstore: select: %w", storage.ErrNoRoom)
			}
			state = storage.SignupSelected
		} else if state == storage.SignupQueued {
			state = rest
		}
		to = append(to, state)
	}
	for i, s := range all {
		if s.State == to[i] {
			continue
		}
		if err := x.moveSignup(&s, s.State, to[i], by); err != nil {
			return err
		}
		n := storage.Notice{Kind: storage.NoticeSelection, At: by.At}
		if err := x.TellSignup(s, fmt.Sprintf("chosen/%d/%s", s.Place, s.State), n); err != nil {
			return err
		}
	}
	g.Chosen = by.At
	if err := x.later(`UPDATE gatherings SET chosen = $2, version = version + 1 WHERE id = $1`, g.ID, ms(by.At)); err != nil {
		return err
	}
	by.ID, by.Gathering, by.Kind = 0, g.ID, "chosen"
	if err := x.addGatheringEvent(by); err != nil {
		return err
	}
	return x.moveUp(g, by.At) // a waiting list that was there before
}

func (x *tx) PutResult(signup storage.ID, r storage.Result) error {
	n, err := x.exec(`UPDATE signups SET revenue = $2, contracts = $3, buyers = $4, answered = $5 WHERE id = $1 AND state IN `+seated,
		signup, r.Revenue, r.Contracts, r.Buyers, ms(r.At))
	if err == nil && n == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("sqlstore: result: %w", err)
	}
	return nil
}

func (x *tx) TellSignup(s storage.Signup, what string, n storage.Notice) error {
	fresh, err := x.exec(`INSERT INTO gathering_told (signup, what, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, s.ID, what, ms(n.At))
	if err != nil {
		return fmt.Errorf("sqlstore: tell: %w", err)
	}
	if fresh == 0 {
		return nil
	}
	n.ID, n.Person, n.Subject, n.State = x.newID(n.At), s.Person, s.ID, storage.NoticeQueued
	return x.Notify(n)
}

// withdrawSignups takes a person who is erased out of what is to come, and
// empties what names them in the rest. Whoever waits for their seats moves up.
func (x *tx) withdrawSignups(person storage.ID, at time.Time) error {
	coming, err := txList(x, scanSignup, `SELECT `+signupColumns+` FROM signups s JOIN gatherings g ON g.id = s.gathering
		WHERE s.person = $1 AND s.state IN `+live+` AND s.state <> 'attended' AND g.ends > $2 ORDER BY s.gathering, s.id`,
		person, ms(at.AddDate(0, 0, -1)))
	if err != nil {
		return err
	}
	for _, s := range coming {
		if _, err := x.Move(s.ID, s.State, storage.SignupCancelled, storage.GatheringEvent{At: at, Actor: person, Role: "producer"}); err != nil {
			return err
		}
	}
	// A signup for somebody else keeps its own mark, by which rows differ.
	return x.later(`UPDATE signups SET products = '', power = '', vehicle = '',
		attendee = CASE WHEN attendee = '' THEN '' ELSE '#' || CAST(place AS TEXT) END WHERE person = $1`, person)
}
