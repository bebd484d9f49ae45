package bottest

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/dispatch"
	"ocopbot/bot/ocop"
	"ocopbot/bot/outbox"
	"ocopbot/bot/sms"
	"ocopbot/bot/telegram"
	"ocopbot/bot/terminal"
	"ocopbot/conversations"
	"ocopbot/locales"
	"ocopbot/storage"
	"ocopbot/storage/sqlstore"
)

// rig is the whole bot of one story on one channel: a new database in a
// file, the session saved and loaded again by every turn.
type rig struct {
	clock    *clock
	prog     *ocop.Programme
	store    *sqlstore.Store
	engine   *conversations.Engine
	dispatch *dispatch.Dispatcher
	outbox   outbox.Options
	answers  *answers
	phone    phone
	picture  string
}

// answers counts answers that could not be sent at once: in a story none may.
type answers struct {
	mu   sync.Mutex
	lost int
}

// Answered and EnqueueAnswer implement dispatch.Answers.
func (*answers) Answered(string) {}

func (a *answers) EnqueueAnswer(context.Context, bot.Address, string, int, int, time.Duration) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lost++
	return nil
}

// clock is a story's own: it moves a little with every line, and as far as
// the story says.
type clock struct {
	mu sync.Mutex
	at time.Time
}

// storyBegins is a Monday morning in the year of the examples.
var storyBegins = time.Date(2026, time.June, 15, 8, 0, 0, 0, ocop.Local)

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// betweenLines is how long it takes to type.
const betweenLines = 5 * time.Second

func (c *clock) move() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(betweenLines)
}

// Blank makes the database stories begin with: tables and nothing in them.
func Blank(ctx context.Context, path string) error {
	store, queue, err := openStore(ctx, path)
	if err != nil {
		return err
	}
	return errors.Join(store.Migrate(ctx, queue.Migrate), store.Close())
}

func openStore(ctx context.Context, path string) (*sqlstore.Store, *outbox.Queue, error) {
	queue, err := outbox.NewQueue(false)
	if err != nil {
		return nil, nil, err
	}
	store, err := sqlstore.Open(ctx, sqlstore.Options{URL: path, Enqueue: queue.Enqueue,
		Announce: sqlstore.Announce{Plan: queue.EnqueuePlan, Try: queue.EnqueueTrial, Tell: queue.EnqueueRecipients}, Log: slog.New(slog.DiscardHandler)})
	return store, queue, err
}

// allTexts are read once for all stories: they do not change.
var allTexts = sync.OnceValues(locales.New)

// programmes are read once each for all stories, for the same reason.
var programmes = struct {
	sync.Mutex
	by map[string]*ocop.Programme
}{by: map[string]*ocop.Programme{}}

func programmeOf(name string) (p *ocop.Programme, err error) {
	programmes.Lock()
	defer programmes.Unlock()
	if programmes.by[name] == nil {
		if p, err = ocop.Load(name); err != nil {
			return nil, err
		}
		programmes.by[name] = p
	}
	return programmes.by[name], nil
}

// newRig opens a bot in dir, on a copy of the blank database.
func newRig(ctx context.Context, blank, dir string, s *Story, channel string) (r *rig, err error) {
	r = &rig{clock: &clock{at: storyBegins}, answers: &answers{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close())
		}
	}()
	if r.prog, err = programmeOf(s.Programme); err != nil {
		return r, err
	}
	texts, err := allTexts()
	if err != nil {
		return r, err
	}
	empty, err := os.ReadFile(blank)
	if err != nil {
		return r, err
	}
	path := filepath.Join(dir, "ocopbot.db")
	if err := os.WriteFile(path, empty, 0o600); err != nil {
		return r, err
	}
	if r.store, _, err = openStore(ctx, path); err != nil {
		return r, err
	}
	log := slog.New(slog.DiscardHandler)
	outlets := outletsOf(channel, s.Brandname != "")
	r.engine = conversations.New(r.prog, texts, r.store).With(conversations.Doors{Number: "8077", Link: func(_ context.Context, payload string) (string, error) {
		return "https://t.me/ocop_bot?start=" + payload, nil
	}}).Sends(conversations.Sending{Outlets: outlets, Refuse: storyRefuse, Approval: storyApproval})
	r.dispatch = dispatch.New(dispatch.Options{
		Engine: r.engine, Sessions: r.store.Sessions(), Records: r.store, Answers: r.answers,
		Texts: texts, Log: log, Now: r.clock.now,
	})
	r.picture = filepath.Join(dir, "picture.jpg")
	if err := drawPicture(r.picture); err != nil {
		return r, err
	}
	switch channel {
	case OnTelegram:
		r.phone, err = newTelegramPhone(ctx, r.dispatch.For, r.picture)
	case OnTerminal:
		r.phone = newTerminalPhone(ctx, r.dispatch.For, r.clock.now, r.picture)
	case OnSMS:
		r.phone, err = newSMSPhone(ctx, r.dispatch.For, r.store, texts, r.clock.now, s.Brandname)
	case OnBoth:
		r.phone, err = newTwoPhones(ctx, r, texts, s.Brandname)
	default:
		err = fmt.Errorf("%w: no channel %q", ErrStory, channel)
	}
	if err != nil {
		return r, err
	}
	channels := map[string]bot.Channel{}
	for _, ch := range r.phone.channels() {
		channels[ch.Caps().Name] = ch
	}
	r.outbox = outbox.Options{
		DB: r.store.DB(), Store: r.store, Render: renderer{r}, Programme: r.prog, Log: log, Now: r.clock.now,
		Channels: channels, Outlets: outlets,
		Limiter: outbox.NewLocalLimiter(nil, nil),
	}
	return r, nil
}

