// Package outbox delivers what nobody is waiting for: notices, the officers'
// morning digest, announcements to many, answers that could not be sent at
// once; and it fetches the pictures that people sent. It decides when something is due, whom it
// reaches by which channel, at what pace and for how long it is tried.
//
// It writes no text: a Renderer makes it just before sending, from what is
// true then. A job in the queue holds ids only. Delivery is at least once: a
// crash between sending and noting it repeats one message.
//
// The queue is River's, in the same database as the records, so that a notice
// and its job are stored in one transaction.
package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/conversations"
	"ocopbot/storage"
)

// Options are the parts of an Outbox.
type Options struct {
	DB       *sql.DB       // shared with the records
	Pool     *pgxpool.Pool // the pool under DB on PostgreSQL; nil on SQLite
	Store    Store
	Render   Renderer
	Limiter  Limiter
	Channels map[string]bot.Channel // by Caps().Name
	// Outlets are the channels as announcements see them; nil: as Outlets
	// makes them where no number is known to text a refusal to.
	Outlets []conversations.Outlet
	// Programme tells working days, and whose officers are above whose.
	Programme *ocop.Programme
	Log       *slog.Logger          // nil: slog's default
	Metrics   prometheus.Registerer // nil: none
	Now       func() time.Time      // nil: time.Now

	pace timings
}

// timings are what a test has to make less of.
type timings struct {
	patience time.Duration // of a job for its slot
	job      time.Duration // a job may take, its wait included
	rescue   time.Duration // after which a job of a killed process is tried again
	tick     time.Duration // between two looks at what is due
	telling  int           // people who may wait to be told an announcement
}

// A send takes at most 15 s. The queue gives a job up as lost when nobody can
// be working on it any more. More people would wait longer than their patience
// at Telegram's pace.
var usual = timings{patience: 20 * time.Second, job: 35 * time.Second, rescue: 40 * time.Second, tick: time.Minute, telling: 500}

// Outbox is one replica's share of the delivering.
type Outbox struct {
	o      Options
	client deliverer
	sent   *prometheus.CounterVec

	carriers map[string]storage.Carrier
	looks    *storage.Batches[storage.RecipientKey, verdict]
	claims   *storage.Batches[claim, verdict]
	settles  *storage.Batches[settled, struct{}]
	pictures pictures
	answered answered
	pauses   pauses

	stopping chan struct{} // closed when Stop begins
	ticking  sync.WaitGroup
	endTicks context.CancelFunc
}

// drain is for how long Stop lets jobs finish.
const drain = 10 * time.Second

// New makes an Outbox; Start sets it going.
func New(o Options) (*Outbox, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.pace == (timings{}) {
		o.pace = usual
	}
	b := &Outbox{o: o, stopping: make(chan struct{}), sent: newMetrics(o.Metrics)}
	if o.Outlets == nil {
		o.Outlets = Outlets(o.Channels, "")
	}
	b.carriers = map[string]storage.Carrier{}
	for _, out := range o.Outlets {
		b.carriers[out.Caps.Name] = out.Carrier
	}
	b.looks = &storage.Batches[storage.RecipientKey, verdict]{Run: b.look}
	b.claims = &storage.Batches[claim, verdict]{Run: b.claim}
	b.settles = &storage.Batches[settled, struct{}]{Run: b.settleAll}
	workers := river.NewWorkers()
	for _, err := range []error{
		river.AddWorkerSafely(workers, &noticeWorker{outbox: b}),
		river.AddWorkerSafely(workers, &answerWorker{outbox: b}),
		river.AddWorkerSafely(workers, &photoWorker{outbox: b}),
		river.AddWorkerSafely(workers, &planWorker{outbox: b}),
		river.AddWorkerSafely(workers, &recipientsWorker{outbox: b}),
		river.AddWorkerSafely(workers, &gatheringPictureWorker{outbox: b}),
		river.AddWorkerSafely(workers, &tryWorker{outbox: b}),
	} {
		if err != nil {
			return nil, fmt.Errorf("outbox: %w", err)
		}
	}
	cooldown := 20 * time.Millisecond
	if o.Pool == nil {
		cooldown = 50 * time.Millisecond // every look takes the one connection that writes
	}
	client, err := newDeliverer(o.DB, o.Pool, &river.Config{
		Queues: map[string]river.QueueConfig{
			answersQueue: {MaxWorkers: 50},
			noticesQueue: {MaxWorkers: 50}, // 30 a second and up to 1 s each, so that none waits for a worker
			photosQueue:  {MaxWorkers: 2},  // a picture takes 100 MB for a moment
			plansQueue:   {MaxWorkers: 4},
			// Most wait for their slot, a few seconds ahead, so that looking for
			// more seldom is soon enough, and cheaper.
			tellQueue: {MaxWorkers: o.pace.telling / personsPerJob, FetchCooldown: 2 * cooldown},
		},
		Workers:                     workers,
		FetchCooldown:               cooldown,
		FetchPollInterval:           time.Second,
		JobTimeout:                  o.pace.job,
		RescueStuckJobsAfter:        o.pace.rescue,
		MaxAttempts:                 maxAttempts,
		RetryPolicy:                 retryPolicy{},
		ReindexerIndexNames:         indexes(),
		CompletedJobRetentionPeriod: time.Hour, // the records say what was sent
		SoftStopTimeout:             drain * 8 / 10,
		Logger:                      quiet(o.Log),
	})
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	b.client = client
	return b, nil
}

// Start begins to deliver. ctx ending ends nothing: Stop does.
func (b *Outbox) Start(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	if err := b.client.Start(ctx); err != nil {
		return fmt.Errorf("outbox: start: %w", err)
	}
	ctx, b.endTicks = context.WithCancel(ctx)
	b.ticking.Go(func() { b.tickUntil(ctx) })
	return nil
}

// Stop takes no new jobs, sends those that wait for their slot back into the
// queue, and lets the others finish, for at most 10 s.
func (b *Outbox) Stop(ctx context.Context) error {
	close(b.stopping)
	b.endTicks()
	b.ticking.Wait()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := b.client.Stop(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("outbox: stop: %w", err)
	}
	return nil
}

// EnqueueAnswer has the answer of a turn rendered again and sent as soon as
// its channel takes it, unless the dialog has moved on by then; its first
// messages, as many as were sent, are left out. after is how long the channel
// asked to be left alone when it refused it, else 0.
func (b *Outbox) EnqueueAnswer(ctx context.Context, to bot.Address, session string, turn, sent int, after time.Duration) error {
	if after > 0 {
		b.pause(ctx, to.Channel(), after)
	}
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	if _, err := b.client.Insert(ctx, answerArgs{Addr: to, Session: session, Turn: turn, Skip: sent}, nil); err != nil {
		return fmt.Errorf("outbox: enqueue an answer: %w", err)
	}
	return nil
}

// callDeadline bounds a call of the database that the records do not bound.
const callDeadline = 5 * time.Second
