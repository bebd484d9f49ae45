package conversations

import (
	"errors"
	"fmt"
	"strconv"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// signup takes part in a gathering. It asks only what the gathering needs and
// what is not known yet: a training of somebody known is one tap.
func signup() *Flow { return signupFor(signupFlow, false) }

// signupOther signs somebody else up. It is not done on the word of a sender
// who may be forged.
func signupOther() *Flow { return signupFor(signupOtherFlow, true) }

func signupFor(id string, other bool) *Flow {
	f := &Flow{
		ID: id, Version: 1, Draft: true, Consent: true, Sure: other,
		Begin:  beginSignup,
		Commit: commitSignup,
		Steps: []*Step{
			{ID: "name", Needed: missing("name"), Ask: asked("signup.name"), Name: true, Parse: parseName},
			{ID: "place", Needed: missing("place"), Ask: asked("signup.place"), Parse: parsePlace, Answer: fromWhere(answerPlace)},
			{ID: "which", Needed: has("units?"), Ask: asked("reg.which"), Choices: whichChoices, Parse: parseWhich, Answer: fromWhere(answerWhich)},
		},
	}
	if !other { // it is one who was named
		f.Steps = append(f.Steps, peopleStep(has("together")))
	}
	brought := broughtSteps(has("sells"), has("stalls"), has("sells"))
	f.Steps = append(f.Steps, brought[0])
	if !other {
		f.Steps = append(f.Steps, producerStep())
	}
	f.Steps = append(f.Steps, brought[1:]...)
	if other {
		who := &Step{ID: "attendee", Needed: missingAlways("attendee"), Ask: asked("signup.attendee"), Name: true, Parse: parseName}
		f.Steps = append([]*Step{who}, f.Steps...)
	}
	return f
}

// mostOthers is how many others one person signs up to a gathering: a family or
// a workshop, not a hall full of names. Its organisers may go beyond it.
const mostOthers = 5

// beginSignup sees whether the person may come at all, and fills in what is
// known of them.
func beginSignup(t *T) error {
	v, err := loadGathering(t)
	if err != nil {
		return err
	}
	g := v.(gatheringView)
	refuse := func(key string, kv ...string) error {
		t.close()
		t.Tell(key, kv...)
		return nil
	}
	code := t.Get("code")
	mine, signed := g.mine()
	switch {
	case g.g.ID == 0:
		return refuse("events.unknown", "code", code)
	case t.Get("attendee") == "" && t.F().Flow == signupFlow && signed && mine.Live():
		people := t.Get("people")
		t.close()
		if people != "" && people != strconv.Itoa(mine.People) && amendable(g.g, mine, t.Now) { // «DD HC12 3», said later
			return t.open(amendFlow, map[string]string{"code": code, "signup": idText(mine.ID), "field": "people", "people": people})
		}
		return t.open(gatheringFlow, map[string]string{"code": code})
	case g.g.State != storage.GatheringOpen:
		return refuse("signup.off", "title", g.g.Title)
	case !g.g.Takes(t.Now):
		return refuse("signup.closed", "title", g.g.Title, "deadline", date(g.g.Deadline), "contact", g.g.Contact)
	}
	if t.F().Flow == signupOtherFlow && !g.holds && g.others() >= mostOthers {
		return refuse("signup.others_many", "most", strconv.Itoa(mostOthers), "contact", g.g.Contact)
	}
	if t.Get("name") == "" && phoneOf(t.In.From) != "" {
		t.Set("phone", phoneOf(t.In.From))
	}
	all, err := t.candidates()
	if err != nil {
		return err
	}
	best, against, err := t.mayCome(g.g.Rule, all)
	if err != nil {
		return err
	}
	if against != "" && !t.invites(g) {
		t.ruledOut(g.g, against)
		return nil
	}
	t.Set("known", "1")
	if g.g.Kind.Sells() {
		t.Set("sells", "1")
	}
	switch asks := g.g.Kind.Together() && t.F().Flow == signupFlow; {
	case !asks:
		if n := t.Get("people"); n != "" && n != "1" {
			t.Tell("signup.one_each", "title", g.g.Title)
		}
		t.Set("people", "")
	case t.Get("people") == "":
		t.Set("together", "1")
	}
	if g.g.Stalls > 0 {
		t.Set("stalls", "1")
	}
	t.Set("org", "")
	if best.ID != 0 {
		t.Set("place", string(best.Unit))
		t.takeCandidate(best)
	}
	return t.knownForSignup()
}

// invites tells that it is the organisers who sign somebody up: whom they invite
// is theirs to say.
func (t *T) invites(g gatheringView) bool { return t.F().Flow == signupOtherFlow && g.holds }

// ruledOut tells kindly what is against coming.
func (t *T) ruledOut(g storage.Gathering, against string) {
	t.close()
	t.Tell("rule.not_"+against, "title", g.Title, "rule", t.ruleText(g.Rule), "contact", g.Contact)
}

// fromWhere takes where somebody is, unless the gathering is for other places.
func fromWhere(take func(*T, string) error) func(*T, string) error {
	return func(t *T, v string) error {
		unit, ok := t.prog.Unit(ocop.UnitKey(v))
		if !ok { // several of one name, or none of those
			return take(t, v)
		}
		g, err := t.gatheringOf(t.Get("code"))
		if err != nil {
			return err
		}
		if against := t.fits(storage.Rule{Units: g.g.Rule.Units}, candidate{Idea: storage.Idea{Unit: unit.Key}}); against != "" && !t.invites(g) {
			t.ruledOut(g.g, against)
			return nil
		}
		return take(t, v)
	}
}

// knownForSignup fills in the person's name, and where they are.
func (t *T) knownForSignup() error {
	if t.S.Person == 0 {
		return nil
	}
	p, err := t.reads.Person(t.Ctx, t.S.Person)
	if err != nil {
		return fmt.Errorf("conversations: person: %w", err)
	}
	t.Set("name", p.Name)
	if t.Get("place") == "" {
		t.Set("place", string(p.Unit))
	}
	orgs, err := t.reads.OrganisationsOf(t.Ctx, p.ID)
	if err != nil {
		return fmt.Errorf("conversations: organisations: %w", err)
	}
	if len(orgs) > 1 && t.F().Flow == signupFlow {
		t.Set("several", "1")
	}
	if len(orgs) > 0 && t.Get("org") == "" {
		t.Set("org", idText(orgs[0].ID))
		if t.Get("place") == "" {
			t.Set("place", string(orgs[0].Unit))
		}
	}
	return nil
}

// producerStep asks for which producer somebody comes who belongs to several,
// where what they bring does not say it.
func producerStep() *Step {
	return &Step{
		ID: "org", Needed: func(t *T) bool { return t.Get("several") != "" && t.Get("ideas") == "" },
		Load: func(t *T) (any, error) {
			orgs, err := t.reads.OrganisationsOf(t.Ctx, t.S.Person)
			if err != nil {
				return nil, fmt.Errorf("conversations: organisations: %w", err)
			}
			return orgs, nil
		},
		Ask: asked("signup.org"),
		Choices: func(t *T) []bot.Choice {
			var cs []bot.Choice
			for _, o := range t.Loaded.([]storage.Organisation) {
				cs = append(cs, bot.Choice{ID: idText(o.ID), Label: clip(o.Name, 40)})
			}
			return cs[:min(len(cs), mostListed)]
		},
	}
}

// takeCandidate notes what a selection looks at: of the first product its
// group and producer, of the best its stars.
func (t *T) takeCandidate(s candidate) {
	if t.Get("group") == "" {
		t.Set("group", s.Group)
	}
	if s.Organisation != 0 && t.Get("org") == "" {
		t.Set("org", idText(s.Organisation))
	}
	if was, _ := strconv.Atoi(t.Get("stars")); s.stars > was { // our own figure; empty is 0
		t.Set("stars", strconv.Itoa(s.stars))
	}
}

// mayCome finds the person's best product that a rule lets in, or what is
// against all of them. A rule about places only asks where the person is.
func (t *T) mayCome(r storage.Rule, all []candidate) (best candidate, against string, err error) {
	for _, s := range all {
		if why := t.fits(r, s); why != "" {
			against = why
		} else if best.ID == 0 || s.stars > best.stars {
			best = s
		}
	}
	if best.ID != 0 || r.Empty() {
		return best, "", nil
	}
	if against != "" {
		return best, against, nil
	}
	if r.Stars > 0 || len(r.Groups) > 0 || len(r.Producers) > 0 {
		return best, "product", nil
	}
	if t.S.Person != 0 {
		p, err := t.reads.Person(t.Ctx, t.S.Person)
		if err != nil {
			return best, "", fmt.Errorf("conversations: person: %w", err)
		}
		best.Unit = p.Unit
	}
	if best.Unit == "" { // asked later; the organisers see it
		return candidate{}, "", nil
	}
	return candidate{}, t.fits(r, best), nil
}

// commitSignup takes the seat there is, or a place in the waiting list.
func commitSignup(t *T, tx storage.Tx) (Outcome, error) {
	g, err := tx.GatheringByCode(t.Get("code")) // locked first: the line is short
	if err != nil {
		return Outcome{}, err
	}
	p, err := t.known(tx)
	if err != nil {
		return Outcome{}, err
	}
	before := p
	if p.Name == "" {
		p.Name = t.Get("name")
	}
	if p.Phone == "" {
		p.Phone = t.Get("phone")
	}
	if p.Unit == "" && t.Get("attendee") == "" {
		p.Unit = ocop.UnitKey(t.Get("place"))
	}
	if p != before {
		if err := tx.PutPerson(p); err != nil {
			return Outcome{}, err
		}
	}
	s := storage.Signup{
		ID: storage.NewID(t.Now), Gathering: g.ID, Person: p.ID, Attendee: t.Get("attendee"),
		Units: t.unitsAt(ocop.UnitKey(t.Get("place"))), Vehicle: t.Get("vehicle"), At: t.Now,
	}
	if err := t.bring(tx, &s); err != nil {
		return Outcome{}, err
	}
	s.Stall, s.Power = t.Get("stall") == "yes", t.powerText()
	s.People, _ = strconv.Atoi(t.Get("people")) // as parsed; empty: one
	o := Outcome{Person: p.ID}
	if err := tx.SignUp(&s); errors.Is(err, storage.ErrConflict) {
		o.Notes = []Note{note("signup.not_taken", "title", g.Title)}
		return o, nil
	} else if err != nil {
		return Outcome{}, err
	}
	if s.Attendee == "" {
		if err := tx.AnswerInvitations(g.Code, p.ID, t.Now); err != nil {
			return Outcome{}, err
		}
	}
	left := "" // too few for all of them
	if s.State == storage.SignupWaiting && s.People > 1 && !g.Selects {
		n, err := seatsLeft(tx, g)
		if err != nil {
			return Outcome{}, err
		}
		if n > 0 {
			left = strconv.Itoa(n)
		}
	}
	reminded := "" // who comes on the next day is not
	if daysBetween(t.Now, g.From) > 1 {
		reminded = "1"
	}
	key := "signup.done_" + s.State
	if left != "" {
		key = "signup.done_few"
	}
	o.Notes = []Note{note(key, "title", g.Title, "code", g.Code, "number", strconv.Itoa(s.Place), "when", t.daysOf(g), "place", g.Place, "who", s.Attendee, "reminded", reminded, "stall", t.Get("no stall"),
		"people", together(s), "left", left)}
	return o, nil
}
