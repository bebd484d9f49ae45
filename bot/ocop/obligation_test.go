package ocop

import (
	"slices"
	"testing"
	"time"
)

func TestDueDates(t *testing.T) {
	for name, units := range map[string]int{LangSon2021: 11, LangSon2025: 65} {
		p := load(t, name)
		half, ok := p.Due("half-year", 2026)
		year, ok2 := p.Due("year", 2026)
		if !ok || !ok2 {
			t.Fatalf("%s: not due in 2026", name)
		}
		if !half.Named.Equal(Date(2026, 6, 25)) || !half.LastGood.Equal(Date(2026, 6, 24)) || !half.CutOff.Equal(Date(2026, 6, 23)) {
			t.Errorf("half year: %+v", half)
		}
		// 29/11/2026 is a Sunday; the cut-off is the working day before.
		if !year.LastGood.Equal(Date(2026, 11, 29)) || !year.CutOff.Equal(Date(2026, 11, 27)) {
			t.Errorf("year: %+v", year)
		}
		if half.Late(Date(2026, 6, 24).Add(23*time.Hour+59*time.Minute)) || !half.Late(Date(2026, 6, 25)) {
			t.Error("late on the day before, or not on the day itself")
		}
		if got := p.Owing(half); len(got) != units {
			t.Errorf("%s: %d units owe it", name, len(got))
		}
	}
	if _, ok := load(t, LangSon2025).Due("half-year", 2025); ok {
		t.Error("communes owe a report before they stand")
	}
	if ds := load(t, LangSon2021).DueDates(2020); len(ds) != 0 {
		t.Error("reports before the plan")
	}
	ds := load(t, LangSon2021).DueDates(2040)
	if len(ds) < 10 || !slices.IsSortedFunc(ds, func(a, b Due) int { return a.Named.Compare(b.Named) }) {
		t.Errorf("years ahead: %d, or not in order", len(ds))
	}
}

func TestCommunesReportToTheirDistrictFirst(t *testing.T) {
	p := load(t, LangSon2021)
	for commune, district := range map[string]string{"half-year-commune": "half-year", "year-commune": "year"} {
		c, _ := p.Due(commune, 2026)
		d, _ := p.Due(district, 2026)
		if c.Obligation.Confirmed || !d.Obligation.Confirmed {
			t.Errorf("%s confirmed %t, %s confirmed %t", commune, c.Obligation.Confirmed, district, d.Obligation.Confirmed)
		}
		if !c.LastGood.Before(d.LastGood) {
			t.Errorf("%s is due on %v, its district's on %v", commune, c.LastGood, d.LastGood)
		}
		if n := len(p.Owing(c)); n != 200 {
			t.Errorf("%d communes owe it", n)
		}
	}
	half, _ := p.Obligation("half-year-commune")
	huuLien, _ := p.UnitAt("06388", Date(2026, 6, 1))
	office, ok := p.Office(half, huuLien.Key)
	if !ok || office.Code() != "186" {
		t.Errorf("Hữu Liên's report goes to %s", office)
	}
	year, _ := p.Obligation("year")
	if office, ok := p.Office(year, "186@2021-06-05"); !ok || office.Code() != "20" {
		t.Errorf("a district's goes to %s", office)
	}
	fair, _ := p.Obligation("fair")
	if _, ok := p.Office(fair, "20@2021-06-05"); ok || !fair.Task {
		t.Error("somebody follows up the province's own task, or the fair is a report")
	}
	if p.Basis(year) != "Kế hoạch 129/KH-UBND ngày 05/6/2021 của UBND tỉnh Lạng Sơn, mục V.12" {
		t.Error(p.Basis(year))
	}
}

func TestEveryOtherYear(t *testing.T) {
	p := load(t, LangSon2021)
	for year, want := range map[int]bool{2022: true, 2023: false, 2024: true, 2026: true, 2035: false, 2036: true} {
		if _, ok := p.Due("fair", year); ok != want {
			t.Errorf("a fair in %d: %t", year, ok)
		}
	}
}

func TestNamedUnitsOwe(t *testing.T) {
	p := load(t, LangSon2021)
	o, _ := p.Obligation("year")
	o.Kinds, o.Codes = nil, []string{"186", "187"}
	if us := p.Owing(p.due(o, 2026)); len(us) != 2 || us[1].Name != "Chi Lăng" {
		t.Errorf("%v owe it", us)
	}
}
