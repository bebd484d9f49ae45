package ocop

import (
	"testing"
	"time"
)

func TestWorkingDays(t *testing.T) {
	c := load(t, LangSon2025).Calendar()
	for d, want := range map[time.Time]bool{
		Date(2026, 6, 18): true, Date(2026, 6, 20): false, Date(2026, 6, 21): false, Date(2026, 4, 30): false, Date(2026, 5, 1): false,
		Date(2026, 4, 27): false, Date(2026, 8, 22): true, Date(2026, 8, 31): false, Date(2026, 9, 2): false, Date(2027, 4, 16): false,
	} {
		if c.IsWorkingDay(d) != want || c.IsWorkingDay(d.Add(23*time.Hour)) != want {
			t.Errorf("%s: working day is not %v", d.Format(time.DateOnly), want)
		}
	}
	for _, s := range []struct {
		from time.Time
		n    int
		want time.Time
	}{
		{Date(2026, 6, 18).Add(9 * time.Hour), 3, Date(2026, 6, 23).Add(9 * time.Hour)},
		{Date(2026, 4, 29), 1, Date(2026, 5, 4)},
		{Date(2026, 5, 4), -1, Date(2026, 4, 29)},
		{Date(2026, 6, 20), 1, Date(2026, 6, 22)},
		{Date(2026, 8, 28), 1, Date(2026, 9, 3)},
		{Date(2026, 8, 21), 1, Date(2026, 8, 22)},
		{Date(2026, 6, 20), 0, Date(2026, 6, 20)},
	} {
		if got := c.AddWorkingDays(s.from, s.n); !got.Equal(s.want) {
			t.Errorf("%s and %d: %s, want %s", s.from, s.n, got, s.want)
		}
	}
	if n := c.WorkingDaysBetween(Date(2026, 6, 18), Date(2026, 6, 23).Add(8*time.Hour)); n != 3 {
		t.Errorf("%d working days", n)
	}
	if n := c.WorkingDaysBetween(Date(2026, 6, 23), Date(2026, 6, 18)); n != 0 {
		t.Errorf("%d working days backwards", n)
	}
	if !c.Knows(2026) || !c.Knows(2027) || c.Knows(2031) {
		t.Error("the years that are known")
	}
	// A day begins at midnight in Vietnam, seven hours before it does in UTC.
	if c.IsWorkingDay(time.Date(2026, 6, 19, 17, 0, 0, 0, time.UTC)) {
		t.Error("Friday 17:00 UTC is Saturday in Vietnam")
	}
}

func TestHours(t *testing.T) {
	const open, shut = 6*time.Hour + 30*time.Minute, 20*time.Hour + 30*time.Minute
	at := func(h, m int) time.Time {
		return Date(2026, 6, 18).Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute)
	}
	for _, c := range []struct {
		t, next time.Time
	}{
		{at(6, 29), at(6, 30)}, {at(6, 30), at(6, 30)}, {at(20, 29), at(20, 29)}, {at(20, 30), at(30, 30)}, {at(0, 0), at(6, 30)},
	} {
		if got := NextWithin(c.t, open, shut); !got.Equal(c.next) {
			t.Errorf("%s: next %s, want %s", c.t, got, c.next)
		}
		if WithinHours(c.t, open, shut) != c.t.Equal(c.next) {
			t.Errorf("%s: within?", c.t)
		}
	}
	if !WithinHours(at(23, 0), 22*time.Hour, 7*time.Hour) || !WithinHours(at(3, 0), 22*time.Hour, 7*time.Hour) || WithinHours(at(12, 0), 22*time.Hour, 7*time.Hour) {
		t.Error("hours over midnight")
	}
	if got := NextAt(at(8, 0), 8*time.Hour); !got.Equal(at(8, 0)) {
		t.Error(got)
	}
	if got := NextAt(at(8, 1).UTC(), 8*time.Hour); !got.Equal(at(32, 0)) {
		t.Error(got)
	}
}
