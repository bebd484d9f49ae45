package outbox_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/outbox"
	"ocopbot/storage"
)

const (
	announcer  = "OUTBOX_TEST_ANNOUNCER"   // its database
	listenerAt = "OUTBOX_TEST_ANNOUNCE_TO" // where it says what it says
)

// overHTTP is a channel whose words outlive the process that says them.
type overHTTP struct{ url string }

func (overHTTP) Caps() bot.Caps                             { return bot.Caps{Name: "telegram", Buttons: true} }
func (overHTTP) Receive(context.Context, bot.Handler) error { return nil }

func (c overHTTP) Send(ctx context.Context, to bot.Address, _ bot.Message) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/"+to.ID(), nil)
	if err != nil {
		return "", &bot.SendError{Code: bot.Rejected, Err: err}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", &bot.SendError{Code: bot.Unknown, Err: err}
	}
	return "m", resp.Body.Close()
}

// TestAnnouncer, in a process that TestKilledTenTimes started, delivers until
// it is killed. Everywhere else it only checks that it is elsewhere.
func TestAnnouncer(t *testing.T) {
	url := os.Getenv(announcer)
	if url == "" {
		return
	}
	h := build(t, url)
	o := outbox.Shortened(h.o, 2*time.Second, 3*time.Second)
	o.Channels = map[string]bot.Channel{"telegram": overHTTP{os.Getenv(listenerAt)}}
	h.startThis(h.open(o))
	os.Stdout.WriteString("delivering\n")
	select {}
}

// A notice of service, while the process that sends it is killed ten times:
// nobody is missed, and nobody hears twice but who was being told at a kill,
// which is counted.
func TestKilledTenTimes(t *testing.T) {
	const people, kills = 400, 10
	h := build(t, blank.Database(t))
	for i := range people {
		h.person(bot.Address(fmt.Sprintf("telegram:%d", i)))
	}
	var mu sync.Mutex
	heard := map[string]int{}
	half := make(chan struct{}, people*2)
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		heard[r.URL.Path]++
		mu.Unlock()
		half <- struct{}{}
		select {
		case <-time.After(5 * time.Millisecond): // as long as a provider takes
		case <-r.Context().Done(): // killed
		}
	}))
	defer listener.Close()
	id := h.announce(ocop.ServiceNotice, nil)
	url := h.url
	for n := range kills + 1 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestAnnouncer$")
		cmd.Env = append(os.Environ(), announcer+"="+url, listenerAt+"="+listener.URL)
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(out); lines.Scan() && !strings.HasPrefix(lines.Text(), "delivering"); {
		}
		if n == kills { // the last one may finish
			h.ended(id)
			_ = cmd.Process.Kill() // it never ends by itself
			_ = cmd.Wait()
			break
		}
		for told := 0; told < 20; told++ { // in the middle of it
			select {
			case <-half:
			case <-time.After(20 * time.Second): // all that is left waits for a rescue
				told = 20
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // killed
	}
	mu.Lock()
	defer mu.Unlock()
	twice := 0
	for _, n := range heard {
		twice += n - 1
	}
	if lost := people - len(heard); lost != 0 {
		t.Errorf("%d of %d heard nothing", lost, people)
	}
	doubts := 0
	for _, c := range must(t, func() ([]storage.RecipientCount, error) { return h.store.CountRecipients(t.Context(), id) }) {
		doubts += c.Doubts
	}
	if twice > kills*outbox.ToldAtOnce || twice > doubts {
		t.Errorf("%d heard it twice, while %d were being told at each kill and %d are reported", twice, outbox.ToldAtOnce, doubts)
	}
	t.Logf("%d heard it twice, %d are reported as unsure", twice, doubts)
}

func must[T any](t *testing.T, fn func() (T, error)) T {
	t.Helper()
	v, err := fn()
	if err != nil {
		t.Fatal(err)
	}
	return v
}
