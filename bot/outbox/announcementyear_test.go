package outbox_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/outbox"
	"ocopbot/storage"
	"ocopbot/storage/sqlstore"
)

// A year of random announcements, agreements, refusals, lists, erasures,
// pauses and failures, in a real store and by the outbox's own work: no
// advertising outside the hours, over the limit, without consent, after a
// refusal or to the list, ever; and everybody is told each thing once, or it
// is written down why not.
func TestAYearOfAnnouncements(t *testing.T) {
	onBothURLs(t, func(t *testing.T, url string) {
		seed := rand.Uint64()
		y := newYear(t, url, rand.New(rand.NewPCG(seed, 0)))
		y.live()
		y.settled()
		t.Logf("seed %d: of %d announcements to %d people %d were told, %d of them advertising; %d were held or failed",
			seed, len(y.news), len(y.people), y.sent, y.adverts, y.held)
		if y.adverts == 0 || y.held == 0 {
			t.Error("the year tests nothing")
		}
	})
}

// year is the store, the outbox that tells, and what is true by the test's
// own book-keeping.
type year struct {
	store *sqlstore.Store
	box   *outbox.Outbox
	clock *clock
	prog  *ocop.Programme

	t      *testing.T
	mu     sync.Mutex
	r      *rand.Rand
	jobs   []job
	people []*someone
	news   map[string]*storage.Announcement // by text
	barred []bot.Address

	sent, adverts, held int
}

// job is one that waits in the queue.
type job struct {
	of      storage.ID
	epoch   int
	persons []storage.ID
	at      time.Time
}

// someone is a person as the test knows them.
type someone struct {
	id      storage.ID
	addrs   []bot.Address
	said    []storage.Consent
	erased  bool
	adverts map[bot.Address][]time.Time // that arrived, or may have
	told    map[string]int              // by text
	unsure  map[string]int
}

