package conversations

import (
	"errors"
	"fmt"
	"strings"

	"ocopbot/bot/ocop"
	"ocopbot/conversations/understand"
	"ocopbot/storage"
)

// takeForNotice takes a text for the answer to a notice that asks something,
// where that was the last the person was told and no conversation is open: who
// reads «Cán bộ hỏi: …» just writes back. Another wish stays one. listed: it
// is also a number of the list shown before the notice, so that the question
// is asked once more.
func (t *T) takeForNotice(text string, listed bool) (bool, error) {
	if !t.S.Idle() || t.S.Person == 0 {
		return false, nil
	}
	flow, with, err := t.askedLast()
	if flow == "" || err != nil {
		return false, err
	}
	told := t.S.Notes
	if err := t.open(flow, with); err != nil {
		return false, err
	}
	if t.F().Flow != flow { // it is no longer asked
		t.S.Notes = told
		return false, nil
	}
	s, g := t.present(), t.words.Understand(text)
	if t.turnsAway(s, g, text) {
		t.close()
		return false, nil
	}
	if listed {
		return true, nil
	}
	v, wrong, err := t.tryParse(s, text)
	switch said := !s.Counts || strings.ContainsAny(text, "0123456789"); { // «không» means none only where how many was asked
	case err != nil:
		return false, err
	case wrong == nil && said:
		return true, t.answer(s, v)
	case g.Intent == understand.Yes:
		return true, nil
	}
	t.close()
	return false, nil
}

// askedLast is the conversation that answers what the person was told last at
// this address; empty: that was no question.
func (t *T) askedLast() (flow string, with map[string]string, err error) {
	n, err := t.reads.LastNotice(t.Ctx, t.S.Person, t.In.From)
	if errors.Is(err, storage.ErrNotFound) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("conversations: last notice: %w", err)
	}
	if !n.Done.After(t.wrote) || t.Now.Sub(n.Done) > ackWithin {
		return "", nil, nil
	}
	switch n.Kind {
	case "asked":
		flow, with, err = t.askedOf(n.Idea)
	case storage.NoticeResults:
		flow, with, err = t.askedResults(n.Subject)
	}
	if flow == "" || err != nil {
		return "", nil, err
	}
	since, err := t.reads.LastTold(t.Ctx, t.S.Person, n.Done)
	if err == nil && since.Addr == t.In.From {
		return "", nil, nil // an announcement came after it
	}
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return "", nil, fmt.Errorf("conversations: told: %w", err)
	}
	return flow, with, nil
}

// askedOf answers an officer's question about an idea, as long as it waits for that.
func (t *T) askedOf(idea storage.ID) (string, map[string]string, error) {
	i, err := t.reads.Idea(t.Ctx, idea)
	if errors.Is(err, storage.ErrNotFound) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("conversations: idea: %w", err)
	}
	how, err := t.tieTo(i)
	if err != nil {
		return "", nil, err
	}
	if _, closed := ocop.Next(i.Stage, ocop.EventAnswered); closed != nil || how != ownerTie {
		return "", nil, nil
	}
	return answerFlow, map[string]string{"number": i.Number.String()}, nil
}

// askedResults answers what was asked after a gathering.
func (t *T) askedResults(signup storage.ID) (string, map[string]string, error) {
	s, err := t.reads.Signup(t.Ctx, signup)
	if errors.Is(err, storage.ErrNotFound) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("conversations: signup: %w", err)
	}
	g, err := t.reads.Gathering(t.Ctx, s.Gathering)
	if err != nil {
		return "", nil, fmt.Errorf("conversations: gathering: %w", err)
	}
	if s.Result != nil {
		return "", nil, nil
	}
	return resultFlow, map[string]string{"code": g.Code}, nil
}
