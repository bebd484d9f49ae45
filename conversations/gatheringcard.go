package conversations

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/locales"
	"ocopbot/storage"
)

// gathering shows one, and takes what the person wants with it.
func gathering() *Flow {
	return &Flow{
		ID: gatheringFlow, Version: 1,
		Steps: []*Step{
			{ID: "card", Load: loadGathering, Ask: askGathering, Choices: gatheringChoices, Answer: answerGathering},
			{ID: "whose", Needed: never, Load: loadGathering, Ask: asked("gathering.whose"), Choices: whoseChoices, Answer: answerWhose},
			{ID: "sure", Ask: asked("gathering.sure", "title", "who"), Choices: yesNo, Answer: func(t *T, v string) error {
				if v == "no" {
					t.goTo("card")
					return nil
				}
				t.S.Pending = true
				return nil
			}},
		},
		Commit: commitQuit,
	}
}

// gatheringView is a gathering as one person sees it.
type gatheringView struct {
	g      storage.Gathering
	counts storage.Attendance
	own    []storage.Signup // the person's own, those for others included
	holds  bool             // may change it and see who comes
}

// mine is the person's own signup.
func (v gatheringView) mine() (storage.Signup, bool) {
	for _, s := range v.own {
		if s.Attendee == "" {
			return s, true
		}
	}
	return storage.Signup{}, false
}

// others counts those whom the person signed up besides themselves.
func (v gatheringView) others() (n int) {
	for _, s := range v.own {
		if s.Attendee != "" && s.Live() {
			n++
		}
	}
	return n
}

// coming are the person's signups that they may still change or give up, their
// own first.
func (v gatheringView) coming() []storage.Signup {
	var all []storage.Signup
	for _, s := range v.own {
		switch {
		case !s.Live() || s.State == storage.SignupAttended:
		case s.Attendee == "":
			all = append([]storage.Signup{s}, all...)
		default:
			all = append(all, s)
		}
	}
	return all
}

// amendable are those of them in which there is something to change.
func (v gatheringView) amendable(now time.Time) []storage.Signup {
	return slices.DeleteFunc(v.coming(), func(s storage.Signup) bool { return !amendable(v.g, s, now) })
}

// loadGathering reads the gathering of the frame's code.
func loadGathering(t *T) (any, error) { return t.gatheringOf(t.Get("code")) }

// gatheringOf reads one as the person may see it; one that is not there has
// no ID.
func (t *T) gatheringOf(code string) (v gatheringView, err error) {
	if v.g, err = t.reads.GatheringByCode(t.Ctx, code); errors.Is(err, storage.ErrNotFound) {
		return v, nil
	} else if err != nil {
		return v, fmt.Errorf("conversations: gathering: %w", err)
	}
	if v.counts, err = t.reads.Attendance(t.Ctx, v.g.ID); err != nil {
		return v, fmt.Errorf("conversations: gathering: %w", err)
	}
	if t.S.Person == 0 {
		return v, nil
	}
	if v.own, err = t.reads.SignupsOf(t.Ctx, t.S.Person, v.g.ID); err != nil {
		return v, fmt.Errorf("conversations: gathering: %w", err)
	}
	who, err := t.Viewer()
	if err != nil {
		return v, err
	}
	v.holds = mayHold(who, v.g.Unit)
	return v, nil
}

func askGathering(t *T) (string, locales.Data) {
	v := t.Loaded.(gatheringView)
	if v.g.ID == 0 {
		return "events.unknown", dataOf("code", t.Get("code"))
	}
	data := t.gatheringData(v.g)
	data["room"] = t.roomText(v)
	var own []string
	for _, s := range v.own {
		if v.g.State == storage.GatheringCancelled {
			break
		}
		if s.State != storage.SignupCancelled || len(v.own) == 1 {
			own = append(own, t.signupLine(v, s))
		}
	}
	data["own"] = strings.Join(own, "\n")
	data["off"] = v.g.State == storage.GatheringCancelled
	return "gathering.card", data
}

// gatheringData fills the texts that tell of a gathering.
func (t *T) gatheringData(g storage.Gathering) locales.Data {
	return dataOf("code", g.Code, "title", g.Title, "kind", t.Text("gathering.kind_"+string(g.Kind), nil),
		"when", t.daysOf(g), "place", g.Place, "deadline", date(g.Deadline), "bring", g.Bring, "contact", g.Contact,
		"holder", t.unitName(string(g.Unit)), "rule", t.ruleText(g.Rule))
}

