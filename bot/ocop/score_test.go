package ocop

import (
	"testing"
	"time"
)

func TestScores(t *testing.T) {
	for text, want := range map[string]Score{"87": 8700, "87,25": 8725, "87.5": 8750, " 0 ": 0, "100": 10000, "100,00": 10000, "69,99": 6999, "5,05": 505} {
		if got, err := ParseScore(text); err != nil || got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "100,01", "101", "-1", "87,255", "87,", ",5", "tám mươi", "8 7", "+5", "1e2"} {
		if got, err := ParseScore(text); err == nil {
			t.Errorf("%q is read as %d", text, got)
		}
	}
	for s, want := range map[Score]string{8725: "87,25", 8750: "87,5", 8705: "87,05", 8700: "87", 0: "0", 5: "0,05", -150: "-1,5"} {
		if got := s.String(); got != want {
			t.Errorf("%d is shown as %s", s, got)
		}
	}
	if s := Score(8725).In("en"); s != "87.25" {
		t.Error(s)
	}
}

func TestStars(t *testing.T) {
	p := load(t, LangSon2025)
	for total, want := range map[Score]int{
		10000: 5, 9000: 5, 8999: 4, 7000: 4, 6999: 3, 5000: 3, 4999: 2, 3000: 2, 2999: 1, 0: 1, 10001: 0, -1: 0,
	} {
		for _, at := range []time.Time{in2022, in2026} {
			if got := p.Band(total, at); got != want {
				t.Errorf("%s points in %d: %d stars, want %d", total, at.Year(), got, want)
			}
		}
	}
	if bs := p.Bands(in2026); len(bs) != 5 || bs[0].Stars != 5 {
		t.Errorf("%+v", bs)
	}
}

func TestWhoRecognises(t *testing.T) {
	plan, now := load(t, LangSon2021), load(t, LangSon2025)
	for _, c := range []struct {
		p           *Programme
		at          time.Time
		three, four string
	}{
		{plan, in2022, ProvinceLevel, ProvinceLevel},
		{now, in2022, ProvinceLevel, ProvinceLevel},
		{plan, Date(2023, 2, 23), ProvinceLevel, ProvinceLevel},
		{plan, Date(2023, 2, 24), DistrictLevel, ProvinceLevel},
		{now, Date(2025, 7, 5), DistrictLevel, ProvinceLevel},
		{now, Date(2025, 7, 6), ProvinceLevel, ProvinceLevel},
		{now, in2026, ProvinceLevel, ProvinceLevel},
		{plan, in2026, DistrictLevel, ProvinceLevel}, // for whoever still runs it
	} {
		for stars, want := range map[int]string{3: c.three, 4: c.four, 5: CentralLevel, 2: "", 1: "", 0: ""} {
			if l, _ := c.p.Level(stars, c.at); l.Level != want {
				t.Errorf("%s: %d stars on %s: %q, want %q", c.p.Code, stars, c.at.Format(time.DateOnly), l.Level, want)
			}
		}
	}
	if ls := now.Levels(in2026); len(ls) != 3 || ls[0].Does != ChecksForm || now.LevelName(ls[0].Level, "vi") != "cấp xã" {
		t.Errorf("%+v", ls)
	}
	if ls := plan.Levels(in2022); ls[0].Does != Screens || ls[0].Forward != 5000 {
		t.Errorf("%+v", ls)
	}
}

func TestPartsAndCertificates(t *testing.T) {
	p := load(t, LangSon2021)
	for at, want := range map[time.Time][3]Score{in2022: {3500, 2500, 4000}, in2026: {4000, 2500, 3500}} {
		for i, part := range p.Parts(at) {
			if part.Max != want[i] || part.ID != string("ABC"[i]) {
				t.Errorf("%d: part %s of %s points, want %s", at.Year(), part.ID, part.Max, want[i])
			}
		}
	}
	for issued, until := range map[time.Time]time.Time{
		Date(2021, 12, 20): Date(2024, 12, 20), Date(2024, 2, 29): Date(2027, 2, 28), Date(2026, 6, 18).Add(9 * time.Hour): Date(2029, 6, 18),
		Date(2018, 1, 1): {},
	} {
		if got := p.ValidUntil(issued); !got.Equal(until) {
			t.Errorf("issued %s: valid until %s, want %s", issued, got, until)
		}
	}
}
