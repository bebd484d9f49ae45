package ocop

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestReportForms(t *testing.T) {
	for _, name := range BuiltIn() {
		p := load(t, name)
		counted := 0
		for _, d := range p.DueDates(2026) {
			f, ok := p.ReportForm(d)
			if ok == d.Obligation.Task {
				t.Errorf("%s: %s has a form: %t", name, d.Obligation.ID, ok)
			}
			if !ok {
				continue
			}
			if f.FiledAt != ReportFiled || len(f.Texts) != 3 || p.Source(f.Source) == "" {
				t.Errorf("%s: %+v", name, f)
			}
			for _, g := range f.Figures {
				if g.Counts != "" {
					counted++
				}
			}
		}
		if counted < 40 {
			t.Errorf("%s: only %d figures are counted", name, counted)
		}
	}
}

// Nothing falls between two reports, and nothing into two of a kind.
func TestSpansFollowEachOther(t *testing.T) {
	for _, name := range BuiltIn() {
		p := load(t, name)
		for _, id := range []string{"year", "year-province"} {
			for year := 2026; year < 2036; year++ {
				this, _ := p.Due(id, year)
				next, _ := p.Due(id, year+1)
				if from, to := p.Span(next).From, p.Span(this).To; !from.Equal(to) {
					t.Errorf("%s: %s of %d ends at %v, the next begins at %v", name, id, year, to, from)
				}
			}
		}
		half, _ := p.Due("half-year", 2027)
		year, _ := p.Due("year", 2027)
		if !p.Span(half).From.Equal(p.Span(year).From) || !p.Span(half).To.Equal(Date(2027, 6, 24)) {
			t.Errorf("%s: half year %v, year %v", name, p.Span(half), p.Span(year))
		}
	}
	first, _ := load(t, LangSon2021).Due("year", 2021)
	if span := load(t, LangSon2021).Span(first); !span.From.Equal(Date(2021, 1, 1)) {
		t.Errorf("the first year begins at %v", span.From)
	}
}

func TestIssuedDays(t *testing.T) {
	p := load(t, LangSon2021)
	rapid.Check(t, func(t *rapid.T) {
		on := Date(2022, 1, 1).AddDate(0, 0, rapid.IntRange(0, 3000).Draw(t, "day"))
		issued := on.AddDate(0, 0, -rapid.IntRange(0, 1500).Draw(t, "before"))
		in := func(days []Period) bool {
			return slices.ContainsFunc(days, func(w Period) bool { return w.Holds(issued) })
		}
		valid := p.ValidUntil(issued).After(on)
		if in(p.IssuedValid(on)) != valid {
			t.Fatalf("issued %v, on %v: valid is %t", issued, on, valid)
		}
		lapses := valid && !p.ValidUntil(issued).After(addMonths(on, CountLapsing))
		if in(p.IssuedLapsing(on, CountLapsing)) != lapses {
			t.Fatalf("issued %v, on %v: lapsing is %t", issued, on, lapses)
		}
	})
}

func TestReportStates(t *testing.T) {
	state := ReportState("")
	for _, e := range []ReportEventKind{ReportOpened, ReportEdited, ReportOffer, ReportRefused, ReportEdited, ReportOffer, ReportRecalled,
		ReportApproval, ReportFiling, ReportSigning, ReportReception, ReportReturning} {
		next, err := NextReport(state, e)
		if err != nil {
			t.Fatal(err)
		}
		if state.HandedIn() && !next.HandedIn() {
			t.Errorf("%s takes back what was said", e)
		}
		state = next
	}
	for state, event := range map[ReportState]ReportEventKind{ReportDraft: ReportFiling, ReportFiled: ReportEdited, ReportReturned: ReportReception, ReportOffered: ReportEdited} {
		if _, err := NextReport(state, event); !errors.Is(err, ErrStage) {
			t.Errorf("%s after %s: %v", event, state, err)
		}
	}
}

