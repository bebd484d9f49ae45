package storage

import (
	"errors"
	"time"

	"ocopbot/bot"
)

// OutboundFinal is the lowest of the final states of a message that went out:
// from it on nothing changes any more.
const OutboundFinal = 4

// ErrSpent: the day's budget does not reach for the message.
var ErrSpent = errors.New("storage: the budget of the day is spent")

// Outbound is a message that went out by a gateway. Its State is the
// channel's own number for how far it got; it only grows.
type Outbound struct {
	ID       string
	Gateway  string
	Provider string // the gateway's id of it, if it gives one
	Addr     bot.Address
	Text     string // only a hash of it is stored
	Segments int
	Encoding string
	Dong     int64 // what it costs
	State    int
	At       time.Time
}

// OutboundMove is news of one: by our id or, if that is empty, by the
// gateway's.
type OutboundMove struct {
	ID       string
	Gateway  string
	Provider string
	State    int
	Failed   bool // State means that it will not arrive
	Untaken  bool // … and the gateway never took it, so that it costs nothing
}

// SMSDay is what a gateway sent on one day.
type SMSDay struct {
	Gateway  string
	Day      string // 2026-06-15, in Vietnam
	Messages int
	Segments int
	Failed   int // that the gateway did not take, or that did not arrive
	Dong     int64
}
