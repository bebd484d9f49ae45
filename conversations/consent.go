package conversations

import (
	"errors"

	"ocopbot/bot"
	"ocopbot/bot/viet"
	"ocopbot/storage"
)

// ConsentText is the version of the text a person agrees to; a changed text
// gets a new one, because the consent is to the text that was shown.
const ConsentText = "2026-11"

// consent asks whether what the person types may be kept: explicit, informed
// and provable, never silence (Luật 91/2025/QH15).
func consent() *Flow {
	return &Flow{ID: consentFlow, Version: 1, Steps: []*Step{{
		ID: "ask",
		Ask: func(t *T) (string, map[string]any) {
			if t.Get("more") != "" {
				return "consent.full", map[string]any{"Abroad": t.Caps.Abroad}
			}
			if t.under() == codeFlow {
				return "consent.ask_code", map[string]any{"Abroad": t.Caps.Abroad}
			}
			if under := t.under(); under == signupFlow || under == signupOtherFlow {
				return "consent.ask_event", map[string]any{"Abroad": t.Caps.Abroad}
			}
			return "consent.ask", map[string]any{"Abroad": t.Caps.Abroad}
		},
		Choices: func(t *T) []bot.Choice {
			cs := []bot.Choice{t.choice("yes", "consent.yes"), t.choice("no", "consent.no")}
			if t.Get("more") == "" {
				cs = append(cs, t.choice("more", "consent.more"))
			}
			return cs
		},
		Parse: func(t *T, text string) (string, *Note) {
			switch viet.Fold(text) {
			case "dong y", "toi dong y", "em dong y", "i agree", "agree":
				return "yes", nil
			case "khong dong y", "toi khong dong y", "i do not agree":
				return "no", nil
			}
			return "", &Note{Key: "consent.need_answer"}
		},
		Answer: func(t *T, v string) error {
			switch v {
			case "more":
				t.Set("more", "1")
			case "no":
				t.S.Frames = t.S.Frames[:1]
				t.Tell("consent.refused")
			case "yes":
				t.S.Consent = &Agreed{Text: ConsentText, At: t.Now, Message: t.In.MessageID}
				t.close()
				if t.S.Idle() {
					t.Tell("consent.thanks")
					return nil
				}
				return t.begin()
			}
			return nil
		},
	}}}
}

// greet asks a stranger for consent. What it was asked for already goes on
// when it is given; what was only looked at is left.
func (t *T) greet(with map[string]string) error {
	for i, fr := range t.S.Frames {
		if fr.Flow == consentFlow {
			t.S.Frames = t.S.Frames[:i+1]
			t.Set("more", with["more"])
			return nil
		}
	}
	t.home()
	return t.open(consentFlow, with)
}

// known returns the session's person inside a transaction, and makes one, with
// address and consent, when nothing was recorded of them before.
func (t *T) known(tx storage.Tx) (storage.Person, error) {
	p, isNew, err := t.sender(tx)
	if err != nil || !isNew {
		return p, err
	}
	if err := tx.PutPerson(p); err != nil {
		return p, err
	}
	return p, t.introduce(tx, p)
}

// sender is whose session it is; isNew: nothing is recorded of them yet. A
// number may have been shown to be somebody's meanwhile, in another chat.
func (t *T) sender(tx storage.Tx) (p storage.Person, isNew bool, err error) {
	if t.S.Person != 0 {
		p, err = tx.Person(t.S.Person)
		return p, false, err
	}
	p, err = tx.PersonAt(t.In.From)
	if errors.Is(err, storage.ErrNotFound) {
		return storage.Person{ID: storage.NewID(t.Now), Lang: t.S.Lang, Accents: t.S.Accents, Created: t.Now}, true, nil
	}
	if err != nil {
		return p, false, err
	}
	return p, false, t.introduce(tx, p)
}

// introduce records address and consent of a person the transaction made.
func (t *T) introduce(tx storage.Tx, p storage.Person) error {
	addr := t.In.From
	if err := tx.PutRoute(storage.Route{Addr: addr, Person: p.ID, Since: t.Now, Used: t.Now}); err != nil {
		return err
	}
	c := t.S.Consent
	if c == nil {
		return nil
	}
	return tx.AddConsent(storage.Consent{
		ID: storage.NewID(t.Now), Person: p.ID, Purpose: storage.ForService, Given: true,
		Text: c.Text, At: c.At, Addr: addr, Message: c.Message,
	})
}
