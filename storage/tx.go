package storage

import (
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
)

// Tx is one transaction: all of it happens, or nothing. Its methods use the
// context and deadline the transaction was begun with. Nothing but the Tx may
// touch the store meanwhile: on SQLite it would wait for itself.
type Tx interface {
	// Person, and the other readers, see what the transaction wrote.
	Person(id ID) (Person, error)
	PersonAt(addr bot.Address) (Person, error)
	// PutPerson inserts a person or replaces the one of the same ID.
	PutPerson(p Person) error
	// PutRoute makes addr an address of a person, taking it from whoever had
	// it before.
	PutRoute(r Route) error
	AddConsent(c Consent) error

	PutOrganisation(o Organisation) error
	PutMember(m Member) error
	// Members lists who belongs to an organisation.
	Members(organisation ID) ([]Member, error)

	// AddIdea gives the idea the next number of its series (Number.Prefix and
	// Number.Year) and inserts it with its first event, Registered. Numbers
	// have no gaps, so the series is locked until the transaction ends: call
	// it last.
	AddIdea(i *Idea, actor ID) error
	Idea(id ID) (Idea, error)
	IdeaByNumber(n ocop.FormNumber) (Idea, error)
	// Happen records an event: it moves the idea's stage by ocop's rules, lets
	// change alter other fields (nil: none), and raises its version. version
	// is the one the actor saw: ErrConflict if it moved meanwhile; -1 accepts
	// any, and may run change more than once. An event that the stage forbids
	// is ErrConflict too. An idea that waits for an officer at no level waits
	// for the commune's; one that waits at another level than before has not
	// been told of.
	Happen(e Event, version int, change func(*Idea)) (Idea, error)

	PutRound(r Round) error
	// RoundOf finds a council's round of a year and number, and makes it when
	// there is none. Councils number their rounds each by itself.
	RoundOf(year, seq int, level string, council ocop.UnitKey, now time.Time) (Round, error)
	Evaluation(id ID) (Evaluation, error)
	// EvaluationIn is the evaluation of an idea in a round.
	EvaluationIn(idea, round ID) (Evaluation, error)
	// PutEvaluation inserts it, or replaces one whose Version is one less.
	PutEvaluation(e Evaluation) error
	// EvaluationsOf lists the evaluations of a round.
	EvaluationsOf(round ID) ([]Evaluation, error)
	Round(id ID) (Round, error)

	// Report, and the other readers of reports, see what the transaction wrote.
	Report(id ID) (Report, error)
	// LatestReport is the latest edition of what a unit reports for a duty.
	LatestReport(d Duty) (Report, error)
	ReportFigures(report ID) ([]ReportFigure, error)
	ReportTexts(report ID) ([]ReportText, error)
	// AddReport inserts a draft with its first event, ReportOpened. ErrConflict
	// if that edition is there already.
	AddReport(r Report, actor ID, role string) error
	// ReportHappens records an event: it moves the report's state by ocop's
	// rules, lets change alter other fields (nil: none), and raises its
	// version. version is the one the actor saw: ErrConflict if it moved
	// meanwhile; -1 accepts any, and may run change more than once. An event
	// that the state forbids is ErrConflict too. A report that is filed and has
	// a Number without Seq gets the next of its series: call it last then.
	ReportHappens(e ReportEvent, version int, change func(*Report)) (Report, error)
	// PutReportFigure inserts a figure, or replaces one whose Version is one
	// less, or 0; else it is ErrConflict: somebody else wrote it meanwhile.
	PutReportFigure(f ReportFigure) error
	// PutReportText does the same for a text.
	PutReportText(t ReportText) error

	AddFile(f File) error
	// FilesSince counts an idea's files that came since.
	FilesSince(idea ID, since time.Time) (int, error)
	AddRequest(r Request) error
	// CloseRequest answers ErrConflict if it was closed already.
	CloseRequest(id, by ID, at time.Time) error

	PutInvite(i Invite) error
	// CodeTried counts a wrong code tried from addr, or clears the count when
	// it was right. Five wrong ones lock the address for an hour: locked is
	// when it may try again, zero when it may now.
	CodeTried(addr bot.Address, right bool, at time.Time) (locked time.Time, err error)
	// CodeLocked tells until when addr is locked; zero when it is not.
	CodeLocked(addr bot.Address, at time.Time) (time.Time, error)
	// UseInvite marks the invite used and returns it; ErrNotFound if there is
	// none, it was used or it expired at at.
	UseInvite(hash []byte, by ID, at time.Time) (Invite, error)
	PutOfficer(o Officer) error
	// OfficersIn lists who holds office at a moment in exactly these units.
	OfficersIn(units []ocop.UnitKey, at time.Time) ([]Officer, error)
	// Officer is an assignment, ended or not.
	Officer(id ID) (Officer, error)

	// PutDemand inserts a demand or replaces the one of the same ID.
	PutDemand(d Demand) error
	// WithdrawDemand takes back what was asked for; ErrConflict if it was
	// taken back before, or never asked.
	WithdrawDemand(id ID, why string, at time.Time) (Demand, error)
	AddExtension(e Extension) error
	// AddAck keeps an «Đã nhận»; the same again changes nothing.
	AddAck(a Ack) error
	// AddTaskDone answers ErrConflict if the task was closed before.
	AddTaskDone(d TaskDone) error
	// Remind notes that a step is told, unless it was before: fresh is false
	// then, and nothing is to be sent.
	Remind(r ReminderSent) (fresh bool, err error)

	GatheringTx
	LinkTx

	// AddPlanFigure keeps what an officer entered of a target of the plan.
	AddPlanFigure(f PlanFigure) error

	// Notify stores the notice and enqueues the job that delivers it.
	Notify(n Notice) error
	// MarkTold records that officers are being told of what waits for them,
	// and returns those of the ideas of which nobody had told them: of two who
	// send a digest at once only one gets each.
	MarkTold(ideas []ID, at time.Time) ([]ID, error)
	// MarkRequestsTold does the same for requests.
	MarkRequestsTold(requests []ID, at time.Time) ([]ID, error)

	Announcement(id ID) (Announcement, error)
	// PutAnnouncement inserts it, or replaces one whose Version is one less.
	// One that is to be sent gets the job that does so.
	PutAnnouncement(a Announcement) error
	// AddAnnouncementEvent keeps who did what about it.
	AddAnnouncementEvent(e AnnouncementEvent) error
	// TryAnnouncement has it sent to one address, as it would be to all.
	TryAnnouncement(id ID, to bot.Address) error
	// CancelRecipients holds all who still wait for an announcement.
	CancelRecipients(announcement ID, at time.Time) error
	// AnswerRecipient notes that somebody answered an announcement;
	// ErrNotFound if they were not told.
	AnswerRecipient(announcement, person ID, at time.Time) error
	// AnswerInvitations notes the same of all that invited a person to the
	// gathering of a code.
	AnswerInvitations(gathering string, person ID, at time.Time) error
	// MarkAlertTold records that the admins are being told of an alert; fresh
	// is false if they are already.
	MarkAlertTold(id ID, at time.Time) (fresh bool, err error)

	// Erase empties what is personal in all records of the person: name,
	// phone, routes, consents' message ids, files, requests' texts, drafts,
	// bodies of all events of their ideas and of what they said as a producer
	// about others', names of organisations that are theirs alone. What they
	// decided in office stays: it is the office's. Their offices end, what was queued for them is dropped.
	// Ideas that no officer has accepted yet are withdrawn and emptied; signups
	// for gatherings to come are cancelled.
	// Numbers, dates and stages stay.
	Erase(person ID, at time.Time) error
}

// Scope is whose records a list is made of.
type Scope struct {
	All    bool           // every unit
	Units  []ocop.UnitKey // else these
	Levels []string       // only what waits at these levels; empty: at any
}

// Viewer is who looks at records: what they may see follows from nothing else.
type Viewer struct {
	Person   Person
	Officers []Officer      // assignments in office now
	Units    []ocop.UnitKey // all units those assignments cover
	Acts     []ocop.UnitKey // those of them in which the viewer decides
	All      bool           // covers every unit (province, admin)
	Looks    bool           // at every unit, in charge of none (departments)
}
