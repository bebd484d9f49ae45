package dispatch_test

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"ocopbot/bot"
	"ocopbot/bot/dispatch"
	"ocopbot/bot/ocop"
	"ocopbot/conversations"
	"ocopbot/locales"
	"ocopbot/storage"
	"ocopbot/storage/sqlstore"
)

// poisoned is a store that makes whoever touches it panic, for one person.
type poisoned struct {
	*sqlstore.Store
	person storage.ID
	commit bool // else reading
	cured  atomic.Bool
	down   atomic.Bool // nothing can be committed
}

func (s *poisoned) IdeasOf(ctx context.Context, person storage.ID) ([]storage.Idea, error) {
	if person == s.person && !s.commit && !s.cured.Load() {
		panic("poison")
	}
	return s.Store.IdeasOf(ctx, person)
}

func (s *poisoned) Commit(ctx context.Context, key storage.Key, now time.Time, fn func(storage.Tx) ([]byte, error)) ([]byte, error) {
	if s.down.Load() {
		return nil, storage.ErrUnavailable
	}
	return s.Store.Commit(ctx, key, now, func(tx storage.Tx) ([]byte, error) { return fn(poisonedTx{tx, s}) })
}

func (s *poisoned) CommitTogether(ctx context.Context, key storage.Key, now time.Time, fn func(storage.Tx) ([]byte, error)) ([]byte, error) {
	if s.down.Load() {
		return nil, storage.ErrUnavailable
	}
	return s.Store.CommitTogether(ctx, key, now, func(tx storage.Tx) ([]byte, error) { return fn(poisonedTx{tx, s}) })
}

type poisonedTx struct {
	storage.Tx
	s *poisoned
}

func (tx poisonedTx) AddIdea(i *storage.Idea, actor storage.ID) error {
	if tx.s.commit && i.Name == poison && !tx.s.cured.Load() {
		panic("poison")
	}
	return tx.Tx.AddIdea(i, actor)
}

const poison = "Mật ong độc"

// answers are all sent at once.
type answers struct{ dispatch.Answers }

func (answers) Answered(string) {}

// house is a dispatcher on an SQLite file.
type house struct {
	t       *testing.T
	store   *poisoned
	h       bot.Handler
	texts   *locales.Texts
	metrics *prometheus.Registry
	n       int
}

func newHouse(t *testing.T) *house {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	store, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: filepath.Join(t.TempDir(), "records.db"), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := store.Migrate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	prog, err := ocop.Load("lang-son-2021")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := locales.New()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, store: &poisoned{Store: store}, texts: texts, metrics: prometheus.NewRegistry()}
	d := dispatch.New(dispatch.Options{
		Engine: conversations.New(prog, texts, h.store), Sessions: store.Sessions(), Records: h.store,
		Answers: answers{}, Texts: texts, Log: log, Now: time.Now, Metrics: h.metrics,
	})
	h.h = d.For(bot.Caps{Name: "telegram", Buttons: true, Longest: 4096})
	return h
}

// says brings texts and returns the last answer.
func (h *house) says(who bot.Address, texts ...string) (answer string) {
	h.t.Helper()
	for _, text := range texts {
		h.n++
		in := bot.Incoming{ID: who.ID() + "/" + text + string(rune('0'+h.n%10)), Kind: bot.Text, From: who, Text: text, At: time.Now()}
		r, err := h.h.Handle(h.t.Context(), in)
		if err != nil {
			h.t.Fatalf("%q may not be acknowledged: %v", text, err)
		}
		answer = ""
		for _, m := range r.Messages {
			answer += m.Text
		}
	}
	return answer
}

func (h *house) dead() int {
	h.t.Helper()
	letters, err := h.store.DeadLetters(h.t.Context(), 10)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, l := range letters {
		if strings.Contains(l.Cause, "poison") || strings.Contains(l.Addr, "telegram:101") {
			h.t.Errorf("a dead letter tells too much: %+v", l)
		}
	}
	return len(letters)
}

// counted is how many turns came to that.
func (h *house) counted(result string) (n float64) {
	h.t.Helper()
	families, err := h.metrics.Gather()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == "result" && l.GetValue() == result {
					n += m.GetCounter().GetValue()
				}
			}
		}
	}
	return n
}

func (h *house) apology() string { return h.texts.Text("vi", "", "engine.apology", nil) }

var form = []string{
	"đăng ký ý tưởng sản phẩm", "đồng ý", "Hoàng Thị Mai", "Mật ong hoa rừng",
	"Quốc Khánh", "0912 345 678", "gửi luôn", "gửi",
}

func TestAMessageThatPanicsStopsNobody(t *testing.T) {
	h := newHouse(t)
	const victim, other = bot.Address("telegram:101"), bot.Address("telegram:102")
	h.says(victim, form...)
	p, _, err := h.store.Viewer(t.Context(), victim, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	h.store.person = p.ID
	if got := h.says(victim, "xem hồ sơ"); got != h.apology() {
		t.Errorf("a message that panics is answered %q", got)
	}
	if h.dead() != 1 || h.counted("dead") != 1 {
		t.Errorf("%d set aside, %v counted", h.dead(), h.counted("dead"))
	}
	if got := h.says(other, form...); !strings.Contains(got, "Phiếu số") {
		t.Errorf("another person is answered %q", got)
	}
	h.store.cured.Store(true)
	if got := h.says(victim, "xem hồ sơ"); got == h.apology() {
		t.Error("the person's chat is stopped")
	}
}

func TestACommitThatPanicsStopsNobody(t *testing.T) {
	h := newHouse(t)
	h.store.commit = true
	const victim, other = bot.Address("telegram:101"), bot.Address("telegram:102")
	poisoned := append([]string{}, form...)
	poisoned[3] = poison
	if got := h.says(victim, poisoned...); got != h.apology() {
		t.Errorf("a commit that panics is answered %q", got)
	}
	if got := h.says(victim, "sửa"); got == h.apology() {
		t.Error("what cannot be committed stops the chat")
	}
	if h.dead() != 1 {
		t.Errorf("%d messages are set aside, not the one that sends the form", h.dead())
	}
	if got := h.says(other, form...); !strings.Contains(got, "LS") {
		t.Errorf("another person is answered %q", got)
	}
	h.store.cured.Store(true)
	if got := h.says(victim, "không sửa nữa", "gửi"); !strings.Contains(got, "0002") {
		t.Errorf("the form that is mended is answered %q", got)
	}
}
