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
var amendFields = []string{"people", "products", "stall", "power", "vehicle"}

// amendable tells whether there is anything to change in a signup: how many
// come, and what is brought, until it begins.
func amendable(g storage.Gathering, s storage.Signup, now time.Time) bool {
	return (g.Kind.Sells() || bringsOthers(g, s)) && g.State == storage.GatheringOpen && !g.Begun(now)
}

// bringsOthers tells whether it is asked how many come under a signup: not
// where somebody was named who comes.
func bringsOthers(g storage.Gathering, s storage.Signup) bool {
	return g.Kind.Together() && s.Attendee == ""
}

// amendSignup changes one thing after the other in a signup. Each is stored at
// once: the organisers' list is always what people mean.
func amendSignup() *Flow {
	only := func(field string) func(*T) bool { return func(t *T) bool { return t.Get("field") == field } }
	steps := append([]*Step{peopleStep(only("people"))}, broughtSteps(only("products"), only("stall"), only("vehicle"))...)
	for _, s := range steps {
		if s.ID == "power" {
			s.Needed = func(t *T) bool {
				return t.Get("field") == "power" || t.Get("field") == "stall" && t.Get("stall") == "yes"
			}
		}
	}
	return &Flow{
		ID: amendFlow, Version: 1,
		Begin: beginAmend,
		Steps: append([]*Step{{ID: "field", Needed: func(t *T) bool { return t.Get("only") == "" }, Load: loadAmend, Ask: askAmend, Choices: amendChoices, Answer: answerAmend}}, steps...),
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			done, err := t.amend(tx)
			o := Outcome{Next: "field", Set: map[string]string{}, Notes: []Note{done}}
			for _, answer := range []string{"field", "people", "products", "ideas", "group", "org", "stars", "stall", "power", "vehicle", "-vehicle"} {
				o.Set[answer] = ""
			}
			return o, err
		},
	}
}

// beginAmend asks at once for what there is only one thing of, and what was
// said already not at all.
func beginAmend(t *T) error {
	loaded, err := loadAmend(t)
	if err != nil {
		return err
	}
	v := loaded.(amendView)
	if v.s.ID == 0 {
		return nil
	}
	if only := v.fields(); len(only) == 1 {
		t.Set("field", only[0])
		t.Set("only", "1")
	}
	t.S.Pending = t.Get("people") != ""
	return nil
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
		if idText(s.ID) == t.Get("signup") && amendable(v.g, s, t.Now) {
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
		shown := map[string]string{"people": strconv.Itoa(v.s.People), "products": strings.Join(v.products, "; "), "power": v.s.Power, "vehicle": v.s.Vehicle}[f]
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
		applies := v.g.Kind.Sells()
		switch f {
		case "people":
			applies = bringsOthers(v.g, v.s)
		case "stall":
			applies = applies && (v.g.Stalls > 0 || v.s.Stall)
		case "power":
			applies = applies && v.s.Stall
		}
		if applies {
			all = append(all, f)
		}
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
	field, was := t.Get("field"), s.People
	switch field {
	case "people":
		if s.People, err = strconv.Atoi(t.Get("people")); err != nil {
			return Note{}, fmt.Errorf("conversations: people: %w", err)
		}
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
	case errors.Is(err, storage.ErrNoRoom) && field == "people":
		return tooMany(tx, g, s, was)
	case errors.Is(err, storage.ErrNoRoom):
		return note("amend.no_room", "contact", g.Contact), nil
	case errors.Is(err, storage.ErrConflict):
		return note("signup.moved"), nil
	case err != nil:
		return Note{}, err
	}
	return note("amend.done"), nil
}

// tooMany says for how many there is room, where it is not enough; s came with
// was so far.
func tooMany(tx storage.Tx, g storage.Gathering, s storage.Signup, was int) (Note, error) {
	left, err := seatsLeft(tx, g)
	if err != nil {
		return Note{}, err
	}
	if g.Seats == 0 || was+left >= s.People { // a quota
		return note("amend.no_room", "contact", g.Contact), nil
	}
	shown := ""
	if left > 0 {
		shown = strconv.Itoa(left)
	}
	return note("amend.no_seats", "left", shown, "most", strconv.Itoa(was+left)), nil
}
