package sms_test

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/sms"
)

func TestCallbacksProveThemselves(t *testing.T) {
	r := newRig(t, nil)
	ok := "key=" + url.QueryEscape(secret)
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/sms/kannel/mo?id=1&from=0912000001&text=a", 401},
		{"GET", "/sms/kannel/mo?key=wrong&id=1&from=0912000001&text=a", 401},
		{"GET", "/sms/far/mo?" + ok + "&id=1&from=0912000001&text=a", 401}, // from elsewhere
		{"GET", "/sms/kannel/mo?" + ok + "&from=0912000001&text=a", 400},
		{"GET", "/sms/kannel/mo?" + ok + "&id=1&text=a", 400},
		{"GET", "/sms/kannel/mo?" + ok + "&id=1&from=0912000001&coding=2&text=%00a%00", 400},
		{"GET", "/sms/kannel/mo?" + ok + "&id=1&from=0912000001&text=" + strings.Repeat("a", 70_000), 400},
		{"POST", "/sms/kannel/mo?" + ok + "&id=1&from=0912000001&text=a", 405},
		{"GET", "/sms/kannel/other?" + ok, 404},
		{"GET", "/sms/nobody/mo?" + ok, 404},
		{"GET", "/sms/kannel/dlr?id=1&event=1", 401},
		{"GET", "/sms/kannel/dlr?" + ok + "&id=1&event=x", 400},
		{"GET", "/sms/esms/mo?cpid=c&smsid=1&sender=84912000001&content=a&receiverTime=20260615080000&sign=00", 401},
		{"GET", "/sms/esms/dlr?RequestId=1&SendStatus=5", 401},
		{"POST", "/sms/android/event", 401},
		// Nobody reads an answer there, and our own number would answer for ever.
		{"GET", "/sms/kannel/mo?" + ok + "&id=2&from=VIETTEL&text=a", 200},
		{"GET", "/sms/kannel/mo?" + ok + "&id=3&from=9029&text=a", 200},
		{"GET", "/sms/kannel/mo?" + ok + "&id=4&from=0912000000&text=a", 200},
		{"GET", "/sms/kannel/mo?" + ok + "&id=5&from=0912000001&text=%20", 200},
	} {
		if got := r.calls(c.method, c.path, nil, nil); got != c.status {
			t.Errorf("%s %.70s is answered %d, want %d", c.method, c.path, got, c.status)
		}
	}
	// By way of a proxy on this machine, which names the caller last.
	for _, c := range []struct {
		gateway, named string
		status         int
	}{{"far", "10.0.0.7", 400}, {"far", "10.0.0.7, 203.0.113.9", 401}, {"far", "somebody", 401}, {"kannel", "203.0.113.9", 401}} {
		if got := r.calls("GET", "/sms/"+c.gateway+"/mo?"+ok, nil, map[string]string{"X-Forwarded-For": c.named}); got != c.status {
			t.Errorf("%s for %s is answered %d, want %d", c.gateway, c.named, got, c.status)
		}
	}
	if n := r.waiting(); n != 0 {
		t.Errorf("%d messages are kept", n)
	}
	if log := r.log.String(); strings.Contains(log, "912000") || strings.Contains(log, secret) {
		t.Errorf("the log tells too much:\n%s", log)
	}
}

func TestKannelMessageIsKeptOnce(t *testing.T) {
	r := newRig(t, nil)
	for range 2 {
		if got := r.says("42", "+84912000001", "dang ky"); got != http.StatusOK {
			t.Fatalf("answered %d", got)
		}
	}
	if got := r.says("43", "0912 000 001", "dang ky"); got != http.StatusOK {
		t.Fatalf("answered %d", got)
	}
	q := url.Values{"key": {secret}, "id": {"44"}, "from": {"84912000002"}, "coding": {"2"}}
	q.Set("text", "\x01\x11\x1e\xbf") // đế in UTF-16
	if got := r.calls(http.MethodGet, "/sms/kannel/mo?"+q.Encode(), nil, nil); got != http.StatusOK {
		t.Fatalf("answered %d", got)
	}
	if n := r.waiting(); n != 3 {
		t.Fatalf("%d messages are kept, not 3", n)
	}
	claimed, err := r.store.Inbound().Claim(t.Context(), r.now, time.Minute, 10)
	if err != nil || len(claimed) != 2 {
		t.Fatalf("claimed %+v, %v", claimed, err)
	}
	for _, in := range claimed {
		want := map[bot.Address]string{an: "dang ky", "tel:+84912000002": "đế"}[in.From]
		if in.Text != want || in.Via != "kannel" || in.Kind != bot.Text {
			t.Errorf("got %+v, want %q", in, want)
		}
	}
}

func (r *rig) event(body string, at time.Time, key string) int {
	r.t.Helper()
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(body + stamp))
	return r.calls(http.MethodPost, "/sms/android/event", []byte(body), map[string]string{
		"X-Timestamp": stamp, "X-Signature": hex.EncodeToString(mac.Sum(nil)),
	})
}

