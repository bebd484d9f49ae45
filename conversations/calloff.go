package conversations

import (
	"fmt"

	"ocopbot/locales"
	"ocopbot/storage"
)

// callOff cancels a gathering, with a reason that everybody is told.
func callOff() *Flow {
	return &Flow{
		ID: callOffFlow, Version: 1, Sure: true,
		Steps: []*Step{
			{ID: "text", Load: loadGathering, Ask: func(t *T) (string, locales.Data) {
				v := t.Loaded.(gatheringView)
				return "calloff.text", dataOf("title", v.g.Title, "people", v.counts.Live)
			}, Parse: parseLine},
			{ID: "confirm", Load: loadGathering, Ask: func(t *T) (string, locales.Data) {
				v := t.Loaded.(gatheringView)
				return "calloff.confirm", dataOf("title", v.g.Title, "text", t.Get("text"), "people", v.counts.Live)
			}, Choices: yesNo, Answer: func(t *T, v string) error {
				who, err := t.Viewer()
				if err != nil {
					return err
				}
				if v == "no" || !t.Loaded.(gatheringView).holds {
					t.close()
					return nil
				}
				t.Set("role", role(who))
				t.S.Pending = true
				return nil
			}},
		},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			g, err := tx.GatheringByCode(t.Get("code"))
			if err != nil {
				return Outcome{}, fmt.Errorf("conversations: gathering: %w", err)
			}
			if g.State != storage.GatheringOpen {
				return Outcome{Notes: []Note{note("make.conflict", "code", g.Code)}}, nil
			}
			return Outcome{Notes: []Note{note("calloff.done", "title", g.Title)}}, callOffGathering(tx, g, t.Get("text"), t.S.Person, t.Get("role"), t.Now)
		},
	}
}
