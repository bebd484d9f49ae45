package sms

import (
	"context"
	"strings"
	"time"
	"unicode"

	"ocopbot/bot"
)

// Limits are where a person ends and a machine begins.
type Limits struct {
	PerMinute int // messages from one number
	PerDay    int
	Rounds    int // how often the same words are answered within half an hour
}

// usual: an officer who works off an inbox sends a message in some 8 s; a
// registration takes 8 in all.
var usual = Limits{PerMinute: 20, PerDay: 300, Rounds: 3}

func (l Limits) orUsual() Limits {
	if l == (Limits{}) {
		return usual
	}
	return l
}

// longAnswer is how many letters nobody types again and again. People do say
// "1" or "bo qua" many times in a row: such are answered so much more often.
const (
	longAnswer = 12
	shortMore  = 3 // times
)

// Lately is what an address sent before a message, by the message's own time.
type Lately struct {
	Minute  int  // messages of the last minute
	Day     int  // of the last day
	Same    int  // of the last few, within half an hour, that said the same
	Echo    bool // it says what went out to the address within half an hour
	Flooded bool // a flood was ended within half an hour
	Muted   bool // … or within a day
}

// Warning is what the admins have to hear of.
type Warning struct {
	Kind    WarningKind
	Gateway string
	Number  string // whose messages it is about, masked
	Used    int    // segments, of a budget
	Most    int
	At      time.Time
}

// WarningKind is a kind of Warning.
type WarningKind string

// The kinds of warnings.
const (
	BudgetSpent WarningKind = "budget" // nearly, or wholly
	Loop        WarningKind = "loop"   // a machine answers our answers
	Flooding    WarningKind = "flood"
)

// guard keeps machines from talking to us without end. A loop is not answered
// any more until something else is said; a flood is answered once, by a
// message that stands for it, and then not listened to for half an hour, or
// until the day's number is below the limit again. What
// is not listened to is not kept and costs nothing. While the inbox is out of
// reach everything is let in: nothing is answered then.
func (c *Channel) guard(ctx context.Context, g Gateway, in bot.Incoming) (_ bot.Incoming, listen bool) {
	warning := Warning{Kind: Loop, Gateway: g.Name, Number: strings.TrimPrefix(in.From.Masked(), Name+":"), At: c.o.Now()}
	if c.ours(in.From.ID()) {
		c.warn(ctx, warning)
		return in, false
	}
	rounds := c.o.Limits.Rounds
	long := letters(in.Text) >= longAnswer
	if !long {
		rounds *= shortMore
	}
	l, err := c.o.Inbox.Lately(ctx, in, rounds)
	switch {
	case err != nil:
		c.log.Warn("sms: it is not known what a number sent of late", "error", err)
		return in, true
	case l.Flooded, l.Muted && l.Day >= c.o.Limits.PerDay:
		return in, false
	case l.Minute >= c.o.Limits.PerMinute || l.Day >= c.o.Limits.PerDay:
		warning.Kind = Flooding
		c.warn(ctx, warning)
		in.Kind, in.What, in.Text, in.Part = bot.Unsupported, bot.Flood, "", bot.Part{}
		return in, true
	case in.Part.Total <= 1 && (l.Same >= rounds || long && l.Echo):
		c.warn(ctx, warning)
		return in, false
	}
	return in, true
}

// ours tells whether a number is one that people text to.
func (c *Channel) ours(number string) bool {
	for _, g := range c.o.Gateways {
		if own, ok := c.o.Number(g.Number); ok && own == number {
			return true
		}
	}
	return false
}

func letters(text string) (n int) {
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