func TestAndroidEvents(t *testing.T) {
	r := newRig(t, nil)
	received := func(at string) string {
		return `{"event":"sms:received","payload":{"messageId":"abc","message":"dang ky","phoneNumber":"+84912000001","receivedAt":"` + at + `"}}`
	}
	const first, second = "2026-06-15T08:00:00.000+07:00", "2026-06-15T08:01:00.000+07:00"
	for _, c := range []struct {
		body   string
		at     time.Time
		key    string
		status int
	}{
		{received(first), r.now, "another key of sixteen", 401},
		{received(first), r.now.Add(-6 * time.Minute), secret, 401},
		{received(first), r.now.Add(6 * time.Minute), secret, 401},
		{`{"event":"sms:received","payload":{}}`, r.now, secret, 400},
		{`{`, r.now, secret, 400},
		{`{"event":"system:ping","payload":{}}`, r.now, secret, 200},
		{received(first), r.now, secret, 200},
		{received(first), r.now.Add(time.Minute), secret, 200},  // the gateway's own retry
		{received(second), r.now.Add(time.Minute), secret, 200}, // the same words again
	} {
		if got := r.event(c.body, c.at, c.key); got != c.status {
			t.Errorf("%s is answered %d, want %d", c.body, got, c.status)
		}
	}
	if n := r.waiting(); n != 2 {
		t.Errorf("%d messages are kept, not 2", n)
	}
}

func TestESMSMessageIsSigned(t *testing.T) {
	r := newRig(t, nil)
	sum := md5.Sum([]byte("cp" + "77" + "OCOP DK mật ong" + "20260615080000" + secret))
	q := url.Values{"cpid": {"cp"}, "smsid": {"77"}, "sender": {"84912000001"}, "content": {"OCOP DK mật ong"},
		"receiverTime": {"20260615080000"}, "serviceNumber": {"8079"}, "keyword": {"OCOP"}, "sign": {hex.EncodeToString(sum[:])}}
	if got := r.calls(http.MethodGet, "/sms/esms/mo?"+q.Encode(), nil, nil); got != http.StatusOK || r.waiting() != 1 {
		t.Errorf("answered %d, %d kept", got, r.waiting())
	}
}

// A state only moves forward, and what is final stays.
func TestReportsMoveForward(t *testing.T) {
	r := newRig(t, nil)
	for _, c := range []struct {
		events []int // as Kannel's dlr-mask
		state  int
	}{
		{nil, 2}, {[]int{8}, 3}, {[]int{8, 1}, 4}, {[]int{1, 8}, 4}, {[]int{1, 2}, 4}, {[]int{2, 1}, 5}, {[]int{16}, 5}, {[]int{4}, 2},
	} {
		id, err := r.Send(t.Context(), an, bot.Message{Text: "Chào"})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range c.events {
			if status, err := r.kannel.Report(an.ID(), e, ""); status != http.StatusOK || err != nil {
				t.Fatalf("a report is answered %d, %v", status, err)
			}
		}
		o, err := r.store.Outbound(t.Context(), strings.TrimPrefix(id, "kannel:"))
		if err != nil || o.State != c.state || o.Segments != 1 || o.Encoding != "gsm" {
			t.Errorf("after %v: %+v, %v; want state %d", c.events, o, err, c.state)
		}
	}
	if wrong := r.kannel.Complaints(); len(wrong) > 0 {
		t.Error(wrong)
	}
}

// SpeedSMS gives what comes in no id: what is delivered again at once is known,
// and the same answer to the next question is another.
func TestSpeedSMS(t *testing.T) {
	r := newRig(t, nil)
	g := r.gateway("esms")
	g.Name, g.Driver = "speedsms", sms.SpeedSMS
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"status":"success","code":"00","data":{"tranId":42}}`)
	}))
	defer server.Close()
	g.URL = server.URL
	r.open(g)
	event := func(body string, want int) {
		t.Helper()
		if got := r.calls(http.MethodPost, "/sms/speedsms/event?key="+url.QueryEscape(secret), []byte(body), nil); got != want {
			t.Errorf("%.60s is answered %d", body, got)
		}
	}
	one := `{"type":"sms","phone":"84912000001","content":"1"}`
	event(one, 200)
	event(one, 200)
	r.kept("delivered again", 1)
	r.now = r.now.Add(20 * time.Second)
	event(one, 200)
	r.kept("said again", 1)
	if _, err := r.Send(t.Context(), an, bot.Message{Text: "Chào"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		status string
		want   sms.State
	}{{"1", sms.Sent}, {"0", sms.Delivered}, {"64", sms.Delivered}} {
		event(`{"type":"report","tranId":42,"phone":"84912000001","status":`+c.status+`}`, 200)
		var state sms.State
		if err := r.store.DB().QueryRowContext(t.Context(), `SELECT state FROM outbound WHERE provider = '42'`).Scan(&state); err != nil || state != c.want {
			t.Errorf("after %s it is %d, want %d (%v)", c.status, state, c.want, err)
		}
	}
	event(`{"type":"report"}`, 400)
	event(`{"type":"sms","content":"1"}`, 400)
	event(strings.Repeat(" ", 70_000), 400)
}
