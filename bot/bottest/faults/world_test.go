package faults_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"ocopbot/bot/bottest/faketelegram"
)

const (
	webhookPath = "/telegram/webhook"
	secret      = "faults-secret"
	// deliveryTime is what a delivery may take before it is made again: more
	// than a turn whose servers are away takes to be refused.
	deliveryTime = 25 * time.Second
	// patience is for how long anything may take that is to happen.
	patience = time.Minute
)

// setup says what a world is made of. The zero value is one process on an
// SQLite file, reached by webhook.
type setup struct {
	database string // URL of an empty PostgreSQL database; "": an SQLite file
	direct   string // the same database for the test itself; "": by the same URL
	redis    string // URL; "": sessions are kept in the database
	api      string // where the program finds the Bot API; "": at the fake itself
	polling  bool
	replicas int      // 0: one
	wrap     []string // see program
	asleep   bool     // nothing is started yet
}

// world is the program with everything around it.
type world struct {
	t        testing.TB
	fake     *faketelegram.Server
	door     *balancer
	programs []*program
	file     string // of the SQLite database
	db       *sql.DB
}

func newWorld(t testing.TB, s setup) *world {
	t.Helper()
	fake, err := faketelegram.New(faketelegram.Options{LongestPause: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	return newWorldOf(t, fake, s)
}

// newWorldOf builds a world around a fake that is there already.
func newWorldOf(t testing.TB, fake *faketelegram.Server, s setup) *world {
	t.Helper()
	w := &world{t: t, fake: fake}
	var err error
	driver, source := "pgx", s.database
	if s.direct != "" {
		source = s.direct
	}
	if s.database == "" {
		w.file = filepath.Join(t.TempDir(), "ocopbot.db")
		s.database = w.file
		driver, source = "sqlite", "file:"+w.file+"?_pragma=busy_timeout(10000)"
	}
	if w.db, err = sql.Open(driver, source); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.db.Close() })
	if s.api == "" {
		s.api = fake.URL()
	}
	env := []string{
		"DATABASE_URL=" + s.database, "REDIS_URL=" + s.redis,
		"TELEGRAM_TOKEN=" + faketelegram.Token, "TELEGRAM_API_URL=" + s.api,
	}
	if !s.polling {
		w.door = newBalancer(t)
		env = append(env, "TELEGRAM_WEBHOOK_URL="+w.door.URL+webhookPath, "TELEGRAM_WEBHOOK_SECRET="+secret)
	}
	var addrs []string
	for range max(1, s.replicas) {
		p := newProgram(t, env, s.wrap)
		w.programs = append(w.programs, p)
		addrs = append(addrs, p.addr)
	}
	if w.door != nil {
		w.door.to(addrs...)
	}
	t.Cleanup(func() {
		// The fake does not know the taps that tests post themselves.
		v := slices.DeleteFunc(fake.Violations(), func(s string) bool { return strings.Contains(s, "query is too old") })
		if len(v) > 0 {
			t.Errorf("the Bot API's rules were broken: %q", v)
		}
	})
	if !s.asleep {
		for _, p := range w.programs {
			p.launch()
		}
		for _, p := range w.programs {
			p.waitReady()
		}
	}
	return w
}

// balancer hands requests to the replicas in turn.
type balancer struct {
	*httptest.Server
	transport *http.Transport
	targets   atomic.Pointer[[]string]
	next      atomic.Int64
}

func newBalancer(t testing.TB) *balancer {
	// Telegram too delivers again what is not acknowledged in time.
	b := &balancer{transport: &http.Transport{ResponseHeaderTimeout: deliveryTime}}
	b.to()
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			targets := *b.targets.Load()
			r.Out.URL.Scheme = "http"
			r.Out.URL.Host = targets[int(b.next.Add(1))%len(targets)]
		},
		Transport: b.transport,
		ErrorLog:  log.New(io.Discard, "", 0),
	}
	b.Server = httptest.NewServer(proxy)
	t.Cleanup(b.Close)
	return b
}

func (b *balancer) to(addrs ...string) { b.targets.Store(&addrs) }

func (w *world) context() (context.Context, context.CancelFunc) {
	return context.WithTimeout(w.t.Context(), patience)
}

