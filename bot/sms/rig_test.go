package sms_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/bottest"
	"ocopbot/bot/bottest/fakekannel"
	"ocopbot/bot/ocop"
	"ocopbot/bot/sms"
	"ocopbot/storage/sqlstore"
)

const (
	secret = "a secret of twenty letters"
	an     = bot.Address("tel:+84912000001")
)

// rig is the channel on an SQLite file, with a Kannel behind it.
type rig struct {
	*sms.Channel
	t      *testing.T
	store  *sqlstore.Store
	kannel *fakekannel.Server
	hook   *httptest.Server
	log    *lockedBuffer
	now    time.Time
	o      sms.Options
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// pacer gives every slot at once, unless it is told to be full.
type pacer struct{ full bool }

func (p *pacer) Reserve(context.Context, string, int, time.Duration) (time.Duration, bool, error) {
	if p.full {
		return time.Minute, false, nil
	}
	return 0, true, nil
}

type words struct{}

func (words) TextTo(number, keyword string) string {
	return strings.TrimSpace("Tới " + number + " " + keyword)
}

func (words) Begin(keyword string, numbered bool) string {
	if numbered {
		keyword += " 1"
	}
	return "Soạn " + keyword
}

func newRig(t *testing.T, inbox func(sms.Inbox) sms.Inbox) *rig {
	t.Helper()
	r := &rig{t: t, log: &lockedBuffer{}, kannel: fakekannel.New("ocop", "a password"), hook: httptest.NewUnstartedServer(nil),
		now: time.Date(2026, 6, 15, 8, 0, 0, 0, ocop.Local)}
	log := slog.New(slog.NewTextHandler(r.log, nil))
	var err error
	r.store, err = sqlstore.Open(t.Context(), sqlstore.Options{URL: filepath.Join(t.TempDir(), "records.db"), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.store.Migrate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var in sms.Inbox = bottest.SMSRecords{Inbound: r.store.Inbound(), Store: r.store}
	if inbox != nil {
		in = inbox(in)
	}
	local := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	r.o = sms.Options{
		Gateways: []sms.Gateway{
			{Name: "kannel", Driver: sms.Kannel, URL: r.kannel.URL(), User: "ocop", Password: "a password", Number: "0912000000", Secret: secret, Callers: local},
			{Name: "android", Driver: sms.Android, URL: "http://127.0.0.1:1", User: "ocop", Password: "a password", Secret: secret},
			{Name: "esms", Driver: sms.ESMS, URL: "http://127.0.0.1:1", User: "key", Password: "a password", Secret: secret},
			{Name: "far", Driver: sms.Kannel, URL: "http://127.0.0.1:1", Secret: secret, Callers: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}},
		},
		PublicURL: "http://" + r.hook.Listener.Addr().String(), Inbox: in, Ledger: bottest.SMSRecords{Inbound: r.store.Inbound(), Store: r.store},
		Pacer: &pacer{}, Words: words{},
		Number: func(s string) (string, bool) { n, err := ocop.ParsePhone(s); return n, err == nil },
		Log:    log, Now: func() time.Time { return r.now },
	}
	r.open(r.o.Gateways...)
	r.hook.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { r.ServeHTTP(w, req) })
	r.hook.Start()
	t.Cleanup(func() {
		r.hook.Close()
		r.kannel.Close()
		if err := r.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// open makes the channel anew, with these gateways.
func (r *rig) open(gateways ...sms.Gateway) {
	r.t.Helper()
	o := r.o
	o.Gateways = gateways
	var err error
	if r.Channel, err = sms.New(o); err != nil {
		r.t.Fatal(err)
	}
}

// gateway is one of those that are set up.
func (r *rig) gateway(name string) sms.Gateway {
	i := slices.IndexFunc(r.o.Gateways, func(g sms.Gateway) bool { return g.Name == name })
	return r.o.Gateways[i]
}

// calls makes a request as a gateway does and gives the status.
func (r *rig) calls(method, path string, body []byte, header map[string]string) int {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.hook.URL+path, bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode
}

// says brings a message by Kannel.
func (r *rig) says(id, from, text string) int {
	r.t.Helper()
	q := url.Values{"key": {secret}, "id": {id}, "from": {from}, "text": {text}, "coding": {"0"}}
	return r.calls(http.MethodGet, "/sms/kannel/mo?"+q.Encode(), nil, nil)
}

func (r *rig) waiting() int {
	r.t.Helper()
	n, err := r.store.Inbound().Waiting(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}
