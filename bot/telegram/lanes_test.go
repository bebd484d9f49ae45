package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"ocopbot/bot"
)

// The offset stays below what is being handled, passes what is done, and can
// be forgotten once all is confirmed: ids may start again lower.
func TestOffsetStaysBelowTheUnhandled(t *testing.T) {
	ch, err := New(Options{Token: "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	gates := map[string]chan struct{}{"7": make(chan struct{}), "8": make(chan struct{}), "9": make(chan struct{})}
	l := newLanes(context.Background(), context.Background(), ch, gated(gates))
	take := func(id, person int) {
		l.take(json.RawMessage(fmt.Sprintf(`{"update_id":%d,"message":{"message_id":1,"date":1,"text":"a","from":{"id":%d},"chat":{"id":%d,"type":"private"}}}`, id, person, person)))
	}
	expect := func(want int64) {
		t.Helper()
		if got := l.offset(); got != want {
			t.Errorf("offset %d, want %d", got, want)
		}
	}
	open := func(id string) {
		close(gates[id])
		<-l.changed
	}
	expect(0)
	take(7, 1)
	take(8, 2)
	take(9, 3)
	expect(7)
	open("8")
	expect(7)
	take(8, 2) // Telegram gives it again, as it is not confirmed
	open("7")
	expect(9)
	l.forget() // too early: 9 is under way
	expect(9)
	open("9")
	expect(10)
	l.forget() // too early: it is not confirmed
	expect(10)
	l.confirm(10)
	l.forget()
	expect(0)
	l.done.Wait()
}

// gated handles the update of an id once its gate is open.
type gated map[string]chan struct{}

func (g gated) Handle(_ context.Context, in bot.Incoming) (bot.Reply, error) {
	<-g[in.ID]
	return bot.Reply{}, nil
}

func (gated) Undelivered(context.Context, bot.Address, bot.Reply, error) error { return nil }
