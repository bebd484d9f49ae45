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

// inboxPage is how many waiting ideas an officer sees at once.
const inboxPage = 5

type inboxView struct {
	ideas []storage.Idea
	total int
	page  int

	publishes bool // may publish a round
}

// inbox is an officer's "Hộp việc": what waits, the oldest first.
func inbox() *Flow {
	return &Flow{ID: inboxFlow, Version: 1, Steps: []*Step{{
		ID:      "list",
		Load:    loadInbox,
		Numbers: true,
		Ask: func(t *T) (string, locales.Data) {
			v := t.Loaded.(inboxView)
			if v.total == 0 {
				return "inbox.empty", nil
			}
			var lines []string
			for _, i := range v.ideas {
				lines = append(lines, t.Text("inbox.line", dataOf("number", i.Number.String(), "product", clip(i.Name, 40),
					"unit", t.unitName(string(i.Unit)), "since", date(i.WaitingSince), "stage", t.Text("stage."+string(i.Stage), nil))))
			}
			return "inbox.list", dataOf("total", v.total, "lines", strings.Join(lines, "\n"))
		},
		Choices: func(t *T) []bot.Choice {
			v := t.Loaded.(inboxView)
			cs := ideaChoices(v.ideas)
			if (v.page+1)*inboxPage < v.total {
				cs = append(cs, t.choice("next", "choice.more"))
			}
			if v.publishes {
				cs = append(cs, t.choice("round", "inbox.publish"))
			}
			return append(cs, t.choice(choiceMenu, "choice.menu"))
		},
		Parse: parseNumber,
		Answer: func(t *T, v string) error {
			switch v {
			case "next":
				page, _ := strconv.Atoi(t.Get("page")) // our own number; empty is 0
				t.Set("page", strconv.Itoa(page+1))
				return nil
			case "round":
				return t.open(publishFlow, nil)
			}
			t.Set("page", "")
			return t.open(actFlow, map[string]string{"number": v})
		},
	}}}
}

func loadInbox(t *T) (any, error) {
	v, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	if !isOfficer(v) {
		return inboxView{}, nil
	}
	page, _ := strconv.Atoi(t.Get("page")) // our own number; empty is 0
	ideas, total, err := t.reads.Inbox(t.Ctx, scope(v), page*inboxPage, inboxPage)
	if err != nil {
		return nil, fmt.Errorf("conversations: inbox: %w", err)
	}
	return inboxView{ideas, total, page, mayPublish(v)}, nil
}

// officerCard is what an officer in charge sees of an idea.
func (t *T) officerCard(i storage.Idea) (string, error) {
	owner, err := t.reads.Person(t.Ctx, i.Person)
	if err != nil {
		return "", fmt.Errorf("conversations: owner: %w", err)
	}
	org, err := t.reads.Organisation(t.Ctx, i.Organisation)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return "", fmt.Errorf("conversations: organisation: %w", err)
	}
	events, err := t.reads.Events(t.Ctx, i.ID)
	if err != nil {
		return "", fmt.Errorf("conversations: events: %w", err)
	}
	files, err := t.reads.Files(t.Ctx, i.ID)
	if err != nil {
		return "", fmt.Errorf("conversations: files: %w", err)
	}
	v, err := t.Viewer()
	if err != nil {
		return "", err
	}
	if err := t.logReading(i.ID, 0, "card"); err != nil {
		return "", err
	}
	kind := ""
	if k, ok := t.prog.ProducerType(org.Kind); ok {
		kind = k.Name(t.S.Lang)
	}
	group := ""
	if g, ok := t.prog.Group(i.Group); ok {
		group = g.Name(t.S.Lang)
	}
	phone, stage, lines := ocop.FormatPhone(owner.Phone), i.Stage, t.officerHistory(events)
	if !inCharge(v, i.Unit) { // what everybody may know once it is published
		results, hidden, err := t.results(i)
		if err != nil {
			return "", err
		}
		if hidden {
			stage = ocop.Scored
		}
		phone, lines = "", append(t.history(events), results...)
	}
	fairs, others, err := t.fairsOf(i, inCharge(v, i.Unit))
	if err != nil {
		return "", err
	}
	lines = append(lines, fairs...)
	return t.Text("officer.card", dataOf(
		"number", i.Number.String(), "product", i.Name, "unit", t.unitName(string(i.Unit)),
		"owner", owner.Name, "phone", phone, "producer", org.Name, "kind", kind,
		"group", group, "fields", t.filledFields(i, inCharge(v, i.Unit)), "photos", len(files),
		"stage", t.Text("stage."+string(stage), nil), "lines", strings.Join(lines, "\n"), "others", strings.Join(others, "\n"),
	)), nil
}

