package storage

import (
	"time"

	"ocopbot/bot/ocop"
)

// PlanFigure is how far a target of the plan is, as an officer entered it.
// Entries are only added; that of the latest day holds.
type PlanFigure struct {
	ID     ID
	Target string // id of a target of the programme
	Value  int64
	Day    time.Time // of which it is, its first moment in Vietnam
	Source string    // where it comes from: "BC số 45/BC-SCT"
	By     ID
	At     time.Time
}

// PlanCounts are the figures of the plan that follow from the records.
type PlanCounts struct {
	ThreeStars    int64 // products recognised with 3 stars or more in the period, published and not revoked
	FiveStars     int64 // those of them with 5 stars
	Organisations int64 // registered producers with an idea that was accepted
}

// PlanCounting says of what PlanCounts are made.
type PlanCounting struct {
	ocop.Period          // of decisions
	Kinds       []string // kinds of producers that are organisations
}
