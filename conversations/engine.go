// Package conversations is every dialog ocopbot holds: the engine that moves
// a session from question to question, and one file for each conversation.
//
// It knows no channel and opens no store: it reads through Reads, and writes
// only inside the transaction its caller runs Commit in. An answer is always
// rendered from the session, so that it can be rendered again.
package conversations

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/viet"
	"ocopbot/conversations/understand"
	"ocopbot/locales"
	"ocopbot/storage"
)

// Engine holds what all dialogs share. It is immutable and safe for
// concurrent use.
type Engine struct {
	flows map[string]*Flow
	prog  *ocop.Programme
	texts *locales.Texts
	words *understand.Matcher
	reads Reads

	sending Sending
	press   chan struct{} // a place for each document that is being made
	doors   Doors
}

// New builds the engine over a programme and the records.
func New(prog *ocop.Programme, texts *locales.Texts, reads Reads) *Engine {
	e := &Engine{prog: prog, texts: texts, words: understand.New(), reads: reads, flows: map[string]*Flow{}, press: make(chan struct{}, presses)}
	for _, f := range allFlows() {
		e.flows[f.ID] = f
	}
	return e
}

// Advance runs one turn: s moves by what came in, and the reply is what the
// person is told. When s.Pending is set afterwards there is no reply yet: s
// is to be saved, Commit run, and Settle called with its outcome.
func (e *Engine) Advance(ctx context.Context, s *Session, in *bot.Incoming, caps bot.Caps, now time.Time, restored bool) (bot.Reply, error) {
	t := &T{Engine: e, Ctx: ctx, S: s, In: *in, Caps: caps, Now: now, wrote: s.At}
	away := now.Sub(s.At)
	fresh := s.Turn == 0
	s.Turn++
	s.At = now
	if !fresh && !restored {
		if r, turned, err := t.nextPage(); turned || err != nil {
			s.markHandled(in)
			return r, err
		}
	}
	s.Page = 0
	s.Notes, s.untold, s.Quiet = s.untold, nil, false
	s.markHandled(in)
	t.repair()
	before := t.question()

	var err error
	switch {
	case restored && away < keepActive:
		// The question the person saw may be a later one than this.
		err = t.restore()
		t.Tell("engine.restored")
		before = ""
	case fresh && !s.Consented():
		err = t.first()
	default:
		if restored {
			t.S.Renew()
			before = ""
		}
		if away > awayAfter && len(t.drafts()) > 0 && in.Ref.Session != NoticeRef {
			t.Tell("engine.welcome_back")
		}
		err = t.take()
	}
	if err != nil {
		return bot.Reply{}, err
	}
	if err := t.guard(); err != nil {
		return bot.Reply{}, err
	}
	if s.Pending {
		return bot.Reply{}, nil
	}
	t.askConsent()
	return t.reply(before)
}

// Settle takes the outcome of the due commit into the session and renders the
// reply. When s.Pending is set afterwards another commit is due, and there is
// no reply yet.
func (e *Engine) Settle(ctx context.Context, s *Session, outcome []byte, addr bot.Address, caps bot.Caps, now time.Time) (bot.Reply, error) {
	var o Outcome
	if len(outcome) == 0 {
		o.Forget = true // it was erased with its person
	} else if err := json.Unmarshal(outcome, &o); err != nil {
		return bot.Reply{}, fmt.Errorf("conversations: outcome: %w", err)
	}
	t := &T{Engine: e, Ctx: ctx, S: s, In: bot.Incoming{From: addr}, Caps: caps, Now: now}
	s.Turn++
	s.Pending = false
	if o.Forget {
		fresh := NewSession(s.Lang)
		fresh.Turn, fresh.At, fresh.Handled, fresh.Notes, fresh.untold = s.Turn, now, s.Handled, o.Notes, o.Notes
		*s = *fresh
		return t.reply("")
	}
	s.Notes, s.untold = append(s.Notes, o.Notes...), append(s.untold, o.Notes...)
	if o.Person != 0 {
		s.Person, s.Consent = o.Person, nil
	}
	if o.Late != "" {
		s.Late = o.Late
	}
	if o.Lang != "" {
		s.Lang = o.Lang
	}
	if o.Accents != "" {
		s.Accents = o.Accents == "yes"
	}
	s.resettled = s.resettled || o.Lang != "" || o.Accents != ""
	proof := t.F().Flow == proofFlow
	if o.Proved {
		s.Proved = now
	}
	s.moved = append(s.moved, o.Moved...)
	for k, v := range o.Set {
		t.Set(k, v)
	}
	if o.Next != "" {
		t.goTo(o.Next)
	} else {
		t.close()
	}
	if proof && o.Proved {
		t.goThrough()
	}
	if o.Open != "" {
		if err := t.open(o.Open, o.With); err != nil {
			return bot.Reply{}, err
		}
	}
	if s.Pending {
		return bot.Reply{}, nil
	}
	return t.reply("")
}

