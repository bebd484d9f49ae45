package storage

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot/ocop"
)

// Demand is a report that an office asks of units ad hoc (đột xuất), with its
// own questions.
type Demand struct {
	ID        ID
	Title     string
	Questions []string       // in the order they are asked
	Units     []ocop.UnitKey // who is asked, as the units stood
	Due       time.Time      // the last good day, its first moment in Vietnam
	Unit      ocop.UnitKey   // the office that asks, and receives: the province or a district
	By        ID             // the officer who asked
	At        time.Time
	Cancelled time.Time // when it was withdrawn; zero: it stands
	Why       string    // it was withdrawn
}

const adHoc = "adhoc/"

// Obligation is what a Duty calls the demand.
func (d Demand) Obligation() string { return adHoc + strconv.FormatInt(int64(d.ID), 10) }

// Asks tells whether a unit is asked.
func (d Demand) Asks(unit ocop.UnitKey) bool { return slices.Contains(d.Units, unit) }

// DemandID is the demand an obligation's id names; false for an obligation of
// the programme.
func DemandID(obligation string) (ID, bool) {
	text, ok := strings.CutPrefix(obligation, adHoc)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return ID(n), err == nil && n > 0
}

// Extension gives one unit more time. Entries are only added; the latest of a
// duty holds.
type Extension struct {
	ID ID
	Duty
	Due    time.Time // the new last good day, its first moment in Vietnam
	Reason string
	By     ID // the officer who granted it
	At     time.Time
}

// Ack is an officer's «Đã nhận» to a reminder.
type Ack struct {
	Duty
	Officer ID     // the person
	Step    string // of the reminder that was answered: "T-14"
	At      time.Time
}

// TaskDone closes a duty that is no report: an officer says on which day it
// was done.
type TaskDone struct {
	Duty
	Day  time.Time // its first moment in Vietnam
	Note string
	By   ID // the officer who said so
	At   time.Time
}

// ReminderSent says that a step of a duty's ladder was told to somebody. Duty,
// Due, Step and Recipient are its key: nothing is told twice.
type ReminderSent struct {
	ID ID
	Duty
	Due       time.Time // the last good day the step was counted from
	Step      string    // "T-7"; of other tellings "digest T-3", "T-7 sms", …
	Recipient ID        // 0: the unit had nobody to tell
	Notice    ID        // 0 with no recipient
	At        time.Time
}