// heard waits for the next message a person gets.
func (w *world) heard(p *faketelegram.Person) faketelegram.Message {
	w.t.Helper()
	ctx, cancel := w.context()
	defer cancel()
	m, err := p.Next(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// says has a person say something and returns the first answer.
func (w *world) says(p *faketelegram.Person, text string) faketelegram.Message {
	w.t.Helper()
	p.Unread()
	p.Says(text)
	return w.heard(p)
}

// taps has a person touch a button of the newest message that has it.
func (w *world) taps(p *faketelegram.Person, label string) faketelegram.Message {
	w.t.Helper()
	p.Unread()
	if _, err := p.Taps(label); err != nil {
		w.t.Fatal(err)
	}
	return w.heard(p)
}

// idle waits until every update is acknowledged.
func (w *world) idle() {
	w.t.Helper()
	ctx, cancel := w.context()
	defer cancel()
	if err := w.fake.Idle(ctx); err != nil {
		w.t.Fatal(err)
	}
}

// post brings an update to a process as Telegram would, and returns the
// status and what the process answered in the response.
func (w *world) post(addr, body string) (status int, answer string) {
	w.t.Helper()
	ctx, cancel := w.context()
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+webhookPath, strings.NewReader(body))
	if err != nil {
		w.t.Error(err)
		return 0, ""
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Error(err)
		return 0, ""
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Error(err)
	}
	return resp.StatusCode, string(text)
}

// updates numbers the updates the tests make themselves, apart from the fake's.
var updates atomic.Int64

// textUpdate is an update as Telegram makes it.
func textUpdate(chat int64, text string) string {
	n := 5_000_000 + updates.Add(1)
	return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,"first_name":"Mai","language_code":"vi"},"chat":{"id":%d,"first_name":"Mai","type":"private"},"date":%d,"text":%q}}`,
		n, n, chat, chat, time.Now().Unix(), text)
}

// tapUpdate is a touch of a button with that data.
func tapUpdate(chat int64, m faketelegram.Message, data string) string {
	n := 5_000_000 + updates.Add(1)
	return fmt.Sprintf(`{"update_id":%d,"callback_query":{"id":"%d","from":{"id":%d,"is_bot":false,"first_name":"Mai"},"chat_instance":"1","data":%q,"message":{"message_id":%d,"date":%d,"chat":{"id":%d,"type":"private"},"text":"?"}}}`,
		n, n, chat, data, m.ID, time.Now().Unix(), chat)
}

// data is the callback data of the button with that label.
func data(t testing.TB, m faketelegram.Message, label string) string {
	t.Helper()
	for _, row := range m.Buttons {
		for _, b := range row {
			if b.Text == label {
				return b.Data
			}
		}
	}
	t.Fatalf("%q has no button %q", m.Text, label)
	return ""
}

// idea is a registered idea, with who registered it.
type idea struct {
	seq  int
	addr string
	name string
	mat  string
}

func (i idea) number() string { return fmt.Sprintf("LS%02d-%04d", time.Now().Year()%100, i.seq) }

// ideas lists what is registered, by number.
func (w *world) ideas() []idea {
	w.t.Helper()
	rows, err := w.db.QueryContext(w.t.Context(),
		`SELECT i.seq, r.addr, i.name, i.fields FROM ideas i JOIN routes r ON r.person = i.person ORDER BY i.seq`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	var all []idea
	for rows.Next() {
		var i idea
		if err := rows.Scan(&i.seq, &i.addr, &i.name, &i.mat); err != nil {
			w.t.Fatal(err)
		}
		all = append(all, i)
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return all
}

// of are the ideas of one person.
func of(all []idea, p *faketelegram.Person) []idea {
	return slices.DeleteFunc(slices.Clone(all), func(i idea) bool { return i.addr != fmt.Sprintf("telegram:%d", p.ID) })
}

// checkIdeas checks that everybody of people has one idea, with the number
// they were told, and that the numbers have no gap.
func (w *world) checkIdeas(people ...*faketelegram.Person) {
	w.t.Helper()
	all := w.ideas()
	for n, i := range all {
		if i.seq != n+1 {
			w.t.Fatalf("form numbers have a gap or a double: %v", all)
		}
	}
	if len(all) != len(people) {
		w.t.Errorf("%d ideas of %d people", len(all), len(people))
	}
	for _, p := range people {
		mine := of(all, p)
		if len(mine) != 1 {
			w.t.Errorf("person %d has %d ideas", p.ID, len(mine))
			continue
		}
		if told := copies(p, mine[0].number()); told == 0 {
			w.t.Errorf("person %d was never told the number %s", p.ID, mine[0].number())
		}
	}
}

// copies counts the messages a person got that contain a text.
func copies(p *faketelegram.Person, text string) int {
	n := 0
	for _, m := range p.Received() {
		if strings.Contains(m.Text, text) {
			n++
		}
	}
	return n
}

// jobs counts the answers that wait to be sent by the outbox.
func (w *world) jobs() int {
	w.t.Helper()
	var n int
	err := w.db.QueryRowContext(w.t.Context(),
		`SELECT COUNT(*) FROM river_job WHERE kind = 'answer' AND state NOT IN ('completed', 'cancelled', 'discarded')`).Scan(&n)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}
