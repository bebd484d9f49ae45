package faults_test

import (
	"fmt"
	"strings"
	"testing"

	"ocopbot/bot/bottest/faketelegram"
	"ocopbot/bot/bottest/servers"
	"ocopbot/locales"
)

// dialog registers an idea: the last text commits it.
var dialog = []string{
	"đăng ký ý tưởng sản phẩm", "đồng ý", "Hoàng Thị Mai", "Mật ong hoa rừng",
	"Quốc Khánh", "0912 345 678", "gửi luôn", "gửi",
}

// toSummary is the dialog up to the summary, and form up to a question in the
// middle of the form.
const (
	toForm    = 4 // asked where it is made
	toSummary = 7
)

// talk says a part of the dialog and returns the last answer.
func (w *world) talk(p *faketelegram.Person, texts ...string) (m faketelegram.Message) {
	w.t.Helper()
	for _, text := range texts {
		m = w.says(p, text)
	}
	return m
}

// register holds the whole dialog.
func (w *world) register(p *faketelegram.Person) {
	w.t.Helper()
	m := w.talk(p, dialog...)
	if !strings.Contains(m.Text, "Phiếu số: LS") {
		w.t.Fatalf("person %d got no number but %q", p.ID, m.Text)
	}
}

// person is a new one.
func (w *world) person(n int) *faketelegram.Person { return w.fake.Person(int64(60_000+n), "vi") }

func (w *world) people(n int) []*faketelegram.Person {
	var all []*faketelegram.Person
	for i := range n {
		all = append(all, w.person(i))
	}
	return all
}

// text is what the bot says under a key.
func text(t testing.TB, key string) string {
	t.Helper()
	texts, err := locales.New()
	if err != nil {
		t.Fatal(err)
	}
	return texts.Text("vi", "", key, nil)
}

// onBoth runs a test on SQLite with one process, and on PostgreSQL and Redis
// with two.
func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		test(t, newWorld(t, setup{}))
	})
	t.Run("replicas", func(t *testing.T) {
		t.Parallel()
		test(t, newWorld(t, setup{database: servers.Database(t), redis: servers.Redis(t).URL(), replicas: 2}))
	})
}

// dump is everything that people registered, to see that nothing changed.
func (w *world) dump() string {
	w.t.Helper()
	var b strings.Builder
	for _, q := range []string{
		`SELECT 'idea ' || id || ' ' || seq || ' ' || name || ' ' || fields || ' ' || stage || ' ' || version FROM ideas ORDER BY id`,
		`SELECT 'person ' || id || ' ' || name || ' ' || phone || ' ' || erased FROM persons ORDER BY id`,
		`SELECT 'event ' || id || ' ' || kind || ' ' || body FROM events ORDER BY id`,
		`SELECT 'consent ' || id || ' ' || purpose || ' ' || given FROM consents ORDER BY id`,
		`SELECT 'request ' || id FROM requests ORDER BY id`,
	} {
		rows, err := w.db.QueryContext(w.t.Context(), q)
		if err != nil {
			w.t.Fatal(err)
		}
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				w.t.Fatal(err)
			}
			fmt.Fprintln(&b, line)
		}
		if err := rows.Err(); err != nil {
			w.t.Fatal(err)
		}
		rows.Close()
	}
	return b.String()
}
