package conversations

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/viet"
	"ocopbot/locales"
	"ocopbot/storage"
)

const (
	// gatheringsPage is how many gatherings one list shows.
	gatheringsPage = 6
	// mostGatherings bounds how many to come are looked through.
	mostGatherings = 100
)

// gatherings is "Hội chợ, tập huấn": what there is to go to.
func gatherings() *Flow {
	return &Flow{ID: gatheringsFlow, Version: 1, Steps: []*Step{{
		ID:   "list",
		Load: loadGatherings,
		Ask: func(t *T) (string, locales.Data) {
			v := t.Loaded.(gatheringsView)
			if len(v.shown) == 0 {
				return "events.none", nil
			}
			var lines []string
			for _, g := range v.shown {
				lines = append(lines, t.Text("events.line", dataOf("code", g.Code, "title", clip(g.Title, 50), "when", t.daysOf(g), "place", clip(g.Place, 40))))
			}
			return "events.list", dataOf("lines", strings.Join(lines, "\n"))
		},
		Choices: func(t *T) []bot.Choice {
			v := t.Loaded.(gatheringsView)
			var cs []bot.Choice
			for _, g := range v.shown {
				cs = append(cs, bot.Choice{ID: g.Code, Label: g.Code + " " + clip(g.Title, 30)})
			}
			if v.more {
				cs = append(cs, t.choice("next", "choice.more"))
			}
			if v.holds {
				cs = append(cs, t.choice(makeFlow, "events.make"))
			}
			return append(cs, t.choice(choiceMenu, "choice.menu"))
		},
		Answer: func(t *T, v string) error {
			switch v {
			case "next":
				page, _ := strconv.Atoi(t.Get("page")) // our own number; empty is 0
				t.Set("page", strconv.Itoa(page+1))
				return nil
			case makeFlow:
				return t.open(makeFlow, nil)
			}
			return t.open(gatheringFlow, map[string]string{"code": v})
		},
	}}}
}

type gatheringsView struct {
	shown []storage.Gathering
	more  bool
	holds bool // may hold one
}

// loadGatherings lists what has not ended; to who holds it what has ended
// lately, too, so that its list and its results can be found.
func loadGatherings(t *T) (any, error) {
	v, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	_, holds := holdsFor(v)
	after := t.Now
	if holds {
		after = after.AddDate(0, 0, -60)
	}
	all, err := t.reads.Gatherings(t.Ctx, after, mostGatherings)
	if err != nil {
		return nil, fmt.Errorf("conversations: gatherings: %w", err)
	}
	var open, over []storage.Gathering
	for _, g := range all {
		switch {
		case g.State != storage.GatheringOpen:
		case !g.Over(t.Now):
			open = append(open, g)
		case mayHold(v, g.Unit):
			over = append([]storage.Gathering{g}, over...) // the latest first
		}
	}
	open = append(open, over...)
	page, _ := strconv.Atoi(t.Get("page")) // our own number; empty is 0
	from := min(page*gatheringsPage, len(open))
	to := min(from+gatheringsPage, len(open))
	return gatheringsView{open[from:to], to < len(open), holds}, nil
}

// daysOf are the days of a gathering as people say them, with the hour if one
// was said.
func (t *T) daysOf(g storage.Gathering) string {
	from, to := g.From.In(ocop.Local), g.To.In(ocop.Local)
	days := date(from)
	if date(from) != date(to) {
		first := "02/01/2006"
		switch {
		case from.Year() == to.Year() && from.Month() == to.Month():
			first = "02"
		case from.Year() == to.Year():
			first = "02/01"
		}
		days = from.Format(first) + "–" + date(to)
	}
	if from.Hour() == 0 && from.Minute() == 0 {
		return days
	}
	return from.Format("15:04") + ", " + days
}

var codeShape = regexp.MustCompile(`^(?:dd )?([a-z]{2,4}) ?(\d{1,4})$`)

// gatheringCode reads a code as people type it: "hc12", "HC 12", "DD HC12".
func gatheringCode(text string) (string, bool) {
	if len(text) > 12 {
		return "", false
	}
	m := codeShape.FindStringSubmatch(viet.Fold(text))
	if m == nil {
		return "", false
	}
	return strings.ToUpper(m[1]) + strings.TrimLeft(m[2][:len(m[2])-1], "0") + m[2][len(m[2])-1:], true
}

