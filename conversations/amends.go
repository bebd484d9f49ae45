package conversations

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

// restore takes up a session whose last turns are lost. What they brought
// about is in the records: who the person is now, and the form that was sent,
// which must not be sent again.
func (t *T) restore() error {
	lost, from := t.S.ID, t.S.Turn
	t.S.Renew() // the person may have buttons of the lost turns
	p, _, err := t.reads.Viewer(t.Ctx, t.In.From, t.Now)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("conversations: restore: %w", err)
	}
	t.S.Person, t.S.Consent, t.S.Accents = p.ID, nil, p.Accents
	ideas, err := t.reads.IdeasOf(t.Ctx, p.ID)
	if err != nil {
		return fmt.Errorf("conversations: restore: %w", err)
	}
	for _, i := range ideas {
		if i.Session == lost && i.Turn >= from {
			t.S.Frames = slices.DeleteFunc(t.S.Frames, func(fr Frame) bool { return fr.Flow == registerFlow })
			t.S.Late = i.Number.String()
			t.Tell("reg.done", "number", t.S.Late, "product", i.Name)
		}
	}
	return nil
}

// GiveUp takes back a due commit that cannot be made: the dialog is again at
// the question before it, or without that conversation if the commit was made
// and only its outcome cannot be told.
func (s *Session) GiveUp(made bool) {
	s.Turn++
	s.Pending, s.Notes = false, nil
	if made && !s.Idle() {
		s.Frames = s.Frames[:len(s.Frames)-1]
		s.AskedAt = s.Turn
	}
}

// Late renders what a commit has to tell, without the question that followed:
// for an answer that could not be sent before the dialog went on. ErrMovedOn:
// there is nothing that is told only once.
func (e *Engine) Late(ctx context.Context, s *Session, outcome []byte, addr bot.Address, caps bot.Caps, now time.Time) (bot.Reply, error) {
	if len(outcome) == 0 {
		return bot.Reply{}, ErrMovedOn // erased with its person
	}
	var o Outcome
	if err := json.Unmarshal(outcome, &o); err != nil {
		return bot.Reply{}, fmt.Errorf("conversations: outcome: %w", err)
	}
	t := &T{Engine: e, Ctx: ctx, S: s, In: bot.Incoming{From: addr}, Caps: caps, Now: now}
	var told []string
	for _, n := range o.Notes {
		if !sureNotes[n.Key] {
			continue
		}
		text, _, err := t.noteText(n)
		if err != nil {
			return bot.Reply{}, err
		}
		told = append(told, text)
	}
	if len(told) == 0 {
		return bot.Reply{}, ErrMovedOn
	}
	return bot.Reply{Messages: []bot.Message{{Text: strings.Join(told, "\n\n"), Sure: true, Accents: t.accented()}}}, nil
}
