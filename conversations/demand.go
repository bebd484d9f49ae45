package conversations

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// Bounds of what is asked ad hoc.
const (
	mostQuestions   = 20
	longestQuestion = 200
)

// demand is «Yêu cầu báo cáo đột xuất»: the province, or a district of its
// communes, asks units for a report by a day, with questions of its own. The
// units are told within a minute, by the ladder's first step.
func demand() *Flow {
	return &Flow{
		ID: demandFlow, Version: 1, Draft: true, Sure: true,
		Begin: beginDemand,
		Steps: []*Step{
			{ID: "title", Parse: parseTitle, Prose: true},
			{ID: "questions", Parse: parseQuestions, Prose: true},
			{ID: "units", Load: loadAskable, Choices: askableChoices, Parse: parseAskable},
			{ID: "due", Parse: parseDueDay},
			{ID: summaryStep, Load: loadAskable, Ask: askDemand, Choices: func(t *T) []bot.Choice {
				return []bot.Choice{t.choice("yes", "demand.send"), t.choice(choiceBack, "demand.back"), t.choice("no", "demand.drop")}
			}, Answer: answerDemand},
		},
		Commit: commitDemand,
	}
}

// officesOf are the viewer's own offices that units report to: the province
// and districts.
func (t *T) officesOf(v storage.Viewer) []ocop.UnitKey {
	var offices []ocop.UnitKey
	for _, o := range v.Officers {
		if o.Works() && len(t.prog.Children(o.Unit, t.Now)) > 0 && !slices.Contains(offices, o.Unit) {
			offices = append(offices, o.Unit)
		}
	}
	return offices
}

func beginDemand(t *T) error {
	v, err := t.Viewer()
	if err != nil {
		return err
	}
	offices := t.officesOf(v)
	if len(offices) == 0 {
		t.close()
		t.Tell("officer.only")
		return nil
	}
	t.Set("office", string(offices[0]))
	return nil
}

func parseTitle(_ *T, text string) (string, *Note) {
	if n := utf8.RuneCountInString(text); n < 5 || n > longestQuestion {
		return "", &Note{Key: "demand.title_length"}
	}
	return strings.Join(strings.Fields(text), " "), nil
}

// parseQuestions takes one question a line, or with a semicolon between; their
// own numbers are taken off.
func parseQuestions(_ *T, text string) (string, *Note) {
	var all []string
	for _, q := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ';' }) {
		q = strings.TrimSpace(q)
		if n, rest, ok := strings.Cut(q, "."); ok && isNumber(n) {
			q = strings.TrimSpace(rest)
		}
		q = strings.TrimSpace(strings.TrimLeft(q, "-•+*"))
		if q == "" {
			continue
		}
		if utf8.RuneCountInString(q) > longestQuestion {
			return "", &Note{Key: "demand.question_long"}
		}
		all = append(all, q)
	}
	if len(all) == 0 || len(all) > mostQuestions {
		return "", &Note{Key: "demand.questions_count"}
	}
	return strings.Join(all, "\n"), nil
}

// askable are the units that may be asked: all below the office.
type askable struct {
	units []ocop.Unit
	kinds []ocop.UnitKind // in the order they come
	mine  bool            // the office still is the viewer's
}

func loadAskable(t *T) (any, error) {
	v, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	office := ocop.UnitKey(t.Get("office"))
	a := askable{mine: slices.Contains(t.officesOf(v), office)}
	for _, key := range t.prog.Below(office, t.Now)[1:] {
		u, _ := t.prog.Unit(key)
		a.units = append(a.units, u)
		if !slices.Contains(a.kinds, u.Kind) {
			a.kinds = append(a.kinds, u.Kind)
		}
	}
	return a, nil
}

// askableChoices are the units right below the office, and each kind.
func askableChoices(t *T) []bot.Choice {
	a := t.Loaded.(askable)
	direct := len(t.prog.Children(ocop.UnitKey(t.Get("office")), t.Now))
	cs := []bot.Choice{{ID: "all", Label: t.Text("demand.all", dataOf("count", direct))}}
	for i, k := range a.kinds {
		count := 0
		for _, u := range a.units {
			if u.Kind == k {
				count++
			}
		}
		cs = append(cs, bot.Choice{ID: "k" + strconv.Itoa(i), Label: t.Text("demand.kind", dataOf("kind", k.In(t.S.Lang), "count", count))})
	}
	return cs
}

