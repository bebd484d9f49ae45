package ocop_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ocopbot/bot/ocop"
)

// A year of an address: agreements, refusals, lists and advertising at random
// moments. Whatever the order, what the law forbids is never allowed, and what
// waits is allowed when its time has come.
func TestAYearOfAdvertisingKeepsTheLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := ocop.Date(2026, 1, 1)
		end := now.AddDate(1, 0, 0)
		s := ocop.Standing{Brandname: true}
		var all []time.Time
		for now.Before(end) {
			now = now.Add(time.Duration(rapid.Int64Range(1, int64(200*time.Hour)).Draw(t, "pause")))
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				s.Agreed = now
			case 1:
				s.Refused = now
			case 2:
				s.DoNotCall = !s.DoNotCall
			case 3:
				s.Phone = !s.Phone
			case 4:
				s.Brandname = !s.Brandname
			default:
				for range rapid.IntRange(1, 6).Draw(t, "burst") {
					now = now.Add(time.Duration(rapid.Int64Range(0, int64(3*time.Hour)).Draw(t, "gap")))
					hold, until := s.Judge(ocop.Advertising, now)
					if hold != "" && !until.IsZero() {
						if !until.After(now) {
							t.Fatalf("held at %v for %s until %v", now, hold, until)
						}
						now = until
						if hold, _ = s.Judge(ocop.Advertising, now); hold != "" {
							t.Fatalf("still held for %s when its time has come, at %v", hold, now)
						}
					}
					if hold == "" {
						mayNot(t, s, now, all)
						all = append(all, now)
						s.Adverts = append(s.Adverts, now)
					}
				}
			}
		}
	})
}

// mayNot says the law again, in other words.
func mayNot(t *rapid.T, s ocop.Standing, now time.Time, sent []time.Time) {
	local := now.In(ocop.Local)
	if h := local.Hour(); h < 7 || h >= 22 {
		t.Fatalf("advertising at %v", local)
	}
	if s.Agreed.IsZero() || !s.Agreed.After(s.Refused) {
		t.Fatalf("advertising without consent: agreed %v, refused %v", s.Agreed, s.Refused)
	}
	if s.DoNotCall || s.Phone && !s.Brandname {
		t.Fatalf("advertising to %+v", s)
	}
	within := 1
	for _, at := range sent {
		if now.Sub(at) < 24*time.Hour {
			within++
		}
	}
	if within > 3 {
		t.Fatalf("%d in a day, at %v", within, now)
	}
}

func TestJudge(t *testing.T) {
	noon := ocop.Date(2026, 6, 15).Add(12 * time.Hour)
	before := noon.Add(-time.Hour)
	agreed := ocop.Standing{Agreed: before}
	for name, c := range map[string]struct {
		class ocop.Class
		s     ocop.Standing
		at    time.Time
		hold  ocop.Hold
		until time.Time
	}{
		"a notice needs nothing":            {ocop.ServiceNotice, ocop.Standing{DoNotCall: true, Refused: before, Phone: true}, noon.Add(12 * time.Hour), "", time.Time{}},
		"never asked":                       {ocop.Advertising, ocop.Standing{}, noon, ocop.HoldConsent, time.Time{}},
		"refused":                           {ocop.Advertising, ocop.Standing{Agreed: before, Refused: noon}, noon, ocop.HoldRefused, time.Time{}},
		"refused in the same moment":        {ocop.Advertising, ocop.Standing{Agreed: before, Refused: before}, noon, ocop.HoldRefused, time.Time{}},
		"agreed again":                      {ocop.Advertising, ocop.Standing{Agreed: noon, Refused: before}, noon, "", time.Time{}},
		"the list is stronger than consent": {ocop.Advertising, ocop.Standing{Agreed: before, DoNotCall: true}, noon, ocop.HoldDoNotCall, time.Time{}},
		"a phone number of one's own":       {ocop.Advertising, ocop.Standing{Agreed: before, Phone: true}, noon, ocop.HoldBrandname, time.Time{}},
		"a file for the carrier":            {ocop.Advertising, ocop.Standing{Agreed: before, Phone: true, Brandname: true, Booked: true}, noon, ocop.HoldBooked, time.Time{}},
		"a fourth one by such a file": {ocop.Advertising, ocop.Standing{Agreed: before.AddDate(0, 0, -9), Phone: true, Brandname: true, Booked: true, Adverts: []time.Time{noon.Add(-2 * time.Hour), noon.Add(-23 * time.Hour), noon.Add(-5 * time.Hour)}},
			noon, ocop.HoldLimit, noon.Add(time.Hour)},
		"just before seven":          {ocop.Advertising, agreed, ocop.Date(2026, 6, 16).Add(7*time.Hour - 1), ocop.HoldHours, ocop.Date(2026, 6, 16).Add(7 * time.Hour)},
		"at seven":                   {ocop.Advertising, agreed, ocop.Date(2026, 6, 16).Add(7 * time.Hour), "", time.Time{}},
		"at ten in the evening":      {ocop.Advertising, agreed, ocop.Date(2026, 6, 16).Add(22 * time.Hour), ocop.HoldHours, ocop.Date(2026, 6, 17).Add(7 * time.Hour)},
		"a bulletin keeps the hours": {ocop.Bulletin, agreed, ocop.Date(2026, 6, 16).Add(23 * time.Hour), ocop.HoldHours, ocop.Date(2026, 6, 17).Add(7 * time.Hour)},
		"a bulletin by any gateway":  {ocop.Bulletin, ocop.Standing{Agreed: before, Phone: true}, noon, "", time.Time{}},
		"the fourth of a day": {ocop.Advertising, ocop.Standing{Agreed: before.AddDate(0, 0, -9), Adverts: []time.Time{noon.Add(-2 * time.Hour), noon.Add(-23 * time.Hour), noon.Add(-5 * time.Hour)}},
			noon, ocop.HoldLimit, noon.Add(time.Hour)},
		"the fourth, whose time comes at night": {ocop.Advertising, ocop.Standing{Agreed: before.AddDate(0, 0, -9), Adverts: []time.Time{noon.Add(-12 * time.Hour), noon, noon}},
			noon, ocop.HoldLimit, ocop.Date(2026, 6, 16).Add(7 * time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			hold, until := c.s.Judge(c.class, c.at)
			if hold != c.hold || !until.Equal(c.until) {
				t.Errorf("%q until %v, want %q until %v", hold, until, c.hold, c.until)
			}
		})
	}
}

func TestAdvertTextSaysEachOnce(t *testing.T) {
	const refuse = "Từ chối: soạn TU CHOI gửi 8077"
	want := "[QC] Hội chợ OCOP 20/11\n" + refuse
	for _, text := range []string{"Hội chợ OCOP 20/11", "  [QC] Hội chợ OCOP 20/11 ", "[qc][QC]Hội chợ OCOP 20/11", want, "Hội chợ OCOP 20/11\n" + refuse} {
		if got := ocop.AdvertText(text, refuse); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOf(rapid.SampledFrom([]string{"[QC]", "[qc] ", "Hội chợ", " ", "\n", refuse})).Draw(t, "text")
		got := ocop.AdvertText(strings.Join(text, ""), refuse)
		if !strings.HasPrefix(got, ocop.AdvertMark) || !strings.HasSuffix(got, "\n"+refuse) {
			t.Fatalf("%q", got)
		}
		if again := ocop.AdvertText(got, refuse); again != got {
			t.Fatalf("again: %q, before %q", again, got)
		}
	})
}