// roomText tells whether there is room, and how it is given.
func (t *T) roomText(v gatheringView) string {
	left := max(0, v.g.Seats-v.counts.Seated)
	if s, ok := v.mine(); ok && s.Live() { // how they stand themselves is told
		return ""
	}
	switch {
	case v.g.State != storage.GatheringOpen || v.g.Over(t.Now):
		return ""
	case !v.g.Takes(t.Now):
		return t.Text("gathering.room_closed", nil)
	case v.g.Selects:
		return t.Text("gathering.room_selects", dataOf("seats", v.g.Seats, "queued", v.counts.Queued+v.counts.Seated+v.counts.Waiting))
	case v.g.Seats == 0:
		return ""
	case left == 0:
		return t.Text("gathering.room_full", dataOf("seats", v.g.Seats, "waiting", v.counts.Waiting))
	}
	return t.Text("gathering.room_left", dataOf("left", left, "seats", v.g.Seats))
}

// signupLine tells how one's own signup stands.
func (t *T) signupLine(v gatheringView, s storage.Signup) string {
	line := t.Text("signup.state_"+s.State, dataOf("number", s.Place, "code", v.g.Code, "people", together(s)))
	if s.Attendee != "" {
		line = s.Attendee + ": " + line
	}
	return line
}

func gatheringChoices(t *T) []bot.Choice {
	v := t.Loaded.(gatheringView)
	if v.g.ID == 0 {
		return []bot.Choice{t.choice("done", "choice.menu")}
	}
	var cs []bot.Choice
	add := func(ids ...string) {
		for _, id := range ids {
			cs = append(cs, t.choice(id, "gathering.do_"+id))
		}
	}
	mine, signed := v.mine()
	coming := v.g.State == storage.GatheringOpen && !v.g.Over(t.Now)
	live := coming && signed && mine.Live() && mine.State != storage.SignupAttended
	takes := v.g.Takes(t.Now)
	if takes && !live {
		add("join")
	}
	if coming && len(v.coming()) > 0 {
		if len(v.amendable(t.Now)) > 0 {
			add("amend")
		}
		add("quit")
	}
	if _, tells := v.answering(); tells && v.g.Over(t.Now) {
		add("result")
	}
	if takes && t.S.Consented() && !t.Caps.Brief {
		add("other")
	}
	if v.g.Picture && !t.Caps.Brief {
		add("picture")
	}
	if v.holds {
		add("guests")
		if v.g.State == storage.GatheringOpen && v.counts.Live > 0 && daysBetween(t.Now, v.g.From) <= 0 && !v.g.Over(t.Now) {
			add("checkin")
		}
		if v.g.State == storage.GatheringOpen && !v.g.Over(t.Now) {
			add("edit", "off")
		}
		if takes && !t.Caps.Brief {
			add("poster")
		}
	}
	return append(cs, t.choice("done", "gathering.do_done"))
}

func answerGathering(t *T, choice string) error {
	v := t.Loaded.(gatheringView)
	with := map[string]string{"code": v.g.Code}
	switch choice {
	case "join", "other", "result":
		t.close()
		return t.open(map[string]string{"join": signupFlow, "other": signupOtherFlow, "result": resultFlow}[choice], with)
	case "amend", "quit":
		t.Set("then", choice)
		if coming := v.meant(t); len(coming) > 1 {
			t.goTo("whose")
			return nil
		} else if len(coming) == 1 {
			return t.withSignup(v, coming[0])
		}
		return nil
	case "picture":
		t.Tell("gathering.picture", "code", v.g.Code)
		return nil
	case "done":
		t.close()
		return nil
	}
	if !v.holds {
		t.Tell("officer.only")
		return nil
	}
	switch choice {
	case "guests":
		return t.open(guestsFlow, with)
	case "edit":
		return t.open(makeFlow, with)
	case "off":
		return t.open(callOffFlow, with)
	case "checkin":
		return t.open(checkinFlow, with)
	case "poster":
		t.Tell("gathering.poster", "code", v.g.Code)
	}
	return nil
}
