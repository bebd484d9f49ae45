package main

import (
	"strings"
	"testing"
	"time"

	"ocopbot/bot/ocop"
)

// Both programmes list the holidays of 2026 and 2027; in the autumn before a
// year that is not listed the operator is told.
func TestHolidaysMissing(t *testing.T) {
	for _, name := range []string{"lang-son-2021", "lang-son-2025"} {
		p, err := ocop.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if note := holidaysMissing(p, ocop.Date(2026, time.November, 24)); note != "" {
			t.Errorf("%s in 2026: %q", name, note)
		}
		if note := holidaysMissing(p, ocop.Date(2027, time.November, 24)); !strings.Contains(note, "2028") {
			t.Errorf("%s in 2027: %q", name, note)
		}
	}
}
