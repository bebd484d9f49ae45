package conversations

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

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
			if v.visited {
				cs = append(cs, t.choice("visits", "events.visits"))
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
			case "visits":
				t.Tell("events.visited")
				return nil
			}
			return t.open(gatheringFlow, map[string]string{"code": v})
		},
	}}}
}

type gatheringsView struct {
	shown   []storage.Gathering
	more    bool
	holds   bool // may hold one
	visited bool // has been to some
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
	view := gatheringsView{shown: open[from:to], more: to < len(open), holds: holds}
	if t.S.Person != 0 && !holds {
		visits, err := t.ownVisits()
		if err != nil {
			return nil, err
		}
		view.visited = len(visits) > 0
	}
	return view, nil
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

var (
	codeShape = regexp.MustCompile(`^([a-z]{2,4}) ?(\d{1,4})$`)
	partShape = regexp.MustCompile(`^([a-z]{2,4} ?\d{1,4}) (\d{1,2})(?: ?(?:nguoi|ng))?$`)
	joinShape = regexp.MustCompile(`^(?:dd|dk|dang k[yi]|tham gia)(?: tham gia)?(?: hoi cho| tap huan| hoi nghi| su kien)? (.+)$`)
	soldShape = regexp.MustCompile(`^(?:kq|ket qua|bao kq|bao ket qua)(?: hoi cho| hoi nghi)? (.+)$`)
	codeWord  = regexp.MustCompile(`^[A-Za-z]{2,4}[0-9]{1,4}$`)
)

// gatheringCode reads a code as people type it: "hc12", "HC 12".
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

// codeAndPeople reads a code with how many come: "hc12 3", "HC 12 3 người".
func codeAndPeople(text string) (code, people string, ok bool) {
	if m := partShape.FindStringSubmatch(viet.Fold(text)); m != nil {
		code, ok = gatheringCode(m[1])
		return code, m[2], ok
	}
	code, ok = gatheringCode(text)
	return code, "", ok
}

// longestCoded bounds the texts in which a code is looked for.
const longestCoded = 80

// codeSaid is the code that a text gives; join: it asks to take part, «dk hc12»,
// maybe with others, «dk hc12 3». Where nothing is open, the code may stand
// anywhere among the words.
func (t *T) codeSaid(text string) (code, people string, join, ok bool) {
	if len(text) > longestCoded || !strings.ContainsAny(text, "0123456789") {
		return "", "", false, false
	}
	if code, ok = gatheringCode(text); ok {
		return code, "", false, true
	}
	if m := joinShape.FindStringSubmatch(viet.Fold(text)); m != nil {
		if code, people, ok = codeAndPeople(m[1]); ok {
			return code, people, true, true
		}
	}
	if !t.S.Idle() {
		return "", "", false, false
	}
	for _, word := range strings.Fields(text) {
		if word = strings.Trim(word, ".,;:?!()«»\"'"); codeWord.MatchString(word) {
			code, ok = gatheringCode(word)
			return code, "", false, ok
		}
	}
	return "", "", false, false
}

// openCode opens what a typed text names, or signs up to it; false when it
// names none.
func (t *T) openCode(text string) (bool, error) {
	if m := soldShape.FindStringSubmatch(viet.Fold(text)); m != nil && len(text) <= longestCoded {
		if code, ok := gatheringCode(m[1]); ok {
			return true, t.open(resultFlow, map[string]string{"code": code})
		}
	}
	code, people, join, ok := t.codeSaid(text)
	if !ok {
		return false, nil
	}
	if _, err := t.reads.GatheringByCode(t.Ctx, code); errors.Is(err, storage.ErrNotFound) {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("conversations: gathering: %w", err)
	}
	if join {
		return true, t.openSignup(code, people)
	}
	return true, t.open(gatheringFlow, map[string]string{"code": code})
}

// openSignup signs up to a gathering; people are how many come, if that was
// said. A number that cannot be is asked for.
func (t *T) openSignup(code, people string) error {
	with := map[string]string{"code": code}
	if people != "" {
		n, wrong := parsePeople(t, people)
		if wrong != nil {
			t.S.Notes = append(t.S.Notes, *wrong)
		}
		with["people"] = n
	}
	if g, err := t.reads.GatheringByCode(t.Ctx, code); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return fmt.Errorf("conversations: gathering: %w", err)
	} else if !t.S.Consented() && !g.Takes(t.Now) { // said before anybody is asked for consent
		return t.open(gatheringFlow, with)
	}
	return t.open(signupFlow, with)
}

// signUpInOne does what "OCOP DD HC12" asks for, "OCOP DD HC12 3" for three who
// come together, or "OCOP DD HC12 Lý Văn An" for somebody else; without a code it
// shows what there is.
func (t *T) signUpInOne(arg string) error {
	words := strings.Fields(arg)
	n := min(1, len(words))
	if n == 1 && len(words) > 1 && !strings.ContainsAny(words[0], "0123456789") && strings.Trim(words[1], "0123456789") == "" {
		n = 2 // "HC 12"
	}
	code, people, ok := codeAndPeople(arg)
	if !ok {
		code, ok = gatheringCode(strings.Join(words[:n], " "))
	} else {
		n = len(words)
	}
	if !ok {
		return t.open(gatheringsFlow, nil)
	}
	if _, err := t.reads.GatheringByCode(t.Ctx, code); errors.Is(err, storage.ErrNotFound) {
		t.Tell("events.unknown", "code", code)
		return t.open(gatheringsFlow, nil)
	} else if err != nil {
		return fmt.Errorf("conversations: gathering: %w", err)
	}
	if who := strings.Join(words[n:], " "); who != "" {
		if name, wrong := parseName(t, who); wrong == nil {
			return t.open(signupOtherFlow, map[string]string{"code": code, "attendee": name})
		}
	}
	return t.openSignup(code, people)
}
