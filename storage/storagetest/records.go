package storagetest

import (
	"context"
	"database/sql"
	"io"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// Enqueue puts the jobs that deliver notices into a transaction.
type Enqueue = func(context.Context, *sql.Tx, []storage.Notice) error

// Records is a store of records as the suite uses it.
type Records interface {
	Writable(ctx context.Context) error
	ReadingsOf(ctx context.Context, subject storage.ID, limit int) ([]storage.Access, error)
	Overtakes(ctx context.Context, notice storage.ID, now time.Time) (bool, error)
	CommitTogether(ctx context.Context, key storage.Key, now time.Time, fn func(storage.Tx) ([]byte, error)) ([]byte, error)
	Commit(ctx context.Context, key storage.Key, now time.Time, fn func(storage.Tx) ([]byte, error)) ([]byte, error)
	Write(ctx context.Context, fn func(storage.Tx) error) error

	Viewer(ctx context.Context, addr bot.Address, now time.Time) (storage.Person, []storage.Officer, error)
	Person(ctx context.Context, id storage.ID) (storage.Person, error)
	Routes(ctx context.Context, person storage.ID) ([]storage.Route, error)
	Consents(ctx context.Context, person storage.ID) ([]storage.Consent, error)
	MarkRoute(ctx context.Context, addr bot.Address, dead time.Time, why bot.SendCode) error
	SetLang(ctx context.Context, person storage.ID, lang string) error
	Everything(ctx context.Context, person storage.ID) (any, error)

	Organisation(ctx context.Context, id storage.ID) (storage.Organisation, error)
	OrganisationsOf(ctx context.Context, person storage.ID) ([]storage.Organisation, error)
	Members(ctx context.Context, organisation storage.ID) ([]storage.Member, error)
	IsMember(ctx context.Context, organisation, person storage.ID) (bool, error)

	Idea(ctx context.Context, id storage.ID) (storage.Idea, error)
	IdeaByNumber(ctx context.Context, n ocop.FormNumber) (storage.Idea, error)
	IdeasOf(ctx context.Context, person storage.ID) ([]storage.Idea, error)
	Events(ctx context.Context, idea storage.ID) ([]storage.Event, error)
	Evaluations(ctx context.Context, idea storage.ID) ([]storage.Evaluation, error)
	EvaluationsOf(ctx context.Context, round storage.ID) ([]storage.Evaluation, error)
	Round(ctx context.Context, id storage.ID) (storage.Round, error)
	Rounds(ctx context.Context, year int) ([]storage.Round, error)

	Inbox(ctx context.Context, scope storage.Scope, offset, limit int) ([]storage.Idea, int, error)
	Search(ctx context.Context, scope storage.Scope, text string, limit int) ([]storage.Idea, error)
	Requests(ctx context.Context, scope storage.Scope, limit int) ([]storage.Request, error)
	OfficersIn(ctx context.Context, units []ocop.UnitKey, at time.Time) ([]storage.Officer, error)
	OfficersOf(ctx context.Context, person storage.ID, at time.Time) ([]storage.Officer, error)
	IdeasUntold(ctx context.Context, level string, limit int) ([]storage.Idea, error)
	IdeasWaiting(ctx context.Context, level string, before time.Time, limit int) ([]storage.Idea, error)
	RequestsUntold(ctx context.Context, level string, limit int) ([]storage.Request, error)

	Report(ctx context.Context, id storage.ID) (storage.Report, error)
	ReportByNumber(ctx context.Context, n ocop.FormNumber) (storage.Report, error)
	LatestReport(ctx context.Context, d storage.Duty) (storage.Report, error)
	Editions(ctx context.Context, d storage.Duty) ([]storage.Report, error)
	ReportsHandedIn(ctx context.Context, obligation, period string) ([]storage.Report, error)
	ReportsIn(ctx context.Context, units []ocop.UnitKey) ([]storage.Report, error)
	ReportsToReceive(ctx context.Context) ([]storage.Report, error)
	FilingsOf(ctx context.Context, obligation, period string) ([]storage.Filing, error)
	ReportEvents(ctx context.Context, report storage.ID) ([]storage.ReportEvent, error)
	ReportFigures(ctx context.Context, report storage.ID) ([]storage.ReportFigure, error)
	FiguresHandedIn(ctx context.Context, obligation, period string) ([]storage.ReportFigure, error)
	TextsHandedIn(ctx context.Context, obligation, period string) ([]storage.ReportText, error)
	ReportTexts(ctx context.Context, report storage.ID) ([]storage.ReportText, error)
	Tallies(ctx context.Context, c storage.Counting) ([]storage.Tally, error)
	ReportFiles(ctx context.Context, report storage.ID) ([]storage.File, error)

	Files(ctx context.Context, idea storage.ID) ([]storage.File, error)
	File(ctx context.Context, id storage.ID) (storage.File, error)
	FilesWanted(ctx context.Context, limit int) ([]storage.File, error)
	SetFile(ctx context.Context, f storage.File) error

	Notice(ctx context.Context, id storage.ID) (storage.Notice, error)
	LastNotice(ctx context.Context, person storage.ID, addr bot.Address) (storage.Notice, error)
	SettleNotice(ctx context.Context, id storage.ID, state, why string, addr bot.Address, provider string, at time.Time) error
	AddDead(ctx context.Context, d storage.Dead) error
	DeadLetters(ctx context.Context, limit int) ([]storage.Dead, error)
	CountDead(ctx context.Context) (int, error)
	LogAccess(ctx context.Context, a storage.Access) error
	Readings(ctx context.Context, idea storage.ID, limit int) ([]storage.Access, error)
	CodeTried(ctx context.Context, addr bot.Address, right bool, at time.Time) (time.Time, error)
	Link(ctx context.Context, id storage.ID) (storage.Link, error)
	HasPIN(ctx context.Context, person storage.ID) (bool, error)
	CodeLocked(ctx context.Context, addr bot.Address, at time.Time) (time.Time, error)

	FirstOffice(ctx context.Context) (time.Time, error)
	Demand(ctx context.Context, id storage.ID) (storage.Demand, error)
	DemandsSince(ctx context.Context, due time.Time) ([]storage.Demand, error)
	Extensions(ctx context.Context, obligation, period string) ([]storage.Extension, error)
	ExtensionsSince(ctx context.Context, due time.Time) ([]storage.Extension, error)
	Acks(ctx context.Context, obligation, period string) ([]storage.Ack, error)
	TasksDone(ctx context.Context, obligation, period string) ([]storage.TaskDone, error)
	Reminder(ctx context.Context, id storage.ID) (storage.ReminderSent, error)
	RemindersOf(ctx context.Context, obligation, period string, due time.Time, step string) ([]storage.ReminderSent, error)
	RemindersTo(ctx context.Context, person storage.ID, since time.Time) ([]storage.ReminderSent, error)
	RemindersUnanswered(ctx context.Context, from, to time.Time, channel string) ([]storage.ReminderSent, error)
	GatheringRecords
	AnnouncementRecords
	PlanRecords

	Stats(ctx context.Context) (storage.Stats, error)
	Prune(ctx context.Context, now time.Time) error
	Backup(ctx context.Context, w io.Writer) error
	Restore(ctx context.Context, r io.Reader) error
}

// Opened is an empty store of records and the sessions beside them.
type Opened struct {
	Records
	Sessions interface {
		storage.Sessions
		Park(ctx context.Context, sessions []storage.Parked) error
	}
}

// Run checks a store of records. open makes an empty one that hands notices
// to enqueue, which may be nil, and closes it with the test.
func Run(t *testing.T, open func(t *testing.T, enqueue Enqueue) Opened) {
	for _, group := range []map[string]func(*testing.T, *world){
		commitChecks, ideaChecks, peopleChecks, officeChecks, dutyChecks, deliveryChecks, reportChecks, tallyChecks, eraseChecks, backupChecks, parkChecks, gatheringChecks, planChecks, linkChecks, announcementChecks,
	} {
		for name, check := range group {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				check(t, newWorld(t, open))
			})
		}
	}
}
