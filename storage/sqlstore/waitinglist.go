package sqlstore

import (
	"fmt"
	"time"

	"ocopbot/storage"
)

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
// and fit, and has them told. A group that is larger than what is free keeps its
// place and is passed over: a seat that it cannot use is of more use to the next
// than empty, the day does not wait for more to become free, and the group may
// come with fewer at any time, and then is the first. The same goes for who
// wants a stall, or is of a quota that is used up.
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
