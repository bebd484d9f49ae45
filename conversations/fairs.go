package conversations

import (
	"fmt"

	"ocopbot/storage"
)

// fairsOf are the gatherings a product was brought to, for its history.
func (t *T) fairsOf(i storage.Idea) ([]string, error) {
	signups, err := t.reads.SignupsWith(t.Ctx, i.ID)
	if err != nil {
		return nil, fmt.Errorf("conversations: signups: %w", err)
	}
	var lines []string
	for _, s := range signups {
		if !s.Seated() {
			continue
		}
		g, err := t.reads.Gathering(t.Ctx, s.Gathering)
		if err != nil {
			return nil, fmt.Errorf("conversations: gathering: %w", err)
		}
		if g.State != storage.GatheringOpen {
			continue
		}
		key := "signup.history_signed"
		if s.State == storage.SignupAttended {
			key = "signup.history_came"
		}
		lines = append(lines, t.Text(key, dataOf("title", g.Title, "code", g.Code, "when", t.daysOf(g))))
	}
	return lines, nil
}
