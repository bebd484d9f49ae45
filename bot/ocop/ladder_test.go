package ocop

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// steps writes a ladder's steps as "T-7 20/11 …".
func steps(ss []LadderStep) string {
	var all []string
	for _, s := range ss {
		all = append(all, s.Name()+" "+s.At.Format("2/1"))
	}
	return strings.Join(all, ", ")
}

func TestLadder(t *testing.T) {
	p := load(t, LangSon2021)
	l, ok := p.Ladder("", Date(2026, 1, 1))
	if !ok {
		t.Fatal("no ladder")
	}
	for _, c := range []struct {
		why      string
		lastGood time.Time
		until    time.Time
		want     string
	}{
		// 24/5, 7/6 and 21/6 are Sundays, 10 and 17/6 working days.
		{"half a year", Date(2026, 6, 24), Date(2026, 7, 20), "T-30 25/5, T-14 10/6, T-7 17/6, T-3 19/6, T-1 23/6, T-0 24/6, T+1 25/6, T+3 29/6, T+7 1/7, T+14 8/7, T+21 15/7"},
		// 29/11/2026 is a Sunday: its day and the one before meet on the Friday.
		{"due on a Sunday", Date(2026, 11, 29), Date(2026, 12, 10), "T-30 30/10, T-14 13/11, T-7 20/11, T-3 26/11, T-0 27/11, T+1 30/11, T+3 2/12, T+7 7/12"},
		// Lunar new year 2026 is off from 14/2 to 22/2.
		{"in a long holiday", Date(2026, 2, 17), Date(2026, 3, 5), "T-30 16/1, T-14 3/2, T-7 10/2, T-0 13/2, T+3 23/2, T+7 24/2, T+14 3/3"},
		// Saturday 22/8/2026 is worked, Monday 31/8 is not; 1 and 2/9 neither.
		{"exchanged days", Date(2026, 8, 31), Date(2026, 9, 4), "T-30 31/7, T-14 17/8, T-7 24/8, T-0 28/8, T+3 3/9"},
		{"on a working Saturday", Date(2026, 8, 22), Date(2026, 8, 23), "T-30 23/7, T-14 7/8, T-7 14/8, T-3 19/8, T-1 21/8, T-0 22/8"},
		{"over a year's end", Date(2027, 1, 5), Date(2027, 1, 6), "T-30 4/12, T-14 22/12, T-7 29/12, T-3 31/12, T-1 4/1, T-0 5/1, T+1 6/1"},
	} {
		if got := steps(l.Steps(p.Calendar(), c.lastGood, c.until.Add(9*time.Hour))); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.why, got, c.want)
		}
	}
	long := l.Steps(p.Calendar(), Date(2030, 6, 24), Date(2040, 1, 1))
	if last := long[len(long)-1]; last.Days < -365 || last.Days > -350 {
		t.Errorf("the last step is %s", last.Name())
	}
	if s := long[0]; s.At.Hour() != 8 || !s.Soft || s.Digest || s.Overdue {
		t.Errorf("the first: %+v", s)
	}
	now, ok := l.Current(p.Calendar(), Date(2026, 6, 24), time.Date(2026, 6, 17, 7, 59, 59, 0, Local))
	if !ok || now.Name() != "T-14" {
		t.Errorf("before 08:00 of T-7: %s", now.Name())
	}
	if now, _ = l.Current(p.Calendar(), Date(2026, 6, 24), time.Date(2026, 6, 17, 1, 0, 0, 0, time.UTC)); now.Name() != "T-7" {
		t.Errorf("at 08:00 of T-7: %s", now.Name())
	}
}

func TestScaledLadder(t *testing.T) {
	p := load(t, LangSon2021)
	l, _ := p.Ladder("", Date(2026, 1, 1))
	for days, want := range map[int]string{
		60: "30 soft, 14 soft, 7 soft, 3 digest, 1 digest, 0 digest",
		30: "30 soft, 14 soft, 7 soft, 3 digest, 1 digest, 0 digest",
		15: "7 soft, 4 soft, 2 digest, 1 digest, 0 digest",
		10: "5 soft, 2 soft, 1 digest, 0 digest",
		2:  "1 soft, 0 digest",
		1:  "0 digest",
		0:  "0 digest",
	} {
		var all []string
		for _, r := range l.Scaled(days).Before {
			text := fmt.Sprint(r.Days)
			if r.Soft {
				text += " soft"
			}
			if r.Digest {
				text += " digest"
			}
			all = append(all, text)
		}
		if got := strings.Join(all, ", "); got != want {
			t.Errorf("%d days: %s, want %s", days, got, want)
		}
	}
}

// Whatever the day: steps come in order, on working days, before the last good
// day or after it as their name says, and no two on one day.
func TestStepsAreInOrder(t *testing.T) {
	p := load(t, LangSon2021)
	ladder, _ := p.Ladder("", Date(2026, 1, 1))
	rapid.Check(t, func(t *rapid.T) {
		lastGood := Date(2022, 1, 1).AddDate(0, 0, rapid.IntRange(0, 3650).Draw(t, "day"))
		l := ladder.Scaled(rapid.IntRange(0, 40).Draw(t, "asked so many days ahead"))
		var before LadderStep
		for i, s := range l.Steps(p.Calendar(), lastGood, lastGood.AddDate(2, 0, 0)) {
			if !p.Calendar().IsWorkingDay(s.At) {
				t.Fatalf("%s on %v, a day off", s.Name(), s.At)
			}
			if i > 0 && (!day(s.At).After(day(before.At)) || s.Days >= before.Days) {
				t.Fatalf("%s on %v after %s on %v", s.Name(), s.At, before.Name(), before.At)
			}
			if s.Overdue != day(s.At).After(lastGood) {
				t.Fatalf("%s on %v, due on %v", s.Name(), s.At, lastGood)
			}
			before = s
		}
	})
}
