package ocop

import (
	"errors"
	"fmt"
)

// Stage is where an idea stands. It follows from its events.
type Stage string

// The stages of an idea, and then of the product it becomes.
const (
	Registered   Stage = "registered"   // waits for an officer
	Asked        Stage = "asked"        // waits for the producer's answer
	Returned     Stage = "returned"     // sent back with a reason; may be mended
	Accepted     Stage = "accepted"     // the business plan is owed
	Planned      Stage = "plan"         // the business plan is in
	Implementing Stage = "implementing" // being carried out
	Prepared     Stage = "dossier"      // the evaluation dossier is in
	Scored       Stage = "scored"       // a council scored it; the decision is awaited
	Decided      Stage = "decided"      // stars were recognised, or not reached
	Lapsed       Stage = "lapsed"       // the certificate ran out
	Revoked      Stage = "revoked"      // the certificate was taken back
	Withdrawn    Stage = "withdrawn"    // the producer gave the idea up
)

// EventKind is what happened to an idea.
type EventKind string

// The events.
const (
	EventRegistered EventKind = "registered"
	EventCorrected  EventKind = "corrected" // an answer of the form was mended or added
	EventAccepted   EventKind = "accepted"
	EventAsked      EventKind = "asked"
	EventAnswered   EventKind = "answered"
	EventReturned   EventKind = "returned"
	EventNoted      EventKind = "noted"     // an officer's note; nothing moves
	EventConsented  EventKind = "consented" // the signed consent was seen of whom somebody registered for; nothing moves
	EventEscalated  EventKind = "escalated" // waited too long: the next level is asked
	EventPlanned    EventKind = "planned"
	EventStarted    EventKind = "started"
	EventPrepared   EventKind = "prepared" // the dossier came in, for the first or the next round
	EventScored     EventKind = "scored"
	EventDecided    EventKind = "decided"
	EventPublished  EventKind = "published" // its round was published: now owners are told
	EventLapsed     EventKind = "lapsed"
	EventRevoked    EventKind = "revoked"
	EventWithdrawn  EventKind = "withdrawn"
)

// ErrStage is what an event fails with that cannot happen in a stage.
var ErrStage = errors.New("ocop: this cannot happen to the idea as it stands")

// moves are the events that may happen in each stage and where they lead.
//
// Officers who record only results may score what was just accepted: a year's
// papers are not always told to the bot. A decided product enters the next
// round by a new dossier or a new score, whether it failed (plan 129/KH-UBND,
// III.3.8) or aims higher; the certificate it has stays its own.
var moves = map[Stage]map[EventKind]Stage{
	"": {EventRegistered: Registered},
	Registered: {
		EventAccepted: Accepted, EventAsked: Asked, EventReturned: Returned,
		EventEscalated: Registered, EventWithdrawn: Withdrawn,
	},
	Asked: {
		EventAnswered: Registered, EventAsked: Asked, EventAccepted: Accepted, EventReturned: Returned,
		EventEscalated: Asked, EventWithdrawn: Withdrawn,
	},
	// What was returned comes back as soon as the producer mends it.
	Returned: {
		EventCorrected: Registered, EventAnswered: Registered, EventAccepted: Accepted, EventWithdrawn: Withdrawn,
	},
	Accepted:     afterAcceptance(Accepted),
	Planned:      afterAcceptance(Planned),
	Implementing: afterAcceptance(Implementing),
	Prepared:     afterAcceptance(Prepared),
	Scored: {
		EventScored: Scored, EventDecided: Decided, EventPrepared: Prepared, EventWithdrawn: Withdrawn,
		EventAsked: Scored, EventAnswered: Scored,
	},
	Decided: {
		EventDecided: Decided, EventPublished: Decided, EventPrepared: Prepared, EventScored: Scored,
		EventLapsed: Lapsed, EventRevoked: Revoked, EventWithdrawn: Withdrawn,
		EventAsked: Decided, EventAnswered: Decided,
	},
	Lapsed:    {EventPrepared: Prepared, EventScored: Scored, EventWithdrawn: Withdrawn},
	Revoked:   {EventPrepared: Prepared, EventScored: Scored, EventWithdrawn: Withdrawn},
	Withdrawn: {},
}

// afterAcceptance: the year's work may be told in any order and gone back to;
// a question put meanwhile does not undo the acceptance.
func afterAcceptance(here Stage) map[EventKind]Stage {
	return map[EventKind]Stage{
		EventAsked: here, EventAnswered: here, EventEscalated: here, EventReturned: Returned,
		EventPlanned: Planned, EventStarted: Implementing, EventPrepared: Prepared,
		EventScored: Scored, EventWithdrawn: Withdrawn,
	}
}

// Next is the stage an event leads to. Notes, corrections and consents may come at any
// time and move nothing, except that a correction brings back what was
// returned. What cannot happen fails with ErrStage and leaves the stage.
func Next(stage Stage, event EventKind) (Stage, error) {
	if to, ok := moves[stage][event]; ok {
		return to, nil
	}
	if stage != "" && (event == EventNoted || event == EventCorrected || event == EventConsented) {
		if _, known := moves[stage]; known {
			return stage, nil
		}
	}
	return stage, fmt.Errorf("%w: %s after %q", ErrStage, event, stage)
}

// Stages are all stages, in the order of an idea's life.
func Stages() []Stage {
	return []Stage{Registered, Asked, Returned, Accepted, Planned, Implementing, Prepared, Scored, Decided, Lapsed, Revoked, Withdrawn}
}

// Secret tells whether what an event says is the officers' alone: notes,
// escalations, scores and decisions that are not published.
func (k EventKind) Secret() bool {
	switch k {
	case EventNoted, EventEscalated, EventScored, EventDecided:
		return true
	}
	return false
}
