package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/bottest/faketelegram"
	"ocopbot/bot/ocop"
	"ocopbot/bot/outbox"
	"ocopbot/storage"
	"ocopbot/storage/sqlstore"
)

// How many people are told.
const (
	announcePaced   = 900
	announcePlanned = 100_000
	announceLifted  = 20_000
)

// byDay measures something a few times, with a program built with some edits
// and, when it is night in Vietnam, with the zone moved so that it is ten in
// the morning there: nobody is told anything at night.
func (r *rig) byDay(ctx context.Context, once func(*rig, context.Context) error, edits ...edit) error {
	now := time.Now()
	if hour := now.In(ocop.Local).Hour(); hour < 7 || hour >= 20 {
		edits = append(edits, edit{"bot/ocop/calendar.go", "7*60*60", fmt.Sprint(10*60*60 - now.Unix()%(24*60*60))})
	}
	with := *r
	if len(edits) > 0 && r.binary == filepath.Join(r.dir, "ocopbot") {
		b := *r.bench
		b.binary = filepath.Join(r.dir, "edited")
		with.bench = &b
		if err := buildEdited(ctx, r.dir, b.binary, edits...); err != nil {
			return err
		}
	}
	for range r.rounds {
		if err := once(&with, ctx); err != nil {
			return err
		}
	}
	return nil
}

// crowd is a store with people who can be reached by Telegram.
type crowd struct {
	*sqlstore.Store
	url string
}

