package conversations

import (
	"fmt"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// myData is "Dữ liệu của tôi": see, correct, take along, erase.
func myData() *Flow {
	return &Flow{
		ID: mydataFlow, Version: 1,
		Steps: []*Step{
			{ID: "menu", Load: loadMyData, Ask: askMyData, Choices: myDataChoices, Answer: answerMyData},
			{ID: "name", Needed: never, Name: true, Parse: parseName, Answer: answerOwnFact("name")},
			{ID: "phone", Needed: never, Contact: true, Parse: parsePhone, Answer: answerOwnFact("phone")},
		},
		Commit: commitMyData,
	}
}

type myDataView struct {
	person  storage.Person
	ideas   []storage.Idea
	invites bool // may let others see their forms
	consent storage.Consent
}

func loadMyData(t *T) (any, error) {
	var v myDataView
	if t.S.Person == 0 {
		return v, nil
	}
	var err error
	if v.person, err = t.reads.Person(t.Ctx, t.S.Person); err != nil {
		return nil, fmt.Errorf("conversations: person: %w", err)
	}
	if v.ideas, err = t.reads.IdeasOf(t.Ctx, t.S.Person); err != nil {
		return nil, fmt.Errorf("conversations: ideas: %w", err)
	}
	orgs, err := t.mayInviteTo()
	if err != nil {
		return nil, err
	}
	v.invites = len(orgs) > 0
	consents, err := t.reads.Consents(t.Ctx, t.S.Person)
	if err != nil {
		return nil, fmt.Errorf("conversations: consents: %w", err)
	}
	for _, c := range consents {
		if c.Purpose == storage.ForService {
			v.consent = c
		}
	}
	return v, nil
}

func askMyData(t *T) (string, locales.Data) {
	v := t.Loaded.(myDataView)
	if v.person.ID == 0 {
		return "mydata.nothing", nil
	}
	var numbers []string
	for _, i := range v.ideas {
		numbers = append(numbers, i.Number.String())
	}
	return "mydata.menu", dataOf(
		"name", v.person.Name, "phone", ocop.FormatPhone(v.person.Phone), "unit", t.unitName(string(v.person.Unit)),
		"ideas", strings.Join(numbers, ", "), "consent", date(v.consent.At), "channel", t.In.From.Channel(),
	)
}

func myDataChoices(t *T) []bot.Choice {
	v := t.Loaded.(myDataView)
	var cs []bot.Choice
	if v.person.ID != 0 {
		cs = append(cs, t.choice("name", "mydata.fix_name"), t.choice("phone", "mydata.fix_phone"), t.choice("take", "mydata.take"), t.choice(newsFlow, "mydata.news"))
		if v.invites {
			cs = append(cs, t.choice(inviteFlow, "mydata.invite"))
		}
	}
	return append(cs, t.choice(settingsFlow, "mydata.settings"), t.choice(eraseFlow, "mydata.erase"), t.choice("done", "help.done"))
}

func answerMyData(t *T, v string) error {
	switch v {
	case "name", "phone":
		t.goTo(v)
	case "take":
		t.Tell("mydata.file")
	case "done":
		t.close()
	default:
		return t.open(v, nil)
	}
	return nil
}

func answerOwnFact(field string) func(*T, string) error {
	return func(t *T, v string) error {
		t.Set("field", field)
		t.Set("value", v)
		t.S.Pending = true
		return nil
	}
}

func commitMyData(t *T, tx storage.Tx) (Outcome, error) {
	p, err := tx.Person(t.S.Person)
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{Next: "menu", Set: map[string]string{"field": "", "value": "", vouched: ""}, Notes: []Note{note("mydata.fixed")}}
	if t.Get("field") == "name" {
		p.Name = t.Get("value")
	} else {
		p.Phone = t.Get("value")
		if p, err = t.ownNumber(tx, p, t.Get(vouched), &o); err != nil {
			return Outcome{}, err
		}
		p.Phone = t.Get("value")
	}
	return o, tx.PutPerson(p)
}
