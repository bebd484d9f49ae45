package conversations

import (
	"ocopbot/bot"
	"ocopbot/storage"
)

// language switches between Vietnamese and English.
func language() *Flow {
	return &Flow{
		ID: languageFlow, Version: 1,
		Steps: []*Step{{
			ID: "pick",
			Choices: func(t *T) []bot.Choice {
				return []bot.Choice{t.choice("vi", "language.vi"), t.choice("en", "language.en")}
			},
			Answer: func(t *T, v string) error {
				if t.S.Person == 0 {
					t.S.Lang = v
					t.close()
					t.Tell("language.done")
					return nil
				}
				t.Set("lang", v)
				t.S.Pending = true
				return nil
			},
		}},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			p, err := tx.Person(t.S.Person)
			if err != nil {
				return Outcome{}, err
			}
			p.Lang = t.Get("lang")
			return Outcome{Lang: p.Lang, Notes: []Note{note("language.done")}}, tx.PutPerson(p)
		},
	}
}
