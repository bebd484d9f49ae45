package conversations

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// part is one thing an audience may be narrowed by. Its answer is a list of
// ids with spaces between.
type part struct {
	id      string
	options func(*T) []bot.Choice // of the step that asks it
	known   func(*T, string) string
}

// audienceParts are asked in any order, each as often as is wished.
func audienceParts() []part {
	return []part{
		{"roles", roleOptions, func(t *T, v string) string { return labelOf(roleOptions(t), v) }},
		{"units", unitOptions, func(t *T, v string) string { return t.unitName(v) }},
		{"kinds", kindChoices, func(t *T, v string) string { return labelOf(kindChoices(t), v) }},
		{"groups", groupOptions, func(t *T, v string) string { return labelOf(groupOptions(t), v) }},
		{"keys", keyOptions, func(t *T, v string) string { return labelOf(keyOptions(t), v) }},
		{"stars", starOptions, func(t *T, v string) string { return labelOf(starOptions(t), v) }},
		{"stages", stageOptions, func(t *T, v string) string { return labelOf(stageOptions(t), v) }},
		{"event", eventOptions, (*T).eventTitle},
		{"came", cameOptions, func(t *T, v string) string { return labelOf(cameOptions(t), v) }},
		{"langs", langOptions, func(t *T, v string) string { return labelOf(langOptions(t), v) }},
		{"channels", channelOptions, func(t *T, v string) string { return labelOf(channelOptions(t), v) }},
	}
}

func labelOf(cs []bot.Choice, id string) string {
	for _, c := range cs {
		if c.ID == id {
			return c.Label
		}
	}
	return id
}

func roleOptions(t *T) []bot.Choice {
	cs := []bot.Choice{t.choice(storage.RoleProducer, "ann.role_producer")}
	for _, r := range []string{storage.CommuneOfficer, storage.DistrictOfficer, storage.DepartmentOfficer, storage.ProvinceOfficer} {
		cs = append(cs, t.choice(r, "role."+r))
	}
	return cs
}

// unitOptions are the units chosen, and what the last typed name may mean.
func unitOptions(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, k := range append(strings.Fields(t.Get("units")), strings.Fields(t.Get("units?"))...) {
		if !slices.ContainsFunc(cs, func(c bot.Choice) bool { return c.ID == k }) {
			cs = append(cs, bot.Choice{ID: k, Label: t.unitName(k)})
		}
	}
	return cs
}

func groupOptions(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, g := range t.prog.GroupsAt(t.Now) {
		cs = append(cs, bot.Choice{ID: g.ID, Label: g.Name(t.S.Lang)})
	}
	return cs
}

func keyOptions(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, k := range t.prog.KeyProducts() {
		cs = append(cs, bot.Choice{ID: k.ID, Label: k.Name(t.S.Lang)})
	}
	return cs
}

func starOptions(t *T) []bot.Choice {
	var cs []bot.Choice
	for n := 5; n >= 3; n-- {
		cs = append(cs, bot.Choice{ID: strconv.Itoa(n), Label: t.Text("decide.n_stars", dataOf("stars", n))})
	}
	return cs
}

func stageOptions(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, s := range ocop.Stages() {
		if s != ocop.Withdrawn {
			cs = append(cs, t.choice(string(s), "stage."+string(s)))
		}
	}
	return cs
}

// eventsOffered is how many gatherings an audience may be chosen from.
const eventsOffered = 8

// eventOptions are the gatherings of the last year and those to come; they
// are read by the step.
func eventOptions(t *T) []bot.Choice {
	var cs []bot.Choice
	v, _ := t.Loaded.(audienceView)
	for _, g := range v.gatherings {
		cs = append(cs, bot.Choice{ID: idText(g.ID), Label: clip(g.Title, 40)})
	}
	return cs
}

func cameOptions(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, s := range []string{storage.SignupRegistered, storage.SignupWaiting, storage.SignupAttended} {
		cs = append(cs, t.choice(s, "ann.came_"+s))
	}
	return cs
}

func langOptions(t *T) []bot.Choice {
	return []bot.Choice{t.choice("vi", "language.vi"), t.choice("en", "language.en")}
}

