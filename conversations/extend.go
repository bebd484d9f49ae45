package conversations

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/duties"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// extend is «Gia hạn»: the office a unit reports to gives it more time, with
// the reason. The ladder begins anew for the new day.
func extend() *Flow {
	return &Flow{
		ID: extendFlow, Version: 1, Sure: true,
		Steps: []*Step{
			{ID: "which", Load: loadExtendable, Ask: askExtendable, Choices: extendableChoices, Answer: answerExtendable},
			{ID: "unit", Load: loadExtendable, Choices: extendableUnits, Parse: parseExtendable},
			{ID: "until", Load: loadExtendable, Ask: askExtendUntil, Parse: parseExtendUntil},
			{ID: "reason", Load: loadExtendable, Parse: parseLine, Answer: answerExtend, Prose: true},
		},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			e := storage.Extension{ID: storage.NewID(t.Now), Duty: t.frameDuty(), Due: dayIn(t.Get("until")), Reason: t.Get("reason"), By: t.S.Person, At: t.Now}
			n := note("extend.done", "unit", t.unitName(t.Get("unit")), "due", t.Get("until"))
			return Outcome{Notes: []Note{n}}, tx.AddExtension(e)
		},
	}
}

// loadExtendable lists what units still owe to the viewer's own offices.
func loadExtendable(t *T) (any, error) {
	v, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	offices := t.officesOf(v)
	from, err := t.chasedSince()
	if err != nil {
		return nil, err
	}
	_, to := duties.Window(t.prog, t.Now)
	owed, err := t.owedBetween(from, to)
	if err != nil {
		return nil, err
	}
	owed = slices.DeleteFunc(owed, func(o duties.Owed) bool { return o.Office == "" || !slices.Contains(offices, o.Office) })
	closed, err := duties.Closed(t.Ctx, t.reads, owed)
	if err != nil {
		return nil, fmt.Errorf("conversations: duties: %w", err)
	}
	return slices.DeleteFunc(owed, func(o duties.Owed) bool { return closed[o.Duty] }), nil
}

func askExtendable(t *T) (string, locales.Data) {
	if len(t.Loaded.([]duties.Owed)) == 0 {
		return "extend.none", nil
	}
	return "extend.which", nil
}

// kindRef names an obligation and its period in a choice.
func kindRef(o duties.Owed) string {
	return dutyRef(storage.Duty{Obligation: o.Obligation, Period: o.Period})
}

func extendableChoices(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, o := range t.Loaded.([]duties.Owed) {
		if ref := kindRef(o); !slices.ContainsFunc(cs, func(c bot.Choice) bool { return c.ID == ref }) && len(cs) < dutiesPage {
			cs = append(cs, bot.Choice{ID: ref, Label: clip(t.dutyTitle(o), 60)})
		}
	}
	return append(cs, t.choice(choiceMenu, "choice.menu"))
}

func answerExtendable(t *T, v string) error {
	for _, o := range t.Loaded.([]duties.Owed) {
		if kindRef(o) == v {
			t.Set("obligation", o.Obligation)
			t.Set("period", o.Period)
			t.goTo("unit")
			return nil
		}
	}
	t.Tell("duty.gone")
	return nil
}

// ofKind are the units that owe the duty that was chosen.
func (t *T) ofKind() []duties.Owed {
	var owed []duties.Owed
	for _, o := range t.Loaded.([]duties.Owed) {
		if o.Obligation == t.Get("obligation") && o.Period == t.Get("period") {
			owed = append(owed, o)
		}
	}
	return owed
}

// extendableUnits offers the units where they are few; of many the name is typed.
func extendableUnits(t *T) []bot.Choice {
	const few = 12
	owed := t.ofKind()
	var cs []bot.Choice
	for _, o := range owed[:min(few, len(owed))] {
		cs = append(cs, bot.Choice{ID: string(o.Unit), Label: t.unitName(string(o.Unit))})
	}
	return cs
}

func parseExtendable(t *T, text string) (string, *Note) {
	var found unitKeys
	for _, m := range t.prog.FindUnits(text, t.Now) {
		if owes := slices.ContainsFunc(t.ofKind(), func(o duties.Owed) bool { return o.Unit == m.Unit.Key }); owes && !m.Guess && !slices.Contains(found, m.Unit.Key) {
			found = append(found, m.Unit.Key)
		}
	}
	switch len(found) {
	case 0:
		n := note("extend.unit_unknown", "name", clip(text, 40))
		return "", &n
	case 1:
		return string(found[0]), nil
	}
	n := note("demand.unit_which", "name", clip(text, 40), "units", strings.Join(found.labels(t), "; "))
	return "", &n
}

var errNotTheirs = errors.New("conversations: not owed to them")

// extended is the duty that is given more time.
func (t *T) extended() (duties.Owed, error) {
	for _, o := range t.ofKind() {
		if o.Unit == ocop.UnitKey(t.Get("unit")) {
			return o, nil
		}
	}
	return duties.Owed{}, errNotTheirs
}

func askExtendUntil(t *T) (string, locales.Data) {
	o, err := t.extended()
	if err != nil {
		return "duty.gone", nil
	}
	return "extend.until", dataOf("standing", t.dutyStanding(o))
}

// parseExtendUntil takes a day from today on that is later than the last one.
func parseExtendUntil(t *T, text string) (string, *Note) {
	v, wrong := parseDueDay(t, text)
	if wrong != nil {
		return "", wrong
	}
	if o, err := t.extended(); err == nil && !dayIn(v).After(o.Due) {
		n := note("extend.earlier", "date", t.dayName(o.Due))
		return "", &n
	}
	return v, nil
}

// answerExtend ends it, for whoever the unit still owes it to.
func answerExtend(t *T, v string) error {
	if _, err := t.extended(); err != nil {
		t.close()
		t.Tell("duty.gone")
		return nil
	}
	t.Set("reason", v)
	t.S.Pending = true
	return nil
}
