package conversations

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/duties"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// The reports the province looks at: those whose last good day lies within
// these days around today, the latest first.
const (
	progressBack   = 200
	progressAhead  = 75
	progressListed = 6
)

// progress is "Tiến độ báo cáo": which unit filed what is owed, late or not,
// and which is silent, with the files made of it.
func progress() *Flow {
	return &Flow{ID: progressFlow, Version: 1, Steps: []*Step{
		{ID: "pick", Load: loadRecentReports, Ask: func(t *T) (string, locales.Data) {
			if v := t.Loaded.(recentReports); len(v.all) == 0 {
				return "progress.none", nil
			}
			return "progress.pick", nil
		}, Choices: func(t *T) []bot.Choice {
			var cs []bot.Choice
			v := t.Loaded.(recentReports)
			for _, r := range v.all {
				cs = append(cs, bot.Choice{ID: r.ref(), Label: clip(t.dutyTitle(r.owed[0]), 50)})
			}
			if t.Caps.Files && len(v.all) > 0 {
				cs = append(cs, t.choice("chart", "progress.choice_chart"))
			}
			return append(cs, t.choice(choiceMenu, "choice.menu"))
		}, Answer: func(t *T, v string) error {
			if v == "chart" {
				t.Tell("progress.chart")
				return nil
			}
			t.Set("report", v)
			t.goTo("view")
			return nil
		}},
		{ID: "view", Load: loadProgress, Ask: askProgress, Choices: progressChoices, Answer: answerProgress},
		{ID: "as", Load: loadProgress, Choices: func(t *T) []bot.Choice {
			return []bot.Choice{t.choice("head", "progress.as_head"), t.choice(asDeputy, "progress.as_deputy")}
		}, Answer: func(t *T, as string) error {
			report := t.Get("report")
			t.Tell("progress.letter", "report", report, "as", as)
			t.Tell("progress.letter_edit", "report", report, "as", as)
			t.goTo("view")
			return nil
		}},
	}}
}

// filings is how far all units are with one report.
type filings struct {
	obligation, period string
	owed               []duties.Owed
	filed              map[ocop.UnitKey]storage.Filing
	acked              map[ocop.UnitKey]bool
}

func (f filings) ref() string { return f.obligation + "|" + f.period }

// standing of a unit: one of the four below.
type standing int

const (
	inTime standing = iota
	late
	silent
	waiting // its day has not come
)

func (f filings) standing(o duties.Owed, now time.Time) standing {
	filing, ok := f.filed[o.Unit]
	switch {
	case ok && !filing.At.Before(o.Due.AddDate(0, 0, 1)):
		return late
	case ok:
		return inTime
	case o.Overdue(now):
		return silent
	}
	return waiting
}

// units of a standing.
func (f filings) units(s standing, now time.Time) (all []duties.Owed) {
	for _, o := range f.owed {
		if f.standing(o, now) == s {
			all = append(all, o)
		}
	}
	return all
}

type recentReports struct{ all []filings }

func loadRecentReports(t *T) (any, error) {
	v, err := t.Viewer()
	if err != nil || !inProvince(v) {
		return recentReports{}, err
	}
	all, err := t.recentReports()
	return recentReports{all}, err
}

// recentReports are the reports around today, the latest due first, without
// how far the units are.
func (t *T) recentReports() ([]filings, error) {
	from, err := t.chasedSince()
	if err != nil {
		return nil, err
	}
	if back := t.Now.AddDate(0, 0, -progressBack); back.After(from) {
		from = back
	}
	owed, err := t.owedBetween(from, t.Now.AddDate(0, 0, progressAhead))
	if err != nil {
		return nil, err
	}
	var all []filings
	at := map[string]int{}
	for _, o := range owed {
		if o.Task {
			continue
		}
		f := filings{obligation: o.Obligation, period: o.Period}
		i, ok := at[f.ref()]
		if !ok {
			i = len(all)
			at[f.ref()] = i
			all = append(all, f)
		}
		all[i].owed = append(all[i].owed, o)
	}
	slices.SortStableFunc(all, func(a, b filings) int { return b.owed[0].Due.Compare(a.owed[0].Due) })
	return all[:min(len(all), progressListed)], nil
}

