package conversations

import (
	"fmt"
	"strings"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// callMe is "Gọi lại cho tôi": a request with an owner, not a promise of an hour.
func callMe() *Flow {
	return &Flow{
		ID: callFlow, Version: 1, Consent: true,
		Begin: func(t *T) error {
			if t.S.Person == 0 {
				t.takeFromForm()
				return nil
			}
			p, err := t.reads.Person(t.Ctx, t.S.Person)
			if err != nil {
				return fmt.Errorf("conversations: person: %w", err)
			}
			t.Set("known", p.Name)
			t.Set("name", p.Name)
			t.Set("phone", p.Phone)
			t.Set("place", string(p.Unit))
			return nil
		},
		Steps: []*Step{
			{ID: "name", Needed: missing("name"), Name: true, Parse: parseName},
			{ID: "phone", Needed: missing("phone"), Contact: true, Parse: parsePhone},
			{ID: "place", Needed: missing("place"), Parse: parsePlace, Answer: func(t *T, v string) error {
				if candidates, ask := strings.CutPrefix(v, "?"); ask {
					t.Set("units?", candidates)
					t.goTo("which")
					return nil
				}
				t.Set("place", v)
				_, i := t.flows[callFlow].step("which")
				return t.goOn(i)
			}},
			{ID: "which", Needed: has("units?"), Ask: asked("reg.which"), Choices: whichChoices, Parse: parseWhich, Answer: func(t *T, v string) error {
				t.Set("units?", "")
				_, i := t.flows[callFlow].step("which")
				switch candidates, ask := strings.CutPrefix(v, "?"); {
				case v == "none":
					t.goTo("place")
					return nil
				case ask:
					t.Set("units?", candidates)
					return nil
				}
				t.Set("place", v)
				return t.goOn(i)
			}},
			{ID: "about", Optional: true, Parse: parseLine},
		},
		Commit: commitCall,
	}
}

// takeFromForm takes what was said of oneself in a form that is not sent yet.
func (t *T) takeFromForm() {
	for _, fr := range t.S.Frames {
		if fr.Flow == registerFlow {
			for _, key := range []string{"name", "phone", "place"} {
				t.Set(key, fr.get(key))
			}
			t.Set("known", fr.get("name"))
		}
	}
}

func commitCall(t *T, tx storage.Tx) (Outcome, error) {
	p, err := t.known(tx)
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{Notes: []Note{note("call.done", "phone", ocop.FormatPhone(t.Get("phone")))}}
	if p, err = t.ownNumber(tx, p, t.Get(vouched), &o); err != nil {
		return Outcome{}, err
	}
	p.Name, p.Phone = t.Get("name"), t.Get("phone")
	if p.Unit == "" {
		p.Unit = ocop.UnitKey(t.Get("place"))
	}
	if err := tx.PutPerson(p); err != nil {
		return Outcome{}, err
	}
	r := storage.Request{ID: storage.NewID(t.Now), Person: p.ID, Unit: ocop.UnitKey(t.Get("place")), Topic: "call", Text: t.Get("about"), At: t.Now, Owner: storage.CommuneOfficer}
	if err := tx.AddRequest(r); err != nil {
		return Outcome{}, err
	}
	o.Person = p.ID
	return o, nil
}
