package conversations

import (
	"errors"
	"fmt"
	"strconv"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// publish makes a round's results known: every owner hears at the same time.
func publish() *Flow {
	return &Flow{
		ID: publishFlow, Version: 1, Sure: true,
		Steps: []*Step{
			{ID: "round", Load: loadRounds, Ask: func(t *T) (string, locales.Data) {
				if len(t.Loaded.([]openRound)) == 0 {
					return "publish.none", nil
				}
				return "publish.round", nil
			}, Choices: func(t *T) []bot.Choice {
				var cs []bot.Choice
				for _, r := range t.Loaded.([]openRound) {
					cs = append(cs, bot.Choice{ID: idText(r.ID), Label: t.Text("publish.one", dataOf("round", roundName(r.Round), "level", t.levelName(r.Level), "decided", r.decided, "all", r.all))})
				}
				return append(cs, t.choice(choiceMenu, "choice.menu"))
			}},
			{ID: "confirm", Choices: yesNo, Answer: func(t *T, v string) error {
				if v == "yes" {
					who, err := t.Viewer()
					if err != nil {
						return err
					}
					id, err := textID(t.Get("round"))
					if err != nil {
						return err
					}
					r, err := t.reads.Round(t.Ctx, id)
					if err != nil {
						return fmt.Errorf("conversations: round: %w", err)
					}
					if !mayPublish(who) || !covers(who, r.Unit) {
						t.close()
						t.Tell("officer.only")
						return nil
					}
					t.Set("role", role(who))
					t.S.Pending = true
					return nil
				}
				t.close()
				return nil
			}},
		},
		Commit: commitPublish,
	}
}

// mayPublish: a round is the council's whole, not one unit's.
func mayPublish(v storage.Viewer) bool {
	for _, o := range v.Officers {
		if o.Role == storage.ProvinceOfficer || o.Role == storage.Admin || o.Role == storage.DistrictOfficer {
			return true
		}
	}
	return false
}

type openRound struct {
	storage.Round
	decided, all int
}

// loadRounds lists the rounds of this year and the last that are not published.
func loadRounds(t *T) (any, error) {
	who, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	var open []openRound
	if !mayPublish(who) {
		return open, nil
	}
	year := t.Now.In(ocop.Local).Year()
	for _, y := range []int{year, year - 1} {
		rounds, err := t.reads.Rounds(t.Ctx, y)
		if err != nil {
			return nil, fmt.Errorf("conversations: rounds: %w", err)
		}
		for _, r := range rounds {
			if !r.Published.IsZero() || !covers(who, r.Unit) {
				continue
			}
			evs, err := t.reads.EvaluationsOf(t.Ctx, r.ID)
			if err != nil {
				return nil, fmt.Errorf("conversations: evaluations: %w", err)
			}
			o := openRound{Round: r, all: len(evs)}
			for _, ev := range evs {
				if ev.Decision != "" {
					o.decided++
				}
			}
			open = append(open, o)
		}
	}
	return open, nil
}

func commitPublish(t *T, tx storage.Tx) (Outcome, error) {
	id, err := textID(t.Get("round"))
	if err != nil {
		return Outcome{}, err
	}
	r, err := tx.Round(id)
	if err != nil {
		return Outcome{}, err
	}
	if !r.Published.IsZero() {
		return Outcome{Notes: []Note{note("publish.already", "round", roundName(r))}}, nil
	}
	evs, err := tx.EvaluationsOf(id)
	if err != nil {
		return Outcome{}, err
	}
	for _, ev := range evs {
		if ev.Decision == "" {
			return Outcome{Notes: []Note{note("publish.undecided", "round", roundName(r))}}, nil
		}
	}
	r.Published = t.Now
	if err := tx.PutRound(r); err != nil {
		return Outcome{}, err
	}
	for _, ev := range evs {
		e := storage.Event{ID: storage.NewID(t.Now), Idea: ev.Idea, At: t.Now, Kind: ocop.EventPublished, Actor: t.S.Person, Role: t.Get("role"), Body: map[string]string{"round": roundName(r)}}
		i, err := tx.Happen(e, -1, nil)
		if errors.Is(err, storage.ErrConflict) { // withdrawn meanwhile: there is nobody to tell
			continue
		}
		if err != nil {
			return Outcome{}, err
		}
		if err := t.notify(tx, i, e.ID, "published"); err != nil {
			return Outcome{}, err
		}
	}
	return Outcome{Notes: []Note{note("publish.done", "round", roundName(r), "count", strconv.Itoa(len(evs)))}}, nil
}
