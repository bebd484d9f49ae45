package conversations

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"ocopbot/bot"
	"ocopbot/bot/duties"
	"ocopbot/locales"
	"ocopbot/storage"
)

// withdraw is «Rút yêu cầu đột xuất»: the office that asked units for a report
// ad hoc takes it back. They are told, and reminded no more.
func withdraw() *Flow {
	return &Flow{
		ID: withdrawFlow, Version: 1, Sure: true,
		Steps: []*Step{
			{ID: "which", Load: loadAskedFor, Ask: askWithdrawn, Choices: withdrawnChoices, Answer: answerWithdrawn},
			{ID: "reason", Load: loadAskedFor, Ask: askWithdrawReason, Parse: parseLine, Answer: answerWithdrawReason, Prose: true},
		},
		Commit: commitWithdraw,
	}
}

// loadAskedFor lists what the viewer's offices asked for ad hoc and is chased.
func loadAskedFor(t *T) (any, error) {
	v, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	return t.askedFor(v)
}

func (t *T) askedFor(v storage.Viewer) ([]storage.Demand, error) {
	offices := t.officesOf(v)
	if len(offices) == 0 {
		return nil, nil
	}
	from, _ := duties.Window(t.prog, t.Now)
	all, err := t.reads.DemandsSince(t.Ctx, from)
	if err != nil {
		return nil, fmt.Errorf("conversations: demands: %w", err)
	}
	return slices.DeleteFunc(all, func(d storage.Demand) bool { return !slices.Contains(offices, d.Unit) }), nil
}

func askWithdrawn(t *T) (string, locales.Data) {
	if len(t.Loaded.([]storage.Demand)) == 0 {
		return "withdraw.none", nil
	}
	return "withdraw.which", nil
}

func withdrawnChoices(t *T) []bot.Choice {
	all := t.Loaded.([]storage.Demand)
	all = all[max(0, len(all)-dutiesPage):]
	var cs []bot.Choice
	for _, d := range slices.Backward(all) { // the latest is the likeliest
		cs = append(cs, bot.Choice{ID: idText(d.ID), Label: clip(d.Title, 60)})
	}
	return append(cs, t.choice(choiceMenu, "choice.menu"))
}

func answerWithdrawn(t *T, id string) error {
	t.Set("demand", id)
	if _, ok := t.withdrawn(); !ok {
		t.Tell("duty.gone")
		return nil
	}
	t.goTo("reason")
	return nil
}

// withdrawn is the demand that is taken back, if it still is the viewer's.
func (t *T) withdrawn() (storage.Demand, bool) {
	for _, d := range t.Loaded.([]storage.Demand) {
		if idText(d.ID) == t.Get("demand") {
			return d, true
		}
	}
	return storage.Demand{}, false
}

func askWithdrawReason(t *T) (string, locales.Data) {
	d, ok := t.withdrawn()
	if !ok {
		return "duty.gone", nil
	}
	return "withdraw.reason", dataOf("title", d.Title, "count", len(d.Units), "due", t.dayName(d.Due))
}

func answerWithdrawReason(t *T, v string) error {
	if _, ok := t.withdrawn(); !ok {
		t.close()
		t.Tell("duty.gone")
		return nil
	}
	t.Set("reason", v)
	t.S.Pending = true
	return nil
}

func commitWithdraw(t *T, tx storage.Tx) (Outcome, error) {
	id, err := textID(t.Get("demand"))
	if err != nil {
		return Outcome{}, err
	}
	d, err := tx.WithdrawDemand(id, t.Get("reason"), t.Now)
	if errors.Is(err, storage.ErrConflict) { // a colleague was quicker
		return Outcome{Notes: []Note{note("duty.gone")}}, nil
	}
	if err != nil {
		return Outcome{}, err
	}
	officers, err := tx.OfficersIn(d.Units, t.Now)
	if err != nil {
		return Outcome{}, err
	}
	told := []storage.ID{t.S.Person}
	for _, o := range officers {
		if !o.Works() && o.Role != storage.Leader || slices.Contains(told, o.Person) {
			continue
		}
		told = append(told, o.Person)
		n := storage.Notice{ID: storage.NewID(t.Now), Person: o.Person, Kind: "demand_withdrawn", Subject: d.ID, State: storage.NoticeQueued, At: t.Now}
		if err := tx.Notify(n); err != nil {
			return Outcome{}, err
		}
	}
	return Outcome{Notes: []Note{note("withdraw.done", "title", d.Title, "count", strconv.Itoa(len(d.Units)))}}, nil
}

// tellWithdrawn says that a report which was asked for is not wanted any more.
func (t *T) tellWithdrawn(n storage.Notice, m bot.Message) (bot.Message, error) {
	d, err := t.reads.Demand(t.Ctx, n.Subject)
	if err != nil {
		return m, gone(err)
	}
	v, err := t.inOffice(n.Person)
	if err != nil {
		return m, err
	}
	filed, theirs := false, false
	for _, u := range d.Units {
		if !works(v, u) && !leads(v, u) {
			continue
		}
		theirs = true
		r, err := t.reads.LatestReport(t.Ctx, storage.Duty{Obligation: d.Obligation(), Unit: u})
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return m, fmt.Errorf("conversations: report: %w", err)
		}
		filed = filed || r.State.HandedIn()
	}
	if !theirs {
		return m, ErrMovedOn
	}
	data := dataOf("title", d.Title, "office", t.unitName(string(d.Unit)), "text", d.Why, "filed", filed)
	t.say(&m, "notice.demand_withdrawn", data)
	return m, nil
}
