// Package dispatch runs one turn of a dialog: load the session, advance it,
// save it, write what is due, and hand back the answer.
//
// What came in is acknowledged only when the turn is saved, so that nothing
// typed is lost and nothing is done twice. It knows neither a channel's
// protocol nor a conversation's questions.
package dispatch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"ocopbot/bot"
	"ocopbot/conversations"
	"ocopbot/locales"
	"ocopbot/storage"
)

// Records is what a turn needs of the records.
type Records interface {
	Viewer(ctx context.Context, addr bot.Address, now time.Time) (storage.Person, []storage.Officer, error)
	// Commit runs fn in one transaction, once for a key; called again it only
	// gives the outcome of the first time.
	Commit(ctx context.Context, key storage.Key, now time.Time, fn func(storage.Tx) ([]byte, error)) ([]byte, error)
	// CommitTogether is Commit for what takes a form number.
	CommitTogether(ctx context.Context, key storage.Key, now time.Time, fn func(storage.Tx) ([]byte, error)) ([]byte, error)
	// Routes are the addresses of a person.
	Routes(ctx context.Context, person storage.ID) ([]storage.Route, error)
	MarkRoute(ctx context.Context, addr bot.Address, dead time.Time, why bot.SendCode) error
	AddDead(ctx context.Context, d storage.Dead) error
}

// Answers knows what is sent of answers, and takes those that could not be
// sent at once.
type Answers interface {
	// Answered tells that a message goes out by a channel now, so that what is
	// less urgent makes room for it.
	Answered(channel string)
	// EnqueueAnswer has the answer of a turn rendered again and sent later,
	// unless the dialog has moved on by then, but for its first messages, which
	// were sent. after is how long the channel asked to be left alone; 0: it did not.
	EnqueueAnswer(ctx context.Context, to bot.Address, session string, turn, sent int, after time.Duration) error
}

// Dispatcher runs turns. It is safe for concurrent use.
type Dispatcher struct {
	engine   *conversations.Engine
	sessions storage.Sessions
	records  Records
	answers  Answers
	texts    *locales.Texts
	log      *slog.Logger
	now      func() time.Time
	queue    queue
	turns    *prometheus.CounterVec
}

// Options are the parts of a Dispatcher; all are needed but Metrics.
type Options struct {
	Engine   *conversations.Engine
	Sessions storage.Sessions
	Records  Records
	Answers  Answers
	Texts    *locales.Texts
	Log      *slog.Logger
	Now      func() time.Time
	Metrics  prometheus.Registerer
}

// New makes a Dispatcher.
func New(o Options) *Dispatcher {
	d := &Dispatcher{
		engine: o.Engine, sessions: o.Sessions, records: o.Records, answers: o.Answers,
		texts: o.Texts, log: o.Log, now: o.Now,
		turns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ocopbot_turns_total", Help: "Messages handled, by what came of them.",
		}, []string{"channel", "result"}),
	}
	if o.Metrics != nil {
		o.Metrics.MustRegister(d.turns)
	}
	return d
}

// For is the handler of one channel.
func (d *Dispatcher) For(caps bot.Caps) bot.Handler { return &handler{d, caps} }

type handler struct {
	*Dispatcher
	caps bot.Caps
}

// attempts is how often a message that fails by its own fault is tried before
// it is set aside: one poisonous message must not stop a chat.
const attempts = 3

func (h *handler) Handle(ctx context.Context, in bot.Incoming) (bot.Reply, error) {
	leave, err := h.queue.enter(ctx, in.From)
	if err != nil {
		return bot.Reply{}, fmt.Errorf("dispatch: waiting behind the same person's messages: %w", err)
	}
	defer leave()

	if in.Kind == bot.Blocked || in.Kind == bot.Unblocked {
		return bot.Reply{}, h.reachable(ctx, &in)
	}
	var r bot.Reply
	for range attempts {
		r, err = h.guarded(ctx, &in)
		if err == nil {
			h.turns.WithLabelValues(h.caps.Name, "answered").Inc()
			for range r.Messages {
				h.answers.Answered(h.caps.Name)
			}
			return r, nil
		}
		if passing(err) {
			h.turns.WithLabelValues(h.caps.Name, "unavailable").Inc()
			return bot.Reply{}, err
		}
	}
	return h.setAside(ctx, &in, err)
}

