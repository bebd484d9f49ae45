package conversations

import (
	"ocopbot/bot"
	"ocopbot/locales"
	"ocopbot/storage"
)

// Flow is one conversation, as data: its questions in order, and what is
// written down at its end. A released flow is only changed with a higher
// Version, and sessions stored with the earlier one must still go on.
type Flow struct {
	ID      string
	Version int
	Steps   []*Step
	// Draft says that what is typed here is worth keeping when the person
	// turns to something else or goes away.
	Draft bool
	// Consent says that it needs the person's consent first.
	Consent bool
	// Begin prepares the answers when the flow is opened: what is known
	// already is not asked again. nil: nothing to prepare.
	Begin func(*T) error
	// Sure: what it does cannot be undone, so that it is not done on the word
	// of a sender who may be forged: before the commit they show who they are.
	Sure bool
	// TakesNumber: its commit takes a form number, for which those who register
	// at the same moment wait.
	TakesNumber bool
	// Photo takes a picture for the i-th frame, one of this flow. nil: it goes to a
	// form that was sent before.
	Photo func(t *T, i int, f bot.File) error
	// Document takes a document, likewise. nil: it is not taken.
	Document func(t *T, i int, f bot.File) error
	// Commit writes the outcome, in one transaction, once. It sees only the
	// frame's answers, the session's person and tx. nil: nothing is written.
	Commit func(*T, storage.Tx) (Outcome, error)
}

func (f *Flow) step(id string) (*Step, int) {
	for i, s := range f.Steps {
		if s.ID == id {
			return s, i
		}
	}
	return nil, -1
}

// Step is one question. Without Choices and Parse it takes no answer: the
// flow commits or closes when it is reached.
type Step struct {
	ID string // also the key its answer is kept under
	// Load reads from the records what the step needs, before it is asked and
	// before it is answered; the result is t.Loaded.
	Load func(*T) (any, error)
	// Needed tells whether the question is asked at all. nil: always.
	Needed func(*T) bool
	// Ask gives the text's key and data. nil: "<flow>.<step>" with the answers.
	Ask func(*T) (key string, data locales.Data)
	// Choices are the answers offered. nil: none.
	Choices func(*T) []bot.Choice
	// Below are choices that are not shown here but one tap below, and are taken
	// here by their labels. nil: none.
	Below func(*T) []bot.Choice
	// Parse takes a typed answer, or says what is wrong with it. nil: only
	// Choices are taken.
	Parse func(*T, string) (value string, complaint *Note)
	// Hears is the choice that is meant by a text which names none and is no
	// other wish. nil: such a text is not understood.
	Hears func(*T, string) (value string, ok bool)
	// Answer does with a value what has to be done. nil: keep it and go on to
	// the next step.
	Answer func(*T, string) error
	// Optional questions can be skipped.
	Optional bool
	// Send says that the form may be sent from here on.
	Send bool
	// Always: asked even where a form is sent as soon as it can be.
	Always bool
	// Contact offers the button that shares one's own phone number.
	Contact bool
	// Name says that the answer is a person's name, so that a word of refusal
	// that is also a name is taken for one.
	Name bool
	// Prose says that the answer is an officer's own words, in which what
	// producers wish for («tập huấn», «phiếu giấy») is a subject and no wish.
	Prose bool
	// Counts says that the answer is a number. No choice is offered beside it,
	// whose place in the list would be one too.
	Counts bool
	// Numbers says that a bare number is first a form number of one's own,
	// where the channel shows no numbered list.
	Numbers bool
}

// asks tells whether the step wants an answer.
func (s *Step) asks() bool { return s.Choices != nil || s.Parse != nil }

// Outcome is what a commit leaves to the dialog. It is kept with the commit,
// so that a commit that ran before gives it again.
type Outcome struct {
	Person storage.ID        `json:"p,omitempty"` // who the address belongs to from now on
	Notes  []Note            `json:"n,omitempty"`
	Next   string            `json:"s,omitempty"` // step to go on with; empty closes the conversation
	Set    map[string]string `json:"a,omitempty"` // answers to change in the frame
	Open   string            `json:"o,omitempty"` // conversation to open then, with With as its answers
	With   map[string]string `json:"w,omitempty"`
	Late   string            `json:"l,omitempty"` // form number that late corrections belong to
	Lang   string            `json:"g,omitempty"`
	Forget bool              `json:"f,omitempty"` // the person was erased: the session starts afresh
	Proved bool              `json:"v,omitempty"` // the sender has shown who they are
	// Accents is "yes" or "no" when it was said how SMS are to be written.
	Accents string `json:"t,omitempty"`
	// Moved are the other addresses of somebody who has become one with
	// Person: what is going on there is with nobody.
	Moved []bot.Address `json:"m,omitempty"`
}

// Choice ids the engine itself understands, in every step that offers them.
const (
	choiceSkip = ".skip"
	choiceBack = ".back"
	choiceSend = ".send"
	choiceMenu = ".menu"
	choiceCall = ".call"
)
