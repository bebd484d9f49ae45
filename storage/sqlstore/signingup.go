package sqlstore

import (
	"fmt"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

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
		return x.notSignedUp(g, fmt.Errorf("closed: %w", storage.ErrConflict))
	}
	s.People = max(1, s.People)
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
			stall, power, vehicle, state, place, at, changed, people, revenue, contracts, buyers, answered)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16, 0, 0, 0, 0)
		ON CONFLICT (gathering, person, attendee) DO UPDATE SET organisation = excluded.organisation, products = excluded.products,
			units = excluded.units, product_group = excluded.product_group, stars = excluded.stars, stall = excluded.stall,
			power = excluded.power, vehicle = excluded.vehicle, state = excluded.state, place = excluded.place,
			at = excluded.at, changed = excluded.changed, people = excluded.people
		WHERE signups.state IN ('cancelled', 'refused') RETURNING id`,
		s.ID, s.Gathering, s.Person, s.Attendee, ref(s.Organisation), s.Products, joined(s.Units), s.Group, s.Stars,
		s.Stall, s.Power, s.Vehicle, s.State, s.Place, ms(s.At), s.People)
	if err == nil && len(id) == 0 {
		return x.notSignedUp(g, storage.ErrConflict)
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

// notSignedUp gives back the place in line that was taken for nothing, while
// the gathering is still locked: the transaction may go on without it.
func (x *tx) notSignedUp(g storage.Gathering, why error) error {
	if err := x.later(`UPDATE gatherings SET line = line - 1 WHERE id = $1`, g.ID); err != nil {
		return err
	}
	return fmt.Errorf("sqlstore: sign up: %w", why)
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
	s.People = max(1, s.People)
	// Who gives something up, or brings other goods, needs no room anew.
	if more := s.People > was.People || s.Stall && !was.Stall || g.Selects && (s.Group != was.Group || s.Stars != was.Stars); more && was.Seated() {
		room, err := x.room(g, s.ID)
		if err != nil {
			return err
		}
		if !room.Fits(s.Claim()) {
			return fmt.Errorf("sqlstore: amend: %w", storage.ErrNoRoom)
		}
	}
	if err := x.later(`UPDATE signups SET organisation = $2, products = $3, product_group = $4, stars = $5, stall = $6, power = $7, vehicle = $8, people = $9 WHERE id = $1`,
		s.ID, ref(s.Organisation), s.Products, s.Group, s.Stars, s.Stall, s.Power, s.Vehicle, s.People); err != nil {
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
		}, `SELECT CAST(COALESCE(SUM(people), 0) AS BIGINT), COALESCE(SUM(CASE WHEN stall THEN 1 ELSE 0 END), 0) FROM signups WHERE gathering = $1 AND id <> $2 AND state IN `+seated, g.ID, but)
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
	n.ID, n.Person, n.Subject, n.State = storage.NewID(n.At), s.Person, s.ID, storage.NoticeQueued
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