func channelOptions(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, o := range t.sending.Outlets {
		cs = append(cs, bot.Choice{ID: o.Caps.Name, Label: t.channelName(o.Caps)})
	}
	return cs
}

// channelName is a channel as people call it.
func (t *T) channelName(c bot.Caps) string {
	if c.Name == "tel" {
		return "SMS"
	}
	return strings.ToUpper(c.Name[:1]) + c.Name[1:]
}

// audience is the one of the frame's answers, with the units below the ones
// chosen. Who is in charge of some units only tells nobody else.
func (t *T) audience() (storage.Audience, error) {
	list := func(id string) []string { return strings.Fields(t.Get(id)) }
	a := storage.Audience{
		Roles: list("roles"), Kinds: list("kinds"), Groups: list("groups"), KeyProducts: list("keys"),
		Languages: list("langs"), Channels: list("channels"),
	}
	for _, s := range list("stages") {
		a.Stages = append(a.Stages, ocop.Stage(s))
	}
	for _, s := range list("stars") {
		n, err := strconv.Atoi(s)
		if err != nil {
			return a, fmt.Errorf("conversations: stars: %w", err)
		}
		a.Stars = append(a.Stars, n)
	}
	if id, err := textID(t.Get("event")); err == nil {
		a.Gathering = id
		for _, s := range list("came") {
			a.Attendance = append(a.Attendance, s)
			if s == storage.SignupRegistered { // by selection too
				a.Attendance = append(a.Attendance, storage.SignupSelected)
			}
		}
	}
	v, err := t.Viewer()
	if err != nil {
		return a, err
	}
	reach := t.announcedIn(v, t.Now)
	for _, k := range list("units") {
		if reach.All || slices.Contains(reach.Units, ocop.UnitKey(k)) {
			a.Units = append(a.Units, ocop.UnitKey(k))
		}
	}
	if len(a.Units) == 0 && !v.All {
		a.Units = announcesFor(v)
	}
	return t.within(a), nil
}

func (t *T) within(a storage.Audience) storage.Audience {
	a.Within = nil
	for _, u := range a.Units {
		a.Within = append(a.Within, t.prog.Below(u, t.Now)...)
	}
	return a
}

// audienceAnswers are the answers an audience was made of.
func audienceAnswers(a storage.Audience) map[string]string {
	with := map[string]string{
		"roles": strings.Join(a.Roles, " "), "kinds": strings.Join(a.Kinds, " "), "groups": strings.Join(a.Groups, " "),
		"keys": strings.Join(a.KeyProducts, " "), "langs": strings.Join(a.Languages, " "), "channels": strings.Join(a.Channels, " "),
	}
	add := func(id, v string) { with[id] = strings.TrimSpace(with[id] + " " + v) }
	for _, u := range a.Units {
		add("units", string(u))
	}
	for _, s := range a.Stages {
		add("stages", string(s))
	}
	for _, n := range a.Stars {
		add("stars", strconv.Itoa(n))
	}
	if a.Gathering != 0 {
		with["event"] = idText(a.Gathering)
		for _, s := range a.Attendance {
			if s != storage.SignupSelected {
				add("came", s)
			}
		}
	}
	return with
}

// eventTitle is what a gathering of the audience's is called; it may be older
// than those that are offered.
func (t *T) eventTitle(v string) string {
	id, err := textID(v)
	if err != nil {
		return v
	}
	g, err := t.reads.Gathering(t.Ctx, id)
	if err != nil { // the audience is still right without its name
		return v
	}
	return g.Code + " " + clip(g.Title, 40)
}

// inWords says an audience, a line for each part of it.
func (t *T) inWords(a storage.Audience) string {
	answers := audienceAnswers(a)
	var lines []string
	for _, p := range audienceParts() {
		var names []string
		for _, v := range strings.Fields(answers[p.id]) {
			names = append(names, p.known(t, v))
		}
		if len(names) > 0 {
			lines = append(lines, "• "+t.Text("ann.part_"+p.id, nil)+": "+strings.Join(names, ", "))
		}
	}
	if len(lines) == 0 {
		return "• " + t.Text("ann.everybody", nil)
	}
	return strings.Join(lines, "\n")
}