// Moved are the addresses whose dialogs are to be forgotten once the due commit
// is made: they were with somebody who has become one with another person.
func (s *Session) Moved() []bot.Address { return s.moved }

// Resettled tells that it was just said how the person is to be spoken to.
func (s *Session) Resettled() bool { return s.resettled }

// Follow takes over how a person is spoken to from their dialog elsewhere;
// false: it is somebody else's, or the same already.
func (s *Session) Follow(other *Session) bool {
	if s.Person != other.Person || s.Lang == other.Lang && s.Accents == other.Accents {
		return false
	}
	s.Lang, s.Accents = other.Lang, other.Accents
	s.Turn++
	return true
}

// Erases tells that the due commit of s erases the person, whose other
// dialogs are to be forgotten with it.
func (s *Session) Erases() bool { return s.Pending && s.top().Flow == eraseFlow }

// TakesNumber tells that the due commit of s takes a form number.
func (e *Engine) TakesNumber(s *Session) bool {
	f := e.flows[s.top().Flow]
	return f != nil && f.TakesNumber
}

// Again renders what the last turn answered.
func (e *Engine) Again(ctx context.Context, s *Session, addr bot.Address, caps bot.Caps, now time.Time) (bot.Reply, error) {
	t := &T{Engine: e, Ctx: ctx, S: s, In: bot.Incoming{From: addr}, Caps: caps, Now: now}
	t.repair()
	return t.render()
}

// Commit runs the due commit of s inside tx and returns the outcome, to be
// stored with it.
func (e *Engine) Commit(ctx context.Context, s *Session, addr bot.Address, caps bot.Caps, now time.Time, tx storage.Tx) ([]byte, error) {
	t := &T{Engine: e, Ctx: ctx, S: s, In: bot.Incoming{From: addr, At: now}, Caps: caps, Now: now}
	f := e.flows[t.F().Flow]
	if f == nil || f.Commit == nil {
		return nil, fmt.Errorf("conversations: nothing to commit in %q", t.F().Flow)
	}
	o, err := f.Commit(t, tx)
	if err != nil {
		return nil, err
	}
	return json.Marshal(o)
}

const (
	// keepActive is how long the fast store keeps a session; one that is
	// restored sooner was lost with it.
	keepActive = 7 * 24 * time.Hour
	// keepStranger is how long a dialog is kept of somebody who has not consented.
	keepStranger = 24 * time.Hour
	// awayAfter is the pause after which a person is welcomed back.
	awayAfter = 12 * time.Hour
)

// Stored is the session as it goes to the store.
func (s *Session) Stored() storage.StoredSession {
	st := storage.StoredSession{Turn: s.Turn, Data: s.Encode(), Keep: keepActive, Durable: s.Consented()}
	if !st.Durable {
		st.Keep = keepStranger
	}
	return st
}

