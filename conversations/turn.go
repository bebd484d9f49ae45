package conversations

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"ocopbot/bot"
	"ocopbot/locales"
	"ocopbot/storage"
)

// T is one turn as the steps see it: the session they may move, what came in,
// and the moment it did. It does no writing; that is Commit's.
type T struct {
	*Engine
	Ctx    context.Context
	S      *Session
	In     bot.Incoming
	Caps   bot.Caps
	Now    time.Time
	Loaded any // what the present step's Load returned

	wrote time.Time // when the person wrote before this

	viewer *storage.Viewer
	logged []storage.Access // readings by an officer that were logged in this turn
}

// F is the open conversation.
func (t *T) F() *Frame { return t.S.top() }

// Get is an answer of the open conversation.
func (t *T) Get(key string) string { return t.F().get(key) }

// Set keeps an answer of the open conversation; an empty one is forgotten.
func (t *T) Set(key, value string) { t.F().set(key, value) }

// Tell adds a note to what is said before the next question.
func (t *T) Tell(key string, kv ...string) { t.S.Notes = append(t.S.Notes, note(key, kv...)) }

// Text is a text in the person's language and the channel's form.
func (t *T) Text(key string, data locales.Data) string {
	return t.texts.Text(t.S.Lang, t.Caps.Form, key, data)
}

// Viewer is who is asking, with what they may see; it is read afresh in every
// turn that needs it, so that an officer whose time is over sees nothing more.
func (t *T) Viewer() (storage.Viewer, error) {
	if t.viewer != nil {
		return *t.viewer, nil
	}
	p, officers, err := t.reads.Viewer(t.Ctx, t.In.From, t.Now)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return storage.Viewer{}, fmt.Errorf("conversations: viewer: %w", err)
	}
	v := t.view(p, officers, t.Now)
	t.viewer = &v
	return v, nil
}

// open starts a conversation on top of the present one, or goes back to it if
// it is open already.
func (t *T) open(flow string, answers map[string]string) error {
	f := t.flows[flow]
	if f == nil {
		return fmt.Errorf("conversations: no flow %q", flow)
	}
	for i, fr := range t.S.Frames {
		if fr.Flow == flow && i > 0 && f.Draft && (len(answers) == 0 || fr.get("number") != "" && fr.get("number") == answers["number"]) {
			t.resume(i)
			return nil
		}
	}
	if f.Consent && !t.S.Consented() {
		t.dropUnanswered()
	}
	const deepest = 6
	if len(t.S.Frames) >= deepest {
		t.S.Frames = append(t.S.Frames[:1], t.drafts()...)
	}
	t.S.Frames = append(t.S.Frames, Frame{Flow: flow, Version: f.Version, Step: f.Steps[0].ID, Answers: maps.Clone(answers)})
	if f.Consent && !t.S.Consented() {
		return t.open(consentFlow, nil)
	}
	return t.begin()
}

// resume goes back to an open conversation. Forms that were begun since wait
// below it.
func (t *T) resume(i int) {
	fr := t.S.Frames[i]
	t.S.Frames = append(append(t.S.Frames[:i:i], t.draftsAbove(i)...), fr)
}

// askConsent puts the question for consent on top of a conversation that needs
// it, whatever way led there: nothing personal is asked before it is given.
func (t *T) askConsent() {
	if t.flows[t.F().Flow].Consent && !t.S.Consented() {
		t.S.Frames = append(t.S.Frames, Frame{Flow: consentFlow, Version: t.flows[consentFlow].Version, Step: t.flows[consentFlow].Steps[0].ID})
	}
}

// dropUnanswered leaves the question for consent that is open, and what it was
// asked for: the latest wish is the one that counts.
func (t *T) dropUnanswered() {
	for i, fr := range t.S.Frames {
		if fr.Flow == consentFlow {
			t.S.Frames = t.S.Frames[:max(1, i-1)]
			return
		}
	}
}

// begin starts the conversation just opened, or just consented to.
func (t *T) begin() error {
	f, depth := t.flows[t.F().Flow], len(t.S.Frames)
	if f.Begin != nil {
		if err := f.Begin(t); err != nil {
			return err
		}
	}
	if t.S.Pending || len(t.S.Frames) < depth { // it had nothing to ask
		return nil
	}
	return t.goOn(-1)
}

// drafts are the open conversations that hold something worth keeping: none
// that still waits for consent.
func (t *T) drafts() []Frame { return t.draftsAbove(0) }

// draftsAbove are those opened after the frame at i.
func (t *T) draftsAbove(i int) []Frame {
	var kept []Frame
	for _, fr := range t.S.Frames[i+1:] {
		if f := t.flows[fr.Flow]; f != nil && f.Draft && (t.S.Consented() || !f.Consent) {
			kept = append(kept, fr)
		}
	}
	return kept
}

// A form ends in a summary, from which single answers are corrected: while
// editing is set, the next answer leads back there.
const (
	summaryStep = "summary"
	fieldStep   = "field" // which answer is to be corrected
	editing     = "~"
)

// goOn moves to the next needed step behind index i, and to the flow's end
// when there is none.
func (t *T) goOn(i int) error {
	f := t.flows[t.F().Flow]
	if t.Get(editing) != "" {
		t.Set(editing, "")
		t.goTo(summaryStep)
		return nil
	}
	for _, s := range f.Steps[i+1:] {
		if s.Needed == nil || s.Needed(t) {
			if t.Caps.Brief && s.Send && (!s.Always || t.Get(s.ID) != "") {
				break // the rest is asked later
			}
			t.F().Step = s.ID
			if !s.asks() {
				break
			}
			return nil
		}
	}
	return t.finish()
}

// finish ends the open conversation: its commit becomes due, or it closes.
func (t *T) finish() error {
	if t.flows[t.F().Flow].Commit != nil {
		t.S.Pending = true
		return nil
	}
	t.close()
	return nil
}

// goTo asks the named step next.
func (t *T) goTo(step string) { t.F().Step = step }

// close leaves the open conversation; home cannot be left. Who leaves the
// question for consent leaves what it was asked for.
func (t *T) close() {
	unanswered := t.F().Flow == consentFlow && !t.S.Consented()
	for range 2 {
		if len(t.S.Frames) > 1 {
			t.S.Frames = t.S.Frames[:len(t.S.Frames)-1]
		}
		if !unanswered {
			return
		}
	}
}

// home shows the menu; drafts stay open below it.
func (t *T) home() {
	drafts := t.drafts()
	menu := homeFrame()
	t.S.Frames = append(append([]Frame{menu}, drafts...), menu)
	if len(drafts) == 0 {
		t.S.Frames = t.S.Frames[:1]
	}
}

// back goes to the step asked before this one; false when there is none.
func (t *T) back() bool {
	f := t.flows[t.F().Flow]
	_, i := f.step(t.F().Step)
	for i--; i >= 0; i-- {
		if s := f.Steps[i]; s.asks() && (s.Needed == nil || s.Needed(t)) {
			t.F().Step = s.ID
			return true
		}
	}
	return false
}

// under is the conversation that waits below the open one.
func (t *T) under() string {
	if n := len(t.S.Frames); n > 1 {
		return t.S.Frames[n-2].Flow
	}
	return ""
}
