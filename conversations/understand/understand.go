// Package understand finds out what somebody wants from what they typed: free
// text in, an intent out, with a score that says how sure that is.
//
// It knows words and nothing else: not who writes, not which question was
// asked last, no programme, no product and no commune. What an intent means
// in a dialog (whether HUY leaves a form or refuses messages, whether a text
// is the answer to a question instead) is for the caller to decide.
//
// The dictionary is phrases.txt, one phrase a line, written with accents. The
// dictionary is expanded to the ways people type, never the input: a text
// is looked up as it stands, so that a product's or person's name is not
// "corrected" into a command.
package understand

// Intent is what somebody wants.
type Intent string

// The intents that are shown to people and operators.
const (
	RegisterIdea Intent = "register_idea"
	Status       Intent = "status"
	Help         Intent = "help"          // how the programme and the bot work; greetings too
	AskWhom      Intent = "ask_whom"      // who is in charge, a person to talk to
	MyData       Intent = "my_data"       // see, correct or take along what is kept
	EraseData    Intent = "erase_data"    // erase it, withdraw the consent
	StopMessages Intent = "stop_messages" // no more messages
	Events       Intent = "events"        // fairs, trainings, meetings
	Report       Intent = "report"        // an officer's report on the programme
	Language     Intent = "language"      // speak another language
	Cancel       Intent = "cancel"
	Back         Intent = "back"
	Yes          Intent = "yes"
	No           Intent = "no"
	None         Intent = "none"
)

// More intents, which only dialogs tell apart. Public says what they are to
// everybody else.
const (
	Skip       Intent = "skip"       // no answer to this question
	Send       Intent = "send"       // done, hand it in
	Restart    Intent = "restart"    // from the beginning, the menu
	CallMe     Intent = "call_me"    // somebody is to call back
	More       Intent = "more"       // the next page
	Inbox      Intent = "inbox"      // an officer's work
	Supplement Intent = "supplement" // fill in more of a form handed in
	Edit       Intent = "edit"       // change an answer
	Duties     Intent = "duties"     // what an officer's unit owes by when
	Ack        Intent = "ack"        // has read a reminder, or what was announced
	Announce   Intent = "announce"   // an officer tells many something
	Print      Intent = "print"      // the paper form, to be signed
	// What the province looks at.
	PlanProgress Intent = "plan_progress" // how far the plan's targets are
	Progress     Intent = "progress"      // which units filed their reports
)

// intents are those a dictionary has phrases for: all but None.
var intents = []Intent{
	RegisterIdea, Status, Help, AskWhom, MyData, EraseData, StopMessages, Events,
	Report, Language, Cancel, Back, Yes, No, Skip, Send, Restart, CallMe, More,
	Inbox, Supplement, Edit, Duties, Ack, Announce, Print, PlanProgress, Progress,
}

// Public is the intent as lists for people show it, one of the fifteen above
// None: sending says yes to what was shown, starting over leaves what was
// going on, a call is a person to talk to, a supplement belongs to
// registering, who asks what is due asks about reports, and who skips a
// question says no to it. More, Inbox, Edit, Ack and Announce mean nothing
// outside their dialog.
func (i Intent) Public() Intent {
	switch i {
	case Send:
		return Yes
	case Restart:
		return Cancel
	case CallMe:
		return AskWhom
	case PlanProgress, Progress, Duties:
		return Report
	case Supplement, Print:
		return RegisterIdea
	case Skip:
		return No
	case More, Inbox, Edit, Ack, Announce:
		return None
	}
	return i
}

// Below Doubtful a guess is no guess at all: its intent is None. From Sure on
// it may be acted upon; between the two the person is asked.
const (
	Doubtful = 0.5
	Sure     = 0.8
)

// Guess is what a text seems to mean.
type Guess struct {
	Intent Intent  // None when nothing reaches Doubtful
	Score  float64 // 0 to 1; of None, how far the best idea got
	// Whole tells that the text is nothing but this phrase, politeness and
	// Arg apart: not an answer that happens to have these words in it.
	Whole       bool
	Second      Intent  // the next best intent, None if there is none
	SecondScore float64 // its score
	// Why is the dictionary's phrase that matched, or the words as typed where
	// the dictionary names a group of words.
	Why string
	// Arg is what the phrase is about, as typed: the form number to look up,
	// or the product to register. Empty if there is none.
	Arg string
}
