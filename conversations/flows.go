package conversations

// The ids of the conversations, as stored in sessions: never reuse one for
// something else.
const (
	homeFlow       = "home"
	consentFlow    = "consent"
	registerFlow   = "reg"
	supplementFlow = "sup"
	answerFlow     = "answer"
	photoFlow      = "photo"
	statusFlow     = "status"
	helpFlow       = "help"
	askFlow        = "ask"
	callFlow       = "call"
	mydataFlow     = "mydata"
	eraseFlow      = "erase"
	languageFlow   = "lang"
	stopFlow       = "stop"
	codeFlow       = "code"
	inviteFlow     = "invite"
	leaveFlow      = "leave"
	doubtFlow      = "doubt"
	inboxFlow      = "inbox"
	actFlow        = "act"
	scoreFlow      = "score"
	decideFlow     = "decide"
	publishFlow    = "publish"
	callsFlow      = "calls"
	proofFlow      = "proof"
	ackFlow        = "ack"
	dutiesFlow     = "duties"
	dutyFlow       = "duty"
	demandFlow     = "demand"
	extendFlow     = "extend"
	withdrawFlow   = "withdraw"
	handOverFlow   = "handover"
	smsDaysFlow    = "smsdays"
	printFlow      = "print"
	reportsFlow    = "reports"
	reportFlow     = "report"
	reviewFlow     = "review"
	planFlow       = "plan"
	progressFlow   = "progress"

	gatheringsFlow  = "events"
	gatheringFlow   = "event"
	signupFlow      = "signup"
	signupOtherFlow = "signupfor"
	amendFlow       = "amend"
	resultFlow      = "result"
	makeFlow        = "makeevent"
	callOffFlow     = "calloff"
	guestsFlow      = "guests"
	selectFlow      = "select"
	checkinFlow     = "checkin"
	newsFlow        = "news"
	toldFlow        = "told"
	announceFlow    = "ann"

	announcementsFlow = "anns"
	pinFlow           = "pin"
	linkFlow          = "link"
	accentsFlow       = "accents"
	settingsFlow      = "settings"
)

// allFlows lists every conversation.
func allFlows() []*Flow {
	return []*Flow{
		home(), consent(), register(), supplement(), answerQuestion(), photo(),
		status(), help(), askWhom(), callMe(), myData(), erase(), language(), stopMessages(),
		code(), invite(), leave(), doubt(),
		inbox(), act(), score(), decide(), publish(), calls(), proof(),
		ack(), dutyList(), duty(), demand(), extend(), withdraw(), handOver(),
		smsDays(),
		printForm(), plan(), progress(),
		reports(), report(), review(),
		gatherings(), gathering(), signup(), signupOther(), amendSignup(), result(), makeGathering(), callOff(), guests(), selectGuests(), checkin(),
		news(), told(), announce(), announcements(),
		pin(), link(), accents(), settings(),
	}
}
