package conversations

import (
	"strings"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

func TestCountsAreWrittenAsTheLanguageDoes(t *testing.T) {
	for n, want := range map[int64][2]string{0: {"0", "0"}, 999: {"999", "999"}, 1000: {"1.000", "1,000"}, 12345678: {"12.345.678", "12,345,678"}} {
		for i, lang := range []string{"vi", "en"} {
			x := &T{S: NewSession(lang)}
			if got := x.count(n); got != want[i] {
				t.Errorf("%d in %s is %q", n, lang, got)
			}
		}
	}
}

// An admin is told of what SMS took and of what was noticed; nobody else is.
func TestAdminsSeeWhatSMSTakes(t *testing.T) {
	w, producer, officer := newWalk(t)
	o := storage.Outbound{ID: "1", Gateway: "kannel", Addr: "tel:1", Segments: 2, Dong: 123456, State: 1, At: w.now}
	if _, err := w.store.AddOutbound(t.Context(), o, 0); err != nil {
		t.Fatal(err)
	}
	if err := w.store.Raise(t.Context(), storage.Alert{Kind: storage.AlertBudget, Gateway: "kannel", Used: 1800, Most: 2000, At: w.now}); err != nil {
		t.Fatal(err)
	}
	alerts, err := w.store.AlertsUntold(t.Context(), 1)
	if err != nil || len(alerts) != 1 {
		t.Fatal(alerts, err)
	}
	for person, told := range map[storage.ID]bool{producer: false, officer: true} {
		m, err := w.engine.Notice(t.Context(), storage.Notice{Person: person, Kind: "alert", Subject: alerts[0].ID}, w.caps, w.now)
		if got := err == nil && strings.Contains(m.Text, "1.800/2.000"); got != told {
			t.Errorf("told %q, %v; want %v", m.Text, err, told)
		}
	}
	for addr, sees := range map[bot.Address]bool{"telegram:2": false, "telegram:3": true} {
		s := NewSession("vi")
		x := &T{Engine: w.engine, Ctx: t.Context(), S: s, Caps: w.caps, Now: w.now.Add(time.Hour), In: bot.Incoming{From: addr}}
		days, err := loadSMSDays(x)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(days.([]storage.SMSDay)) == 1; got != sees {
			t.Errorf("%s sees %+v", addr, days)
		}
	}
}