// recentFilings are the first of them with how far the units are.
func (t *T) recentFilings(most int) ([]filings, error) {
	all, err := t.recentReports()
	if err != nil {
		return nil, err
	}
	all = all[:min(len(all), most)]
	for i := range all {
		if err := t.readFilings(&all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (t *T) readFilings(f *filings) error {
	done, err := t.reads.FilingsOf(t.Ctx, f.obligation, f.period)
	if err != nil {
		return fmt.Errorf("conversations: progress: %w", err)
	}
	f.filed = map[ocop.UnitKey]storage.Filing{}
	for _, d := range done {
		if d.Filed {
			f.filed[d.Unit] = d
		}
	}
	acks, err := t.reads.Acks(t.Ctx, f.obligation, f.period)
	if err != nil {
		return fmt.Errorf("conversations: progress: %w", err)
	}
	f.acked = map[ocop.UnitKey]bool{}
	for _, a := range acks {
		f.acked[a.Unit] = true
	}
	return nil
}

// errNoReport: nothing of that kind is owed around today.
var errNoReport = errors.New("conversations: no such report")

// reportNamed is the report a reference names, with how far the units are.
func (t *T) reportNamed(ref string) (filings, error) {
	all, err := t.recentReports()
	if err != nil {
		return filings{}, err
	}
	for _, f := range all {
		if f.ref() == ref {
			if err := t.readFilings(&f); err != nil {
				return filings{}, err
			}
			slices.SortStableFunc(f.owed, func(a, b duties.Owed) int { return cmp.Compare(f.standing(b, t.Now), f.standing(a, t.Now)) })
			return f, nil
		}
	}
	return filings{}, errNoReport
}

func loadProgress(t *T) (any, error) {
	v, err := t.Viewer()
	if err != nil || !inProvince(v) {
		return filings{}, err
	}
	f, err := t.reportNamed(t.Get("report"))
	if errors.Is(err, errNoReport) {
		err = nil
	}
	return f, err
}

func askProgress(t *T) (string, locales.Data) {
	f := t.Loaded.(filings)
	if len(f.owed) == 0 {
		return "progress.none", nil
	}
	return "progress.view", t.progressData(f)
}

// progressData are the counts of a report, and who is silent.
func (t *T) progressData(f filings) locales.Data {
	names := func(owed []duties.Owed) string {
		var all []string
		for _, o := range owed {
			name := t.unitName(string(o.Unit))
			if f.acked[o.Unit] {
				name = t.Text("progress.acked", dataOf("unit", name))
			}
			all = append(all, "• "+name)
		}
		const most = 15
		if len(all) > most {
			all = append(all[:most], t.Text("progress.more", dataOf("count", len(all)-most)))
		}
		return strings.Join(all, "\n")
	}
	open := append(f.units(silent, t.Now), f.units(waiting, t.Now)...)
	return dataOf("title", t.dutyTitle(f.owed[0]), "due", t.dayName(f.owed[0].Due), "all", len(f.owed),
		"in_time", len(f.units(inTime, t.Now)), "late", len(f.units(late, t.Now)),
		"silent", len(f.units(silent, t.Now)), "waiting", len(f.units(waiting, t.Now)), "names", names(open))
}

func progressChoices(t *T) []bot.Choice {
	f := t.Loaded.(filings)
	var cs []bot.Choice
	if len(f.owed) > 0 {
		if t.Caps.Files {
			for _, c := range []string{"sheet", "letter"} {
				cs = append(cs, t.choice(c, "progress.choice_"+c))
			}
		}
		cs = append(cs, t.choice("calls", "progress.choice_calls"))
	}
	return append(cs, t.choice("others", "progress.choice_others"), t.choice(choiceMenu, "choice.menu"))
}

func answerProgress(t *T, v string) error {
	report := t.Get("report")
	switch v {
	case "sheet":
		t.Tell("progress.sheet", "report", report)
	case "letter":
		t.goTo("as")
	case "calls":
		t.Tell("progress.calls", "report", report)
	case "others":
		t.Set("report", "")
		t.goTo("pick")
	}
	return nil
}

// callList names the officers of the units that have not filed, with their
// numbers. That it was read is kept.
func (t *T) callList(n Note) (string, error) {
	v, err := t.Viewer()
	if err != nil {
		return "", err
	}
	if !inProvince(v) {
		return t.Text("officer.only", nil), nil
	}
	f, err := t.reportNamed(n.Args["report"])
	if errors.Is(err, errNoReport) {
		return t.Text("progress.none", nil), nil
	}
	if err != nil {
		return "", err
	}
	if err := t.reads.LogAccess(t.Ctx, storage.Access{At: t.Now, Person: v.Person.ID, What: "call list"}); err != nil {
		return "", fmt.Errorf("conversations: access: %w", err)
	}
	open := append(f.units(silent, t.Now), f.units(waiting, t.Now)...)
	if len(open) == 0 {
		return t.Text("progress.nobody_to_call", nil), nil
	}
	var units []ocop.UnitKey
	for _, o := range open {
		units = append(units, o.Unit)
	}
	officers, err := t.reads.OfficersIn(t.Ctx, units, t.Now)
	if err != nil {
		return "", fmt.Errorf("conversations: officers: %w", err)
	}
	var lines []string
	for _, unit := range units {
		found := false
		for _, o := range officers {
			if o.Unit != unit {
				continue
			}
			p, err := t.reads.Person(t.Ctx, o.Person)
			if err != nil {
				return "", fmt.Errorf("conversations: officer: %w", err)
			}
			number, err := t.callNumber(p)
			if err != nil {
				return "", err
			}
			found = true
			lines = append(lines, t.Text("progress.call", dataOf("unit", t.unitName(string(unit)), "name", cmp.Or(o.Name, p.Name), "phone", ocop.FormatPhone(number))))
		}
		if !found {
			lines = append(lines, t.Text("progress.call_nobody", dataOf("unit", t.unitName(string(unit)))))
		}
	}
	return t.Text("progress.calls", dataOf("lines", strings.Join(lines, "\n"))), nil
}

// callNumber is where somebody can be called: the number they gave, else the
// one they text from; empty: none is known.
func (t *T) callNumber(p storage.Person) (string, error) {
	if p.Phone != "" {
		return p.Phone, nil
	}
	routes, err := t.reads.Routes(t.Ctx, p.ID)
	if err != nil {
		return "", fmt.Errorf("conversations: routes: %w", err)
	}
	for _, r := range routes {
		if r.Addr.Channel() == telChannel {
			return phoneOf(r.Addr), nil
		}
	}
	return "", nil
}
