package conversations

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/viet"
	"ocopbot/locales"
	"ocopbot/storage"
)

// makeFields are the answers shown and corrected in the summary of a
// gathering, each under the step that asks it.
var makeFields = []string{"kind", "title", "place", "when", "deadline", "seats", "stalls", "bring", "contact", "rule", "mode", "quotas", "picture"}

// makeGathering is an officer's form for a gathering: a new one, or, opened
// with a code, changes to one.
func makeGathering() *Flow {
	return &Flow{
		ID: makeFlow, Version: 1, Draft: true, Sure: true,
		Begin: beginMake,
		Photo: func(t *T, i int, f bot.File) error {
			t.resume(i)
			t.Set("picture", f.ID)
			t.Set("channel", t.In.From.Channel())
			t.Tell("make.picture_kept")
			if t.F().Step == "picture" {
				t.Set(editing, "")
				t.goTo(summaryStep)
			}
			return nil
		},
		Commit: commitMake,
		Steps: []*Step{
			{ID: "kind", Load: loadHolder, Ask: asked("make.kind"), Choices: func(t *T) []bot.Choice {
				var cs []bot.Choice
				for _, k := range storage.GatheringKinds {
					cs = append(cs, t.choice(string(k), "gathering.kind_"+string(k)))
				}
				return cs
			}},
			{ID: "title", Ask: asked("make.title"), Parse: parseShort},
			{ID: "place", Ask: asked("make.place"), Parse: parseShort},
			{ID: "when", Ask: asked("make.when"), Parse: parseWhen},
			{ID: "deadline", Ask: asked("make.deadline"), Choices: deadlineChoices, Parse: parseDeadline},
			{ID: "seats", Ask: asked("make.seats"), Counts: true, Parse: parseHowMany},
			{ID: "stalls", Needed: func(t *T) bool { return storage.GatheringKind(t.Get("kind")).Sells() }, Ask: asked("make.stalls"), Counts: true, Parse: parseHowMany},
			{ID: "bring", Ask: asked("make.bring"), Optional: true, Parse: parseLine},
			{ID: "contact", Ask: asked("make.contact"), Optional: true, Parse: parseShort},
			{ID: "rule", Ask: asked("make.rule"), Choices: func(t *T) []bot.Choice {
				return []bot.Choice{t.choice("any", "make.rule_any"), t.choice("3 sao", "make.rule_recognised"), t.choice("4 sao", "make.rule_four")}
			}, Parse: parseRuleText},
			{ID: "mode", Ask: asked("make.mode"), Choices: func(t *T) []bot.Choice {
				return []bot.Choice{t.choice("first", "make.mode_first"), t.choice("select", "make.mode_select")}
			}},
			{ID: "quotas", Needed: func(t *T) bool { return t.Get("mode") == "select" }, Ask: asked("make.quotas"), Optional: true, Parse: parseQuotaText},
			{ID: "picture", Ask: asked("make.picture"), Needed: func(t *T) bool { return !t.Caps.Brief && t.Get("picture") == "" }, Optional: true, Choices: noChoices},
			{ID: summaryStep, Load: loadHolder, Ask: askMake, Choices: makeChoices, Answer: answerMake},
			{ID: fieldStep, Needed: never, Ask: asked("make.field"), Choices: makeFieldChoices, Answer: answerField},
		},
	}
}

// makeChoices are a summary's, and what is sent is an event.
func makeChoices(t *T) []bot.Choice {
	cs := summaryChoices(t)
	cs[0] = t.choice(choiceSend, "make.save")
	return cs
}

// parseShort takes what fits one line of a list: the title, the place, whom to
// call.
func parseShort(t *T, text string) (string, *Note) {
	switch n := utf8.RuneCountInString(text); {
	case n < 2:
		return "", &Note{Key: "make.short"}
	case n > longestProduct:
		return "", &Note{Key: "make.long"}
	}
	return text, nil
}

// loadHolder is the unit for which the officer may hold a gathering, by their
// rights as they are now; empty: none.
func loadHolder(t *T) (any, error) {
	v, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	unit, _ := holdsFor(v)
	return unit, nil
}

