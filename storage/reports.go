package storage

import (
	"time"

	"ocopbot/bot/ocop"
)

// Report is one edition of what a unit reports for a duty. The first is
// edition 1; a correction after filing, or what mends a returned report, is
// the next, and all of them stay. What happened to it is in its events; State
// follows from them.
type Report struct {
	ID ID
	Duty
	Edition int
	Form    string // id of a form of the programme; empty: questions asked ad hoc
	State   ocop.ReportState
	Version int // grows with every event, an edited figure included
	// From and To are the span its figures are of, To not included: their
	// cut-off.
	From, To time.Time
	// Due is the moment from which filing is late, as it was when it was filed.
	Due time.Time
	// Number is given when it is filed; later editions keep it.
	Number ocop.FormNumber
	Filed  time.Time // when the figures were handed in
	// Counted is since when it counts as filed, by the programme's rule of
	// which state does; zero: it does not yet.
	Counted    time.Time
	ApprovedBy string // the leader's name
	Deputy     bool   // who approved it, and signs, stands in for the head of the unit
	SignNumber string // "15/BC-UBND"
	SignDate   time.Time
	Signer     string
	Again      time.Time // of a returned one: by when it is wanted back; zero: not said
	Opened     time.Time
	Changed    time.Time // of the last event
}

// IsFiled tells whether it counts as filed now: nothing is owed any more.
func (r Report) IsFiled() bool { return !r.Counted.IsZero() && r.State != ocop.ReportReturned }

// Late is by how much it was filed too late; 0 if it was not.
func (r Report) Late() time.Duration {
	if r.Filed.IsZero() || r.Due.IsZero() || r.Filed.Before(r.Due) {
		return 0
	}
	return r.Filed.Sub(r.Due)
}

// ReportEvent is one thing that happened to a report. Entries are only added.
type ReportEvent struct {
	ID     ID
	Report ID
	At     time.Time
	Kind   ocop.ReportEventKind
	Actor  ID     // person; 0: the program
	Role   string // in which the actor acted
	// Body holds what the kind needs: "row", "was", "now" and "reason" of an
	// edit; "text" of a reason; "name" of who approved on paper.
	Body map[string]string
}

// ReportFigure is one figure of a report. A draft has only those that somebody
// wrote; whatever was handed in has all of its form.
type ReportFigure struct {
	Report    ID
	Figure    string // id in the form
	Prefilled int64  // what the records said when it was written; -1: they say nothing
	Value     int64  // -1: not given
	Reason    string // why Value differs from Prefilled
	Version   int    // 1, 2, …: grows each time it is written; 0: filled in by the program
	By        ID     // who wrote it; 0: the program
	At        time.Time
}

// ReportText is one text of a report, or the answer to a question asked ad hoc.
type ReportText struct {
	Report  ID
	Item    string // id in the form, or of the question
	Text    string
	Version int // 1, 2, …
	By      ID
	At      time.Time
}

// Filing is how far a unit is with a duty, by the latest edition it handed in;
// a draft is no filing.
type Filing struct {
	Duty
	State string
	At    time.Time // when the figures were handed in
	Filed bool      // counts as filed now: nothing is owed any more
}
