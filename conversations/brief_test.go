package conversations

import (
	"strings"

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
