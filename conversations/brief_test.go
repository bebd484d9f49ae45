package conversations

import (
	"slices"
	"strings"
	"testing"

	"ocopbot/bot"
)

// bySMS is what the SMS channel can show: two messages of the GSM alphabet.
var bySMS = bot.Caps{Name: "tel", Form: "sms", Plain: true, Longest: 306, Accented: 134, Paged: true, Brief: true, Forgeable: true}

// fits sees that a message is no longer than the channel allows.
func (w *walk) fits(path string, m bot.Message) {
	t := &T{Engine: w.engine, Caps: w.caps, S: &Session{Accents: m.Accents}}
	if n := t.width(m.Numbered()); n > t.longest() {
		w.Errorf("%s: %d letters: %q", path, n, m.Numbered())
	}
	if m.More != "" {
		w.paged[path[strings.LastIndex(path, ">")+1:]+": "+strings.SplitN(m.Text, "\n", 2)[0]] = true
	}
}

func TestWalkBySMS(t *testing.T) {
	w, producer, officer := newWalk(t)
	w.caps, w.paged = bySMS, map[string]bool{}
	w.start("telegram:1", 0)
	w.start("telegram:2", producer)
	w.start("telegram:3", officer)
	w.exhaust()
	w.seen, w.left = map[string]bool{}, map[string]bool{} // and all of it with accents
	w.accents = true
	w.start("telegram:2", producer)
	w.start("telegram:3", officer)
	w.exhaust()
	var paged []string
	for p := range w.paged {
		paged = append(paged, p)
	}
	slices.Sort(paged)
	t.Logf("%d places, %d answers in pages:\n%s", len(w.seen), len(paged), strings.Join(paged, "\n"))
}
