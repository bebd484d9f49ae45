package conversations

import (
	"ocopbot/bot"
	"ocopbot/storage"
)

// erase is "Xóa dữ liệu": asked once more, because it cannot be undone.
func erase() *Flow {
	return &Flow{
		ID: eraseFlow, Version: 1, Sure: true,
		Steps: []*Step{{
			ID: "sure",
			Choices: func(t *T) []bot.Choice {
				return []bot.Choice{t.choice("no", "erase.no"), t.choice("erase", "erase.yes")}
			},
			Answer: func(t *T, v string) error {
				if v == "no" {
					t.close()
					t.Tell("erase.kept")
					return nil
				}
				t.S.Pending = true
				return nil
			},
		}},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			o := Outcome{Forget: true, Notes: []Note{note("erase.done")}}
			if t.S.Person == 0 {
				return o, nil
			}
			return o, tx.Erase(t.S.Person, t.Now)
		},
	}
}
