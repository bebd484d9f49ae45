package faults_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"ocopbot/bot/bottest/faketelegram"
	"ocopbot/bot/bottest/servers"
)

// crowd has people register one after another on a few phones until it is
// told to stop.
type crowd struct {
	w      *world
	people []*faketelegram.Person // who has a number
	mu     sync.Mutex
	stop   chan struct{}
	wg     sync.WaitGroup
}

const phones = 4

func (w *world) crowd() *crowd {
	c := &crowd{w: w, stop: make(chan struct{})}
	for phone := range phones {
		c.wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-c.stop:
					return
				default:
				}
				p := w.person(1000*(phone+1) + n)
				if !c.register(p) {
					return
				}
				c.mu.Lock()
				c.people = append(c.people, p)
				c.mu.Unlock()
			}
		})
	}
	return c
}

// register holds the dialog without failing the test from another goroutine.
// A form number may come twice when the program is killed behind its sending,
// so that the last answer is waited for by its text.
func (c *crowd) register(p *faketelegram.Person) bool {
	ctx, cancel := c.w.context()
	defer cancel()
	for _, said := range dialog {
		p.Unread()
		p.Says(said)
		if _, err := p.Next(ctx); err != nil {
			c.w.t.Errorf("after %q: %v", said, err)
			return false
		}
	}
	return true
}

// done is how many have registered.
func (c *crowd) done() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.people)
}

// advance waits until so many more people have registered.
func (c *crowd) advance(more int) {
	c.w.t.Helper()
	goal := c.done() + more
	servers.Until(c.w.t, "people go on registering", func() bool { return c.w.t.Failed() || c.done() >= goal })
}

// end lets everybody finish, and checks what they registered.
func (c *crowd) end() {
	c.w.t.Helper()
	close(c.stop)
	c.wg.Wait()
	if !c.w.t.Failed() {
		c.w.settled()
		c.w.checkIdeas(c.people...)
		c.w.noneDead()
	}
}

// noneDead checks that no message was set aside for what was not its fault.
func (w *world) noneDead() {
	w.t.Helper()
	var n int
	if err := w.db.QueryRowContext(w.t.Context(), `SELECT COUNT(*) FROM dead`).Scan(&n); err != nil || n > 0 {
		w.t.Errorf("%d messages were set aside, %v", n, err)
	}
}

// kills of each kind; between two the program has to get something done.
const kills = 30

func TestKillsAtRandomMomentsLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, w *world) {
		c := w.crowd()
		for n := range kills {
			p := w.programs[n%len(w.programs)]
			time.Sleep(rand.N(60 * time.Millisecond)) // anywhere in a turn
			p.kill()
			p.start()
			c.advance(1)
			if t.Failed() {
				break
			}
		}
		c.end()
		t.Logf("%d people registered during %d kills", c.done(), kills)
	}
	onBoth(t, check)
	t.Run("polling", func(t *testing.T) {
		t.Parallel()
		check(t, newWorld(t, setup{polling: true}))
	})
}

// stalled is a world behind proxies that hold up what the program says and
// hears.
type stalled struct {
	*world
	redis, postgres, api *servers.Proxy
	n                    int // people so far
	people               []*faketelegram.Person
}

