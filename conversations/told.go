package conversations

import (
	"errors"

	"ocopbot/locales"
	"ocopbot/storage"
)

// told notes that somebody answered an announcement by its button; by a text
// they do by «Đã nhận», see ack.
func told() *Flow {
	return &Flow{
		ID: toldFlow, Version: 1,
		Steps: []*Step{{ID: "told", Ask: func(*T) (string, locales.Data) { return "", nil }}},
		Begin: func(t *T) error {
			if t.S.Person == 0 {
				t.close()
				t.Tell("engine.old_button")
				return nil
			}
			t.S.Pending = true
			return nil
		},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			id, err := textID(t.Get("ann"))
			if errors.Is(err, errNoID) {
				return Outcome{Notes: []Note{note("engine.old_button")}}, nil
			}
			if err != nil {
				return Outcome{}, err
			}
			return answerAnnounced(t, tx, id)
		},
	}
}

// answerAnnounced notes that the person answered an announcement.
func answerAnnounced(t *T, tx storage.Tx, id storage.ID) (Outcome, error) {
	err := tx.AnswerRecipient(id, t.S.Person, t.Now)
	if errors.Is(err, storage.ErrNotFound) {
		return Outcome{Notes: []Note{note("engine.old_button")}}, nil
	}
	return Outcome{Notes: []Note{note("told.thanks")}}, err
}
