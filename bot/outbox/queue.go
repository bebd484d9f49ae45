package outbox

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"ocopbot/bot"
	"ocopbot/storage"
)

// Queues have workers of their own, so that a slow kind never delays another.
const (
	answersQueue = "answers"
	noticesQueue = "notices"
	photosQueue  = "photos"
	plansQueue   = "plans"
	tellQueue    = "announcements"
)

// The arguments of jobs hold an ID as a string: on its way into PostgreSQL the
// queue rounds numbers beyond 2^53.
type noticeArgs struct {
	ID storage.ID `json:"id,string"`
}

func (noticeArgs) Kind() string { return "notice" }
func (noticeArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: noticesQueue}
}

// answerArgs names an answer; Skip is how many of its messages were sent
// already.
type answerArgs struct {
	Addr    bot.Address `json:"addr"`
	Session string      `json:"session"`
	Turn    int         `json:"turn"`
	Skip    int         `json:"skip,omitempty"`
}

func (answerArgs) Kind() string { return "answer" }
func (answerArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: answersQueue}
}

type photoArgs struct {
	ID storage.ID `json:"id,string"`
}

func (photoArgs) Kind() string { return "photo" }
func (photoArgs) InsertOpts() river.InsertOpts {
	// Unique only to save work: a file that is no longer wanted is left alone.
	return river.InsertOpts{Queue: photosQueue, UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

// planArgs name an announcement that is to be planned and watched. Epoch tells
// a job from those made before a pause.
type planArgs struct {
	ID    storage.ID `json:"id,string"`
	Epoch int        `json:"epoch"`
}

func (planArgs) Kind() string { return "plan" }
func (planArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: plansQueue}
}

// tryArgs name an announcement that is to be sent to one address.
type tryArgs struct {
	ID   storage.ID  `json:"id,string"`
	Addr bot.Address `json:"addr"`
}

func (tryArgs) Kind() string { return "try" }
func (tryArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: answersQueue}
}

// recipientsArgs name some people an announcement is for: with a job each, the
// queue's own work was a third of what a message cost.
type recipientsArgs struct {
	Announcement storage.ID   `json:"a"`
	Epoch        int          `json:"e"`
	Persons      []storage.ID `json:"p"`
}

// personsPerJob is how many share a job. Its next attempt is that of all of
// them, see together, so that it may not be many.
const personsPerJob = 10

func (recipientsArgs) Kind() string { return "recipients" }
func (recipientsArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: tellQueue}
}

// Queue puts jobs into transactions. It is made before there is a database.
type Queue struct {
	postgres bool
	client   *river.Client[*sql.Tx]
}

// NewQueue makes a Queue for PostgreSQL or for SQLite.
func NewQueue(postgres bool) (*Queue, error) {
	var d riverdriver.Driver[*sql.Tx] = riversqlite.New(nil)
	if postgres {
		d = riverdatabasesql.New(nil)
	}
	client, err := river.NewClient(d, &river.Config{MaxAttempts: maxAttempts})
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	return &Queue{postgres: postgres, client: client}, nil
}

// Enqueue puts the jobs that deliver notices into the transaction that stores
// them. It uses nothing but the transaction.
func (q *Queue) Enqueue(ctx context.Context, tx *sql.Tx, all []storage.Notice) error {
	jobs := make([]river.InsertManyParams, len(all))
	for i, n := range all {
		jobs[i] = river.InsertManyParams{Args: noticeArgs{n.ID}, InsertOpts: from(n.NotBefore)}
	}
	if _, err := q.client.InsertManyFastTx(ctx, tx, jobs); err != nil {
		return fmt.Errorf("outbox: enqueue notices: %w", err)
	}
	return nil
}

// EnqueuePlan puts the job that plans an announcement into the transaction
// that has it sent.
func (q *Queue) EnqueuePlan(ctx context.Context, tx *sql.Tx, id storage.ID, epoch int, at time.Time) error {
	if _, err := q.client.InsertTx(ctx, tx, planArgs{id, epoch}, from(at)); err != nil {
		return fmt.Errorf("outbox: enqueue an announcement: %w", err)
	}
	return nil
}

// EnqueueTrial puts the job that sends an announcement to one address into a
// transaction.
func (q *Queue) EnqueueTrial(ctx context.Context, tx *sql.Tx, id storage.ID, to bot.Address) error {
	if _, err := q.client.InsertTx(ctx, tx, tryArgs{id, to}, nil); err != nil {
		return fmt.Errorf("outbox: enqueue a trial: %w", err)
	}
	return nil
}

// EnqueueRecipients puts the jobs that tell some people of an announcement
// into the transaction that writes them down.
func (q *Queue) EnqueueRecipients(ctx context.Context, tx *sql.Tx, id storage.ID, epoch int, persons []storage.ID, at time.Time) error {
	var jobs []river.InsertManyParams
	opts := from(at)
	for some := range slices.Chunk(persons, personsPerJob) {
		jobs = append(jobs, river.InsertManyParams{Args: recipientsArgs{id, epoch, some}, InsertOpts: opts})
	}
	if _, err := q.client.InsertManyFastTx(ctx, tx, jobs); err != nil {
		return fmt.Errorf("outbox: enqueue recipients: %w", err)
	}
	return nil
}

// from has a job run at a moment, or at once: one that is named to the queue
// waits for the queue's scheduler even if it is past.
func from(at time.Time) *river.InsertOpts {
	if !at.After(time.Now()) {
		return &river.InsertOpts{}
	}
	return &river.InsertOpts{ScheduledAt: at}
}

// Migrate brings the queue's own tables up to date. Only one process may do
// so at a time: the caller holds a lock.
func (q *Queue) Migrate(ctx context.Context, db *sql.DB) error {
	var d riverdriver.Driver[*sql.Tx] = riversqlite.New(db)
	if q.postgres {
		d = riverdatabasesql.New(db)
	}
	m, err := rivermigrate.New(d, &rivermigrate.Config{})
	if err != nil {
		return fmt.Errorf("outbox: migrate: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("outbox: migrate: %w", err)
	}
	if !q.postgres {
		return nil
	}
	for _, index := range unused {
		if _, err := db.ExecContext(ctx, "DROP INDEX IF EXISTS "+index); err != nil {
			return fmt.Errorf("outbox: migrate: %w", err)
		}
	}
	return nil
}

// unused are the queue's indexes for searching in jobs. Nobody does, and each
// step of a job's life would write into them: a third of its cost.
var unused = []string{"river_job_args_index", "river_job_metadata_index", "river_job_kind"}

// indexes are those the queue is to rebuild now and then.
func indexes() []string {
	return slices.DeleteFunc(river.ReindexerIndexNamesDefault(), func(name string) bool { return slices.Contains(unused, name) })
}

// deliverer is the queue's client that works: the same on both databases, but
// for the kind of transaction, which it is never given.
type deliverer interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	Insert(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobInsertResult, error)
	InsertMany(ctx context.Context, all []river.InsertManyParams) ([]*rivertype.JobInsertResult, error)
}

// newDeliverer works on PostgreSQL through pgx itself: through database/sql
// every list is written and read as text, a seventh of what a message costs.
func newDeliverer(db *sql.DB, pool *pgxpool.Pool, c *river.Config) (deliverer, error) {
	if pool == nil {
		return river.NewClient(riversqlite.New(db), c)
	}
	return river.NewClient(riverpgxv5.New(pool), c)
}

// How long something is tried, and how often at most: the time ends it first.
const (
	giveUp      = 3 * 24 * time.Hour
	maxAttempts = 10_000
)