// logReading keeps that an officer read of an idea, or of a person, once in a
// turn.
func (t *T) logReading(idea, subject storage.ID, what string) error {
	v, err := t.Viewer()
	if err != nil {
		return err
	}
	a := storage.Access{At: t.Now, Person: v.Person.ID, Idea: idea, Subject: subject, What: what}
	if slices.Contains(t.logged, a) {
		return nil
	}
	if err := t.reads.LogAccess(t.Ctx, a); err != nil {
		return fmt.Errorf("conversations: access: %w", err)
	}
	t.logged = append(t.logged, a)
	return nil
}

func (t *T) filledFields(i storage.Idea, inCharge bool) string {
	var lines []string
	for _, id := range t.itemIDs() {
		if id == "product" {
			continue
		}
		v := itemValue(i, id)
		switch {
		case v == "":
			continue
		case id == "help":
			v = t.supportText(v)
		case id == "new":
			v = t.Text("reg.new_"+v, nil)
		}
		lines = append(lines, "• "+t.itemLabel(id)+": "+clip(v, 120))
	}
	if f := i.Fields[forOther]; f != "" {
		phone := ""
		if inCharge {
			phone = ocop.FormatPhone(i.Fields["for_phone"])
		}
		lines = append(lines, "• "+t.Text("officer.for_other", dataOf("name", f, "phone", phone, "signed", i.Fields[forSigned])))
	}
	return strings.Join(lines, "\n")
}

// officerHistory is the last of what happened, with what was said.
func (t *T) officerHistory(events []storage.Event) []string {
	const most = 8
	var lines []string
	for _, e := range events[max(0, len(events)-most):] {
		what := t.Text("event."+string(e.Kind), nil)
		if text := e.Body["text"]; text != "" {
			what += ": " + clip(text, 150)
		}
		lines = append(lines, t.Text("status.event", dataOf("date", date(e.At), "what", what)))
	}
	return lines
}

// officerActs are what an officer does with an idea in the inbox, each an
// event of the idea; those with a text ask for it.
var officerActs = map[string]struct {
	event ocop.EventKind
	text  bool
	told  string // notice to the producer; empty: the officers' own
}{
	"accept": {ocop.EventAccepted, false, "accepted"},
	"ask":    {ocop.EventAsked, true, "asked"},
	"return": {ocop.EventReturned, true, "returned"},
	"note":   {ocop.EventNoted, true, ""},
	"plan":   {ocop.EventPlanned, false, "planned"},
	"papers": {ocop.EventPrepared, false, "prepared"},
	"signed": {ocop.EventConsented, false, ""},
}

// Fields of an idea that somebody registered for another: whom, and the day on
// which an officer noted that person's signed consent.
const (
	forOther  = "for"
	forSigned = "for_signed"
)

// owesConsent tells whether an idea was registered for somebody who has not
// been seen to agree.
func owesConsent(i storage.Idea) bool { return i.Fields[forOther] != "" && i.Fields[forSigned] == "" }

// act shows one idea to an officer and takes what they decide.
func act() *Flow {
	return &Flow{
		ID: actFlow, Version: 1, Sure: true,
		Steps: []*Step{
			{ID: "card", Load: loadAct, Ask: askAct, Choices: actChoices, Answer: answerAct},
			{ID: "text", Ask: func(t *T) (string, locales.Data) {
				return "act.text_" + t.Get("act"), dataOf("number", t.Get("number"))
			},
				Load: loadForOfficer, Parse: parseLine, Answer: answerActText},
		},
		Commit: commitAct,
	}
}

type actView struct {
	idea storage.Idea
	card string
	role string // in which the officer acts; empty: may only look

	council bool // some council the officer is in charge of evaluates it
}

func loadAct(t *T) (any, error) {
	i, v, err := t.actOn(t.Get("number"))
	if errors.Is(err, storage.ErrNotFound) {
		card, err := t.card(t.Get("number")) // a department may look
		return actView{card: card}, err
	}
	if err != nil {
		return nil, err
	}
	card, err := t.officerCard(i)
	return actView{i, card, role(v), len(t.councilLevels(v, i.Unit)) > 0}, err
}

// askAct notes which version it shows: a decision is on what the officer saw.
func askAct(t *T) (string, locales.Data) {
	v := t.Loaded.(actView)
	t.Set("version", strconv.Itoa(v.idea.Version))
	return "act.card", dataOf("card", v.card)
}

