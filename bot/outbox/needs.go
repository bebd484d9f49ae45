package outbox

import (
	"context"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/duties"
	"ocopbot/bot/ocop"
	"ocopbot/conversations"
	"ocopbot/storage"
)

// Store is what the outbox needs of the records. Every call bounds itself.
type Store interface {
	Notice(ctx context.Context, id storage.ID) (storage.Notice, error)
	// Overtakes tells whether a notice queued before this one for the same
	// person could still go out.
	Overtakes(ctx context.Context, notice storage.ID, now time.Time) (bool, error)
	// SettleNotice records what became of a queued notice; ErrConflict if
	// something else did.
	SettleNotice(ctx context.Context, id storage.ID, state, why string, addr bot.Address, provider string, at time.Time) error

	Person(ctx context.Context, id storage.ID) (storage.Person, error)
	Routes(ctx context.Context, person storage.ID) ([]storage.Route, error)
	MarkRoute(ctx context.Context, addr bot.Address, dead time.Time, why bot.SendCode) error

	File(ctx context.Context, id storage.ID) (storage.File, error)
	// SetFile settles a wanted file; ErrConflict if it was settled before.
	SetFile(ctx context.Context, f storage.File) error
	FilesWanted(ctx context.Context, limit int) ([]storage.File, error)

	// IdeasUntold and RequestsUntold list what waits at a level and was in no
	// digest yet, the longest waiting first.
	IdeasUntold(ctx context.Context, level string, limit int) ([]storage.Idea, error)
	RequestsUntold(ctx context.Context, level string, limit int) ([]storage.Request, error)
	// IdeasWaiting lists ideas that have waited at a level since before a
	// moment, the longest first.
	IdeasWaiting(ctx context.Context, level string, before time.Time, limit int) ([]storage.Idea, error)
	Plans
	// AnnouncementPicture is the picture that goes along; ErrNotFound while
	// it was not fetched.
	AnnouncementPicture(ctx context.Context, id storage.ID) ([]byte, error)
	// SetAnnouncementPicture keeps it; without data it is given up.
	SetAnnouncementPicture(ctx context.Context, id storage.ID, provider string, data []byte) error
	SetWatch(ctx context.Context, id storage.ID, w storage.Watch) error
	// EndAnnouncement marks it as done when nobody waits any more.
	EndAnnouncement(ctx context.Context, id storage.ID, now time.Time) (done bool, err error)
	CountRecipients(ctx context.Context, id storage.ID) ([]storage.RecipientCount, error)
	// Deliveries reads what is true now of some recipients.
	Deliveries(ctx context.Context, keys []storage.RecipientKey, now time.Time) ([]storage.Delivery, error)
	// Decide does the same and, in the same transaction, what decide says,
	// while nobody else decides about the same people.
	Decide(ctx context.Context, keys []storage.RecipientKey, now time.Time, decide func(n int, d storage.Delivery) *storage.Move) error
	// Settle records what became of recipients that were being told.
	Settle(ctx context.Context, keys []storage.RecipientKey, moves []storage.Move, now time.Time) error
	// Officers lists everybody in office at a moment; FirstOffice is when the
	// first of all took theirs.
	Officers(ctx context.Context, at time.Time) ([]storage.Officer, error)
	FirstOffice(ctx context.Context) (time.Time, error)
	duties.Reads
	Acks(ctx context.Context, obligation, period string) ([]storage.Ack, error)
	RemindersOf(ctx context.Context, obligation, period string, due time.Time, step string) ([]storage.ReminderSent, error)
	// RemindersUnanswered lists steps told between two moments that nobody
	// answered and that may be repeated by a channel.
	RemindersUnanswered(ctx context.Context, from, to time.Time, channel string) ([]storage.ReminderSent, error)

	// Prune removes what has outlived its use.
	Prune(ctx context.Context, now time.Time) error
	OfficersIn(ctx context.Context, units []ocop.UnitKey, at time.Time) ([]storage.Officer, error)

	// NoticeSentAs is the notice that was sent to an address as a provider's message.
	NoticeSentAs(ctx context.Context, to bot.Address, provider string) (storage.Notice, error)
	// AlertsUntold lists what no admin was told of, the oldest first.
	AlertsUntold(ctx context.Context, limit int) ([]storage.Alert, error)
	// Gatherings lists those that end after a moment, cancelled ones too.
	Gatherings(ctx context.Context, after time.Time, limit int) ([]storage.Gathering, error)
	Attendance(ctx context.Context, gathering storage.ID) (storage.Attendance, error)
	// SignupsUntold lists signups with a seat since before a moment who were
	// not told of what; attended: only those who came.
	SignupsUntold(ctx context.Context, gathering storage.ID, what string, since time.Time, attended bool, limit int) ([]storage.Signup, error)
	GatheringPicturesWanted(ctx context.Context, limit int) ([]storage.File, error)
	// SetGatheringPicture keeps a picture that is wanted still; nil data: it
	// cannot be had.
	SetGatheringPicture(ctx context.Context, gathering storage.ID, provider string, data []byte) error

	// Commit runs fn in one transaction, once for a key.
	Commit(ctx context.Context, key storage.Key, now time.Time, fn func(storage.Tx) ([]byte, error)) ([]byte, error)
	Write(ctx context.Context, fn func(storage.Tx) error) error
}

// Renderer makes texts from what is true when it is asked. ErrMovedOn: there
// is nothing to say any more.
type Renderer interface {
	Notice(ctx context.Context, n storage.Notice, caps bot.Caps, now time.Time) (bot.Message, error)
	Answer(ctx context.Context, to bot.Address, caps bot.Caps, session string, turn int) (bot.Reply, error)
	// Announcement is an announcement as a channel shows it.
	Announcement(a storage.Announcement, lang string, caps bot.Caps) bot.Message
	// Progress tells its author how far it is.
	Progress(ctx context.Context, a storage.Announcement, tally []storage.RecipientCount, caps bot.Caps) (bot.Message, error)
}

// ErrMovedOn is a Renderer's: what was to be told is no longer wanted.
var ErrMovedOn = conversations.ErrMovedOn

// Fetcher is a channel that holds pictures.
type Fetcher interface {
	// Fetch returns a file of at most limit bytes. An error that is no
	// *bot.SendError means that it can never be had: it is too large, say.
	Fetch(ctx context.Context, id string, limit int64) (data []byte, mime string, err error)
}

// Limiter shares out the pace of the channels.
type Limiter interface {
	// Reserve takes the next slot of a lane for a message to an address, and
	// says how long to wait for it. If that is longer than patience, nothing
	// is reserved and the wait is only an estimate.
	Reserve(ctx context.Context, lane int, to bot.Address, patience time.Duration) (wait time.Duration, reserved bool, err error)
	// Pause lets nothing go by a channel for a while, as its provider asked.
	// It never shortens a pause.
	Pause(ctx context.Context, channel string, d time.Duration) error
}

// Lanes: what is sent by a lower lane never delays a higher one.
const (
	AnswerLane = iota
	NoticeLane
	AnnouncementLane
	Lanes // how many there are
)