// beginMake fills in what stands, where a gathering is to be changed.
func beginMake(t *T) error {
	v, err := t.Viewer()
	if err != nil {
		return err
	}
	unit, ok := holdsFor(v)
	refuse := func(key string) error {
		t.close()
		t.Tell(key)
		return nil
	}
	if !ok {
		return refuse("officer.only")
	}
	t.Set("role", role(v))
	t.Set("unit", string(unit))
	if t.Get("code") == "" {
		return nil
	}
	view, err := loadGathering(t)
	if err != nil {
		return err
	}
	g := view.(gatheringView)
	if g.g.ID == 0 || !g.holds {
		return refuse("officer.only")
	}
	t.Set("id", idText(g.g.ID))
	t.Set("version", strconv.Itoa(g.g.Version))
	t.Set("unit", string(g.g.Unit))
	least := Least(g.g, g.counts)
	t.Set("taken", strconv.Itoa(least.Seated))
	t.Set("stalls taken", strconv.Itoa(least.Stalls))
	if g.counts.Live > 0 {
		t.Set("live", strconv.Itoa(g.counts.Live))
	}
	for k, v := range t.makeAnswers(g.g) {
		t.Set(k, v)
	}
	t.Set(editing, "1") // the summary comes first
	return nil
}

// makeAnswers are a gathering as the form's answers.
func (t *T) makeAnswers(g storage.Gathering) map[string]string {
	a := map[string]string{
		"kind": string(g.Kind), "title": g.Title, "place": g.Place, "deadline": dayText(g.Deadline, false),
		"when":  dayText(g.From, g.From.In(ocop.Local).Hour()+g.From.In(ocop.Local).Minute() > 0) + "/" + dayText(g.To, false),
		"seats": strconv.Itoa(g.Seats), "stalls": strconv.Itoa(g.Stalls), "bring": g.Bring, "contact": g.Contact, "rule": "any", "mode": "first",
	}
	if g.Selects {
		a["mode"] = "select"
	}
	if text := t.ruleText(g.Rule); text != "" {
		a["rule"] = text
	}
	var quotas []string
	for _, q := range g.Quotas {
		quotas = append(quotas, t.quotaText(q))
	}
	a["quotas"] = strings.Join(quotas, "; ")
	return a
}

// parseWhen takes the days, none of which is past; an hour that was said before
// stands until another one is said. The answer is
// "2026-12-12 08:00/2026-12-14".
func parseWhen(t *T, text string) (string, *Note) {
	d, ok := viet.ParseDays(text, t.Now.In(ocop.Local))
	if !ok {
		return "", &Note{Key: "make.when_wrong"}
	}
	if daysBetween(t.Now, d.From) < 0 {
		return "", &Note{Key: "make.when_past"}
	}
	if was, _, err := whenOf(t.Get("when")); err == nil && !d.Hour { // moved to other days: at the same hour
		was = was.In(ocop.Local)
		d.From = d.From.Add(time.Duration(was.Hour())*time.Hour + time.Duration(was.Minute())*time.Minute)
		d.Hour = was.Hour()+was.Minute() > 0
	}
	return dayText(d.From, d.Hour) + "/" + dayText(d.To, false), nil
}

// whenOf reads what parseWhen made.
func whenOf(answer string) (from, to time.Time, err error) {
	first, last, _ := strings.Cut(answer, "/")
	from, err = textDay(first)
	if err != nil {
		return from, to, err
	}
	to, err = textDay(last)
	return from, to, err
}

// deadlineChoices offers three days before, where that is to come.
func deadlineChoices(t *T) []bot.Choice {
	from, _, err := whenOf(t.Get("when"))
	if err != nil {
		return nil
	}
	var cs []bot.Choice
	for _, before := range []int{7, 3, 1} {
		if d := from.AddDate(0, 0, -before); daysBetween(t.Now, d) >= 0 {
			cs = append(cs, bot.Choice{ID: dayText(d, false), Label: t.Text("make.deadline_day", dataOf("date", date(d), "days", before))})
		}
	}
	return cs
}