func actChoices(t *T) []bot.Choice {
	v := t.Loaded.(actView)
	var cs []bot.Choice
	if v.role != "" {
		for _, a := range []string{"accept", "ask", "return", "plan", "papers", "note"} {
			if _, err := ocop.Next(v.idea.Stage, officerActs[a].event); err == nil {
				cs = append(cs, t.choice(a, "act."+a))
			}
		}
		if owesConsent(v.idea) {
			cs = append(cs, t.choice("signed", "act.signed"))
		}
		if _, err := ocop.Next(v.idea.Stage, ocop.EventScored); err == nil && v.council {
			cs = append(cs, t.choice(scoreFlow, "act.score"))
		}
		if _, err := ocop.Next(v.idea.Stage, ocop.EventDecided); err == nil && v.council {
			cs = append(cs, t.choice(decideFlow, "act.decide"))
		}
	}
	if t.Caps.Files && v.idea.ID != 0 {
		cs = append(cs, t.choice(printFlow, "print.choice"))
	}
	return append(cs, t.choice("done", "act.done"))
}

func answerAct(t *T, v string) error {
	switch v {
	case "done":
		t.close()
		return nil
	case printFlow:
		return t.wishPrint(t.Get("number"))
	case scoreFlow, decideFlow:
		return t.open(v, map[string]string{"number": t.Get("number")})
	}
	a := officerActs[v]
	seen := t.Loaded.(actView)
	if seen.role == "" {
		t.Tell("officer.only")
		return nil
	}
	t.Set("act", v)
	t.Set("role", seen.role)
	if a.text {
		t.goTo("text")
		return nil
	}
	t.S.Pending = true
	return nil
}

// answerActText takes what goes with an act from whoever still is in charge.
func answerActText(t *T, v string) error {
	if t.Loaded.(storage.Idea).ID == 0 {
		t.close()
		t.Tell("officer.only")
		return nil
	}
	t.Set("text", v)
	t.S.Pending = true
	return nil
}

// commitAct records the decision on the version the officer saw: of two who
// decide at once, one wins and the other is told.
func commitAct(t *T, tx storage.Tx) (Outcome, error) {
	a := officerActs[t.Get("act")]
	number := t.Get("number")
	i, err := ideaIn(tx, number)
	if err != nil {
		return Outcome{}, err
	}
	version, _ := strconv.Atoi(t.Get("version")) // our own number
	if a.event == ocop.EventNoted || a.event == ocop.EventConsented {
		version = -1
	}
	e := storage.Event{ID: storage.NewID(t.Now), Idea: i.ID, At: t.Now, Kind: a.event, Actor: t.S.Person, Role: t.Get("role")}
	if text := t.Get("text"); text != "" {
		e.Body = map[string]string{"text": text}
	}
	_, err = tx.Happen(e, version, func(i *storage.Idea) {
		if a.event == ocop.EventConsented { // and the idea waits for the officer as before
			i.Fields[forSigned] = date(t.Now)
			return
		}
		// Where there is nothing to accept, as after an answer, a note is enough.
		if _, settled := ocop.Next(i.Stage, ocop.EventAccepted); a.event != ocop.EventNoted || settled != nil {
			i.WaitingLevel = ""
		}
	})
	if errors.Is(err, storage.ErrConflict) {
		return Outcome{Next: "card", Set: map[string]string{"act": "", "text": ""}, Notes: []Note{note("act.conflict", "number", number)}}, nil
	}
	if err != nil {
		return Outcome{}, err
	}
	if a.told != "" {
		if err := t.notify(tx, i, e.ID, a.told); err != nil {
			return Outcome{}, err
		}
	}
	return Outcome{Notes: []Note{note("act.done_"+t.Get("act"), "number", number)}}, nil
}

// notify tells an idea's owners of something, by the outbox: who registered it
// and everybody of its organisation.
func (t *T) notify(tx storage.Tx, i storage.Idea, event storage.ID, kind string) error {
	owners := []storage.ID{i.Person}
	members, err := tx.Members(i.Organisation)
	if err != nil {
		return err
	}
	for _, m := range members {
		if !slices.Contains(owners, m.Person) {
			owners = append(owners, m.Person)
		}
	}
	for _, owner := range owners {
		n := storage.Notice{ID: storage.NewID(t.Now), Person: owner, Kind: kind, Idea: i.ID, Event: event, State: storage.NoticeQueued, At: t.Now}
		if err := tx.Notify(n); err != nil {
			return err
		}
	}
	return nil
}
