package conversations

import (
	"testing"
	"time"

	"ocopbot/bot/ocop"
)

// Who moves a gathering to other days says the hour again only if it changes.
func TestHourStandsWhenDaysMove(t *testing.T) {
	turn := &T{S: NewSession("vi"), Now: time.Date(2026, 6, 15, 9, 0, 0, 0, ocop.Local)}
	for _, said := range [][2]string{
		{"20/7", "2026-07-20/2026-07-20"}, {"8h 20-22/7", "2026-07-20 08:00/2026-07-22"}, {"21/7", "2026-07-21 08:00/2026-07-21"}, {"13h30 22/7", "2026-07-22 13:30/2026-07-22"},
	} {
		got, wrong := parseWhen(turn, said[0])
		if got != said[1] || wrong != nil {
			t.Errorf("%q: %q, not %q", said[0], got, said[1])
		}
		turn.Set("when", got)
	}
}
