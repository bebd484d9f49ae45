// Package realkannel runs a real Kannel for tests and the load test: Debian's
// bearerbox and smsbox, with an SMPP centre from npm's smpp behind them. All
// of it listens on 127.0.0.1, on free ports, with its files in a directory of
// its own. It reaches no network.
package realkannel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// User and Password are how a bot knows itself to the smsbox.
const (
	User     = "ocop"
	Password = "a password"
)

// Options say whom Kannel serves.
type Options struct {
	Dir string // for its files
	// GetURL is asked for every message that comes in, with Kannel's codes in
	// it.
	GetURL string
	// Echo: what GetURL answers goes back to the phone. A bot sends by itself.
	Echo   bool
	Number string // what people text to
}

// Kannel is one that runs.
type Kannel struct {
	Centre *Centre
	dir    string
	sms    int // port of sendsms
	boxes  []*exec.Cmd
}

// startTimeout is for how long a part may take to answer on a busy machine.
const startTimeout = 60 * time.Second

// Start starts the centre, the bearerbox and the smsbox, and waits until the
// bearerbox is bound to the centre.
func Start(ctx context.Context, o Options) (k *Kannel, err error) {
	k = &Kannel{dir: o.Dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, k.Logs())
			k.Stop()
		}
	}()
	ports, err := freePorts(5)
	if err != nil {
		return k, err
	}
	if k.Centre, err = startCentre(ctx, ports[0], ports[1]); err != nil {
		return k, err
	}
	k.sms = ports[4]
	conf := filepath.Join(o.Dir, "kannel.conf")
	if err := os.WriteFile(conf, []byte(o.conf(ports[0], ports[2], ports[3], ports[4])), 0o600); err != nil {
		return k, err
	}
	for _, box := range []string{"bearerbox", "smsbox"} {
		if err := k.run(ctx, box, conf); err != nil {
			return k, err
		}
		if box == "bearerbox" { // the smsbox gives up when it cannot connect
			if err := waitFor(ctx, "the bearerbox", func() bool { return answers(ports[3]) }); err != nil {
				return k, err
			}
		}
	}
	if err := waitFor(ctx, "the smsbox", func() bool { return answers(k.sms) }); err != nil {
		return k, err
	}
	return k, waitFor(ctx, "the centre to be bound to", func() bool {
		s, err := k.Centre.State(ctx)
		return err == nil && s.Bound
	})
}

// conf is the README's kannel.conf with pieces handed on as they come: that
// the bot joins them is what is tested.
func (o Options) conf(smpp, admin, smsbox, sendsms int) string {
	most := 0
	if o.Echo {
		most = 1
	}
	service := fmt.Sprintf("max-messages = %d\nget-url = %q", most, o.GetURL)
	return fmt.Sprintf(`group = core
admin-port = %[2]d
admin-password = test
admin-interface = 127.0.0.1
smsbox-port = %[3]d
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
log-file = "%[1]s/bearerbox.log"
log-level = 1
sms-combine-concatenated-mo = false
sms-resend-freq = 1

group = smsc
smsc = smpp
smsc-id = centre
host = 127.0.0.1
port = %[4]d
transceiver-mode = true
smsc-username = test
smsc-password = test
system-type = ""
enquire-link-interval = 2
reconnect-delay = 1
max-pending-submits = 100

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = %[5]d
sendsms-interface = 127.0.0.1
log-file = "%[1]s/smsbox.log"
log-level = 1
http-request-retry = 100
http-queue-delay = 1

group = sendsms-user
username = %[6]s
password = "a password"
concatenation = true
max-messages = 4

group = sms-service
keyword = default
catch-all = true
%[7]s
`, o.Dir, admin, smsbox, smpp, sendsms, User, service)
}

// URL is the smsbox's.
func (k *Kannel) URL() string { return fmt.Sprintf("http://127.0.0.1:%d", k.sms) }

// Stop ends everything.
func (k *Kannel) Stop() {
	for _, c := range k.boxes {
		_ = c.Process.Kill() // it may be gone
		_ = c.Wait()
	}
	if k.Centre != nil {
		k.Centre.stop()
	}
}

func (k *Kannel) run(ctx context.Context, box, conf string) error {
	path, err := exec.LookPath(box)
	if err != nil {
		path = filepath.Join("/usr/sbin", box) // not everybody's PATH has it
	}
	cmd := exec.CommandContext(ctx, path, conf)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("realkannel: %s: %w; `.ci/servers install` brings it", box, err)
	}
	k.boxes = append(k.boxes, cmd)
	return nil
}

// Logs are the last lines the boxes wrote, as an error to show.
func (k *Kannel) Logs() error {
	var last []error
	for _, box := range []string{"bearerbox", "smsbox"} {
		data, err := os.ReadFile(filepath.Join(k.dir, box+".log"))
		if err == nil {
			last = append(last, fmt.Errorf("%s: …%s", box, data[max(0, len(data)-2000):]))
		}
	}
	return errors.Join(last...)
}

func answers(port int) bool {
	conn, err := (&net.Dialer{Timeout: time.Second}).Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

func waitFor(ctx context.Context, what string, done func() bool) error {
	for deadline := time.Now().Add(startTimeout); !done(); {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("realkannel: waited in vain for %s", what)
		}
	}
	return nil
}

// freePorts draws ports that are free now.
func freePorts(n int) (ports []int, err error) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// GetURL is the README's get-url of a bot at an address.
func GetURL(bot, secret string) string {
	return strings.TrimSuffix(bot, "/") + "/sms/kannel/mo?key=" + url.QueryEscape(secret) + "&id=%I&from=%p&text=%b&coding=%c&time=%T&udh=%u"
}
