package conversations

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/paper"
	"ocopbot/locales"
	"ocopbot/storage"
)

// plan is "Tiến độ kế hoạch": the plan's targets against the records. What
// the chat does not produce is entered by the province, with its day and where
// it comes from; every entry is kept.
func plan() *Flow {
	return &Flow{
		ID: planFlow, Version: 1,
		Steps: []*Step{
			{ID: "view", Load: loadPlan, Ask: askPlan, Choices: planChoices, Answer: answerPlan},
			{ID: "target", Load: loadPlan, Choices: targetChoices, Answer: answerTarget},
			{ID: "value", Ask: func(t *T) (string, locales.Data) {
				g, _ := t.prog.Target(t.Get("target"))
				return "plan.value", dataOf("title", g.Name(t.S.Lang), "unit", g.Unit.In(t.S.Lang))
			}, Counts: true, Parse: parseCount},
			{ID: "day", Parse: parsePastDay, Choices: func(t *T) []bot.Choice {
				return []bot.Choice{{ID: date(t.Now), Label: t.Text("plan.today", nil)}}
			}},
			{ID: "source", Load: loadPlan, Parse: parseLine, Answer: answerSource},
		},
		Commit: commitPlan,
	}
}

// inProvince tells whether a viewer sees the whole province.
func inProvince(v storage.Viewer) bool { return v.All || v.Looks }

// entersPlan: departments look.
func entersPlan(v storage.Viewer) bool {
	return slices.ContainsFunc(v.Officers, func(o storage.Officer) bool {
		return o.Role == storage.ProvinceOfficer || o.Role == storage.Admin
	})
}

// planTarget is how far one target is.
type planTarget struct {
	ocop.Target
	known   bool
	value   int64
	entered *storage.PlanFigure // nil: counted from the records
}

// share is how much of the target is reached, in hundredths, at most all.
func (g planTarget) share() float64 {
	if !g.known || g.Min <= 0 {
		return 0
	}
	return min(100, float64(g.value)*100/float64(g.Min))
}

type planView struct {
	targets []planTarget
	may     bool // may look
	enters  bool
}

func loadPlan(t *T) (any, error) {
	v, err := t.Viewer()
	if err != nil || !inProvince(v) {
		return planView{}, err
	}
	targets, err := t.planTargets()
	return planView{targets, true, entersPlan(v)}, err
}

// planTargets are the plan's targets with what is known of each: what was
// entered, of the latest day; else what the records say.
func (t *T) planTargets() ([]planTarget, error) {
	entered, err := t.reads.PlanFigures(t.Ctx)
	if err != nil {
		return nil, fmt.Errorf("conversations: plan: %w", err)
	}
	var period ocop.Period
	if all := t.prog.Targets(); len(all) > 0 {
		period = all[0].Period
	}
	var kinds []string
	for _, k := range []string{ocop.Enterprise, ocop.Cooperative, ocop.WorkingGroup, ocop.Household} {
		if _, ok := t.prog.ProducerType(k); ok {
			kinds = append(kinds, k)
		}
	}
	// What was reached after the plan's end counts until another plan is there.
	counts, err := t.reads.PlanCounts(t.Ctx, storage.PlanCounting{Period: ocop.Period{From: period.From}, Kinds: kinds})
	if err != nil {
		return nil, fmt.Errorf("conversations: plan: %w", err)
	}
	counted := map[string]int64{ocop.TargetThreeStars: counts.ThreeStars, ocop.TargetFiveStars: counts.FiveStars, ocop.TargetOrganisations: counts.Organisations}
	var targets []planTarget
	for _, g := range t.prog.Targets() {
		target := planTarget{Target: g}
		target.value, target.known = counted[g.ID]
		for i, f := range entered { // the latest is last
			if f.Target == g.ID {
				target.value, target.known, target.entered = f.Value, true, &entered[i]
			}
		}
		targets = append(targets, target)
	}
	return targets, nil
}

// goal is a target's figure: "50", "60–70".
func (g planTarget) goal(t *T) string {
	if g.Max > g.Min {
		return t.count(g.Min) + "–" + t.count(g.Max)
	}
	return t.count(g.Min)
}

func (t *T) planLine(g planTarget) string {
	data := dataOf("title", g.Name(t.S.Lang), "goal", g.goal(t), "unit", g.Unit.In(t.S.Lang), "value", t.count(g.value))
	switch {
	case !g.known:
		return t.Text("plan.line_unknown", data)
	case g.entered != nil:
		data["date"], data["source"] = date(g.entered.Day), g.entered.Source
		return t.Text("plan.line_entered", data)
	}
	return t.Text("plan.line_counted", data)
}

