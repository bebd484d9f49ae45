package conversations

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// selectGuests chooses who comes to a gathering that selects. It proposes
// those who fit in their order, as far as seats and quotas go; the officer
// changes the marks, and everybody is told at once.
func selectGuests() *Flow {
	return &Flow{
		ID: selectFlow, Version: 1,
		Begin: func(t *T) error {
			v, err := loadGuests(t)
			if err != nil {
				return err
			}
			view := v.(guestsView)
			if !view.holds {
				t.close()
				t.Tell("officer.only")
				return nil
			}
			room := roomOf(view)
			for _, a := range view.open() {
				if room.Take(a.Claim()) {
					t.toggleGuest(a.Place)
				}
			}
			return nil
		},
		Steps: []*Step{
			{ID: "list", Load: loadGuests, Ask: askSelect, Choices: selectChoices, Answer: answerSelect},
			{ID: "rest", Choices: func(t *T) []bot.Choice {
				return []bot.Choice{t.choice(storage.SignupWaiting, "select.rest_waiting"), t.choice(storage.SignupRefused, "select.rest_refused")}
			}},
			{ID: "confirm", Load: loadGuests, Ask: func(t *T) (string, locales.Data) {
				chosen, rest := t.Loaded.(guestsView).divided(t)
				return "select.confirm", dataOf("chosen", chosen, "rest", rest,
					"waiting", t.Get("rest") == storage.SignupWaiting)
			}, Choices: yesNo, Answer: func(t *T, v string) error {
				who, err := t.Viewer()
				if err != nil {
					return err
				}
				if v == "no" || !t.Loaded.(guestsView).holds {
					t.close()
					return nil
				}
				t.Set("role", role(who))
				t.S.Pending = true
				return nil
			}},
		},
		Commit: commitSelect,
	}
}

// open are those among whom is selected.
func (v guestsView) open() []storage.Attendee {
	var open []storage.Attendee
	for _, a := range v.all {
		if a.State == storage.SignupQueued || a.State == storage.SignupWaiting {
			open = append(open, a)
		}
	}
	return open
}

// roomOf is what is left beside those who have seats already.
func roomOf(v guestsView) *ocop.Room {
	room := ocop.NewRoom(v.g.Seats, v.g.Stalls, v.g.Quotas)
	for _, a := range v.all {
		if a.Seated() {
			room.Hold(a.Claim())
		}
	}
	return room
}

// divided counts the people among whom is selected: those marked, and the rest.
func (v guestsView) divided(t *T) (chosen, rest int) {
	for _, a := range v.open() {
		if slices.Contains(t.chosenGuests(), strconv.Itoa(a.Place)) {
			chosen += a.People
		} else {
			rest += a.People
		}
	}
	return chosen, rest
}

func (t *T) chosenGuests() []string { return strings.Fields(t.Get("chosen")) }

// toggleGuest takes one in, or out again.
func (t *T) toggleGuest(place int) {
	all, n := t.chosenGuests(), strconv.Itoa(place)
	if i := slices.Index(all, n); i >= 0 {
		all = slices.Delete(all, i, i+1)
	} else {
		all = append(all, n)
	}
	t.Set("chosen", strings.Join(all, " "))
}

func askSelect(t *T) (string, locales.Data) {
	v := t.Loaded.(guestsView)
	var quotas []string
	for _, q := range v.g.Quotas {
		quotas = append(quotas, t.quotaText(q))
	}
	chosen, _ := v.divided(t)
	return "select.list", dataOf("title", clip(v.g.Title, 60), "seats", v.g.Seats, "chosen", chosen, "seated", v.counts.Seated,
		"quotas", strings.Join(quotas, "; "))
}

// selectPage is how many are shown at once to be marked.
const selectPage = 8

func selectChoices(t *T) []bot.Choice {
	v := t.Loaded.(guestsView)
	open := v.open()
	from := min(v.page*selectPage, len(open))
	cs := []bot.Choice{t.choice("ok", "select.ok")}
	for _, a := range open[from:min(from+selectPage, len(open))] {
		mark := "(-) "
		if slices.Contains(t.chosenGuests(), strconv.Itoa(a.Place)) {
			mark = "(x) "
		}
		cs = append(cs, bot.Choice{ID: strconv.Itoa(a.Place), Label: mark + clip(t.guestShort(a), 70)})
	}
	if len(open) > selectPage {
		cs = append(cs, t.choice("next", "choice.more"))
	}
	return append(cs, t.choice("done", "gathering.do_done"))
}

func answerSelect(t *T, v string) error {
	view := t.Loaded.(guestsView)
	switch v {
	case "done":
		t.close()
		return nil
	case "next":
		page := view.page + 1
		if page*selectPage >= len(view.open()) {
			page = 0
		}
		t.Set("page", strconv.Itoa(page))
		return nil
	case "ok":
		room := roomOf(view)
		for _, a := range view.open() {
			if slices.Contains(t.chosenGuests(), strconv.Itoa(a.Place)) && !room.Take(a.Claim()) {
				t.Tell("select.no_room", "number", strconv.Itoa(a.Place), "name", clip(a.Name, 40))
				return nil
			}
		}
		_, i := t.flows[selectFlow].step("list")
		return t.goOn(i)
	}
	place, err := strconv.Atoi(v)
	if err != nil {
		return fmt.Errorf("conversations: number: %w", err)
	}
	t.toggleGuest(place)
	return nil
}

func commitSelect(t *T, tx storage.Tx) (Outcome, error) {
	g, err := tx.GatheringByCode(t.Get("code"))
	if err != nil {
		return Outcome{}, err
	}
	all, err := tx.Signups(g.ID)
	if err != nil {
		return Outcome{}, err
	}
	var ids []storage.ID
	people := 0
	for _, s := range all {
		if slices.Contains(t.chosenGuests(), strconv.Itoa(s.Place)) {
			ids = append(ids, s.ID)
			people += s.People
		}
	}
	by := storage.GatheringEvent{At: t.Now, Actor: t.S.Person, Role: t.Get("role")}
	if err := tx.Select(g.ID, ids, t.Get("rest"), by); errors.Is(err, storage.ErrNoRoom) {
		return Outcome{Next: "list", Notes: []Note{note("select.no_room_any")}}, nil
	} else if err != nil {
		return Outcome{}, err
	}
	return Outcome{Notes: []Note{note("select.done", "count", strconv.Itoa(people))}}, nil
}