// parseAskable takes units by their names, with commas between.
func parseAskable(t *T, text string) (string, *Note) {
	a := t.Loaded.(askable)
	var keys []string
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		found := a.named(t, name)
		switch {
		case len(found) == 0:
			n := note("demand.unit_unknown", "name", clip(name, 40))
			return "", &n
		case len(found) > 1:
			n := note("demand.unit_which", "name", clip(name, 40), "units", strings.Join(found.labels(t), "; "))
			return "", &n
		}
		if k := string(found[0]); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return "", &Note{Key: "engine.not_understood"}
	}
	return strings.Join(keys, " "), nil
}

type unitKeys []ocop.UnitKey

func (ks unitKeys) labels(t *T) (all []string) {
	for _, k := range ks[:min(5, len(ks))] {
		all = append(all, t.unitName(string(k)))
	}
	return all
}

// named are the units below the office that a name means, at whatever level:
// «Chi Lăng» is a district and a commune, and which is meant is asked.
func (a askable) named(t *T, name string) unitKeys {
	var found unitKeys
	for _, m := range t.prog.FindUnits(name, t.Now) {
		key := m.Unit.Key
		if m.Guess || slices.Contains(found, key) || !slices.ContainsFunc(a.units, func(u ocop.Unit) bool { return u.Key == key }) {
			continue
		}
		found = append(found, key)
	}
	return found
}

// unitsAsked are the units that were chosen.
func (t *T) unitsAsked(a askable) []ocop.UnitKey {
	chosen := t.Get("units")
	if kind, ok := strings.CutPrefix(chosen, "k"); ok {
		i, err := strconv.Atoi(kind)
		if err != nil || i >= len(a.kinds) {
			return nil
		}
		var keys []ocop.UnitKey
		for _, u := range a.units {
			if u.Kind == a.kinds[i] {
				keys = append(keys, u.Key)
			}
		}
		return keys
	}
	var keys []ocop.UnitKey
	if chosen == "all" {
		for _, u := range t.prog.Children(ocop.UnitKey(t.Get("office")), t.Now) {
			keys = append(keys, u.Key)
		}
		return keys
	}
	for _, k := range strings.Fields(chosen) {
		keys = append(keys, ocop.UnitKey(k))
	}
	return keys
}

func askDemand(t *T) (string, locales.Data) {
	units := t.unitsAsked(t.Loaded.(askable))
	var names []string
	for _, u := range units {
		names = append(names, t.unitName(string(u)))
	}
	return "demand.summary", dataOf("title", t.Get("title"), "questions", numbered(strings.Split(t.Get("questions"), "\n")),
		"count", len(units), "units", t.few(names), "due", t.dayName(dayIn(t.Get("due"))), "office", t.unitName(t.Get("office")))
}

// dayIn is a day as answers keep it.
func dayIn(text string) time.Time {
	at, err := time.ParseInLocation("02/01/2006", text, ocop.Local)
	if err != nil {
		return time.Time{}
	}
	return at
}

func answerDemand(t *T, v string) error {
	if v == "no" {
		t.close()
		t.Tell("demand.dropped")
		return nil
	}
	a := t.Loaded.(askable)
	if !a.mine {
		t.close()
		t.Tell("officer.only")
		return nil
	}
	if ocop.DaysBetween(t.Now, dayIn(t.Get("due"))) < 0 { // the draft waited for too long
		t.Tell("day.past")
		t.goTo("due")
		return nil
	}
	var keys []string
	for _, k := range t.unitsAsked(a) {
		keys = append(keys, string(k))
	}
	t.Set("asked", strings.Join(keys, " "))
	t.S.Pending = true
	return nil
}

func commitDemand(t *T, tx storage.Tx) (Outcome, error) {
	d := storage.Demand{ID: storage.NewID(t.Now), Title: t.Get("title"), Questions: strings.Split(t.Get("questions"), "\n"),
		Due: dayIn(t.Get("due")), Unit: ocop.UnitKey(t.Get("office")), By: t.S.Person, At: t.Now}
	for _, k := range strings.Fields(t.Get("asked")) {
		d.Units = append(d.Units, ocop.UnitKey(k))
	}
	if len(d.Units) == 0 || d.Due.IsZero() {
		return Outcome{}, fmt.Errorf("conversations: a demand of %d units by %q", len(d.Units), t.Get("due"))
	}
	return Outcome{Notes: []Note{note("demand.sent", "title", d.Title, "count", strconv.Itoa(len(d.Units)), "due", t.Get("due"))}}, tx.PutDemand(d)
}
