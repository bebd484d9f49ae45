package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"ocopbot/bot"
	"ocopbot/bot/dispatch"
	"ocopbot/bot/ocop"
	"ocopbot/bot/outbox"
	"ocopbot/bot/telegram"
	"ocopbot/conversations"
	"ocopbot/locales"
	"ocopbot/storage"
	"ocopbot/storage/redisstore"
	"ocopbot/storage/sqlstore"
)

// records are the database with the queue that lives in it.
type records struct {
	*sqlstore.Store
	queue *outbox.Queue
}

// openExisting opens records that are there already. A file is not made by
// looking for it: its path may be mistyped.
func openExisting(ctx context.Context, s *Settings) (*records, error) {
	if s.noFileYet() {
		return nil, fmt.Errorf("there is no database at %s yet; `ocopbot serve`, `chat` or `migrate` makes one", s.DatabaseURL)
	}
	r, err := openRecords(ctx, s)
	if err != nil {
		return nil, err
	}
	if err := r.usable(ctx); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// usable tells whether the records can be read, and what to do if not.
func (r *records) usable(ctx context.Context) error {
	err := r.Ready(ctx)
	if err != nil && !unavailable(err) {
		return fmt.Errorf("no tables of ours are there, `ocopbot migrate` makes them (%w)", err)
	}
	return err
}

// noFileYet tells that the database is a file that is not there.
func (s *Settings) noFileYet() bool {
	if s.postgres() {
		return false
	}
	_, err := os.Stat(s.DatabaseURL)
	return errors.Is(err, fs.ErrNotExist)
}

// openRecords opens the records, for commands that need no more.
func openRecords(ctx context.Context, s *Settings) (*records, error) {
	if !s.postgres() {
		if err := os.MkdirAll(filepath.Dir(s.DatabaseURL), 0o700); err != nil {
			return nil, fmt.Errorf("data folder: %w", err)
		}
	}
	queue, err := outbox.NewQueue(s.postgres())
	if err != nil {
		return nil, err
	}
	store, err := sqlstore.Open(ctx, sqlstore.Options{URL: s.DatabaseURL, Enqueue: queue.Enqueue,
		Announce: sqlstore.Announce{Plan: queue.EnqueuePlan, Try: queue.EnqueueTrial, Tell: queue.EnqueueRecipients}, Log: s.logger()})
	if err != nil {
		return nil, err
	}
	return &records{store, queue}, nil
}

// migrate brings the tables of the records and of the queue up to date, under
// one lock.
func (r *records) migrate(ctx context.Context) error { return r.Migrate(ctx, r.queue.Migrate) }

// app is the program's parts, wired.
type app struct {
	log      *slog.Logger
	prog     *ocop.Programme
	records  *records
	redis    *redis.Client        // nil without REDIS_URL
	parked   *redisstore.Sessions // nil without REDIS_URL
	engine   *conversations.Engine
	outbox   *outbox.Outbox
	dispatch *dispatch.Dispatcher
	metrics  *prometheus.Registry
	sms      *shortMessages // nil without SMS_GATEWAY
}

// open wires the parts to the channels. Nothing runs yet.
func open(ctx context.Context, s *Settings, channels ...bot.Channel) (a *app, err error) {
	a = &app{log: s.logger(), metrics: prometheus.NewRegistry()}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	if a.prog, err = ocop.Load(s.Programme); err != nil {
		return a, err
	}
	texts, err := locales.New()
	if err != nil {
		return a, err
	}
	if a.records, err = openRecords(ctx, s); err != nil {
		return a, err
	}
	var sessions storage.Sessions = a.records.Sessions()
	var limiter outbox.Limiter = outbox.NewLocalLimiter(outbox.Paces{telegram.Name: outbox.TelegramPace}, time.Now)
	if s.RedisURL != "" {
		if a.redis, err = redisstore.Connect(s.RedisURL); err != nil {
			return a, settingError{fmt.Errorf("REDIS_URL: %w", err)}
		}
		a.parked = redisstore.New(a.redis, a.records.Sessions(), redisstore.Options{Log: a.log})
		sessions = a.parked
		limiter = redisstore.NewLimiter(a.redis, map[string]redisstore.Pace{telegram.Name: redisstore.Pace(outbox.TelegramPace)})
	}
	byName := map[string]bot.Channel{}
	for _, c := range channels {
		byName[c.Caps().Name] = c
	}
	outlets := outbox.Outlets(byName, s.refuseNumber())
	a.engine = conversations.New(a.prog, texts, a.records).Sends(conversations.Sending{
		Outlets: outlets, Refuse: s.refuseNumber(), Approval: s.AnnounceApproval,
	}).With(doors(s, channels))
	a.outbox, err = outbox.New(outbox.Options{
		DB: a.records.DB(), Pool: a.records.Pool(), Store: a.records, Render: renderer{a}, Limiter: limiter,
		Channels: byName, Outlets: outlets, Programme: a.prog, Log: a.log, Metrics: a.metrics,
	})
	if err != nil {
		return a, err
	}
	a.dispatch = dispatch.New(dispatch.Options{
		Engine: a.engine, Sessions: sessions, Records: a.records, Answers: a.outbox,
		Texts: texts, Log: a.log, Now: time.Now, Metrics: a.metrics,
	})
	return a, nil
}

// doors are how people who see a poster reach the bot.
func doors(s *Settings, channels []bot.Channel) conversations.Doors {
	var d conversations.Doors
	for _, c := range channels {
		if linked, ok := c.(interface {
			Link(ctx context.Context, code string) (string, error)
		}); ok {
			d.Link = linked.Link
		}
	}
	if g, ok := s.SMS.texted(); ok {
		d.Number, d.Keyword = g.Number, g.Keyword
	}
	return d
}

func (a *app) close() error {
	var errs []error
	if a.redis != nil {
		errs = append(errs, a.redis.Close())
	}
	if a.records != nil {
		errs = append(errs, a.records.Close())
	}
	return errors.Join(errs...)
}

// startOutbox begins to deliver; the function it returns ends that.
func (a *app) startOutbox(ctx context.Context) (stop func(), err error) {
	if err := a.outbox.Start(ctx); err != nil {
		return nil, err
	}
	return func() {
		if err := a.outbox.Stop(ctx); err != nil {
			a.log.Error("the outbox did not end in time", "cause", err)
		}
	}, nil
}

// renderer makes what the outbox sends.
type renderer struct{ *app }

func (r renderer) Notice(ctx context.Context, n storage.Notice, caps bot.Caps, now time.Time) (bot.Message, error) {
	return r.engine.Notice(ctx, n, caps, now)
}

func (r renderer) Answer(ctx context.Context, to bot.Address, caps bot.Caps, session string, turn int) (bot.Reply, error) {
	return r.dispatch.Answer(ctx, to, caps, session, turn)
}

func (r renderer) Announcement(a storage.Announcement, lang string, caps bot.Caps) bot.Message {
	return r.engine.Announcement(a, lang, caps)
}

func (r renderer) Progress(ctx context.Context, a storage.Announcement, tally []storage.RecipientCount, caps bot.Caps) (bot.Message, error) {
	return r.engine.Progress(ctx, a, tally, caps)
}