// passing tells the failures that are not the message's own: the servers'
// and the network's. The message is delivered again later.
func passing(err error) bool {
	return errors.Is(err, storage.ErrUnavailable) || errors.Is(err, storage.ErrFull) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// setAside stores that a message could not be handled, apologises and lets it go.
func (h *handler) setAside(ctx context.Context, in *bot.Incoming, cause error) (bot.Reply, error) {
	h.turns.WithLabelValues(h.caps.Name, "dead").Inc()
	h.log.Error("message set aside", "from", in.From.Masked(), "kind", in.Kind, "cause", cause)
	dead := storage.Dead{ID: storage.NewID(h.now()), Addr: in.From.Masked(), Kind: in.Kind, Cause: cause.Error(), At: h.now()}
	if err := h.records.AddDead(ctx, dead); err != nil {
		return bot.Reply{}, fmt.Errorf("dispatch: set aside: %w", err)
	}
	if err := h.giveUp(ctx, in.From); err != nil {
		return bot.Reply{}, err
	}
	h.answers.Answered(h.caps.Name)
	text := h.texts.Text(in.Lang, h.caps.Form, "engine.apology", nil)
	return bot.Reply{Messages: []bot.Message{{Text: text}}}, nil
}

// errPanic is a turn that panicked; its text names the place, not the words.
var errPanic = errors.New("dispatch: panic")

func (h *handler) guarded(ctx context.Context, in *bot.Incoming) (r bot.Reply, err error) {
	defer func() {
		if p := recover(); p != nil {
			h.log.Error("panic in a turn", "from", in.From.Masked(), "stack", string(debug.Stack()))
			err = fmt.Errorf("%w: %T", errPanic, p)
		}
	}()
	return h.turn(ctx, in)
}

// conflicts is how often a turn starts over because another process changed
// the session meanwhile.
const conflicts = 8

func (h *handler) turn(ctx context.Context, in *bot.Incoming) (bot.Reply, error) {
	for range conflicts {
		r, err := h.once(ctx, in)
		if !errors.Is(err, storage.ErrConflict) {
			return r, err
		}
	}
	return bot.Reply{}, fmt.Errorf("dispatch: %d conflicts in a row: %w", conflicts, storage.ErrUnavailable)
}

// once is the turn itself. ErrConflict: another process was quicker, and all
// is to be done again on what it left.
func (h *handler) once(ctx context.Context, in *bot.Incoming) (bot.Reply, error) {
	now := h.now()
	s, previous, restored, err := h.load(ctx, in, now)
	if err != nil {
		return bot.Reply{}, err
	}
	if s.Pending {
		if _, err := h.settle(ctx, s, in.From, now); err != nil {
			return bot.Reply{}, err
		}
		previous = s.Turn
	}
	if s.Saw(in) {
		return h.engine.Again(ctx, s, in.From, h.caps, now)
	}
	r, err := h.engine.Advance(ctx, s, in, h.caps, now, restored)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := h.save(ctx, in.From, previous, s); err != nil {
		return bot.Reply{}, err
	}
	if s.Pending {
		return h.settle(ctx, s, in.From, now)
	}
	return r, nil
}

// load reads the session; who has none starts one, as the person the records know.
func (h *handler) load(ctx context.Context, in *bot.Incoming, now time.Time) (s *conversations.Session, previous int, restored bool, err error) {
	stored, err := h.sessions.Load(ctx, in.From)
	if err == nil {
		s, err = conversations.DecodeSession(stored.Data)
		if err == nil {
			return s, stored.Turn, stored.Restored, nil
		}
		h.log.Error("session cannot be read, starting afresh", "from", in.From.Masked(), "cause", err)
		previous = stored.Turn
	} else if !errors.Is(err, storage.ErrNotFound) {
		return nil, 0, false, fmt.Errorf("dispatch: load: %w", err)
	}
	s = conversations.NewSession(conversations.LangOf(in))
	p, _, err := h.records.Viewer(ctx, in.From, now)
	switch {
	case err == nil:
		s.Person, s.Lang, s.Accents = p.ID, p.Lang, p.Accents
	case !errors.Is(err, storage.ErrNotFound):
		return nil, 0, false, fmt.Errorf("dispatch: person: %w", err)
	}
	return s, previous, false, nil
}

func (h *handler) save(ctx context.Context, addr bot.Address, previous int, s *conversations.Session) error {
	s.Turn = max(s.Turn, previous+1)
	if err := h.sessions.Save(ctx, addr, previous, s.Stored()); err != nil {
		return fmt.Errorf("dispatch: save: %w", err)
	}
	return nil
}

// settle runs the commit a session has due, takes its outcome in and saves;
// and again, when that opened a form which has all its answers already.
// The commit is keyed by session and turn, so that whoever finds it due may
// run it.
func (h *handler) settle(ctx context.Context, s *conversations.Session, addr bot.Address, now time.Time) (r bot.Reply, err error) {
	for s.Pending {
		previous := s.Turn
		if s.Erases() && s.Person != 0 {
			if err := h.forget(ctx, s.Person, addr); err != nil {
				return bot.Reply{}, err
			}
		}
		commit := h.records.Commit
		if h.engine.TakesNumber(s) {
			commit = h.records.CommitTogether
		}
		outcome, err := commit(ctx, storage.Key{Session: s.ID, Turn: s.Turn}, now, func(tx storage.Tx) ([]byte, error) {
			return h.engine.Commit(ctx, s, addr, h.caps, now, tx)
		})
		if err != nil {
			return bot.Reply{}, fmt.Errorf("dispatch: commit: %w", err)
		}
		if r, err = h.engine.Settle(ctx, s, outcome, addr, h.caps, now); err != nil {
			return bot.Reply{}, err
		}
		for _, moved := range s.Moved() {
			if err := h.sessions.Delete(ctx, moved); err != nil {
				return bot.Reply{}, fmt.Errorf("dispatch: forget: %w", err)
			}
		}
		if err := h.save(ctx, addr, previous, s); err != nil {
			return bot.Reply{}, err
		}
	}
	if s.Resettled() {
		return r, h.resettle(ctx, s, addr)
	}
	return r, nil
}

// resettle has a person's dialogs at their other addresses go on as they now
// want to be spoken to. A dialog that moves on at that moment keeps its own way
// until it begins anew.
func (h *handler) resettle(ctx context.Context, s *conversations.Session, but bot.Address) error {
	routes, err := h.records.Routes(ctx, s.Person)
	if err != nil {
		return fmt.Errorf("dispatch: routes: %w", err)
	}
	for _, route := range routes {
		if route.Addr == but {
			continue
		}
		stored, err := h.sessions.Load(ctx, route.Addr)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("dispatch: resettle: %w", err)
		}
		other, err := conversations.DecodeSession(stored.Data)
		if err != nil || !other.Follow(s) {
			continue // an unreadable one begins anew when it is written to
		}
		if err := h.save(ctx, route.Addr, stored.Turn, other); err != nil && !errors.Is(err, storage.ErrConflict) {
			return err
		}
	}
	return nil
}