// repair drops frames of conversations this version no longer has, so that a
// session stored by another one always goes on.
func (t *T) repair() {
	t.S.Frames = slices.DeleteFunc(t.S.Frames, func(fr Frame) bool {
		f := t.flows[fr.Flow]
		if f == nil {
			return true
		}
		s, _ := f.step(fr.Step)
		return s == nil
	})
	if len(t.S.Frames) == 0 || t.S.Frames[0].Flow != homeFlow {
		t.S.Frames = append([]Frame{homeFrame()}, t.S.Frames...)
	}
}

// question identifies the present question, to see whether a turn changed it.
func (t *T) question() string {
	f := t.F()
	return fmt.Sprint(len(t.S.Frames), f.Flow, f.Step, f.get("page"))
}

// present is the step being asked.
func (t *T) present() *Step {
	s, _ := t.flows[t.F().Flow].step(t.F().Step)
	return s
}

// load reads what the present step needs.
func (t *T) load() error {
	t.Loaded = nil
	s := t.present()
	if s.Load == nil {
		return nil
	}
	v, err := s.Load(t)
	if err != nil {
		return err
	}
	t.Loaded = v
	return nil
}

// first is the first thing a stranger says.
func (t *T) first() error {
	if t.In.Kind == bot.Tap && t.In.Ref.Session == NoticeRef {
		return t.takeNotice(t.In.Choice)
	}
	if t.In.Kind == bot.Text && t.In.Deeplink == "" && !isStart(t.In.Text) {
		if with, ok := accentsAsked(t.In.Text); ok {
			t.S.Accents = with == "with"
			t.Tell(accentsNote(t.S.Accents))
			return t.start()
		}
		if rest, ok := afterKeyword(t.In.Text); ok {
			if rest != "" {
				t.Tell("home.hello")
			}
			if done, err := t.takeKeyword(rest); done || err != nil {
				return err
			}
			t.S.Notes = nil
		}
		if g, ok := commanded(t.In.Text); ok {
			t.Tell("home.hello")
			return t.wish(g)
		}
		t.Tell("home.hello")
		if done, err := t.openCode(t.In.Text); done || err != nil {
			return err
		}
		t.S.Notes = nil
		if looksLikeCode(t.In.Text) {
			return t.open(codeFlow, map[string]string{"code": t.In.Text})
		}
		if g := t.words.Understand(t.In.Text); g.Score >= sure && (g.Intent != understand.Help || t.topicNamed(t.In.Text) != nil) {
			t.Tell("home.hello")
			return t.wish(g)
		}
	}
	return t.start()
}

// gatheringLink begins what stands behind /start of a poster. A one-time code
// has no such sign in it: whatever else links are made for gets a beginning of
// its own, and a code none.
const gatheringLink = "sk-"

// start answers /start: a poster's gathering is shown, a code is used, a stranger is told who speaks, a
// known person sees the menu.
func (t *T) start() error {
	if code, ok := strings.CutPrefix(t.In.Deeplink, gatheringLink); ok {
		if !t.S.Consented() {
			t.Tell("home.hello")
		}
		return t.open(gatheringFlow, map[string]string{"code": strings.ToUpper(code)})
	}
	if t.In.Deeplink != "" {
		return t.open(codeFlow, map[string]string{"code": t.In.Deeplink})
	}
	if !t.S.Consented() {
		t.Tell("home.hello")
		return t.greet(nil)
	}
	t.home()
	return nil
}

func isStart(text string) bool { return text == "/start" || strings.HasPrefix(text, "/start ") }

// hasWords tells whether a text says anything beyond signs and emoji.
func hasWords(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// sameLabel tells whether what was typed is a choice's label, or its start of
// at least two letters («hộ» is a word). The short form a label has in brackets is as good.
func sameLabel(typed, label string) (whole, start bool) {
	l := viet.Fold(label)
	_, short, _ := strings.Cut(label, "(")
	return typed == l || short != "" && typed == viet.Fold(short), len(typed) >= 2 && strings.HasPrefix(l, typed+" ")
}
