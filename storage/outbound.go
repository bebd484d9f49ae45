package storage

import (
	"time"

	"ocopbot/bot"
)

// OutboundFinal is the lowest of the final states of a message that went out:
// from it on nothing changes any more.
const OutboundFinal = 4

// Outbound is a message that went out by a gateway. Its State is the
// channel's own number for how far it got; it only grows.
type Outbound struct {
	ID       string
	Gateway  string
	Provider string // the gateway's id of it, if it gives one
	Addr     bot.Address
	Segments int
	Encoding string
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
}