func newYear(t *testing.T, url string, r *rand.Rand) *year {
	y := &year{t: t, r: r, clock: &clock{now: morning}, news: map[string]*storage.Announcement{}}
	var err error
	y.store, err = sqlstore.Open(t.Context(), sqlstore.Options{URL: url, Log: slog.New(slog.DiscardHandler), Announce: sqlstore.Announce{
		Tell: func(_ context.Context, _ *sql.Tx, id storage.ID, epoch int, persons []storage.ID, at time.Time) error {
			for some := range slices.Chunk(persons, 3) { // of a transaction that fails too: a job too many does nothing
				y.jobs = append(y.jobs, job{id, epoch, some, at})
			}
			return nil
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = y.store.Close() })
	if err := y.store.Migrate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if y.prog, err = ocop.Load("lang-son-2021"); err != nil {
		t.Fatal(err)
	}
	o := outbox.Options{DB: y.store.DB(), Pool: y.store.Pool(), Store: y.store, Render: &texts{}, Programme: y.prog, Now: y.clock.Now, Limiter: noPace{}, Log: slog.New(slog.DiscardHandler),
		Channels: map[string]bot.Channel{"telegram": yearChannel{y, "telegram"}, "tel": yearChannel{y, "tel"}}}
	o.Outlets = outbox.Outlets(o.Channels, "8077")
	for i := range o.Outlets {
		if o.Outlets[i].Caps.Name == "tel" {
			o.Outlets[i].Carrier = storage.Carrier{Phone: true, Adverts: true}
		}
	}
	if y.box, err = outbox.New(o); err != nil {
		t.Fatal(err)
	}
	return y
}

type noPace struct{}

func (noPace) Reserve(context.Context, int, bot.Address, time.Duration) (time.Duration, bool, error) {
	return 0, true, nil
}
func (noPace) Pause(context.Context, string, time.Duration) error { return nil }

func (y *year) write(fn func(tx storage.Tx) error) {
	if err := y.store.Write(context.Background(), fn); err != nil {
		y.t.Fatal(err)
	}
}

func (y *year) live() {
	for range 5 {
		y.join()
	}
	acts := []func(){y.join, y.speak, y.speak, y.speak, y.bar, y.erase, y.announce, y.announce, y.announce, y.announce, y.change}
	for end := y.clock.Now().AddDate(1, 0, 0); y.clock.Now().Before(end); {
		y.pass(time.Duration(y.r.Int64N(int64(20 * 24 * time.Hour))))
		for range y.r.IntN(7) {
			pick(y.r, acts...)()
			y.pass(time.Duration(y.r.Int64N(int64(2 * time.Hour))))
		}
	}
	for _, a := range y.news { // what is paused goes on
		if a.State == storage.AnnouncementPaused {
			y.become(a, storage.AnnouncementSending)
		}
	}
	y.pass(5 * 24 * time.Hour) // for longer than an announcement is news
}

func pick[T any](r *rand.Rand, among ...T) T { return among[r.IntN(len(among))] }

// pass lets time go by, in whole milliseconds as records keep it, and does what comes due meanwhile.
func (y *year) pass(d time.Duration) {
	for end := y.clock.Now().Add(d).Truncate(time.Millisecond); ; {
		next := end
		for _, j := range y.jobs {
			if j.at.Before(next) {
				next = j.at
			}
		}
		if next.After(y.clock.Now()) {
			y.clock.Set(next)
		}
		if !y.work() && next.Equal(end) {
			return
		}
	}
}

// work runs the jobs that are due, in an order of their own.
func (y *year) work() (any bool) {
	all := y.jobs
	y.jobs = nil
	for _, j := range all {
		if j.at.After(y.clock.Now()) {
			y.jobs = append(y.jobs, j)
			continue
		}
		any = true
		again, after, err := y.box.Tell(context.Background(), j.of, j.epoch, j.persons)
		switch {
		case err != nil:
			j.at = y.clock.Now().Add(10 * time.Minute) // as the queue tries again
		case again:
			j.at = y.clock.Now().Add(max(after, time.Second)).Truncate(time.Millisecond)
		default:
			continue
		}
		y.jobs = append(y.jobs, j)
	}
	return any
}

func (y *year) join() {
	now := y.clock.Now()
	p := &someone{id: storage.NewID(now), adverts: map[bot.Address][]time.Time{}, told: map[string]int{}, unsure: map[string]int{}}
	n := len(y.people)
	switch y.r.IntN(4) {
	case 0:
		p.addrs = []bot.Address{bot.Address(fmt.Sprint("telegram:", n))}
	case 1:
		p.addrs = []bot.Address{bot.Address(fmt.Sprintf("tel:+849%08d", n))}
	default:
		p.addrs = []bot.Address{bot.Address(fmt.Sprint("telegram:", n)), bot.Address(fmt.Sprintf("tel:+849%08d", n))}
	}
	y.people = append(y.people, p)
	y.write(func(tx storage.Tx) error {
		err := tx.PutPerson(storage.Person{ID: p.id, Lang: "vi", Created: now})
		for _, a := range p.addrs {
			err = errors.Join(err, tx.PutRoute(storage.Route{Addr: a, Person: p.id, Since: now, Used: now}))
		}
		return err
	})
}

// somebody is one of those who are still there.
func (y *year) somebody() *someone {
	p := pick(y.r, y.people...)
	if p.erased {
		return nil
	}
	return p
}

func (y *year) speak() {
	p := y.somebody()
	if p == nil {
		return
	}
	now := y.clock.Now()
	c := storage.Consent{ID: storage.NewID(now), Person: p.id, Text: "t", At: now,
		Purpose: pick(y.r, storage.ForAdvertising, storage.ForAdvertising, storage.ForBulletin),
		Given:   y.r.IntN(4) > 0, Addr: pick(y.r, p.addrs...)}
	p.said = append(p.said, c)
	y.write(func(tx storage.Tx) error { return tx.AddConsent(c) })
}

func (y *year) bar() {
	y.barred = nil
	for _, p := range y.people {
		if y.r.IntN(5) == 0 {
			y.barred = append(y.barred, p.addrs...)
		}
	}
	if err := y.store.ReplaceDoNotCall(context.Background(), y.barred, y.clock.Now()); err != nil {
		y.t.Fatal(err)
	}
}

func (y *year) erase() {
	p := y.somebody()
	if p == nil || y.r.IntN(4) > 0 {
		return
	}
	p.erased = true
	y.write(func(tx storage.Tx) error { return tx.Erase(p.id, y.clock.Now()) })
}

func (y *year) announce() {
	now := y.clock.Now()
	id := storage.NewID(now)
	a := storage.Announcement{ID: id, Role: "province", Class: pick(y.r, ocop.Advertising, ocop.Advertising, ocop.Advertising, ocop.ServiceNotice, ocop.Bulletin),
		Reason: "r", Text: fmt.Sprint(id), State: storage.AnnouncementSending, Epoch: 1, Created: now, Began: now, Version: 1}
	if y.r.IntN(6) == 0 {
		a.Audience.Channels = []string{pick(y.r, "telegram", "tel")}
	}
	y.news[a.Text] = &a
	y.write(func(tx storage.Tx) error { return tx.PutAnnouncement(a) })
	y.plan(&a)
}

func (y *year) plan(a *storage.Announcement) {
	if _, err := outbox.Plan(context.Background(), y.store, y.prog, a.ID, y.clock.Now(), nil); err != nil {
		y.t.Fatal(err)
	}
}

// change pauses an announcement, goes on with it, or cancels it.
func (y *year) change() {
	if len(y.news) == 0 {
		return
	}
	a := y.news[pick(y.r, slices.Sorted(maps.Keys(y.news))...)]
	switch a.State {
	case storage.AnnouncementSending:
		y.become(a, pick(y.r, storage.AnnouncementPaused, storage.AnnouncementPaused, storage.AnnouncementCancelled))
	case storage.AnnouncementPaused:
		y.become(a, storage.AnnouncementSending)
	}
}

func (y *year) become(a *storage.Announcement, state string) {
	a.State = state
	a.Version++
	if state == storage.AnnouncementSending {
		a.Epoch++
		a.Began = y.clock.Now()
	}
	y.write(func(tx storage.Tx) error {
		if err := tx.PutAnnouncement(*a); err != nil || state != storage.AnnouncementCancelled {
			return err
		}
		return tx.CancelRecipients(a.ID, y.clock.Now())
	})
	if state == storage.AnnouncementSending {
		y.plan(a)
	}
}

// yearChannel is a provider that fails now and then, and says the law again in
// the test's own words.
type yearChannel struct {
	*year
	name string
}

func (c yearChannel) Caps() bot.Caps                             { return bot.Caps{Name: c.name} }
func (c yearChannel) Receive(context.Context, bot.Handler) error { return nil }

func (c yearChannel) Send(_ context.Context, to bot.Address, m bot.Message) (string, error) {
	c.mu.Lock() // people of one job are told at once
	defer c.mu.Unlock()
	p := c.people[slices.IndexFunc(c.people, func(p *someone) bool { return slices.Contains(p.addrs, to) })]
	a := c.news[m.Text]
	c.lawful(p, a, to)
	code := pick(c.r, "", "", "", "", "", "", "", "", bot.Limited, bot.Unknown, bot.Unavailable, bot.Rejected)
	arrived := code == "" || code == bot.Unknown
	if arrived && a.Class == ocop.Advertising {
		p.adverts[to] = append(p.adverts[to], c.clock.Now())
	}
	switch code {
	case "":
		if p.told[m.Text]++; p.told[m.Text] > 1 {
			c.t.Errorf("%s is told twice", to)
		}
		if p.unsure[m.Text] > 0 && a.Class != ocop.ServiceNotice {
			c.t.Errorf("%s is told again what may have arrived", to)
		}
		c.sent++
		if m.Advert {
			c.adverts++
		}
		return "m", nil
	case bot.Unknown:
		p.unsure[m.Text]++
	}
	return "", &bot.SendError{Code: code, After: time.Millisecond, Err: errors.New("as drawn")}
}

func (y *year) lawful(p *someone, a *storage.Announcement, to bot.Address) {
	now := y.clock.Now()
	local := now.In(ocop.Local)
	minute := local.Hour()*60 + local.Minute()
	if p.erased {
		y.t.Fatalf("%s is told something at %v though erased", to, local)
	}
	if a.State != storage.AnnouncementSending {
		y.t.Fatalf("%s is told what is %s", to, a.State)
	}
	if a.Class == ocop.ServiceNotice {
		if minute < 6*60+30 || minute >= 20*60+30 {
			y.t.Fatalf("a notice at %v", local)
		}
		return
	}
	if minute < 7*60 || minute >= 22*60 {
		y.t.Fatalf("%s at %v", a.Class, local)
	}
	agreed := false
	for _, c := range p.said {
		wanted := map[ocop.Class]string{ocop.Advertising: storage.ForAdvertising, ocop.Bulletin: storage.ForBulletin}[a.Class]
		switch {
		case c.Given && c.Purpose == wanted && c.Addr.Channel() == to.Channel():
			agreed = true
		case !c.Given && (c.Purpose == wanted || c.Purpose == storage.ForAdvertising):
			agreed = false
		}
	}
	if !agreed {
		y.t.Fatalf("%s to %s at %v without consent: %+v", a.Class, to, local, p.said)
	}
	if a.Class == ocop.Bulletin {
		return
	}
	if slices.Contains(y.barred, to) {
		y.t.Fatalf("advertising to %s, which is on the list", to)
	}
	lately := slices.DeleteFunc(slices.Clone(p.adverts[to]), func(at time.Time) bool { return now.Sub(at) >= 24*time.Hour })
	if len(lately) >= 3 {
		y.t.Fatalf("the fourth to %s at %v: %v", to, local, lately)
	}
}

// settled checks that what is written down of everybody is what happened.
func (y *year) settled() {
	for text, a := range y.news {
		all, err := y.store.Recipients(context.Background(), a.ID, 0, 1000)
		if err != nil {
			y.t.Fatal(err)
		}
		for _, r := range all {
			p := y.people[slices.IndexFunc(y.people, func(p *someone) bool { return p.id == r.Person })]
			told := p.told[text] > 0
			if told != (r.State == storage.RecipientSent) {
				y.t.Fatalf("%+v, but told is %v", r, told)
			}
			if r.Doubts != p.unsure[text] {
				y.t.Fatalf("%d are written down as unsure, %d were: %+v", r.Doubts, p.unsure[text], r)
			}
			if !told {
				y.held++
				if r.State != storage.RecipientHeld && r.State != storage.RecipientFailed || r.Why == "" {
					y.t.Fatalf("%s: not told, and %q %q is no reason", a.Class, r.State, r.Why)
				}
			}
		}
		if done, err := y.store.EndAnnouncement(context.Background(), a.ID, y.clock.Now()); err != nil || !done && a.State == storage.AnnouncementSending {
			y.t.Fatalf("it does not end: %v", err)
		}
	}
}