func newStalled(t *testing.T) *stalled {
	postgres, redis := servers.Postgres(t), servers.Redis(t)
	fake, err := faketelegram.New(faketelegram.Options{LongestPause: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	s := &stalled{
		redis: servers.NewProxy(t, redis.Addr()), postgres: servers.NewProxy(t, postgres.Addr()),
		api: servers.NewProxy(t, strings.TrimPrefix(fake.URL(), "http://")),
	}
	s.world = newWorldOf(t, fake, setup{
		database: "postgres://postgres@" + s.postgres.Addr() + "/postgres?sslmode=disable",
		direct:   postgres.URL(),
		redis:    "redis://" + s.redis.Addr() + "/0",
		api:      "http://" + s.api.Addr(),
	})
	return s
}

// killAt has somebody send a form, kills the program when the proxy begins to
// hold something up, starts it again and waits until the person is answered.
// It is false when the turn was over without coming to that.
func (s *stalled) killAt(proxy *servers.Proxy, side servers.Side, n int, what string) bool {
	s.t.Helper()
	s.n++
	p := s.person(s.n)
	s.people = append(s.people, p)
	s.talk(p, dialog[:toSummary]...)
	p.Unread()
	proxy.HangOn(side, n, what)
	p.Says("gửi")
	program := s.programs[0]
	servers.Until(s.t, "the turn stalls or ends", func() bool {
		program.mustLive()
		return proxy.Hanging() || s.fake.Pending() == 0
	})
	hit := proxy.Hanging()
	if hit {
		program.kill()
		proxy.Cut() // what is held up arrives nowhere
		proxy.Heal()
		program.start()
	}
	proxy.Heal()
	s.settled()
	ideas := of(s.ideas(), p)
	if len(ideas) != 1 {
		s.t.Fatalf("killed at message %d %q of side %d: %d ideas", n, what, side, len(ideas))
	}
	told := copies(p, ideas[0].number())
	if told < 1 || told > 2 {
		s.t.Errorf("killed at message %d %q of side %d: the number came %d times", n, what, side, told)
	}
	return hit
}

func TestAKillAtEveryStepOfATurnLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	s := newStalled(t)
	points := []struct {
		name  string
		proxy *servers.Proxy
		side  servers.Side
		n     int
		what  string
	}{
		{"before the session is loaded", s.redis, servers.FromClient, 1, "get"},
		{"before the due commit is saved", s.redis, servers.FromClient, 1, "eval"},
		{"after the due commit is saved", s.redis, servers.FromServer, 2, ""},
		{"before the commit", s.postgres, servers.FromClient, 1, "commit"},
		{"after the commit", s.postgres, servers.FromServer, 1, "COMMIT"},
		{"before the outcome is saved", s.redis, servers.FromClient, 2, "eval"},
		{"after the outcome is saved", s.redis, servers.FromServer, 3, ""},
		{"before the reply", s.api, servers.FromClient, 1, "sendMessage"},
		{"after the reply", s.api, servers.FromServer, 1, `"ok":true`},
	}
	for _, at := range points {
		if !s.killAt(at.proxy, at.side, at.n, at.what) {
			t.Errorf("no turn comes to %q", at.name)
		}
	}
	// And wherever else, counted in messages to and from PostgreSQL.
	for n := 1; n <= 6; n++ {
		for _, side := range []servers.Side{servers.FromClient, servers.FromServer} {
			s.killAt(s.postgres, side, n, "")
		}
	}
	s.checkIdeas(s.people...)
}

// Polling confirms updates some at a time. Those that were handled and not
// confirmed when the program was killed come again, however many they are.
func TestABacklogThatWasNotConfirmedIsNotHandledAgain(t *testing.T) {
	t.Parallel()
	fake, err := faketelegram.New(faketelegram.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	api := servers.NewProxy(t, strings.TrimPrefix(fake.URL(), "http://"))
	w := newWorldOf(t, fake, setup{api: "http://" + api.Addr(), polling: true, asleep: true})
	program := w.programs[0]
	p := w.person(1)
	said := dialog
	for range 16 {
		said = append(said[:len(said):len(said)], "xem hồ sơ đến đâu")
	}
	last := int64(0)
	for _, text := range said {
		last = p.Says(text)
	}
	// A slow program polls again before all of it is handled.
	api.HangOn(servers.FromClient, 1, fmt.Sprintf("offset=%d", last+1))
	program.launch()
	servers.Until(t, "the program is about to confirm", api.Hanging)
	program.kill()
	before := len(p.Received())
	if before < len(dialog) {
		t.Fatalf("only %d were handled", before)
	}
	api.Cut() // what is held up arrives nowhere
	api.Heal()
	program.start()
	w.settled()
	w.checkIdeas(p)
	for _, m := range p.Received()[before:] {
		if !strings.Contains(m.Text, w.ideas()[0].number()) {
			t.Errorf("something said long before was taken for new, and answered %q", m.Text)
		}
	}
}
