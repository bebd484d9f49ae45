package conversations

import (
	"errors"
	"fmt"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// answerQuestion takes the producer's answer to an officer's question.
func answerQuestion() *Flow {
	return &Flow{
		ID: answerFlow, Version: 1, Draft: true, Consent: true,
		Steps: []*Step{{
			ID: "text",
			Load: func(t *T) (any, error) {
				v, err := loadForm(t)
				if err != nil || v.(storage.Idea).ID == 0 {
					return "", err
				}
				events, err := t.reads.Events(t.Ctx, v.(storage.Idea).ID)
				if err != nil {
					return nil, fmt.Errorf("conversations: events: %w", err)
				}
				for _, e := range events {
					if e.Kind == ocop.EventAsked {
						t.Set("asker", idText(e.Actor))
					}
				}
				return lastText(events, ocop.EventAsked), nil
			},
			Ask: func(t *T) (string, map[string]any) {
				return "answer.text", dataOf("number", t.Get("number"), "question", t.Loaded)
			},
			Parse: parseLine,
		}},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			i, err := ideaIn(tx, t.Get("number"))
			if err != nil {
				return Outcome{}, err
			}
			e := storage.Event{ID: storage.NewID(t.Now), Idea: i.ID, At: t.Now, Kind: ocop.EventAnswered, Actor: t.S.Person, Role: "producer",
				Body: map[string]string{"text": t.Get("text")}}
			_, err = tx.Happen(e, -1, func(i *storage.Idea) { // back to the officer, as news
				i.WaitingLevel, i.WaitingSince, i.Told = storage.CommuneOfficer, t.Now, time.Time{}
			})
			if errors.Is(err, storage.ErrConflict) {
				return Outcome{Notes: []Note{note("answer.not_asked", "number", t.Get("number"))}}, nil
			}
			if err != nil {
				return Outcome{}, fmt.Errorf("conversations: answer: %w", err)
			}
			if asker, err := textID(t.Get("asker")); err == nil {
				n := storage.Notice{ID: storage.NewID(t.Now), Person: asker, Kind: "answered", Idea: i.ID, Event: e.ID, State: storage.NoticeQueued, At: t.Now}
				if err := tx.Notify(n); err != nil {
					return Outcome{}, err
				}
			}
			return Outcome{Notes: []Note{note("answer.sent", "number", t.Get("number"))}}, nil
		},
	}
}
