package faults_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"ocopbot/bot/bottest/faketelegram"
	"ocopbot/bot/bottest/servers"
)

// full has people register until there is no room, checks what the program
// says, makes room and checks that all goes on.
func full(t *testing.T, w *world, fill, room func(), says string) {
	var done []*faketelegram.Person
	for n := range 3 {
		p := w.person(n)
		w.register(p)
		done = append(done, p)
	}
	waiting, stranger := w.person(100), w.person(101)
	w.talk(waiting, dialog[:toSummary]...)
	fill()
	waiting.Unread()
	waiting.Says("gửi")
	stranger.Says("/start")
	program := w.programs[0]
	servers.Until(t, "the log says "+says, func() bool {
		program.mustLive()
		return strings.Contains(program.said(), says)
	})
	servers.Until(t, "/readyz says "+says, func() bool {
		status, why := program.ready()
		return status == 503 && strings.Contains(why, says)
	})
	if w.fake.Pending() == 0 {
		t.Error("an update was acknowledged though there is no room")
	}
	if status, _ := w.post(program.addr, textUpdate(stranger.ID, "/start")); status != 503 {
		t.Errorf("without room the webhook answers %d", status)
	}
	w.checkIdeas(done...)
	room()
	for _, m := range []faketelegram.Message{w.heard(waiting), w.heard(stranger)} {
		if m.Text == "" {
			t.Error("no answer")
		}
	}
	w.register(stranger)
	w.settled()
	w.checkIdeas(append(done, waiting, stranger)...)
	w.noneDead()
}

func TestAFullDiskIsRefusedAndGoesOnWhenThereIsRoom(t *testing.T) {
	t.Parallel()
	// What limits the disk is the size of files, because every machine can do
	// that. The program must not be killed by the signal that goes with it.
	w := newWorld(t, setup{wrap: []string{"env", "--block-signal=XFSZ"}})
	limit := func(to string) {
		pid := strconv.Itoa(w.programs[0].running.Process.Pid)
		if out, err := exec.Command("prlimit", "--pid", pid, "--fsize="+to+":unlimited").CombinedOutput(); err != nil {
			t.Fatalf("prlimit: %v: %s", err, out)
		}
	}
	full(t, w, func() {
		info, err := os.Stat(w.file + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		limit(fmt.Sprint(info.Size()))
	}, func() { limit("unlimited") }, "disk")
	var sound string
	if err := w.db.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&sound); err != nil || sound != "ok" {
		t.Errorf("the database is %q, %v", sound, err)
	}
}

func TestAFullRedisIsRefusedAndGoesOnWhenThereIsRoom(t *testing.T) {
	t.Parallel()
	server := servers.Redis(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr()})
	defer rdb.Close()
	limit := func(to string) {
		if err := rdb.ConfigSet(context.Background(), "maxmemory", to).Err(); err != nil {
			t.Fatal(err)
		}
	}
	w := newWorld(t, setup{database: servers.Database(t), redis: server.URL()})
	full(t, w, func() { limit("1mb") }, func() { limit("0") }, "storage: full")
}
