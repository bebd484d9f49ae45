package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ocopbot/bot/bottest/fakekannel"
)

const smsSecret = "a secret of twenty letters"

// smsBot is the program with a Kannel behind it.
type smsBot struct {
	*testing.T
	kannel *fakekannel.Server
	url    string   // of the gateway
	more   []string // settings
	addr   string
	data   string
	cmd    *exec.Cmd
	log    output
	count  int
}

// A person registers by SMS. The program is killed with a message accepted
// and not answered, and answers it when it is back.
func TestServeBySMS(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &smsBot{T: t, kannel: fakekannel.New("ocop", "a password"), addr: l.Addr().String(), data: t.TempDir()}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.kannel.Close)
	b.url = b.kannel.URL()
	b.start()
	b.says("OCOP DK Mat ong hoa rung; xa Quoc Khanh")
	b.hears("Dong y?")
	b.says("1")
	b.hears("Ho ten")
	b.says("Hoang Thi Mai")
	b.hears("Phieu so: LS")
	b.says("OCOP TC")
	b.kill()
	b.start()
	b.hears("cho can bo xem")
	// Killed between its answer and the note of it, it answers again when the
	// dead process's lease is over.
	b.until("an empty inbox", func() bool {
		return strings.Contains(b.get("/metrics"), "ocopbot_sms_waiting 0") && b.get("/readyz") == "ready\n"
	})
	b.kill()
	if strings.Contains(b.log.String(), "912000001") {
		t.Error("a phone number is logged")
	}
	if wrong := b.kannel.Complaints(); len(wrong) > 0 {
		t.Error(wrong)
	}
}

func (b *smsBot) start() {
	b.Helper()
	b.cmd = exec.CommandContext(b.Context(), "ocopbot", "serve")
	b.cmd.Env = append(os.Environ(), "HTTP_ADDR="+b.addr, "DATABASE_URL="+filepath.Join(b.data, "ocopbot.db"),
		"SMS_GATEWAY=kannel", "SMS_URL="+b.url, "SMS_USER=ocop", "SMS_NUMBER=0912000000", "SMS_PASSWORD=a password", "SMS_SECRET="+smsSecret,
		"SMS_CALLERS=127.0.0.1", "SMS_PUBLIC_URL=http://"+b.addr, "SMS_SPOOL="+filepath.Join(b.data, "spool"))
	b.cmd.Env = append(b.cmd.Env, b.more...)
	b.cmd.Stderr = &b.log
	if err := b.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.until("ready", func() bool { return strings.HasPrefix(b.get("/readyz"), "ready") })
}

func (b *smsBot) kill() {
	b.Helper()
	if err := b.cmd.Process.Kill(); err != nil {
		b.Fatal(err)
	}
	_ = b.cmd.Wait() // says that it was killed
}

func (b *smsBot) get(path string) string {
	resp, err := http.Get("http://" + b.addr + path)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return string(body)
}

func (b *smsBot) says(text string) {
	b.Helper()
	b.count++
	q := url.Values{"key": {smsSecret}, "id": {strconv.Itoa(b.count)}, "from": {"+84912000001"}, "text": {text}, "coding": {"0"}}
	resp, err := http.Get("http://" + b.addr + "/sms/kannel/mo?" + q.Encode())
	if err != nil {
		b.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
		b.Fatalf("%q is answered %d, %v", text, resp.StatusCode, err)
	}
}

func (b *smsBot) hears(part string) {
	b.Helper()
	var heard []string
	b.until(fmt.Sprintf("a message with %q", part), func() bool {
		heard = append(heard, b.kannel.Sent("+84912000001")...)
		return strings.Contains(strings.Join(heard, "\n"), part)
	})
}

func (b *smsBot) until(what string, done func() bool) {
	b.Helper()
	for deadline := time.Now().Add(60 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("waited in vain for %s; the log:\n%s", what, b.log.String())
		}
	}
}

// output is what a program says, which may be read while it says more.
type output struct {
	mu   sync.Mutex
	said bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.said.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.said.String()
}
