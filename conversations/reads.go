package conversations

import (
	"context"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/duties"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// Reads is what dialogs read from the records.
type Reads interface {
	// Viewer returns who has the address and the offices they hold now, or
	// ErrNotFound.
	Viewer(ctx context.Context, addr bot.Address, now time.Time) (storage.Person, []storage.Officer, error)
	Person(ctx context.Context, id storage.ID) (storage.Person, error)
	Routes(ctx context.Context, person storage.ID) ([]storage.Route, error)
	// HasPIN tells whether a person has chosen a PIN.
	HasPIN(ctx context.Context, person storage.ID) (bool, error)
	// Link is a code that was sent to a number.
	Link(ctx context.Context, id storage.ID) (storage.Link, error)
	Consents(ctx context.Context, person storage.ID) ([]storage.Consent, error)

	Idea(ctx context.Context, id storage.ID) (storage.Idea, error)
	IdeaByNumber(ctx context.Context, n ocop.FormNumber) (storage.Idea, error)
	// IdeasOf lists the ideas of a person and of the organisations they belong
	// to, newest first.
	IdeasOf(ctx context.Context, person storage.ID) ([]storage.Idea, error)
	Events(ctx context.Context, idea storage.ID) ([]storage.Event, error)
	Files(ctx context.Context, idea storage.ID) ([]storage.File, error)
	Evaluations(ctx context.Context, idea storage.ID) ([]storage.Evaluation, error)
	EvaluationsOf(ctx context.Context, round storage.ID) ([]storage.Evaluation, error)
	Round(ctx context.Context, id storage.ID) (storage.Round, error)
	Rounds(ctx context.Context, year int) ([]storage.Round, error)

	Organisation(ctx context.Context, id storage.ID) (storage.Organisation, error)
	OrganisationsOf(ctx context.Context, person storage.ID) ([]storage.Organisation, error)
	// Members lists who belongs to an organisation, the first first.
	Members(ctx context.Context, org storage.ID) ([]storage.Member, error)
	IsMember(ctx context.Context, org, person storage.ID) (bool, error)

	Gathering(ctx context.Context, id storage.ID) (storage.Gathering, error)
	GatheringByCode(ctx context.Context, code string) (storage.Gathering, error)
	// Gatherings lists those that end after a moment, cancelled ones too, the
	// first to begin first.
	Gatherings(ctx context.Context, after time.Time, limit int) ([]storage.Gathering, error)
	GatheringEvents(ctx context.Context, gathering storage.ID) ([]storage.GatheringEvent, error)
	GatheringPicture(ctx context.Context, gathering storage.ID) ([]byte, error)
	Attendance(ctx context.Context, gathering storage.ID) (storage.Attendance, error)
	Attendees(ctx context.Context, gathering storage.ID) ([]storage.Attendee, error)
	Signup(ctx context.Context, id storage.ID) (storage.Signup, error)
	// SignupsOf lists a person's own, for one gathering or, with 0, for all.
	SignupsOf(ctx context.Context, person, gathering storage.ID) ([]storage.Signup, error)
	// Visits lists where a person, or some producers' people, have a seat or came.
	Visits(ctx context.Context, person storage.ID, organisations []storage.ID, limit int) ([]storage.Visit, error)

	// Inbox lists the ideas that wait for somebody in scope, the oldest
	// first, and how many there are.
	Inbox(ctx context.Context, scope storage.Scope, offset, limit int) ([]storage.Idea, int, error)
	Requests(ctx context.Context, scope storage.Scope, limit int) ([]storage.Request, error)
	OfficersIn(ctx context.Context, units []ocop.UnitKey, at time.Time) ([]storage.Officer, error)
	OfficersOf(ctx context.Context, person storage.ID, at time.Time) ([]storage.Officer, error)
	Officer(ctx context.Context, id storage.ID) (storage.Officer, error)
	FirstOffice(ctx context.Context) (time.Time, error)

	// What units owe, and what was told of it.
	duties.Reads
	duties.Single
	Acks(ctx context.Context, obligation, period string) ([]storage.Ack, error)
	Reminder(ctx context.Context, id storage.ID) (storage.ReminderSent, error)
	RemindersTo(ctx context.Context, person storage.ID, since time.Time) ([]storage.ReminderSent, error)

	// SMSDays lists what each gateway of SMS sent on each day since one, the
	// latest day first.
	SMSDays(ctx context.Context, since time.Time) ([]storage.SMSDay, error)
	Alert(ctx context.Context, id storage.ID) (storage.Alert, error)
	Announcement(ctx context.Context, id storage.ID) (storage.Announcement, error)
	// Announcements lists those made in the units of a scope, the latest first.
	Announcements(ctx context.Context, scope storage.Scope, limit int) ([]storage.Announcement, error)
	// AnnouncementEvents lists what was done about one, the earliest first.
	AnnouncementEvents(ctx context.Context, announcement storage.ID) ([]storage.AnnouncementEvent, error)
	// Answerers lists those of the units of a scope who answered one, the
	// earliest first, and how many there are.
	Answerers(ctx context.Context, announcement storage.ID, scope storage.Scope, offset, limit int) ([]storage.Answerer, int, error)
	LastTold(ctx context.Context, person storage.ID, since time.Time) (storage.Recipient, error)
	// LastNotice is what a person was sent last at an address, but for
	// announcements; ErrNotFound: nothing.
	LastNotice(ctx context.Context, person storage.ID, addr bot.Address) (storage.Notice, error)
	CountRecipients(ctx context.Context, announcement storage.ID) ([]storage.RecipientCount, error)
	CountAudience(ctx context.Context, a storage.Audience, now time.Time) (int, error)
	// Reaches lists people of an audience by their ids, from after one on,
	// each with what decides whether and how they can be told.
	Reaches(ctx context.Context, a storage.Audience, after storage.ID, limit int, now time.Time) ([]storage.Reach, error)
	// LastAdvert is when advertising last went to an address; zero: never.
	LastAdvert(ctx context.Context, addr bot.Address) (time.Time, error)

	// What units reported, and what the records say for it.
	Report(ctx context.Context, id storage.ID) (storage.Report, error)
	LatestReport(ctx context.Context, d storage.Duty) (storage.Report, error)
	ReportByNumber(ctx context.Context, n ocop.FormNumber) (storage.Report, error)
	ReportsIn(ctx context.Context, units []ocop.UnitKey) ([]storage.Report, error)
	ReportsHandedIn(ctx context.Context, obligation, period string) ([]storage.Report, error)
	ReportsToReceive(ctx context.Context) ([]storage.Report, error)
	ReportEvents(ctx context.Context, report storage.ID) ([]storage.ReportEvent, error)
	ReportFigures(ctx context.Context, report storage.ID) ([]storage.ReportFigure, error)
	FiguresHandedIn(ctx context.Context, obligation, period string) ([]storage.ReportFigure, error)
	TextsHandedIn(ctx context.Context, obligation, period string) ([]storage.ReportText, error)
	ReportTexts(ctx context.Context, report storage.ID) ([]storage.ReportText, error)
	ReportFiles(ctx context.Context, report storage.ID) ([]storage.File, error)
	// File is a file with its data; who may see it is the caller's to check.
	File(ctx context.Context, id storage.ID) (storage.File, error)
	Tallies(ctx context.Context, c storage.Counting) ([]storage.Tally, error)

	// How far the plan is: entered, and counted from the records.
	PlanFigures(ctx context.Context) ([]storage.PlanFigure, error)
	PlanCounts(ctx context.Context, c storage.PlanCounting) (storage.PlanCounts, error)

	// LogAccess keeps that an officer read a record.
	LogAccess(ctx context.Context, a storage.Access) error

	// Everything is all that is kept about a person, ready to be taken along.
	Everything(ctx context.Context, person storage.ID) (any, error)
}
