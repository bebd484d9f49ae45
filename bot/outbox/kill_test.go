package outbox_test

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"ocopbot/bot/outbox"
	"ocopbot/storage"
)

// victim tells the process started by TestAKilledReplicasJobIsDoneByAnother
// which database to work on.
const victim = "OUTBOX_TEST_VICTIM"

// TestVictim, in that process, says when it is in the middle of sending and
// then never ends. Everywhere else it only checks that it is elsewhere.
func TestVictim(t *testing.T) {
	url := os.Getenv(victim)
	if url == "" {
		return
	}
	h := build(t, url)
	h.tg.blocks = make(chan struct{})
	h.startThis(h.open(outbox.Shortened(h.o, 20*time.Second, 21*time.Second)))
	<-h.tg.began
	os.Stdout.WriteString("sending\n")
	select {}
}

func TestAKilledReplicasJobIsDoneByAnother(t *testing.T) {
	onBothURLs(t, func(t *testing.T, url string) {
		h := build(t, url)
		id := h.notify(h.person("telegram:1"), "accepted")
		cmd := exec.Command(os.Args[0], "-test.run=^TestVictim$")
		cmd.Env = append(os.Environ(), victim+"="+url)
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() && !strings.HasPrefix(lines.Text(), "sending") {
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("a killed process ended well")
		}
		if n, err := h.store.Notice(t.Context(), id); err != nil || n.State != storage.NoticeQueued {
			t.Fatalf("after the kill: %+v, %v", n, err)
		}
		h.startThis(h.open(outbox.Shortened(h.o, time.Second, time.Second)))
		if n := h.settled(id); n.State != storage.NoticeSent {
			t.Errorf("settled as %+v", n)
		}
		h.wantSaid(h.tg, "telegram:1 accepted")
	})
}

func onBothURLs(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("SQLite", func(t *testing.T) { t.Parallel(); test(t, blank.File(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { t.Parallel(); test(t, blank.Database(t)) })
}
