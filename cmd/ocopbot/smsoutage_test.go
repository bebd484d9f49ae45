package main

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"ocopbot/bot/bottest/fakekannel"
	"ocopbot/bot/bottest/servers"
	"ocopbot/bot/sms"
)

// With PostgreSQL and Redis both dead what comes in is accepted and kept, also
// over a kill of the program; when they are back it is answered in order and
// once, and what is watched over tells how much waits.
func TestSMSWhileEverythingIsDown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	db, rdb := servers.Postgres(t), servers.Redis(t)
	b := &smsBot{T: t, kannel: fakekannel.New("ocop", "a password"), addr: l.Addr().String(), data: t.TempDir(),
		more: []string{"DATABASE_URL=" + db.URL(), "REDIS_URL=" + rdb.URL()}}
	b.url = b.kannel.URL()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.kannel.Close)
	b.start()
	t.Cleanup(func() { b.kill() })
	b.says("OCOP DK Mat ong hoa rung; xa Quoc Khanh")
	b.hears("Dong y?")

	db.Kill()
	rdb.Kill()
	for _, text := range []string{"1", "Hoang Thi Mai", "OCOP TC"} {
		b.says(text) // and is answered 200
	}
	b.count -= 3
	b.says("1") // the gateway's own retry
	b.count += 2
	spooled := func(n int) func() bool {
		return func() bool { return strings.Contains(b.get("/metrics"), fmt.Sprintf("ocopbot_sms_spooled %d\n", n)) }
	}
	b.until("the metric of what waits", spooled(4))
	if got := b.get("/readyz"); !strings.Contains(got, "sms: 4 messages are kept in the spool") || !strings.Contains(got, "database: ") || !strings.Contains(got, "redis: ") {
		t.Errorf("readyz says %q", got)
	}
	if got := b.kannel.Sent("+84912000001"); len(got) > 0 {
		t.Errorf("answered with everything down: %q", got)
	}
	b.kill()
	db.Start(t)
	rdb.Start(t)
	b.start()
	var heard []string
	b.until("three answers", func() bool {
		heard = append(heard, b.kannel.Sent("+84912000001")...)
		return len(heard) >= 3
	})
	b.until("nothing that waits", func() bool {
		return spooled(0)() && strings.Contains(b.get("/metrics"), "ocopbot_sms_waiting 0\n") && b.get("/readyz") == "ready\n"
	})
	heard = append(heard, b.kannel.Sent("+84912000001")...)
	found := slices.ContainsFunc(heard, func(s string) bool { return strings.Contains(s, "LS26-0002") || strings.Contains(s, "-0002") })
	if len(heard) != 3 || !strings.Contains(heard[0], "Ho ten") || !strings.Contains(heard[1], "Phieu so: LS") || !strings.Contains(heard[2], "cho can bo xem") || found {
		t.Errorf("heard %q", heard)
	}
}

func TestPublicCloudIsKnown(t *testing.T) {
	for url, want := range map[string]bool{
		"https://api.sms-gate.app/3rdparty/v1": true, "https://SMS-GATE.APP/": true, "https://sms.example.vn/3rdparty/v1": false,
		"http://10.0.0.7:8080": false, "https://not-sms-gate.app/": false,
	} {
		if got := publicCloud(sms.Gateway{URL: url}); got != want {
			t.Errorf("%s: %v", url, got)
		}
	}
}
