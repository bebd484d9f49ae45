package conversations

import (
	"context"
	"errors"
	"testing"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// down is a store whose forms cannot be read.
type down struct{ Reads }

func (down) IdeaByNumber(context.Context, ocop.FormNumber) (storage.Idea, error) {
	return storage.Idea{}, storage.ErrUnavailable
}

// A database that is down is no reason to tell people that their form is not
// there: the message is handled when it is back.
func TestAnOutageIsNoUnknownNumber(t *testing.T) {
	w, producer, _ := newWalk(t)
	w.engine.reads = down{w.store}
	for _, flow := range []string{homeFlow, statusFlow, supplementFlow} {
		s := NewSession("vi")
		s.Person, s.Turn, s.At = producer, 1, w.now
		if flow != homeFlow {
			s.Frames = append(s.Frames, Frame{Flow: flow, Version: 1, Step: w.engine.flows[flow].Steps[0].ID})
		}
		in := bot.Incoming{ID: "1", Kind: bot.Text, From: "telegram:2", Text: "LS26-0001", At: w.now}
		if _, err := w.engine.Advance(w.ctx, s, &in, w.caps, w.now, false); !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("at %s: %v", flow, err)
		}
	}
}
