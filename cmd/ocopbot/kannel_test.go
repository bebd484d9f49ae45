package main

import (
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ocopbot/bot/bottest/realkannel"
	"ocopbot/storage/sqlstore"
)

// carried is a person with a phone behind a real Kannel.
type carried struct {
	*smsBot
	kannel *realkannel.Kannel
	number string
	heard  []string
}

const kannelNumber = "0912000000"

func (c *carried) says(text string) {
	c.Helper()
	if err := c.kannel.Centre.Say(c.Context(), c.number, kannelNumber, text); err != nil {
		c.Fatal(err)
	}
}

// hears waits for the next message, which has to have this in it.
func (c *carried) hears(part string) {
	c.Helper()
	if len(c.heard) == 0 {
		c.until("an answer with "+strconv.Quote(part), func() bool {
			texts, err := c.kannel.Centre.Heard(c.Context(), c.number)
			if err != nil {
				c.Fatal(err)
			}
			c.heard = append(c.heard, texts...)
			return len(c.heard) > 0
		})
	}
	if got := c.heard[0]; !strings.Contains(got, part) {
		c.Fatalf("heard %q, not %q", got, part)
	}
	c.heard = c.heard[1:]
}

// A whole registration through a real Kannel and an SMPP centre, both ways,
// with delivery reports; a story in two pieces that arrive in the wrong
// order; and a centre that drops the connection in the middle of it. Nothing
// is lost and nothing is there twice.
func TestThroughARealKannel(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &smsBot{T: t, addr: l.Addr().String(), data: t.TempDir()}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	kannel, err := realkannel.Start(t.Context(), realkannel.Options{
		Dir: t.TempDir(), Number: kannelNumber, GetURL: realkannel.GetURL("http://"+b.addr, smsSecret),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(kannel.Logs())
		}
		kannel.Stop()
	})
	b.url = kannel.URL()
	b.start()
	t.Cleanup(b.kill)
	c := &carried{smsBot: b, kannel: kannel, number: "+84912000001"}

	c.says("OCOP DK Mat ong hoa rung; xa Quoc Khanh")
	c.hears("Dong y?")
	drop(c, 0) // the answer to this is not taken by the centre at first
	c.says("1")
	c.hears("Ho ten")
	c.says("Hoang Thi Mai")
	c.hears("Phieu so: LS")
	c.says("OCOP TC")
	c.hears("cho can bo xem")
	const product = "Banh cao xang cua ba con thon Na Nhem lam tu gao nep nuong va la cay rung"
	for i, text := range []string{"; xa Quoc Khanh", "OCOP DK " + product} { // the second piece first
		if err := kannel.Centre.SayPart(t.Context(), c.number, kannelNumber, text, 77, 2, 2-i); err != nil {
			t.Fatal(err)
		}
	}
	c.hears("cua ai")
	drop(c, 1) // after the first segment of the answer
	c.says("1")
	c.hears("Phieu so: LS")
	c.says("OCOP TC")
	c.hears("Banh cao xang")

	// A number that takes no messages.
	gone := &carried{smsBot: b, kannel: kannel, number: "+84912000999"}
	gone.says("OCOP")
	gone.hears("OCOP")

	b.until("every receipt and every message is taken", func() bool {
		s, err := kannel.Centre.State(t.Context())
		return err == nil && s.Bound && s.Waiting == 0 && s.Pieces == 0 && strings.Contains(b.get("/metrics"), "ocopbot_sms_waiting 0")
	})
	states := func() map[int]int { return outboundStates(t, filepath.Join(b.data, "ocopbot.db")) }
	b.until("every message is reported on", func() bool {
		s := states()
		return s[1] == 0 && s[2] == 0 && s[3] == 0 && s[5] == 1
	})
	if more, err := kannel.Centre.Heard(t.Context(), c.number); err != nil || len(more) > 0 {
		t.Errorf("heard besides: %q, %v", more, err)
	}
	sent := 0
	for _, n := range states() {
		sent += n
	}
	if want := 8; sent != want {
		t.Errorf("%d messages went out, want %d: %v", sent, want, states())
	}
	if strings.Contains(b.log.String(), "912000001") {
		t.Error("a phone number is logged")
	}
}

func drop(c *carried, after int) {
	c.Helper()
	if err := c.kannel.Centre.Drop(c.Context(), after); err != nil {
		c.Fatal(err)
	}
}

// outboundStates counts the messages that went out by how far they got.
func outboundStates(t *testing.T, path string) map[int]int {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: path})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	rows, err := store.DB().QueryContext(t.Context(), `SELECT state, COUNT(*) FROM outbound GROUP BY state`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	states := map[int]int{}
	for rows.Next() {
		var state, n int
		if err := rows.Scan(&state, &n); err != nil {
			t.Fatal(err)
		}
		states[state] = n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return states
}
