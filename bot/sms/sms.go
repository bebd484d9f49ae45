// Package sms is the SMS channel: short messages by way of a gateway that
// speaks HTTP, such as Kannel or a phone.
//
// It numbers choices, leaves accents out, keeps what comes in on disk before
// the gateway hears that it was taken, and notes what became of what went
// out. It knows no dialog and no table: an Inbox and a Ledger are given to it.
package sms

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"ocopbot/bot"
)

// Name is the channel's part of an address: "tel:+84912345678".
const Name = "tel"

// Form is the suffix of texts made for short messages.
const Form = "sms"

// longest is what two messages of the GSM alphabet hold.
const longest = 2 * 153

// accented is what two messages in UCS-2 hold.
const accented = 2 * 67

// Inbox keeps what came in until it was handled.
type Inbox interface {
	// Keep stores a message; it is on disk when Keep returns. One with an ID
	// that was kept before changes nothing.
	Keep(ctx context.Context, in bot.Incoming) error
	// Claim takes the oldest message of each of some people, those of whom
	// nothing is being handled. What is claimed comes back after the lease
	// unless it is Done by then.
	Claim(ctx context.Context, now time.Time, lease time.Duration, people int) ([]bot.Incoming, error)
	// Release gives a claimed message back at once.
	Release(ctx context.Context, id string) error
	// Done says that a message was handled, and forgets its words.
	Done(ctx context.Context, id string, now time.Time) error
	// Via is the gateway a person last wrote to; empty if they never did.
	Via(ctx context.Context, addr bot.Address) (gateway string, err error)
	// Lately tells what an address sent before a message; Same is of the last
	// rounds.
	Lately(ctx context.Context, in bot.Incoming, rounds int) (Lately, error)
}

// State is how far a message that went out got. It only moves forward.
type State int

// The states, in their order. "Delivered" is what a network says, and never
// means that somebody read it.
const (
	Queued    State = iota + 1 // about to go to the gateway
	Sent                       // the gateway took it
	Accepted                   // the network took it
	Delivered                  // it reached the phone, by the network's word
	Failed                     // it will not reach it
)

// Outgoing is a message on its way out.
type Outgoing struct {
	ID       string // ours
	Gateway  string
	To       bot.Address
	Text     string // to be known again, not to be kept
	Segments int
	Encoding Encoding
	Budget   int   // segments the gateway may send on At's day in all; 0: no end
	Dong     int64 // what it costs
	At       time.Time
}

// ErrSpent is a Ledger's: the budget does not reach for the message.
var ErrSpent = errors.New("sms: the budget of the day is spent")

// Ledger notes what went out.
type Ledger interface {
	// Add notes a message as Queued, unless it is ErrSpent; today is how many
	// segments the gateway's day comes to with it.
	Add(ctx context.Context, o Outgoing) (today int, err error)
	// Move notes a later state; an earlier one changes nothing. The message is
	// named by our id or, if that is empty, by the gateway's.
	Move(ctx context.Context, r Report, now time.Time) error
	// Warn has the admins told, once a day of the same thing.
	Warn(ctx context.Context, w Warning) error
}

// Pacer shares out the rate of a gateway among all replicas.
type Pacer interface {
	// Reserve takes the next slot of a lane, 0 going first, and says how long
	// to wait for it. If that is longer than patience nothing is reserved, and
	// the wait is an estimate.
	Reserve(ctx context.Context, gateway string, lane int, patience time.Duration) (wait time.Duration, reserved bool, err error)
}

// Words are what the channel itself has to say.
type Words interface {
	// TextTo tells which number takes an answer, where the sender takes none.
	TextTo(number, keyword string) string
	// Begin tells that an answer has to begin with the keyword; numbered: it
	// is the number of a choice.
	Begin(keyword string, numbered bool) string
}

// Options are the parts of a Channel; all are needed but where it says so.
type Options struct {
	Gateways []Gateway // in the order of preference
	// PublicURL is where gateways reach /sms/ of this program, without it.
	PublicURL string
	Inbox     Inbox
	Ledger    Ledger
	Pacer     Pacer  // needed where a gateway has a Rate
	Words     Words  // needed where a gateway has a brandname or a short code
	Limits    Limits // zero: the usual
	// Number reads a phone number and gives it as E.164; ok is false for short
	// codes and names of senders, which are never answered.
	Number func(string) (e164 string, ok bool)
	Log    *slog.Logger
	Now    func() time.Time
}

// Channel is the SMS channel. It is safe for concurrent use.
type Channel struct {
	o      Options
	client *http.Client
	log    *slog.Logger
	came   chan struct{} // something came in, or was handled
	tail   int           // letters of the longest line added to a text
}

var _ bot.Channel = (*Channel)(nil)

// New makes the channel. It opens nothing.
func New(o Options) (*Channel, error) {
	if len(o.Gateways) == 0 {
		return nil, errors.New("sms: no gateway")
	}
	for _, g := range o.Gateways {
		if err := g.check(); err != nil {
			return nil, err
		}
		if g.Rate > 0 && o.Pacer == nil || g.Sender != Number && g.Sender != "" && o.Words == nil {
			return nil, fmt.Errorf("sms: %s: a part is missing", g.Name)
		}
	}
	o.Limits = o.Limits.orUsual()
	c := &Channel{
		o: o, log: o.Log, came: make(chan struct{}, 1),
		client: &http.Client{
			Timeout:       sendTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	for _, g := range o.Gateways {
		for _, numbered := range []bool{false, true} {
			c.tail = max(c.tail, width(c.tailOf(g, numbered)))
		}
	}
	return c, nil
}

// Caps: numbered lines without accents, two messages at a time with what the
// channel adds to them.
func (c *Channel) Caps() bot.Caps {
	return bot.Caps{Name: Name, Form: Form, Plain: true, Longest: longest - c.tail, Accented: accented - c.tail, Paged: true, Brief: true, Forgeable: true}
}

const (
	sendTimeout = 8 * time.Second
	largestBody = 64 << 10 // bytes of a gateway's answer or callback; real ones have a few hundred
)
