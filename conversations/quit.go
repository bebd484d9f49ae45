package conversations

import (
	"errors"
	"fmt"

	"ocopbot/bot"
	"ocopbot/storage"
)

// meant are the person's signups among which it is asked which one is to be
// changed or given up.
func (v gatheringView) meant(t *T) []storage.Signup {
	if t.Get("then") == "amend" {
		return v.amendable(t.Now)
	}
	return v.coming()
}

// whoseChoices are the person's signups, where it has to be asked which one is
// meant: their own, and those for others.
func whoseChoices(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, s := range t.Loaded.(gatheringView).meant(t) {
		label := clip(s.Attendee, 40)
		if label == "" {
			label = t.Text("gathering.myself", nil)
		}
		cs = append(cs, bot.Choice{ID: idText(s.ID), Label: label})
	}
	return cs
}

func answerWhose(t *T, v string) error {
	view := t.Loaded.(gatheringView)
	for _, s := range view.meant(t) {
		if idText(s.ID) == v {
			return t.withSignup(view, s)
		}
	}
	t.goTo("card") // it moved meanwhile
	return nil
}

// withSignup changes a signup, or asks once more before its seat is given away.
func (t *T) withSignup(v gatheringView, s storage.Signup) error {
	if t.Get("then") == "amend" {
		t.goTo("card")
		return t.open(amendFlow, map[string]string{"code": v.g.Code, "signup": idText(s.ID)})
	}
	t.Set("signup", idText(s.ID))
	t.Set("state", s.State)
	t.Set("title", v.g.Title)
	t.Set("who", s.Attendee)
	t.goTo("sure")
	return nil
}

// comesTo is the code of what the person signed up to last and has not begun;
// empty: there is nothing.
func (t *T) comesTo() (string, error) {
	if t.S.Person == 0 {
		return "", nil
	}
	signups, err := t.reads.SignupsOf(t.Ctx, t.S.Person, 0)
	if err != nil {
		return "", fmt.Errorf("conversations: signups: %w", err)
	}
	const looked = 5 // of the latest
	for _, s := range signups[:min(len(signups), looked)] {
		if !s.Live() {
			continue
		}
		g, err := t.reads.Gathering(t.Ctx, s.Gathering)
		if err != nil {
			return "", fmt.Errorf("conversations: gathering: %w", err)
		}
		if g.State == storage.GatheringOpen && !g.Begun(t.Now) {
			return g.Code, nil
		}
	}
	return "", nil
}

// commitQuit gives a seat away; who waits for it moves up and is told.
func commitQuit(t *T, tx storage.Tx) (Outcome, error) {
	id, err := textID(t.Get("signup"))
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{Next: "card", Set: map[string]string{"signup": "", "state": ""}, Notes: []Note{note("signup.quit", "code", t.Get("code"))}}
	s, err := tx.Signup(id)
	if err != nil {
		return Outcome{}, err
	}
	if s.Person != t.S.Person {
		return Outcome{}, fmt.Errorf("conversations: signup: %w", storage.ErrNotFound)
	}
	by := storage.GatheringEvent{At: t.Now, Actor: t.S.Person, Role: "producer"}
	if _, err := tx.Move(id, t.Get("state"), storage.SignupCancelled, by); errors.Is(err, storage.ErrConflict) {
		o.Notes = []Note{note("signup.moved")} // the card tells how it stands
	} else if err != nil {
		return Outcome{}, err
	}
	return o, nil
}