type audienceView struct {
	audience   storage.Audience
	count      int
	gatherings []storage.Gathering
}

func loadAudience(t *T) (any, error) {
	a, err := t.audience()
	if err != nil {
		return nil, err
	}
	v := audienceView{audience: a}
	if v.count, err = t.reads.CountAudience(t.Ctx, a, t.Now); err != nil {
		return nil, fmt.Errorf("conversations: audience: %w", err)
	}
	if v.gatherings, err = t.reads.Gatherings(t.Ctx, t.Now.AddDate(-1, 0, 0), eventsOffered); err != nil {
		return nil, fmt.Errorf("conversations: gatherings: %w", err)
	}
	return v, nil
}

// audienceSteps are the menu of an audience, with the running count, and a
// step for each part.
func audienceSteps() []*Step {
	steps := []*Step{{
		ID: "aud", Load: loadAudience,
		Ask: func(t *T) (string, locales.Data) {
			return "ann.aud", dataOf("lines", t.inWords(t.Loaded.(audienceView).audience), "count", t.Loaded.(audienceView).count)
		},
		Choices: func(t *T) []bot.Choice {
			cs := []bot.Choice{t.choice("next", "ann.aud_done")}
			for _, p := range audienceParts() {
				if p.id != "came" || t.Get("event") != "" {
					cs = append(cs, t.choice(p.id, "ann.part_"+p.id))
				}
			}
			return cs
		},
		Answer: func(t *T, v string) error {
			if v != "next" {
				t.goTo(v)
				return nil
			}
			_, i := t.flows[announceFlow].step("aud")
			return t.goOn(i)
		},
	}}
	for _, p := range audienceParts() {
		steps = append(steps, p.step())
	}
	return steps
}

// step asks one part: each choice adds to it or takes away from it.
func (p part) step() *Step {
	s := &Step{
		ID: p.id, Needed: never, Load: loadAudience,
		Ask: func(t *T) (string, locales.Data) {
			key := "ann.pick"
			if p.id == "units" {
				key = "ann.pick_units"
			}
			return key, dataOf("part", t.Text("ann.part_"+p.id, nil), "count", t.Loaded.(audienceView).count)
		},
		Choices: func(t *T) []bot.Choice {
			chosen := strings.Fields(t.Get(p.id))
			cs := p.options(t)
			for i, c := range cs {
				if slices.Contains(chosen, c.ID) {
					cs[i].Label = "✓ " + c.Label
				}
			}
			return append(cs, t.choice("ok", "ann.picked"))
		},
		Answer: func(t *T, v string) error {
			if v == "ok" {
				t.Set("units?", "")
				t.goTo("aud")
				return nil
			}
			t.toggle(p.id, v)
			return nil
		},
	}
	if p.id == "units" {
		s.Parse = parseUnits
	}
	return s
}

// toggle adds to a part or takes away from it; of gatherings there is one.
func (t *T) toggle(id, v string) {
	chosen := strings.Fields(t.Get(id))
	switch {
	case slices.Contains(chosen, v):
		chosen = slices.DeleteFunc(chosen, func(s string) bool { return s == v })
	case id == "event":
		chosen = []string{v}
	default:
		chosen = append(chosen, v)
	}
	t.Set(id, strings.Join(chosen, " "))
}

// parseUnits takes the name of any unit the officer tells people of. One that
// may be several is chosen from.
func parseUnits(t *T, text string) (string, *Note) {
	v, err := t.Viewer()
	if err != nil { // read already, by the step
		return "", &Note{Key: "officer.only"}
	}
	reach := t.announcedIn(v, t.Now)
	var keys []string
	for _, m := range t.prog.FindUnits(text, t.Now) {
		if k := string(m.Unit.Key); (reach.All || slices.Contains(reach.Units, m.Unit.Key)) && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	switch {
	case len(keys) == 0:
		n := note("ann.unit_unknown", "typed", clip(text, 40))
		return "", &n
	case len(keys) == 1:
		return keys[0], nil
	}
	t.Set("units?", strings.Join(keys[:min(len(keys), mostCandidates)], " "))
	return "", &Note{Key: "ann.unit_which"}
}
