package storage

import (
	"time"

	"ocopbot/bot/ocop"
)

// Counting asks what the records say of a span. Every record is judged by the
// rules of its own date, which are given here because a store knows none.
type Counting struct {
	From, To   time.Time // To not included
	Recognised []RecognisedBy
	// Valid are the days of decisions whose certificates are valid at To, and
	// Lapsing those of them that run out soon after.
	Valid, Lapsing []ocop.Period
	// Now: a gathering that begins later was not held yet.
	Now time.Time
}

// RecognisedBy says that decisions of a level in a period recognise a number
// of stars.
type RecognisedBy struct {
	ocop.Period
	Level string
	Stars int
}

// Tally is one count of one unit: of ocop's CountIdeasReceived and the like.
// The unit is the one on record, standing or not. What is not there is 0.
type Tally struct {
	Unit  ocop.UnitKey
	Count string
	N     int64
}
