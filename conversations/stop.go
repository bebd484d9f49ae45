package conversations

import (
	"ocopbot/locales"
	"ocopbot/storage"
)

// stopMessages refuses advertising, at once and without a question; what
// concerns one's own forms still comes.
func stopMessages() *Flow {
	return &Flow{
		ID: stopFlow, Version: 1,
		Steps: []*Step{{ID: "stop", Ask: func(*T) (string, locales.Data) { return "", nil }}},
		Begin: func(t *T) error {
			if t.S.Person == 0 {
				t.close()
				t.Tell("stop.nothing")
				return nil
			}
			t.Set("msg", t.In.MessageID)
			t.S.Pending = true
			return nil
		},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			c := storage.Consent{ID: storage.NewID(t.Now), Person: t.S.Person, Purpose: storage.ForAdvertising, Given: false, Text: ConsentText, At: t.Now, Addr: t.In.From, Message: t.Get("msg")}
			return Outcome{Notes: []Note{note("stop.done")}}, tx.AddConsent(c)
		},
	}
}
