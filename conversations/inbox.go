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