// newCrowd fills an empty database with people.
func (r *rig) newCrowd(ctx context.Context, people int) (c *crowd, done func(), err error) {
	url, drop, err := r.newDatabase(ctx)
	if err != nil {
		return nil, nil, err
	}
	queue, err := outbox.NewQueue(true)
	if err != nil {
		return nil, nil, err
	}
	store, err := sqlstore.Open(ctx, sqlstore.Options{URL: url, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Announce: sqlstore.Announce{Plan: queue.EnqueuePlan, Tell: queue.EnqueueRecipients}})
	if err != nil {
		return nil, nil, err
	}
	done = func() { _ = store.Close(); drop() } // it is dropped whether or not it closes well
	if err := store.Migrate(ctx, queue.Migrate); err != nil {
		done()
		return nil, nil, err
	}
	now := time.Now()
	first := storage.NewID(now)
	all := make([]int64, people)
	for i := range all {
		all[i] = firstPerson + int64(i)
	}
	for some := range slices.Chunk(all, 500) {
		err := store.Write(ctx, func(tx storage.Tx) error {
			for _, n := range some {
				id := first + storage.ID(n)
				if err := errors.Join(tx.PutPerson(storage.Person{ID: id, Name: "Hoàng Thị Mai", Lang: "vi", Created: now}),
					tx.PutRoute(storage.Route{Addr: bot.Address(fmt.Sprint("telegram:", n)), Person: id, Since: now, Used: now})); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			done()
			return nil, nil, err
		}
	}
	// As the server does by itself a minute after so much is new.
	if _, err := store.DB().ExecContext(ctx, "ANALYZE"); err != nil {
		done()
		return nil, nil, err
	}
	return &crowd{store, url}, done, nil
}

// order has everybody told something.
func (c *crowd) order(ctx context.Context) (storage.ID, error) {
	now := time.Now()
	a := storage.Announcement{ID: storage.NewID(now), Role: "program", Class: ocop.ServiceNotice, Reason: "r",
		Text:  "Lớp tập huấn OCOP mở ngày 02/07/2026 tại huyện Chi Lăng, học viên được hỗ trợ tiền ăn.",
		State: storage.AnnouncementSending, Epoch: 1, Created: now, Began: now, Version: 1}
	return a.ID, c.Write(ctx, func(tx storage.Tx) error { return tx.PutAnnouncement(a) })
}

// announce tells 900 people by a Telegram that punishes haste, while one more
// talks to the bot.
func (r *rig) announce(ctx context.Context) error {
	return r.byDay(ctx, (*rig).announceOnce)
}

func (r *rig) announceOnce(ctx context.Context) error {
	tg, err := faketelegram.New(faketelegram.Options{Token: token, Latency: apiLatency, Limits: faketelegram.TelegramLimits})
	if err != nil {
		return err
	}
	defer tg.Close()
	c, done, err := r.newCrowd(ctx, announcePaced)
	if err != nil {
		return err
	}
	defer done()
	for n := range announcePaced {
		tg.Person(firstPerson+int64(n), "vi").Wrote()
	}
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	p, err := r.startBotWith(ctx, addr, c.url, "TELEGRAM_API_URL="+tg.URL())
	if err != nil {
		return err
	}
	defer p.stop()
	chat := chatting{person: tg.Person(firstPerson-1, "vi"), stop: make(chan struct{}), ended: make(chan error, 1)}
	go func() { chat.ended <- chat.run(ctx) }()
	begin := time.Now()
	if _, err := c.order(ctx); err != nil {
		return err
	}
	told, twice := 0, 0
	for ; told < announcePaced && time.Since(begin) < 2*time.Minute && ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
		told, twice = 0, 0
		for n := range announcePaced {
			if got := len(tg.Person(firstPerson+int64(n), "vi").Received()); got > 0 {
				told++
				twice += got - 1
			}
		}
	}
	took := time.Since(begin)
	close(chat.stop)
	if err := <-chat.ended; err != nil {
		return fmt.Errorf("the person who chats: %w", err)
	}
	ideal := (announcePaced - faketelegram.TelegramLimits.Burst) / faketelegram.TelegramLimits.PerSecond
	fmt.Printf("%d people at 30/s: %.1f s (ideal %.1f), %d refused, %d missed, %d told twice; beside it %d answers, p50 %.1f ms, p99 %.1f ms\n",
		announcePaced, took.Seconds(), ideal, tg.Limited(), announcePaced-told, twice, len(chat.took), ms(chat.at(50)), ms(chat.at(99)))
	return nil
}

// chatPause is between two messages of somebody who types quickly.
const chatPause = 2 * time.Second

// chatting is a person who talks to the bot.
type chatting struct {
	person *faketelegram.Person
	stop   chan struct{}
	ended  chan error
	took   []time.Duration
}

func (c *chatting) run(ctx context.Context) error {
	defer func() { slices.Sort(c.took) }()
	for n := 0; ; n++ {
		text := dialog[n%formFilling]
		if n >= formFilling && n%formFilling < 2 { // it is the same person, who agreed
			text = "trợ giúp"
		}
		had, begin := len(c.person.Received()), time.Now()
		c.person.Says(text)
		wait, cancel := context.WithTimeout(ctx, answerLimit)
		_, err := c.person.Wait(wait, had+1)
		cancel()
		if err != nil {
			return fmt.Errorf("%q: %w", text, err)
		}
		c.took = append(c.took, time.Since(begin))
		select {
		case <-c.stop:
			return nil
		case <-time.After(chatPause - time.Since(begin)):
		}
	}
}

func (c *chatting) at(percent int) time.Duration {
	return c.took[min(len(c.took)*percent/100, len(c.took)-1)]
}

// announcing is a program on a crowd's database, measured from begin on.
type announcing struct {
	*process
	begin time.Time
	spent time.Duration // processor time until then
}

func (r *rig) announcing(ctx context.Context, c *crowd) (announcing, error) {
	addr, err := freeAddr()
	if err != nil {
		return announcing{}, err
	}
	p, err := r.startBotWith(ctx, addr, c.url)
	if err != nil {
		return announcing{}, err
	}
	spent, err := p.cpu()
	if err != nil {
		p.stop()
	}
	return announcing{p, time.Now(), spent}, err
}

// taken is what it took since: time, processor time and, of all its life, the
// most memory in MB.
func (a announcing) taken() (took, cpu time.Duration, peak float64, err error) {
	took = time.Since(a.begin)
	if cpu, err = a.cpu(); err != nil {
		return 0, 0, 0, err
	}
	peak, err = a.peak()
	return took, cpu - a.spent, peak, err
}

// announcePlan has very many people written down and queued, while the first
// of them are told already.
func (r *rig) announcePlan(ctx context.Context) error {
	return r.byDay(ctx, (*rig).planOnce)
}

func (r *rig) planOnce(ctx context.Context) error {
	c, done, err := r.newCrowd(ctx, announcePlanned)
	if err != nil {
		return err
	}
	defer done()
	m, err := r.announcing(ctx, c)
	if err != nil {
		return err
	}
	defer m.stop()
	id, err := c.order(ctx)
	if err != nil {
		return err
	}
	for {
		a, err := c.Announcement(ctx, id)
		if err != nil {
			return err
		}
		if !a.Planned.IsZero() {
			break
		}
		if time.Since(m.begin) > 2*time.Minute {
			return errors.New("not planned after two minutes")
		}
		time.Sleep(20 * time.Millisecond)
	}
	took, cpu, peak, err := m.taken()
	if err != nil {
		return err
	}
	counts, err := c.CountRecipients(ctx, id)
	if err != nil {
		return err
	}
	n := 0
	for _, t := range counts {
		n += t.Count
	}
	fmt.Printf("%d of %d people planned and queued in %.1f s with %.1f s of processor time, RSS %.0f MB at most\n", n, announcePlanned, took.Seconds(), cpu.Seconds(), peak)
	return nil
}

// announceLifted tells many people as fast as they can be told.
func (r *rig) announceLifted(ctx context.Context) error {
	return r.byDay(ctx, (*rig).liftedOnce, edit{"bot/outbox/limiter.go", "Pace{Every: time.Second / 30, Burst: 25,", "Pace{Every: time.Microsecond, Burst: 1000,"})
}

func (r *rig) liftedOnce(ctx context.Context) error {
	c, done, err := r.newCrowd(ctx, announceLifted)
	if err != nil {
		return err
	}
	defer done()
	m, err := r.announcing(ctx, c)
	if err != nil {
		return err
	}
	defer m.stop()
	from := r.api.ids.Load()
	if _, err := c.order(ctx); err != nil {
		return err
	}
	for r.api.ids.Load() < from+announceLifted {
		if time.Since(m.begin) > 5*time.Minute || ctx.Err() != nil {
			return fmt.Errorf("%d of %d are told after five minutes", r.api.ids.Load()-from, announceLifted)
		}
		time.Sleep(5 * time.Millisecond)
	}
	took, cpu, peak, err := m.taken()
	if err != nil {
		return err
	}
	fmt.Printf("%d people without a pace: %.0f/s, %d µs of processor time each, RSS %.0f MB at most\n",
		announceLifted, announceLifted/took.Seconds(), cpu.Microseconds()/announceLifted, peak)
	return nil
}
