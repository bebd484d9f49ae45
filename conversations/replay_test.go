package conversations

import (
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"ocopbot/bot"
	"ocopbot/storage"
)

// People come back after a year. So a session of every question of every
// version of every conversation that was ever released is kept, and must go on
// for ever: when a Version is raised, run
//
//	go test ./conversations -run WalkEveryStep -keep-sessions
//
// which adds the new ones; lines are never removed.
var keepSessions = flag.Bool("keep-sessions", false, "add the stored sessions of new flow versions to testdata/sessions.tsv")

const sessionsFile = "testdata/sessions.tsv"

// remember keeps the first session seen at each question.
func (w *walk) remember(addr bot.Address, s *Session) {
	f := s.top()
	name := fmt.Sprintf("%s.%s\tv%d\t%s", f.Flow, f.Step, f.Version, addr)
	for _, line := range w.stored {
		if strings.HasPrefix(line, name+"\t") {
			return
		}
	}
	w.stored = append(w.stored, name+"\t"+base64.StdEncoding.EncodeToString(s.Encode()))
}

func (w *walk) keepSessions() {
	w.Helper()
	old, err := os.ReadFile(sessionsFile)
	if err != nil && !os.IsNotExist(err) {
		w.Fatal(err)
	}
	all := string(old)
	for _, line := range w.stored {
		name := line[:strings.LastIndexByte(line, '\t')+1]
		if !strings.Contains("\n"+all, "\n"+name) {
			all += line + "\n"
		}
	}
	if err := os.WriteFile(sessionsFile, []byte(all), 0o600); err != nil {
		w.Fatal(err)
	}
}

func TestStoredSessionsGoOn(t *testing.T) {
	w, producer, officer := newWalk(t)
	kept, err := os.ReadFile(sessionsFile)
	if err != nil {
		t.Fatal(err)
	}
	now := map[bot.Address]storage.ID{"telegram:1": 0, "telegram:2": producer, "telegram:3": officer}
	released := map[string]bool{}
	for line := range strings.Lines(string(kept)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) != 4 {
			t.Fatalf("not a stored session: %q", line)
		}
		question, version, addr := f[0], f[1], bot.Address(f[2])
		released[question+version] = true
		data, err := base64.StdEncoding.DecodeString(f[3])
		if err != nil {
			t.Fatal(err)
		}
		s, err := DecodeSession(data)
		if err != nil {
			t.Errorf("%s %s: %v", question, version, err)
			continue
		}
		if s.Person != 0 {
			s.Person = now[addr] // the records of this run
		}
		if _, err := w.engine.Again(w.ctx, s, addr, w.caps, w.now); err != nil {
			t.Errorf("%s %s cannot be asked again: %v", question, version, err)
		}
		for _, text := range []string{"mật ong", "quay lại", "menu"} { // no choice: it may be of a record this run has not
			w.go1(placed{addr, s.Encode(), question + version}, text, bot.Incoming{Kind: bot.Text, Text: text})
		}
	}
	for _, f := range w.engine.flows {
		for _, s := range f.Steps {
			if q := fmt.Sprintf("%s.%sv%d", f.ID, s.ID, f.Version); s.asks() && !released[q] {
				t.Errorf("no stored session of %s is kept: run with -keep-sessions", q)
			}
		}
	}
}