func askPlan(t *T) (string, locales.Data) {
	v := t.Loaded.(planView)
	if !v.may {
		return "officer.only", nil
	}
	var lines []string
	for _, g := range v.targets {
		lines = append(lines, t.planLine(g))
	}
	return "plan.view", dataOf("date", date(t.Now), "lines", strings.Join(lines, "\n"))
}

func planChoices(t *T) []bot.Choice {
	v := t.Loaded.(planView)
	var cs []bot.Choice
	if v.may && t.Caps.Files {
		cs = append(cs, t.choice("chart", "plan.choice_chart"), t.choice("brief", "plan.choice_brief"))
	}
	if v.enters {
		cs = append(cs, t.choice("enter", "plan.choice_enter"))
	}
	if v.may {
		cs = append(cs, t.choice(progressFlow, "plan.choice_reports"))
	}
	return append(cs, t.choice(choiceMenu, "choice.menu"))
}

func answerPlan(t *T, v string) error {
	switch v {
	case "chart":
		t.Tell("plan.chart")
	case "brief":
		t.Tell("plan.brief")
	case "enter":
		t.goTo("target")
	case progressFlow:
		t.close()
		return t.open(progressFlow, nil)
	}
	return nil
}

func targetChoices(t *T) []bot.Choice {
	v := t.Loaded.(planView)
	var cs []bot.Choice
	if v.enters {
		for _, g := range v.targets {
			cs = append(cs, bot.Choice{ID: g.ID, Label: g.Short.In(t.S.Lang)})
		}
	}
	return append(cs, t.choice("back", "plan.back"))
}

func answerTarget(t *T, v string) error {
	if v == "back" {
		t.goTo("view")
		return nil
	}
	t.Set("target", v)
	t.goTo("value")
	return nil
}

// parseCount takes a whole number, written with or without points.
func parseCount(_ *T, text string) (string, *Note) {
	n, err := strconv.ParseInt(strings.NewReplacer(".", "", " ", "", "\u00a0", "").Replace(text), 10, 64)
	if err != nil || n < 0 || n > 1e12 {
		return "", &Note{Key: "plan.value_wrong"}
	}
	return strconv.FormatInt(n, 10), nil
}

// answerSource takes the entry from whoever still may make it.
func answerSource(t *T, v string) error {
	if !t.Loaded.(planView).enters {
		t.close()
		t.Tell("officer.only")
		return nil
	}
	t.Set("source", v)
	t.S.Pending = true
	return nil
}

func commitPlan(t *T, tx storage.Tx) (Outcome, error) {
	day, err := time.ParseInLocation("02/01/2006", t.Get("day"), ocop.Local)
	value, wrong := strconv.ParseInt(t.Get("value"), 10, 64)
	if err := errors.Join(err, wrong); err != nil {
		return Outcome{}, fmt.Errorf("conversations: plan: %w", err)
	}
	err = tx.AddPlanFigure(storage.PlanFigure{ID: storage.NewID(t.Now), Target: t.Get("target"), Value: value, Day: day, Source: t.Get("source"), By: t.S.Person, At: t.Now})
	return Outcome{Next: "view", Set: map[string]string{"target": "", "value": "", "day": "", "source": ""}, Notes: []Note{note("plan.entered")}}, err
}

// provincePaper runs what makes a document of the province, for who may see it.
func (t *T) provincePaper(key, name, mime string, write func(*T) ([]byte, error)) (string, *bot.Attachment, error) {
	v, err := t.Viewer()
	if err != nil {
		return "", nil, err
	}
	if !inProvince(v) {
		return t.Text("officer.only", nil), nil, nil
	}
	var data []byte
	err = t.pressed(func() (err error) {
		data, err = write(t)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	return t.Text(key, nil), &bot.Attachment{Name: name, MIME: mime, Data: data}, nil
}

// planChart is the picture of the targets, each as a share of what is to be
// reached.
func planChart(t *T) ([]byte, error) {
	targets, err := t.planTargets()
	if err != nil {
		return nil, err
	}
	c := paper.Chart{Title: t.Text("plan.chart_title", nil), Note: t.Text("plan.chart_note", dataOf("date", date(t.Now))),
		Series: []paper.Series{{Name: t.Text("plan.chart_done", nil), Color: paper.Green}, {Name: t.Text("plan.chart_left", nil), Color: paper.Grey}}}
	for _, g := range targets {
		value := "?"
		if g.known {
			value = t.count(g.value)
		}
		c.Bars = append(c.Bars, paper.Bar{Label: g.Short.In(t.S.Lang) + ": " + value + "/" + g.goal(t), Values: []float64{g.share(), 100 - g.share()}})
	}
	return c.PNG()
}
