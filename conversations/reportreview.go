package conversations

import (
	"errors"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// review is what is done with a report by who did not write it: the unit's
// leader approves it or sends it back; who receives it takes it in or returns
// it, with a reason and, if need be, a new day.
func review() *Flow {
	return &Flow{
		ID: reviewFlow, Version: 1, Sure: true,
		Steps: []*Step{
			{ID: "card", Load: loadReport, Ask: askReportCard, Choices: reviewChoices, Answer: answerReview},
			{ID: "as", Load: loadReportTexts, Choices: headChoices, Answer: answerReviewAs},
			{ID: "why", Load: loadReportTexts, Parse: parseLine, Answer: answerReviewWhy, Prose: true},
			{ID: "again", Load: loadReportTexts, Choices: func(t *T) []bot.Choice {
				return []bot.Choice{t.choice("same", "review.same_day")}
			}, Parse: parseAgain, Answer: answerReviewAgain},
		},
		Commit: commitReview,
	}
}

// parseAgain takes a day of the next three months: «10/6», said on 15/6, is a
// slip and not a year.
func parseAgain(t *T, text string) (string, *Note) {
	const longest = 92
	day, wrong := parseDueDay(t, text)
	if wrong == nil && ocop.DaysBetween(t.Now, dayIn(day)) > longest {
		return "", &Note{Key: "review.day_far"}
	}
	return day, wrong
}

// may tells whether the viewer may do act with the report as it stands.
func (v reportView) may(act string) bool {
	if v.owed.Withdrawn {
		return false
	}
	leads := v.leads && v.report.State == ocop.ReportOffered
	receives := v.receives && (v.report.State == ocop.ReportFiled || v.report.State == ocop.ReportSigned)
	switch act {
	case "approve", "refuse":
		return leads
	case "receive":
		return receives
	case "return":
		return receives || v.receives && v.report.State == ocop.ReportReceived
	}
	return false
}

func reviewChoices(t *T) []bot.Choice {
	v := t.Loaded.(reportView)
	var cs []bot.Choice
	if v.may("approve") {
		cs = append(cs, t.choice("approve", "review.approve"))
	}
	if v.may("refuse") {
		cs = append(cs, t.choice("refuse", "review.refuse"))
	}
	if v.may("receive") {
		cs = append(cs, t.choice("receive", "review.receive"))
	}
	if v.may("return") {
		cs = append(cs, t.choice("return", "review.return"))
	}
	return append(cs, t.paperChoices(v)...)
}

func answerReview(t *T, act string) error {
	v := t.Loaded.(reportView)
	if done, err := t.takePaperChoice(v, act); done || err != nil {
		return err
	}
	if !v.may(act) {
		t.Tell("report.changed")
		return nil
	}
	t.keepDue(v)
	t.Set("act", act)
	switch act {
	case "refuse", "return":
		t.goTo("why")
		return nil
	case "approve":
		t.goTo("as")
		return nil
	}
	return t.due(act)
}

// answerReviewAs takes as what the leader approves it.
func answerReviewAs(t *T, v string) error {
	if !t.Loaded.(reportView).may("approve") {
		t.goTo("card")
		t.Tell("report.changed")
		return nil
	}
	who, err := t.Viewer()
	if err != nil {
		return err
	}
	t.Set("approver", who.Person.Name)
	t.Set("as", v)
	return t.due("approve")
}

func answerReviewWhy(t *T, text string) error {
	if !t.Loaded.(reportView).may(t.Get("act")) {
		t.goTo("card")
		t.Tell("report.changed")
		return nil
	}
	t.Set("text", text)
	if t.Get("act") == "return" {
		t.goTo("again")
		return nil
	}
	return t.due("refuse")
}

func answerReviewAgain(t *T, day string) error {
	if !t.Loaded.(reportView).may("return") {
		t.goTo("card")
		t.Tell("report.changed")
		return nil
	}
	if day != "same" {
		t.Set("again", day)
	}
	return t.due("return")
}

// commitReview writes a decision on the version its maker saw.
func commitReview(t *T, tx storage.Tx) (Outcome, error) {
	r, err := tx.LatestReport(t.frameDuty())
	if err != nil {
		return Outcome{}, err
	}
	var o Outcome
	switch t.Get("act") {
	case "approve":
		o, err = t.handIn(tx, r, t.seen(), storage.Leader, func(storage.Tx, storage.Report) error { return nil })
	case "refuse":
		o, err = t.commitRefuse(tx, r)
	case "receive":
		o, err = t.commitReceive(tx, r)
	case "return":
		o, err = t.commitReturn(tx, r)
	}
	if errors.Is(err, storage.ErrConflict) {
		return Outcome{Next: "card", Set: map[string]string{"act": "", "text": "", "again": ""}, Notes: []Note{note("report.changed")}}, nil
	}
	return o, err
}

func (t *T) commitRefuse(tx storage.Tx, r storage.Report) (Outcome, error) {
	r, err := t.happened(tx, r, ocop.ReportRefused, storage.Leader, t.seen(), map[string]string{"text": t.Get("text")}, nil)
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Notes: []Note{note("review.refused")}}, t.tellOfficers(tx, r, r.Unit, "report_refused", storage.Officer.Works)
}

func (t *T) commitReceive(tx storage.Tx, r storage.Report) (Outcome, error) {
	r, err := t.happened(tx, r, ocop.ReportReception, t.receiverRole(), t.seen(), nil, func(r *storage.Report) { t.countFiled(r, ocop.ReportReceived) })
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Notes: []Note{note("review.received", "number", reportNumber(r))}}, t.tellUnit(tx, r, "report_received")
}

// commitReturn sends a report back. A new day is an extension of its duty, so
// that the reminders begin anew.
func (t *T) commitReturn(tx storage.Tx, r storage.Report) (Outcome, error) {
	again := t.Get("again")
	r, err := t.happened(tx, r, ocop.ReportReturning, t.receiverRole(), t.seen(), map[string]string{"text": t.Get("text"), "again": again}, func(r *storage.Report) {
		if again != "" {
			r.Again = dayIn(again)
		}
	})
	if err != nil {
		return Outcome{}, err
	}
	if again != "" {
		e := storage.Extension{ID: storage.NewID(t.Now), Duty: r.Duty, Due: r.Again, Reason: t.Get("text"), By: t.S.Person, At: t.Now}
		if err := tx.AddExtension(e); err != nil {
			return Outcome{}, err
		}
	}
	return Outcome{Notes: []Note{note("review.returned", "number", reportNumber(r))}}, t.tellUnit(tx, r, "report_returned")
}

// receiverRole is the role in which the office of the frame acts.
func (t *T) receiverRole() string {
	return t.officeIn(storage.Duty{Unit: ocop.UnitKey(t.Get("office"))})
}