// Whatever filed and whatever was merged: each record is in the province's sum
// once, in what its unit or one above it filed, or by itself.
func TestAddUpCountsOnce(t *testing.T) {
	rule := Rule{Source: "x"}
	count := ReportForm{ID: "f", Rule: rule, Figures: []Figure{{ID: "n", Counts: CountIdeasReceived}, {ID: "hand"}}}
	obligations := []Obligation{
		{Rule: rule, ID: "province", Form: "f", Kinds: []UnitKind{Province}, Month: 12, Day: 20, Every: 1},
		{Rule: rule, ID: "district", Form: "f", Kinds: []UnitKind{District}, Month: 12, Day: 10, Every: 1, Into: "province"},
		{Rule: rule, ID: "commune", Form: "f", Kinds: []UnitKind{RuralCommune}, Month: 12, Day: 1, Every: 1, Into: "district"},
	}
	rapid.Check(t, func(t *rapid.T) {
		p := &Programme{obligations: obligations, reportForms: []ReportForm{count}, calendar: newCalendar(nil)}
		root := Unit{Rule: rule, Key: "P", Kind: Province}
		p.units = append(p.units, root)
		var communes []UnitKey
		for d := range rapid.IntRange(1, 4).Draw(t, "districts") {
			district := Unit{Rule: rule, Key: UnitKey(fmt.Sprint("D", d)), Kind: District, Parent: "P"}
			p.units = append(p.units, district)
			for c := range rapid.IntRange(0, 4).Draw(t, "communes") {
				u := Unit{Rule: rule, Key: UnitKey(fmt.Sprint("C", d, "-", c)), Kind: RuralCommune, Parent: district.Key}
				if len(communes) > 0 && rapid.Bool().Draw(t, "merged") { // into one or two that may have ended as well
					u.To = Date(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 5)
					for range rapid.IntRange(1, 2).Draw(t, "heirs") {
						u.Successors = append(u.Successors, rapid.SampledFrom(communes).Draw(t, "heir"))
					}
				}
				p.units = append(p.units, u)
				communes = append(communes, u.Key)
			}
		}
		p.indexUnits()
		due, _ := p.Due("province", 2026)
		in := Adding{Form: count, HandedIn: map[string]map[UnitKey]Figures{"commune": {}, "district": {}}, Records: map[string]map[UnitKey]Figures{}}
		for _, o := range obligations {
			in.Records[o.ID] = map[UnitKey]Figures{}
		}
		filed := map[UnitKey]Figures{}
		for _, u := range p.units {
			n := int64(rapid.IntRange(0, 9).Draw(t, "records"))
			for _, o := range obligations { // the same whoever's span it is, so that it can be told apart who counted
				in.Records[o.ID][u.Key] = Figures{CountIdeasReceived: n}
			}
			if u.Kind != Province && rapid.Bool().Draw(t, "filed") {
				f := Figures{"n": int64(rapid.IntRange(0, 9).Draw(t, "n"))}
				if rapid.Bool().Draw(t, "by hand") {
					f["hand"] = int64(rapid.IntRange(0, 9).Draw(t, "hand"))
				}
				id := map[UnitKind]string{District: "district", RuralCommune: "commune"}[u.Kind]
				in.HandedIn[id][u.Key], filed[u.Key] = f, f
			}
		}
		at := p.Span(due).To.Add(-1)
		// covered: a unit above, below the province, filed the figure.
		covered := func(key UnitKey, figure string) bool {
			u, _ := p.Unit(key)
			_, ok := filed[p.Home(u.Parent, at)][figure]
			return ok
		}
		want := Figures{}
		for key, f := range filed {
			for figure, n := range f {
				if !covered(key, figure) {
					want[figure] += n
				}
			}
		}
		for _, u := range p.units {
			home := u.Key
			if filed[home] == nil {
				home = p.Home(u.Key, at)
			}
			if filed[home] == nil && !covered(home, "n") {
				want["n"] += in.Records["province"][u.Key][CountIdeasReceived]
			}
		}
		got := p.AddUp(due, "P", in)
		if got.Figures["n"] != want["n"] || got.Figures["hand"] != want["hand"] {
			t.Fatalf("%v, want %v", got.Figures, want)
		}
		for _, key := range got.Filed {
			if filed[key] == nil {
				t.Fatalf("%s is said to have filed", key)
			}
		}
		for _, key := range got.Missing {
			if filed[key] != nil || slices.Contains(got.Filed, key) {
				t.Fatalf("%s is said to be missing", key)
			}
		}
	})
}