// openCode opens what a typed text names; false when it names none.
func (t *T) openCode(text string) (bool, error) {
	code, ok := gatheringCode(text)
	if !ok {
		return false, nil
	}
	if _, err := t.reads.GatheringByCode(t.Ctx, code); errors.Is(err, storage.ErrNotFound) {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("conversations: gathering: %w", err)
	}
	return true, t.open(gatheringFlow, map[string]string{"code": code})
}

// signUpInOne does what "OCOP DD HC12" asks for, or "OCOP DD HC12 Lý Văn An"
// for somebody else; without a code it shows what there is.
func (t *T) signUpInOne(arg string) error {
	words := strings.Fields(arg)
	n := min(1, len(words))
	if n == 1 && len(words) > 1 && strings.Trim(words[1], "0123456789") == "" {
		n = 2 // "HC 12"
	}
	code, ok := gatheringCode(strings.Join(words[:n], " "))
	if !ok {
		return t.open(gatheringsFlow, nil)
	}
	if _, err := t.reads.GatheringByCode(t.Ctx, code); errors.Is(err, storage.ErrNotFound) {
		t.Tell("events.unknown", "code", code)
		return t.open(gatheringsFlow, nil)
	} else if err != nil {
		return fmt.Errorf("conversations: gathering: %w", err)
	}
	with := map[string]string{"code": code}
	if who := strings.Join(words[n:], " "); who != "" {
		if name, wrong := parseName(t, who); wrong == nil {
			with["attendee"] = name
			return t.open(signupOtherFlow, with)
		}
	}
	return t.open(signupFlow, with)
}

// gathering shows one, and takes what the person wants with it.
func gathering() *Flow {
	return &Flow{
		ID: gatheringFlow, Version: 1,
		Steps: []*Step{
			{ID: "card", Load: loadGathering, Ask: askGathering, Choices: gatheringChoices, Answer: answerGathering},
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
	line := t.Text("signup.state_"+s.State, dataOf("number", s.Place, "code", v.g.Code))
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
	if live || coming && slices.ContainsFunc(v.own, func(s storage.Signup) bool { return s.Live() && s.Attendee != "" }) {
		add("quit")
	}
	if v.g.State == storage.GatheringOpen && v.g.Over(t.Now) && v.g.Kind.Sells() && signed && mine.Seated() {
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
	case "quit":
		return t.quit(v)
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
	case "poster":
		t.Tell("gathering.poster", "code", v.g.Code)
	}
	return nil
}

// quit asks once more before a seat is given away: one's own, else the first
// of those for others.
func (t *T) quit(v gatheringView) error {
	s, ok := v.mine()
	for _, o := range v.own {
		if (!ok || !s.Live()) && o.Live() {
			s, ok = o, true
		}
	}
	if !ok || !s.Live() || s.State == storage.SignupAttended {
		return nil
	}
	t.Set("signup", idText(s.ID))
	t.Set("state", s.State)
	t.Set("title", v.g.Title)
	t.Set("who", s.Attendee)
	t.goTo("sure")
	return nil
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

// fairsOf are the gatherings a product was brought to, for its history.
func (t *T) fairsOf(i storage.Idea) ([]string, error) {
	signups, err := t.reads.SignupsWith(t.Ctx, i.ID)
	if err != nil {
		return nil, fmt.Errorf("conversations: signups: %w", err)
	}
	var lines []string
	for _, s := range signups {
		if !s.Seated() {
			continue
		}
		g, err := t.reads.Gathering(t.Ctx, s.Gathering)
		if err != nil {
			return nil, fmt.Errorf("conversations: gathering: %w", err)
		}
		if g.State != storage.GatheringOpen {
			continue
		}
		key := "signup.history_signed"
		if s.State == storage.SignupAttended {
			key = "signup.history_came"
		}
		lines = append(lines, t.Text(key, dataOf("title", g.Title, "code", g.Code, "when", t.daysOf(g))))
	}
	return lines, nil
}

// day is a day of the forms: "2026-12-12", with the hour if there is one.
func dayText(at time.Time, hour bool) string {
	if hour {
		return at.In(ocop.Local).Format("2006-01-02 15:04")
	}
	return at.In(ocop.Local).Format(time.DateOnly)
}

func textDay(s string) (time.Time, error) {
	layout := time.DateOnly
	if strings.Contains(s, " ") {
		layout = "2006-01-02 15:04"
	}
	at, err := time.ParseInLocation(layout, s, ocop.Local)
	if err != nil {
		return at, fmt.Errorf("conversations: day: %w", err)
	}
	return at, nil
}
