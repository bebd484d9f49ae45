package conversations

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// mostListed is how many ideas one list shows; others are found by number.
const mostListed = 8

// status is "Tra cứu" with several forms: which one?
func status() *Flow {
	return &Flow{ID: statusFlow, Version: 1, Steps: []*Step{{
		ID:      "pick",
		Load:    loadOwnIdeas,
		Numbers: true,
		Choices: func(t *T) []bot.Choice {
			return append(ideaChoices(t.Loaded.([]storage.Idea)), t.choice(choiceMenu, "choice.menu"))
		},
		Parse: parseNumber,
		Answer: func(t *T, v string) error {
			t.close()
			return t.tellStatus(v)
		},
	}}}
}

func loadOwnIdeas(t *T) (any, error) {
	if t.S.Person == 0 {
		return []storage.Idea(nil), nil
	}
	ideas, err := t.reads.IdeasOf(t.Ctx, t.S.Person)
	if err != nil {
		return nil, fmt.Errorf("conversations: ideas: %w", err)
	}
	return ideas, nil
}

func ideaChoices(ideas []storage.Idea) []bot.Choice {
	var cs []bot.Choice
	for _, i := range ideas[:min(len(ideas), mostListed)] {
		cs = append(cs, bot.Choice{ID: i.Number.String(), Label: i.Number.String() + " " + clip(i.Name, 30)})
	}
	return cs
}

// parseNumber takes the form number of an idea the person may see.
func parseNumber(t *T, text string) (string, *Note) {
	i, _, err := t.numbered(text)
	if err != nil {
		key := "status.unknown"
		if !looksLikeNumber(text) {
			key = "status.not_a_number"
		}
		n := note(key, "typed", clip(text, 20))
		return "", &n
	}
	return i.Number.String(), nil
}

// parseOwnNumber takes that of a form the person may change.
func parseOwnNumber(t *T, text string) (string, *Note) {
	if _, how, err := t.numbered(text); err == nil && how != ownerTie {
		n := note("status.unknown", "typed", clip(text, 20))
		return "", &n
	}
	return parseNumber(t, text)
}

func looksLikeNumber(text string) bool {
	_, err := ocop.ParseFormNumber(text)
	return err == nil
}

// isReportNumber tells the number of a report from those of ideas.
func isReportNumber(text string) bool {
	n, err := ocop.ParseFormNumber(text)
	return err == nil && n.Prefix == ocop.ReportPrefix
}

// showStatus answers "tra cứu", with or without a number: of an idea's, or of a
// report's, which is opened.
func (t *T) showStatus(arg string) error {
	if isReportNumber(arg) {
		d, err := t.reportNumbered(arg)
		if errors.Is(err, storage.ErrNotFound) {
			t.Tell("status.unknown", "typed", clip(arg, 20))
			return nil
		}
		if err != nil {
			return err
		}
		return t.openReport(d)
	}
	number, how, err := t.whichForm(arg, statusFlow)
	switch {
	case err != nil || number == "":
		return err
	case how == officerTie: // who is in charge acts on it
		return t.open(actFlow, map[string]string{"number": number})
	}
	return t.tellStatus(number)
}

// tellStatus shows how far a form is and, where an officer waits for an answer,
// asks for it: whoever looks what is owed can give it there.
func (t *T) tellStatus(number string) error {
	t.Tell("status.card", "number", number)
	if !t.S.Idle() {
		return nil
	}
	i, how, err := t.numbered(number)
	if errors.Is(err, storage.ErrNotFound) || err == nil && how != ownerTie {
		return nil
	}
	if err != nil {
		return err
	}
	events, err := t.reads.Events(t.Ctx, i.ID)
	if err != nil {
		return fmt.Errorf("conversations: events: %w", err)
	}
	if !unanswered(events) {
		return nil
	}
	return t.openOwn(answerFlow, number)
}

// unanswered tells that an officer's question is still open: nothing came of it since.
func unanswered(events []storage.Event) (open bool) {
	for _, e := range events {
		switch e.Kind {
		case ocop.EventAsked:
			open = true
		case ocop.EventAnswered, ocop.EventAccepted, ocop.EventReturned, ocop.EventWithdrawn:
			open = false
		}
	}
	return open
}

// whichForm finds the form a wish is about: the one that is named, or the only
// one of one's own. An empty number: the person was told that there is none,
// or chooses in a conversation that was opened.
func (t *T) whichForm(arg, choose string) (number string, how tie, err error) {
	if arg != "" {
		i, how, err := t.numbered(arg)
		if err == nil {
			return i.Number.String(), how, nil
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return "", noTie, err
		}
		if looksLikeNumber(arg) {
			t.Tell("status.unknown", "typed", clip(arg, 20))
			return "", noTie, nil
		}
	}
	v, err := loadOwnIdeas(t)
	if err != nil {
		return "", noTie, err
	}
	switch ideas := v.([]storage.Idea); len(ideas) {
	case 0:
		if t.opened(registerFlow) {
			t.Tell("status.unsent")
			return "", noTie, nil
		}
		t.Tell("status.none")
		return "", noTie, nil
	case 1:
		return ideas[0].Number.String(), ownerTie, nil
	}
	return "", noTie, t.open(choose, nil)
}