// forget deletes a person's dialogs at their other addresses. It comes before
// the records are erased, for nothing tells those addresses afterwards.
func (h *handler) forget(ctx context.Context, person storage.ID, but bot.Address) error {
	routes, err := h.records.Routes(ctx, person)
	if err != nil {
		return fmt.Errorf("dispatch: routes: %w", err)
	}
	for _, route := range routes {
		if route.Addr == but {
			continue
		}
		if err := h.sessions.Delete(ctx, route.Addr); err != nil {
			return fmt.Errorf("dispatch: forget: %w", err)
		}
	}
	return nil
}

// reachable notes that a person blocked the bot, or came back.
func (h *handler) reachable(ctx context.Context, in *bot.Incoming) error {
	var dead time.Time
	var why bot.SendCode
	if in.Kind == bot.Blocked {
		dead, why = h.now(), bot.Unreachable
	}
	if err := h.records.MarkRoute(ctx, in.From, dead, why); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return fmt.Errorf("dispatch: reachable: %w", err)
	}
	return nil
}

func (h *handler) Undelivered(ctx context.Context, to bot.Address, r bot.Reply, cause error) error {
	se := bot.AsSendError(cause)
	h.turns.WithLabelValues(h.caps.Name, "undelivered_"+string(se.Code)).Inc()
	if se.Code == bot.Unreachable {
		return h.reachable(ctx, &bot.Incoming{Kind: bot.Blocked, From: to})
	}
	if !se.Retryable() || r.Session == "" {
		h.log.Error("answer cannot be sent", "to", to.Masked(), "cause", cause)
		return nil
	}
	var after time.Duration
	if se.Code == bot.Limited {
		after = se.After
	}
	if err := h.answers.EnqueueAnswer(ctx, to, r.Session, r.Turn, r.Sent, after); err != nil {
		return fmt.Errorf("dispatch: undelivered: %w", err)
	}
	return nil
}

// Answer renders the answer of a turn again, for the outbox. If the dialog
// went on, only what is told once is left of it, such as a form number;
// conversations.ErrMovedOn: there is no such thing.
func (d *Dispatcher) Answer(ctx context.Context, to bot.Address, caps bot.Caps, session string, turn int) (bot.Reply, error) {
	stored, err := d.sessions.Load(ctx, to)
	if errors.Is(err, storage.ErrNotFound) {
		return bot.Reply{}, conversations.ErrMovedOn
	}
	if err != nil {
		return bot.Reply{}, fmt.Errorf("dispatch: answer: %w", err)
	}
	s, err := conversations.DecodeSession(stored.Data)
	if err != nil {
		return bot.Reply{}, fmt.Errorf("dispatch: answer: %w", err)
	}
	if s.ID != session || s.Turn != turn {
		return d.late(ctx, to, caps, s, storage.Key{Session: session, Turn: turn - 1})
	}
	return d.engine.Again(ctx, s, to, caps, d.now())
}
