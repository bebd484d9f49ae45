package conversations

import (
	"fmt"
	"slices"

	"ocopbot/bot"
	"ocopbot/bot/viet"
	"ocopbot/storage"
)

// telChannel is the channel of phone numbers.
const telChannel = "tel"

// settings are what a person decides about how they are spoken to. They go
// with the person, to every channel.
func settings() *Flow {
	return &Flow{
		ID: settingsFlow, Version: 1,
		Steps: []*Step{
			{ID: "menu", Load: loadSettings, Choices: settingsChoices, Answer: func(t *T, v string) error {
				switch v {
				case "done":
					t.close()
				case "channel":
					t.goTo(v)
				case "with", "without":
					return t.open(accentsFlow, map[string]string{"with": v})
				default:
					return t.open(v, nil)
				}
				return nil
			}},
			{ID: "channel", Needed: never, Load: loadSettings, Choices: func(t *T) []bot.Choice {
				var cs []bot.Choice
				for _, c := range t.Loaded.(settingsView).channels {
					cs = append(cs, t.choice(c, "channel."+c))
				}
				return append(cs, t.choice("last", "settings.last"))
			}},
		},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			p, err := tx.Person(t.S.Person)
			if err != nil {
				return Outcome{}, err
			}
			if p.Channel = t.Get("channel"); p.Channel == "last" {
				p.Channel = ""
			}
			return Outcome{Next: "menu", Set: map[string]string{"channel": ""}, Notes: []Note{note("settings.done")}}, tx.PutPerson(p)
		},
	}
}

type settingsView struct {
	channels []string // on which the person can be reached
	officer  bool
}

func loadSettings(t *T) (any, error) {
	var v settingsView
	if t.S.Person == 0 {
		return v, nil
	}
	who, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	v.officer = isOfficer(who)
	routes, err := t.reads.Routes(t.Ctx, t.S.Person)
	if err != nil {
		return nil, fmt.Errorf("conversations: routes: %w", err)
	}
	for _, r := range routes {
		if c := r.Addr.Channel(); r.Dead.IsZero() && !slices.Contains(v.channels, c) && t.texts.Has(t.S.Lang, "channel."+c) {
			v.channels = append(v.channels, c)
		}
	}
	slices.Sort(v.channels)
	return v, nil
}

func settingsChoices(t *T) []bot.Choice {
	v := t.Loaded.(settingsView)
	cs := []bot.Choice{t.choice(languageFlow, "settings.language")}
	if t.Caps.Accented > 0 {
		if t.S.Accents {
			cs = append(cs, t.choice("without", "settings.without"))
		} else {
			cs = append(cs, t.choice("with", "settings.with"))
		}
	}
	if len(v.channels) > 1 {
		cs = append(cs, t.choice("channel", "settings.channel"))
	}
	if t.sending.reaches(telChannel) && phoneOf(t.In.From) == "" && t.S.Consented() && !slices.Contains(v.channels, telChannel) {
		cs = append(cs, t.choice(linkFlow, "settings.link"))
	}
	if v.officer {
		cs = append(cs, t.choice(pinFlow, "settings.pin"))
	}
	return append(cs, t.choice("done", "help.done"))
}

// accentsAsked tells the words that turn the accents of SMS on or off.
func accentsAsked(text string) (with string, ok bool) {
	const longest = len("không dấu")
	if len(text) > longest || len(text) < len("co dau") {
		return "", false // nearly all texts: nothing needs folding
	}
	switch viet.Fold(text) {
	case "co dau":
		return "with", true
	case "khong dau":
		return "without", true
	}
	return "", false
}

// accents turns the accents of SMS on or off.
func accents() *Flow {
	return &Flow{
		ID: accentsFlow, Version: 1,
		Steps: []*Step{{ID: "set"}},
		Begin: func(t *T) error {
			with := t.Get("with") == "with"
			if t.S.Person != 0 {
				t.S.Pending = true
				return nil
			}
			t.close()
			t.S.Accents = with
			t.Tell(accentsNote(with))
			return nil
		},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			p, err := tx.Person(t.S.Person)
			if err != nil {
				return Outcome{}, err
			}
			p.Accents = t.Get("with") == "with"
			o := Outcome{Accents: "no", Notes: []Note{note(accentsNote(p.Accents))}}
			if p.Accents {
				o.Accents = "yes"
			}
			return o, tx.PutPerson(p)
		},
	}
}

func accentsNote(with bool) string {
	if with {
		return "accents.with"
	}
	return "accents.without"
}