func parseDeadline(t *T, text string) (string, *Note) {
	d, ok := viet.ParseDays(text, t.Now.In(ocop.Local))
	if !ok {
		return "", &Note{Key: "make.when_wrong"}
	}
	if from, _, err := whenOf(t.Get("when")); err == nil && daysBetween(d.To, from) < 0 || daysBetween(t.Now, d.To) < 0 {
		return "", &Note{Key: "make.deadline_wrong"}
	}
	return dayText(d.To, false), nil
}

func parseRuleText(t *T, text string) (string, *Note) {
	if utf8.RuneCountInString(text) > longestText {
		return "", &Note{Key: "engine.too_long"}
	}
	if _, wrong := t.ParseRule(text, t.Now); wrong != "" {
		n := note("make.rule_wrong", "part", clip(wrong, 40))
		return "", &n
	}
	return text, nil
}

func parseQuotaText(t *T, text string) (string, *Note) {
	if utf8.RuneCountInString(text) > longestText {
		return "", &Note{Key: "engine.too_long"}
	}
	if _, wrong := t.ParseQuotas(text, t.Now); wrong != "" {
		n := note("make.quotas_wrong", "part", clip(wrong, 40))
		return "", &n
	}
	return text, nil
}

// makeShown is an answer as the summary shows it.
func (t *T) makeShown(field string) string {
	v := t.Get(field)
	switch field {
	case "kind":
		if v != "" {
			return t.Text("gathering.kind_"+v, nil)
		}
	case "when":
		if from, to, err := whenOf(v); err == nil {
			return t.daysOf(storage.Gathering{From: from, To: to})
		}
	case "deadline":
		if d, err := textDay(v); err == nil {
			return date(d)
		}
	case "seats":
		if v == "0" {
			return t.Text("make.seats_any", nil)
		}
	case "stalls":
		if v == "0" {
			return ""
		}
	case "rule":
		if r, _ := t.ParseRule(t.ruleAnswer(), t.Now); !r.Empty() {
			return t.ruleText(r)
		}
		return t.Text("make.rule_any", nil)
	case "mode":
		if v != "" {
			return t.Text("make.mode_"+v, nil)
		}
	case "picture":
		if v != "" {
			return "1"
		}
	}
	return v
}

// ruleAnswer is the rule as ParseRule takes it.
func (t *T) ruleAnswer() string {
	if v := t.Get("rule"); v != "any" {
		return v
	}
	return ""
}

func askMake(t *T) (string, locales.Data) {
	if t.Loaded.(ocop.UnitKey) == "" {
		return "officer.only", nil
	}
	var lines []string
	for _, f := range makeFields {
		if v := t.makeShown(f); v != "" {
			lines = append(lines, "• "+t.Text("make.field_"+f, nil)+": "+clip(v, 150))
		}
	}
	return "make.summary", dataOf("lines", strings.Join(lines, "\n"), "code", t.Get("code"), "live", t.Get("live"))
}

func makeFieldChoices(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, f := range makeFields {
		if f == "stalls" && !storage.GatheringKind(t.Get("kind")).Sells() || f == "quotas" && t.Get("mode") != "select" || f == "picture" && t.Caps.Brief {
			continue
		}
		cs = append(cs, t.choice(f, "make.field_"+f))
	}
	return append(cs, t.choice(summaryStep, "reg.edit_done"))
}

// answerMake sees that the parts still fit each other before anything is told.
func answerMake(t *T, v string) error {
	if v != choiceSend {
		return answerSummary(t, v)
	}
	g, err := t.gatheringMade(storage.Gathering{})
	if err != nil {
		return err
	}
	var taken storage.Attendance
	taken.Seated, _ = strconv.Atoi(t.Get("taken")) // our own figures; empty is 0
	taken.Stalls, _ = strconv.Atoi(t.Get("stalls taken"))
	if wrong := t.Misfits(g, taken); len(wrong) > 0 {
		t.S.Notes = append(t.S.Notes, wrong[0].Note)
		t.Set(editing, "1")
		t.goTo(wrong[0].Field)
		return nil
	}
	if t.Loaded == nil {
		if err := t.load(); err != nil {
			return err
		}
	}
	if unit := t.Loaded.(ocop.UnitKey); unit == "" {
		t.close()
		t.Tell("officer.only")
		return nil
	}
	t.S.Pending = true
	return nil
}
