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

// reportsPage is how many reports of each sort are listed at once.
const reportsPage = 8

// reports is «Báo cáo»: what the officer's units owe and what they handed in,
// and what was handed in to them and waits.
func reports() *Flow {
	return &Flow{ID: reportsFlow, Version: 1, Steps: []*Step{{
		ID: "list", Load: loadReports, Ask: askReports, Choices: reportsChoices, Answer: answerReports,
	}}}
}

type reportsView struct {
	owed    []duties.Owed                   // not filed
	drafts  map[storage.Duty]storage.Report // of those, what was begun
	filed   []storage.Report                // own, handed in
	waiting []storage.Report                // handed in to the viewer
	titles  map[storage.Duty]string
}

func loadReports(t *T) (any, error) {
	who, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	v := reportsView{drafts: map[storage.Duty]storage.Report{}, titles: map[storage.Duty]string{}}
	if !isOfficer(who) {
		return v, nil
	}
	if v.owed, err = t.openDuties(who); err != nil {
		return nil, err
	}
	v.owed = slices.DeleteFunc(v.owed, func(o duties.Owed) bool { return o.Task })
	own, err := t.reads.ReportsIn(t.Ctx, ownUnits(who))
	if err != nil {
		return nil, fmt.Errorf("conversations: reports: %w", err)
	}
	for _, r := range own {
		if !r.IsFiled() && slices.ContainsFunc(v.owed, func(o duties.Owed) bool { return o.Duty == r.Duty }) {
			v.drafts[r.Duty] = r
		} else if r.Changed.After(t.Now.AddDate(-1, 0, 0)) {
			v.filed = append(v.filed, r)
		}
	}
	if v.waiting, err = t.waitingReports(who); err != nil {
		return nil, err
	}
	for _, o := range v.owed {
		v.titles[o.Duty] = t.reportTitle(o)
	}
	v.filed, err = t.titled(v.filed, v.titles)
	if err == nil {
		v.waiting, err = t.titled(v.waiting, v.titles)
	}
	return v, err
}

// titled notes what the reports are called, and leaves out those that nobody
// can open: drafts of what was asked for and taken back.
func (t *T) titled(reports []storage.Report, titles map[storage.Duty]string) ([]storage.Report, error) {
	var seen []storage.Report
	for _, r := range reports {
		o, err := duties.One(t.Ctx, t.reads, t.prog, r.Duty)
		if errors.Is(err, storage.ErrNotFound) || err == nil && o.Withdrawn && !r.State.HandedIn() {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("conversations: duty: %w", err)
		}
		titles[r.Duty] = t.reportTitle(o)
		seen = append(seen, r)
	}
	return seen, nil
}

// ownUnits are the units a viewer works for or leads.
func ownUnits(v storage.Viewer) []ocop.UnitKey {
	var units []ocop.UnitKey
	for _, o := range v.Officers {
		if (o.Works() || o.Role == storage.Leader) && !slices.Contains(units, o.Unit) {
			units = append(units, o.Unit)
		}
	}
	return units
}

// waitingReports are those handed in to a viewer's offices and not taken in.
func (t *T) waitingReports(who storage.Viewer) ([]storage.Report, error) {
	offices := t.officesOf(who)
	if len(offices) == 0 {
		return nil, nil
	}
	all, err := t.reads.ReportsToReceive(t.Ctx)
	if err != nil {
		return nil, fmt.Errorf("conversations: reports: %w", err)
	}
	var mine []storage.Report
	for _, r := range all {
		if d, ok := t.dueOf(r.Duty); ok {
			if office, _ := t.prog.Office(d.Obligation, r.Unit); slices.Contains(offices, office) {
				mine = append(mine, r)
			}
			continue
		}
		o, err := duties.One(t.Ctx, t.reads, t.prog, r.Duty)
		if errors.Is(err, storage.ErrNotFound) || err == nil && o.Withdrawn {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("conversations: duty: %w", err)
		}
		if slices.Contains(offices, o.Office) {
			mine = append(mine, r)
		}
	}
	return mine, nil
}

func askReports(t *T) (string, locales.Data) {
	v := t.Loaded.(reportsView)
	var owed, filed, waiting []string
	for _, o := range v.owed[:min(reportsPage, len(v.owed))] {
		state := ""
		if r, ok := v.drafts[o.Duty]; ok {
			state = t.Text("report.short_"+string(r.State), nil)
		}
		owed = append(owed, "• "+t.Text("report.owed", dataOf("title", v.titles[o.Duty], "when", t.dutyWhen(o), "state", state)))
	}
	for _, r := range v.filed[:min(reportsPage, len(v.filed))] {
		filed = append(filed, "• "+t.filedLine(v, r))
	}
	for _, r := range v.waiting[:min(reportsPage, len(v.waiting))] {
		waiting = append(waiting, "• "+t.filedLine(v, r))
	}
	if len(owed)+len(filed)+len(waiting) == 0 {
		return "report.none", nil
	}
	return "report.all", dataOf("owed", strings.Join(owed, "\n"), "filed", strings.Join(filed, "\n"), "waiting", strings.Join(waiting, "\n"), "count", len(v.waiting))
}

// filedLine is a report that left its unit, in a list.
func (t *T) filedLine(v reportsView, r storage.Report) string {
	late := ""
	if n := lateDays(r); n > 0 {
		late = t.Text("report.late_by", dataOf("days", n))
	}
	at := ""
	if !r.Filed.IsZero() {
		at = date(r.Filed)
	}
	return t.Text("report.filed_line", dataOf("title", v.titles[r.Duty], "number", reportNumber(r), "at", at, "state", t.Text("report.short_"+string(r.State), nil), "late", late))
}

func reportsChoices(t *T) []bot.Choice {
	v := t.Loaded.(reportsView)
	var cs []bot.Choice
	add := func(d storage.Duty, key string) {
		cs = append(cs, bot.Choice{ID: dutyRef(d), Label: clip(t.Text(key, dataOf("title", v.titles[d])), 60)})
	}
	for _, r := range v.waiting[:min(reportsPage, len(v.waiting))] {
		add(r.Duty, "report.choice_waiting")
	}
	for _, o := range v.owed[:min(reportsPage, len(v.owed))] {
		key := "report.choice_owed"
		if r, ok := v.drafts[o.Duty]; ok && r.State != ocop.ReportDraft { // it left its officer
			key = "report.choice_filed"
		}
		add(o.Duty, key)
	}
	for _, r := range v.filed[:min(reportsPage, len(v.filed))] {
		add(r.Duty, "report.choice_filed")
	}
	return append(cs, t.choice(choiceMenu, "choice.menu"))
}

func answerReports(t *T, ref string) error {
	v := t.Loaded.(reportsView)
	for d := range v.titles {
		if dutyRef(d) == ref {
			return t.openReport(d)
		}
	}
	t.Tell("report.changed")
	return nil
}

// openReport opens a duty's report for who is asking: to write it, or to
// decide on it.
func (t *T) openReport(d storage.Duty) error {
	v, err := t.reportOf(d, false)
	if err != nil {
		return err
	}
	with := map[string]string{"obligation": d.Obligation, "period": d.Period, "unit": string(d.Unit)}
	switch {
	case v.may("approve"), v.may("receive"), !v.works && v.mine():
		return t.open(reviewFlow, with)
	case v.works:
		return t.open(reportFlow, with)
	}
	t.Tell("report.not_yours")
	return nil
}