// card is what one idea's owner, or an officer in charge, is told of it.
func (t *T) card(number string) (string, error) {
	i, how, err := t.numbered(number)
	if errors.Is(err, storage.ErrNotFound) {
		return t.Text("status.unknown", dataOf("typed", number)), nil
	}
	if err != nil {
		return "", err
	}
	if how == officerTie {
		return t.officerCard(i)
	}
	events, err := t.reads.Events(t.Ctx, i.ID)
	if err != nil {
		return "", fmt.Errorf("conversations: events: %w", err)
	}
	results, hidden, err := t.results(i)
	if err != nil {
		return "", err
	}
	fairs, others, err := t.fairsOf(i, true)
	if err != nil {
		return "", err
	}
	results = append(results, fairs...)
	stage := i.Stage
	if hidden {
		stage = ocop.Scored
	}
	step, _ := t.prog.StepOf(stage)
	data := dataOf(
		"number", i.Number.String(), "product", i.Name, "unit", t.unitName(string(i.Unit)),
		"lines", strings.Join(append(t.history(events), results...), "\n"),
		"stage", t.Text("stage."+string(stage), nil),
		"step", step.Name(t.S.Lang), "step_number", step.Number,
		"print", t.Caps.Files,
		"owed", t.Text("owed."+string(stage), dataOf("text", lastText(events, ocop.EventAsked), "reason", lastText(events, ocop.EventReturned))),
	)
	data["others"] = strings.Join(others, "\n")
	data["unsigned"] = ""
	if owesConsent(i) {
		data["unsigned"] = i.Fields[forOther]
	}
	return t.Text("status.card", data), nil
}

// toldEvents are the events an owner sees in the history; notes, scores and
// unpublished decisions are the officers' own.
var toldEvents = map[ocop.EventKind]bool{
	ocop.EventRegistered: true, ocop.EventAccepted: true, ocop.EventAsked: true, ocop.EventAnswered: true,
	ocop.EventReturned: true, ocop.EventConsented: true, ocop.EventPublished: true, ocop.EventWithdrawn: true, ocop.EventRevoked: true,
}

func (t *T) history(events []storage.Event) []string {
	var lines []string
	for _, e := range events {
		if toldEvents[e.Kind] {
			lines = append(lines, t.Text("status.event", dataOf("date", date(e.At), "what", t.Text("event."+string(e.Kind), nil))))
		}
	}
	return lines
}

// results are the published outcomes; hidden tells that there is one which is
// not published yet.
func (t *T) results(i storage.Idea) (lines []string, hidden bool, err error) {
	evaluations, err := t.reads.Evaluations(t.Ctx, i.ID)
	if err != nil {
		return nil, false, fmt.Errorf("conversations: evaluations: %w", err)
	}
	for _, ev := range evaluations {
		r, err := t.reads.Round(t.Ctx, ev.Round)
		if err != nil {
			return nil, false, fmt.Errorf("conversations: round: %w", err)
		}
		if r.Published.IsZero() || ev.Decision == "" {
			hidden = true
			continue
		}
		lines = append(lines, t.resultText(r, ev))
	}
	return lines, hidden, nil
}

func (t *T) resultText(r storage.Round, ev storage.Evaluation) string {
	key := "result.stars"
	if ev.Stars < 3 {
		key = "result.not_reached"
	}
	return t.Text(key, dataOf(
		"round", roundName(r), "level", t.levelName(r.Level), "stars", ev.Stars, "total", ev.Total().In(t.S.Lang),
		"a", ev.A.In(t.S.Lang), "b", ev.B.In(t.S.Lang), "c", ev.C.In(t.S.Lang),
		"decision", ev.Decision, "date", date(ev.Decided), "remarks", ev.Remarks, "reason", ev.Reason,
	))
}

func roundName(r storage.Round) string { return fmt.Sprintf("%d/%d", r.Seq, r.Year) }

// lastText is the text of the latest event of a kind.
func lastText(events []storage.Event, kind ocop.EventKind) string {
	for n := len(events) - 1; n >= 0; n-- {
		if events[n].Kind == kind {
			return events[n].Body["text"]
		}
	}
	return ""
}

// date is a day as people in Vietnam write it.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(ocop.Local).Format("02/01/2006")
}

func (t *T) levelName(id string) string { return t.prog.LevelName(id, t.S.Lang) }