// A story's number to text a refusal to, and how many people an announcement
// may have without a second officer's word.
const (
	storyRefuse   = "8077"
	storyApproval = 3
)

// outletsOf are a story's channels, as announcements see them. By SMS only a
// brandname may advertise.
func outletsOf(channel string, brandname bool) []conversations.Outlet {
	if channel == OnBoth {
		return append(outletsOf(OnTelegram, brandname), outletsOf(OnSMS, brandname)...)
	}
	caps := map[string]bot.Caps{
		OnTelegram: (*telegram.Channel)(nil).Caps(), OnTerminal: (*terminal.Channel)(nil).Caps(), OnSMS: {Name: sms.Name, Form: "sms", Plain: true, Longest: 306, Paged: true, Brief: true, Forgeable: true},
	}[channel]
	o := conversations.Outlet{Caps: caps, Carrier: storage.Carrier{Adverts: true}}
	if channel == OnSMS {
		o.Carrier = storage.Carrier{Phone: true, Adverts: brandname}
		o.Cost = func(m bot.Message) (int, int64) {
			segments, _ := sms.Segments(m.Numbered(), false)
			return segments, int64(segments) * 300
		}
	}
	return []conversations.Outlet{o}
}

// drawPicture makes what people photograph.
func drawPicture(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(jpeg.Encode(f, image.NewRGBA(image.Rect(0, 0, 64, 48)), nil), f.Close())
}

// renderer makes what the outbox sends.
type renderer struct{ *rig }

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

func (r *rig) close() error {
	if r.phone != nil {
		r.phone.close()
	}
	if r.store != nil {
		return r.store.Close()
	}
	return nil
}

// deliver does what is due by the story's clock, by the outbox itself. The
// queue's own clock is the wall's, so that what it put off is called back:
// first what is sent, then what only looks how far the sending is, which else
// would see any number.
func (r *rig) deliver(ctx context.Context) error {
	b, err := outbox.New(r.outbox)
	if err != nil {
		return err
	}
	if err := b.Due(ctx); err != nil {
		return err
	}
	for _, kinds := range []string{`kind <> 'plan'`, `kind = 'plan'`} {
		if _, err := r.store.DB().ExecContext(ctx, `UPDATE river_job SET state = 'available', scheduled_at = CURRENT_TIMESTAMP
			WHERE state IN ('scheduled', 'retryable', 'available') AND `+kinds); err != nil {
			return fmt.Errorf("bottest: call jobs back: %w", err)
		}
		if err := r.work(ctx); err != nil {
			return err
		}
	}
	return nil
}

// work lets the outbox run until nothing is left to do now.
func (r *rig) work(ctx context.Context) error {
	if left, err := r.jobs(ctx); left == 0 || err != nil {
		return err
	}
	b, err := outbox.New(r.outbox)
	if err != nil {
		return err
	}
	if err := b.Start(ctx); err != nil {
		return err
	}
	for {
		left, err := r.jobs(ctx)
		if left == 0 || err != nil {
			return errors.Join(err, b.Stop(ctx))
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("bottest: %d jobs are never done: %w", left, ctx.Err()), b.Stop(ctx))
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// jobs counts what the queue has yet to do now.
func (r *rig) jobs(ctx context.Context) (n int, err error) {
	err = r.store.DB().QueryRowContext(ctx, `SELECT COUNT(*) FROM river_job WHERE state IN ('available', 'running')`).Scan(&n)
	return n, err
}
