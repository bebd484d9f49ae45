package conversations

import (
	"ocopbot/bot"
	"ocopbot/storage"
)

// keepFormPhoto adds a picture to the form being supplemented.
func keepFormPhoto(t *T, f bot.File) {
	t.Set("file", f.ID)
	if t.Get("number") != "" {
		t.S.Pending = true
	}
}

// photo keeps a picture sent while no form is open: it belongs to a form that
// was sent before.
func photo() *Flow {
	return &Flow{
		ID: photoFlow, Version: 1, Consent: true,
		Begin: func(t *T) error {
			if err := beginSupplement(t); err != nil {
				return err
			}
			return nil
		},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			o, err := commitSupplement(t, tx)
			o.Next, o.Set = "", nil
			return o, err
		},
		Steps: []*Step{
			{ID: "number", Needed: missingAlways("number"), Numbers: true, Load: loadOwnIdeas, Choices: func(t *T) []bot.Choice {
				return append(ideaChoices(t.Loaded.([]storage.Idea)), t.choice(choiceMenu, "choice.menu"))
			}, Parse: parseOwnNumber},
		},
	}
}
