package conversations

import (
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/viet"
	"ocopbot/locales"
	"ocopbot/storage"
)

// Session is where one address stands: which conversation, which question,
// what was answered, and what came of the last turn. It holds no text that
// was sent: an answer is rendered from it anew whenever it is needed.
type Session struct {
	ID      string // changes when an older copy is restored, so that buttons of lost turns are stale
	Turn    int    // grows with every save
	AskedAt int    // turn in which the present question was first asked
	At      time.Time
	Lang    string     // "vi", "en"
	Person  storage.ID // 0 until something about the person is recorded
	Consent *Agreed    // given, and not yet recorded
	Frames  []Frame    // open conversations, the present one last; the first is home
	Offered []string   // ids of the choices last shown, in their order
	Notes   []Note     // what the last turn has to tell before the question
	Misses  int        // answers in a row that were not understood
	Pending bool       // the present frame's commit is due
	Late    string     // number of the idea a late correction of the last form belongs to
	Album   string     // album whose first picture was answered
	Quiet   bool       // the last turn has nothing to say
	Page    int        // of the last answer, where it is shown in pages
	Accents bool       // SMS keep their accents
	Proved  time.Time  // when the sender last showed who they are
	Handled [bot.Queues][]string

	// untold is what a commit has to tell that was found due by an update
	// other than its own: that update's answer tells it. It is never stored.
	untold []Note
	// secret is a one-time code that was just made. It is told in the same
	// turn, and kept nowhere.
	secret string
	// moved are addresses whose dialogs are to be forgotten, because the person
	// they were with has become another. It is never stored.
	moved []bot.Address
	// resettled: this turn changed how the person is spoken to.
	resettled bool
}

// handledKept is how many update ids of each queue a session remembers. A
// provider has one update of a queue in flight, so a few would do.
const handledKept = 8

// Agreed is a consent on its way to the records.
type Agreed struct {
	Text    string // version of the text shown
	At      time.Time
	Message string
}

// Frame is one open conversation.
type Frame struct {
	Flow    string
	Version int
	Step    string
	Answers map[string]string
}

// Note is something to tell, by the key of its text and what fills it.
type Note struct {
	Key  string
	Args map[string]string
}

func note(key string, kv ...string) Note {
	n := Note{Key: key}
	for i := 0; i+1 < len(kv); i += 2 {
		if n.Args == nil {
			n.Args = make(map[string]string, len(kv)/2)
		}
		n.Args[kv[i]] = kv[i+1]
	}
	return n
}

// NewSession starts a dialog at home.
func NewSession(lang string) *Session {
	if lang != "en" {
		lang = "vi"
	}
	return &Session{ID: newSessionID(), Lang: lang, Frames: []Frame{homeFrame()}}
}

// LangOf is the language to begin a dialog in: English where the app is set to
// it and what was typed does not look Vietnamese; many a farmer's phone was
// never set to anything else.
func LangOf(in *bot.Incoming) string {
	if strings.HasPrefix(strings.ToLower(in.Lang), locales.English) && viet.Unaccent(in.Text) == in.Text {
		return locales.English
	}
	return locales.Vietnamese
}

// newSessionID draws 40 random bits as 8 letters and digits that fit in a button.
func newSessionID() string {
	const letters = "0123456789abcdefghijklmnopqrstuv"
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	for i := range b {
		b[i] = letters[b[i]&31]
	}
	return string(b[:])
}

// Renew gives a restored session a new id: the person may have buttons of
// turns that were lost.
func (s *Session) Renew() { s.ID = newSessionID() }

// Saw tells whether an update was handled already.
func (s *Session) Saw(in *bot.Incoming) bool {
	return in.ID != "" && slices.Contains(s.Handled[in.Kind.Queue()], in.ID)
}

func (s *Session) markHandled(in *bot.Incoming) {
	if in.ID == "" {
		return
	}
	q := &s.Handled[in.Kind.Queue()]
	if len(*q) >= handledKept {
		*q = (*q)[len(*q)-handledKept+1:]
	}
	*q = append(slices.Clip(*q), in.ID)
}

// homeFrame is the menu, which lies under every other conversation.
func homeFrame() Frame { return Frame{Flow: homeFlow, Version: homeVersion, Step: homeStep} }

// homeVersion is the menu's; 2 has groups.
const homeVersion = 2

func (s *Session) top() *Frame { return &s.Frames[len(s.Frames)-1] }

// Consented tells whether what the person types may be kept.
func (s *Session) Consented() bool { return s.Person != 0 || s.Consent != nil }

// Idle tells that no conversation but home is open.
func (s *Session) Idle() bool { return len(s.Frames) == 1 }

func (f *Frame) get(key string) string { return f.Answers[key] }

func (f *Frame) set(key, value string) {
	if f.Answers == nil {
		f.Answers = map[string]string{}
	}
	if value == "" {
		delete(f.Answers, key)
		return
	}
	f.Answers[key] = value
}
