package faults_test

import (
	"context"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"ocopbot/bot/bottest/servers"
)

func TestAnEmptiedRedisCostsTheLastMinuteOfTyping(t *testing.T) {
	t.Parallel()
	server := servers.Redis(t)
	w := newWorld(t, setup{database: servers.Database(t), redis: server.URL(), replicas: 2})
	registered, drafting, stranger := w.person(1), w.person(2), w.person(3)
	w.register(registered)
	w.says(stranger, "đăng ký ý tưởng sản phẩm")
	parked := w.talk(drafting, dialog[:toForm]...)
	// A replica that ends parks everything, as one does four times a minute.
	w.door.to(w.programs[0].addr)
	w.programs[1].stop()
	if n := unparked(t, server); n != 0 {
		t.Fatalf("%d sessions are not parked", n)
	}
	lost := w.says(drafting, dialog[toForm])
	if lost.Text == parked.Text {
		t.Fatal("nothing was typed that could be lost")
	}
	before := w.dump()
	flush(t, server)

	told := w.says(drafting, dialog[toForm+1])
	if !strings.Contains(told.Text, text(t, "engine.restored")) || !strings.HasSuffix(told.Text, parked.Text) {
		t.Errorf("told %q, and not that the question is the last one parked, %q", told.Text, parked.Text)
	}
	w.talk(drafting, dialog[toForm:]...)
	if m := w.says(stranger, "đồng ý"); !strings.Contains(m.Text, text(t, "home.hello")) {
		t.Errorf("a stranger whose dialog is lost is told %q", m.Text)
	}
	if m := w.says(registered, "1"); m.Text == "" {
		t.Error("who registered is not answered")
	}
	if after := w.dump(); !strings.Contains(after, strings.SplitN(before, "\n", 2)[0]) {
		t.Errorf("the records changed from\n%s\nto\n%s", before, after)
	}
	w.checkIdeas(registered, drafting)
}

// A form that was sent after its draft was parked must not be sent again by
// the draft that comes back.
func TestAFormSentBeforeRedisWasEmptiedIsNotSentAgain(t *testing.T) {
	t.Parallel()
	server := servers.Redis(t)
	w := newWorld(t, setup{database: servers.Database(t), redis: server.URL(), replicas: 2})
	p := w.person(1)
	w.talk(p, dialog[:toSummary]...)
	w.door.to(w.programs[0].addr)
	w.programs[1].stop()
	w.says(p, "gửi")
	flush(t, server)
	for range 3 {
		w.says(p, "gửi")
	}
	w.checkIdeas(p)
}

// unparked counts the sessions Redis alone has.
func unparked(t *testing.T, server *servers.RedisServer) int64 {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr()})
	defer rdb.Close()
	n, err := rdb.SCard(context.Background(), "dirty").Result()
	if err != nil {
		t.Fatal(err)
	}
	return n
}
