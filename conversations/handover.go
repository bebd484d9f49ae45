package conversations

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// handOver is «Bàn giao việc»: an officer gets a code for the successor. The
// office changes hands when the code is used, and with it all that belongs to
// the office: duties, drafts of reports, ideas and calls that wait.
func handOver() *Flow {
	return &Flow{
		ID: handOverFlow, Version: 1, Sure: true,
		Begin: beginHandOver,
		Steps: []*Step{
			{ID: "office", Needed: missingAlways("office"), Load: loadOffices, Choices: func(t *T) []bot.Choice {
				var cs []bot.Choice
				for _, o := range t.Loaded.([]storage.Officer) {
					cs = append(cs, bot.Choice{ID: idText(o.ID), Label: t.officeName(o)})
				}
				return append(cs, t.choice(choiceMenu, "choice.menu"))
			}},
			{ID: "name", Name: true, Parse: parseName},
			{ID: "sure", Load: loadPassing, Ask: askPassing, Choices: yesNo, Answer: answerHandOver},
		},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			id, err := textID(t.Get("office"))
			if err != nil {
				return Outcome{}, err
			}
			o, err := tx.Officer(id)
			if err != nil {
				return Outcome{}, err
			}
			t.S.secret = NewCode()
			inv := storage.Invite{Hash: CodeHash(t.S.secret), For: storage.InviteHandOver, Unit: o.Unit, Role: o.Role, Name: t.Get("name"), Officer: o.ID,
				By: t.S.Person, Created: t.Now, Expires: t.Now.Add(InviteLasts)}
			return Outcome{Notes: []Note{note("handover.code", "code", "", "name", inv.Name)}}, tx.PutInvite(inv)
		},
	}
}

// loadOffices are the offices a person may pass on: those that do a unit's
// work, and a leader's.
func loadOffices(t *T) (any, error) {
	v, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(v.Officers), func(o storage.Officer) bool { return !o.Works() && o.Role != storage.Leader }), nil
}

func beginHandOver(t *T) error {
	all, err := loadOffices(t)
	if err != nil {
		return err
	}
	switch offices := all.([]storage.Officer); len(offices) {
	case 0:
		t.close()
		t.Tell("officer.only")
	case 1:
		t.Set("office", idText(offices[0].ID))
	}
	return nil
}

func (t *T) officeName(o storage.Officer) string {
	return t.Text("role."+o.Role, nil) + ", " + t.unitName(string(o.Unit))
}

// passing is what goes with an office.
type passing struct {
	office              storage.Officer // none: the person holds it no more
	duties, ideas, call int
}

func loadPassing(t *T) (any, error) {
	all, err := loadOffices(t)
	if err != nil {
		return nil, err
	}
	var p passing
	for _, o := range all.([]storage.Officer) {
		if idText(o.ID) == t.Get("office") {
			p.office = o
		}
	}
	v := t.view(storage.Person{}, []storage.Officer{p.office}, t.Now)
	owed, err := t.openDuties(v)
	if err != nil {
		return nil, err
	}
	sc := storage.Scope{Units: []ocop.UnitKey{p.office.Unit}}
	_, ideas, err := t.reads.Inbox(t.Ctx, sc, 0, 1)
	if err != nil {
		return nil, fmt.Errorf("conversations: inbox: %w", err)
	}
	calls, err := t.reads.Requests(t.Ctx, sc, 100)
	if err != nil {
		return nil, fmt.Errorf("conversations: requests: %w", err)
	}
	p.duties, p.ideas, p.call = len(owed), ideas, len(calls)
	return p, nil
}

func askPassing(t *T) (string, locales.Data) {
	p := t.Loaded.(passing)
	if p.office.ID == 0 {
		return "officer.only", nil
	}
	return "handover.sure", dataOf("office", t.officeName(p.office), "name", t.Get("name"), "duties", p.duties, "ideas", p.ideas, "calls", p.call)
}

func answerHandOver(t *T, v string) error {
	if v == "no" || t.Loaded.(passing).office.ID == 0 {
		t.close()
		return nil
	}
	t.S.Pending = true
	return nil
}

// takeOver ends the predecessor's office and begins the successor's, who sees
// at once what is due.
func (t *T) takeOver(tx storage.Tx, p storage.Person, inv storage.Invite) (Outcome, error) {
	old, err := tx.Officer(inv.Officer)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return Outcome{}, err
	}
	if err != nil || !old.To.IsZero() && !old.To.After(t.Now) {
		return Outcome{Person: p.ID, Notes: []Note{note("code.office_over")}}, nil
	}
	if old.Person == p.ID {
		return Outcome{Person: p.ID, Notes: []Note{note("code.own_office")}}, nil
	}
	next := storage.Officer{ID: storage.NewID(t.Now.Add(time.Millisecond)), Person: p.ID, Unit: old.Unit, Role: old.Role, Name: inv.Name, From: t.Now}
	old.To = t.Now
	told := storage.Notice{ID: storage.NewID(t.Now), Person: old.Person, Kind: "handed_over", Subject: next.ID, State: storage.NoticeQueued, At: t.Now}
	if err := errors.Join(tx.PutOfficer(old), tx.PutOfficer(next), tx.Notify(told)); err != nil {
		return Outcome{}, err
	}
	n := note("code.took_over", "name", inv.Name, "unit", t.unitName(string(old.Unit)), "role", t.Text("role."+old.Role, nil))
	return t.proved(Outcome{Person: p.ID, Notes: []Note{n}, Open: dutiesFlow}), nil
}

// handedOver tells the predecessor that the successor has taken over.
func (t *T) handedOver(n storage.Notice, m bot.Message) (bot.Message, error) {
	next, err := t.reads.Officer(t.Ctx, n.Subject)
	if err != nil {
		return m, gone(err)
	}
	data := dataOf("name", next.Name, "office", t.officeName(next))
	t.say(&m, "notice.handed_over", data)
	return m, nil
}
