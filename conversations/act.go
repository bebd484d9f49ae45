package conversations

import (
	"errors"
	"slices"
	"strconv"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

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
