package storage

import "time"

// The kinds of an Alert.
const (
	AlertBudget = "budget" // a gateway's budget of the day is nearly spent, or is
	AlertLoop   = "loop"   // a machine answers our answers
	AlertFlood  = "flood"  // somebody writes without end
)

// Alert is something the admins have to hear of, once a day.
type Alert struct {
	ID      ID
	Kind    string
	Gateway string
	Day     string // 2026-06-15, in Vietnam
	Number  string // whose it is about, masked; empty for a budget
	Used    int    // segments, of a budget
	Most    int
	At      time.Time
	Told    time.Time // zero: not yet
}
