package conversations

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/locales"
	"ocopbot/storage"
)

// amendFields are what can be changed in a signup without losing its seat,
// each under the step that asks it.
var amendFields = []string{"products", "stall", "power", "vehicle"}

// amendable tells whether there is anything to change in the signups of a
// gathering: what is brought to it, until it begins.
func amendable(g storage.Gathering, now time.Time) bool {
	return g.Kind.Sells() && g.State == storage.GatheringOpen && !g.Begun(now)
}

// amendSignup changes one thing after the other in a signup. Each is stored at
// once: the organisers' list is always what people mean.
func amendSignup() *Flow {
	only := func(field string) func(*T) bool { return func(t *T) bool { return t.Get("field") == field } }
	steps := broughtSteps(only("products"), only("stall"), only("vehicle"))
	for _, s := range steps {
		if s.ID == "power" {
			s.Needed = func(t *T) bool {
				return t.Get("field") == "power" || t.Get("field") == "stall" && t.Get("stall") == "yes"
			}
		}
	}
	return &Flow{
		ID: amendFlow, Version: 1,
		Steps: append([]*Step{{ID: "field", Load: loadAmend, Ask: askAmend, Choices: amendChoices, Answer: answerAmend}}, steps...),
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			done, err := t.amend(tx)
			o := Outcome{Next: "field", Set: map[string]string{}, Notes: []Note{done}}
			for _, answer := range []string{"field", "products", "ideas", "group", "org", "stars", "stall", "power", "vehicle", "-vehicle"} {
				o.Set[answer] = ""
			}
			return o, err
		},
	}
}

// amendView is the signup that is changed; ID 0: it is nobody's, or not of
// this person, or nothing can be changed any more.
type amendView struct {
	gatheringView
	s        storage.Signup
	products []string // by name
}

func loadAmend(t *T) (any, error) {
	v, err := t.gatheringOf(t.Get("code"))
	if err != nil {
		return nil, err
	}
	view := amendView{gatheringView: v}
	for _, s := range v.coming() {
		if idText(s.ID) == t.Get("signup") && amendable(v.g, t.Now) {
			if view.s, err = t.reads.Signup(t.Ctx, s.ID); err != nil { // with its products
				return nil, fmt.Errorf("conversations: signup: %w", err)
			}
			if view.products, err = t.broughtBy(view.s); err != nil {
				return nil, err
			}
		}
	}
	return view, nil
}

func askAmend(t *T) (string, locales.Data) {
	v := t.Loaded.(amendView)
	if v.s.ID == 0 {
		return "amend.over", nil
	}
	return "amend.card", dataOf("code", v.g.Code, "number", v.s.Place, "who", v.s.Attendee, "title", v.g.Title, "lines", strings.Join(v.lines(t), "\n"))
}

// broughtBy names what a signup brings.
func (t *T) broughtBy(s storage.Signup) ([]string, error) {
	var names []string
	for _, id := range s.Ideas {
		i, err := t.reads.Idea(t.Ctx, id)
		if err != nil {
			return nil, fmt.Errorf("conversations: idea: %w", err)
		}
		names = append(names, i.Name)
	}
	if s.Products != "" {
		names = append(names, s.Products)
	}
	return names, nil
}

// lines say what stands in the signup.
func (v amendView) lines(t *T) []string {
	var lines []string
	for _, f := range v.fields() {
		shown := map[string]string{"products": strings.Join(v.products, "; "), "power": v.s.Power, "vehicle": v.s.Vehicle}[f]
		switch {
		case f == "stall" && v.s.Stall:
			shown = t.Text("signup.stall_yes", nil)
		case shown == "":
			shown = t.Text("choice.no", nil)
		}
		lines = append(lines, "• "+t.Text("amend.field_"+f, nil)+": "+clip(shown, 100))
	}
	return lines
}

// fields are those that apply.
func (v amendView) fields() []string {
	var all []string
	for _, f := range amendFields {
		if f == "stall" && v.g.Stalls == 0 && !v.s.Stall || f == "power" && !v.s.Stall {
			continue
		}
		all = append(all, f)
	}
	return all
}

func amendChoices(t *T) []bot.Choice {
	v := t.Loaded.(amendView)
	var cs []bot.Choice
	if v.s.ID != 0 {
		for _, f := range v.fields() {
			cs = append(cs, t.choice(f, "amend.field_"+f))
		}
	}
	return append(cs, t.choice("done", "gathering.do_done"))
}

func answerAmend(t *T, v string) error {
	if v == "done" {
		t.close()
		return nil
	}
	t.Set("field", v)
	_, i := t.flows[amendFlow].step("field")
	return t.goOn(i)
}

// amend changes what was asked, in the signup as it stands.
func (t *T) amend(tx storage.Tx) (Note, error) {
	id, err := textID(t.Get("signup"))
	if err != nil {
		return Note{}, err
	}
	g, err := tx.GatheringByCode(t.Get("code")) // locked first, as by whoever signs up
	if err != nil {
		return Note{}, err
	}
	s, err := tx.Signup(id)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return Note{}, err
	}
	if err != nil || s.Person != t.S.Person || s.Gathering != g.ID {
		return note("signup.moved"), nil
	}
	field := t.Get("field")
	switch field {
	case "products":
		whose := s.Organisation
		if err = t.bring(tx, &s); s.Organisation == 0 { // goods without a form are still of that producer
			s.Organisation = whose
		}
	case "stall":
		if s.Stall = t.Get("stall") == "yes"; s.Stall {
			s.Power = t.powerText()
		} else {
			s.Power = ""
		}
	case "power":
		s.Power = t.powerText()
	case "vehicle":
		s.Vehicle = t.Get("vehicle")
	}
	if err != nil {
		return Note{}, err
	}
	by := storage.GatheringEvent{At: t.Now, Actor: t.S.Person, Role: "producer", Body: map[string]string{"what": field}}
	switch err := tx.Amend(s, by); {
	case errors.Is(err, storage.ErrNoRoom) && field == "stall":
		return note("amend.no_stall", "stalls", strconv.Itoa(g.Stalls)), nil
	case errors.Is(err, storage.ErrNoRoom):
		return note("amend.no_room", "contact", g.Contact), nil
	case errors.Is(err, storage.ErrConflict):
		return note("signup.moved"), nil
	case err != nil:
		return Note{}, err
	}
	return note("amend.done"), nil
}
