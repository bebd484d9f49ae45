package storage

import (
	"errors"
	"slices"
	"time"

	"ocopbot/bot/ocop"
)

// Gathering is a fair, a conference, a dialogue, a training or a study tour
// that people sign up for. It is what everybody calls an event; Event is what
// happened to an idea.
type Gathering struct {
	ID       ID
	Code     string // short, for SMS: "HC12"; upper case letters, then digits
	Kind     GatheringKind
	Title    string
	Place    string
	From     time.Time // when it begins; at midnight in Vietnam: no hour was said
	To       time.Time // its last day, at midnight in Vietnam
	Deadline time.Time // the last day one can sign up, at midnight in Vietnam
	Seats    int       // for so many people; 0: as many as come
	Stalls   int       // 0: none
	Bring    string
	Contact  string
	Unit     ocop.UnitKey // that holds it
	Rule     Rule
	Selects  bool // those who come are selected, not taken in their order
	Quotas   []ocop.Quota
	Chosen   time.Time // when the selection was made; zero: not yet
	State    string
	Version  int // grows with every change
	Created  time.Time
	By       ID // 0: the command line
	Picture  bool
}

// GatheringKind is what sort of gathering it is.
type GatheringKind string

// The kinds of Gathering: plan 129/KH-UBND, III.3.2, 3.6, 3.7.
const (
	Fair       GatheringKind = "fair"
	Conference GatheringKind = "conference" // that brings sellers and buyers together
	Dialogue   GatheringKind = "dialogue"
	Training   GatheringKind = "training"
	StudyTour  GatheringKind = "tour"
	Other      GatheringKind = "other"
)

// GatheringKinds lists them.
var GatheringKinds = []GatheringKind{Fair, Conference, Dialogue, Training, StudyTour, Other}

// Sells tells the kinds to which products are brought, and after which it is
// asked what was sold.
func (k GatheringKind) Sells() bool { return k == Fair || k == Conference }

// Together tells the kinds to which a producer may bring others: at a dialogue
// one speaks for each.
func (k GatheringKind) Together() bool { return k != Dialogue }

// States of a Gathering.
const (
	GatheringOpen      = "open"
	GatheringCancelled = "cancelled"
)

// Over tells whether it has ended.
func (g Gathering) Over(now time.Time) bool { return !now.Before(g.To.AddDate(0, 0, 1)) }

// Begun tells whether it has begun.
func (g Gathering) Begun(now time.Time) bool { return !now.Before(g.From) }

// Takes tells whether one can still sign up, be it for the waiting list.
func (g Gathering) Takes(now time.Time) bool {
	return g.State == GatheringOpen && now.Before(g.Deadline.AddDate(0, 0, 1)) && !g.Begun(now)
}

// Rule says who may come; what is empty excludes nobody.
type Rule struct {
	Stars     int            `json:"stars,omitempty"`     // of a recognised product brought
	Groups    []string       `json:"groups,omitempty"`    // of the product
	Producers []string       `json:"producers,omitempty"` // types of producer
	Units     []ocop.UnitKey `json:"units,omitempty"`     // where the producer is, with what lies below
}

// Empty tells that everybody may come.
func (r Rule) Empty() bool {
	return r.Stars == 0 && len(r.Groups) == 0 && len(r.Producers) == 0 && len(r.Units) == 0
}

// States of a Signup.
const (
	SignupQueued     = "queued"     // waits for the selection
	SignupRegistered = "registered" // has a seat
	SignupSelected   = "selected"   // has a seat, by selection
	SignupWaiting    = "waiting"    // on the waiting list
	SignupRefused    = "refused"    // not selected
	SignupCancelled  = "cancelled"  // does not come
	SignupAttended   = "attended"   // came
)

// Signup is one person's wish to come to a gathering, and what became of it.
type Signup struct {
	ID           ID
	Gathering    ID
	Person       ID     // who signed up
	Attendee     string // somebody else who comes; empty: the person themselves
	People       int    // who come under this signup, each with a seat; 0 is 1
	Organisation ID
	Ideas        []ID   // products brought that have a form
	Products     string // others, as typed
	Units        []ocop.UnitKey
	Group        string // of the first product
	Stars        int    // of the best product, as it stood
	Stall        bool
	Power        string // what the stall needs, as typed; empty: none
	Vehicle      string // as typed; empty: none
	State        string
	Place        int // in the line of its gathering; also the number shown at the door
	At           time.Time
	Changed      time.Time
	Result       *Result // nil: not told
}

// Visit is a signup with what it is to.
type Visit struct {
	Signup
	To Gathering
}

// Came tells that somebody was seen there, or told what they sold.
func (v Visit) Came() bool { return v.State == SignupAttended || v.Result != nil }

// Result is what a producer tells after a fair.
type Result struct {
	Revenue   int64 // đồng
	Contracts int
	Buyers    int
	At        time.Time
}

// Kinds of the notices about a signup; their Subject is its ID.
const (
	NoticeMovedUp   = "gathering_up"        // from the waiting list
	NoticeSelection = "gathering_selection" // selected, or not
	NoticeChanged   = "gathering_changed"
	NoticeCalledOff = "gathering_cancelled"
	NoticeReminder  = "gathering_soon"
	NoticeResults   = "gathering_results" // asks what was sold
)

// Seated tells whether a seat is taken.
func (s Signup) Seated() bool {
	return slices.Contains([]string{SignupRegistered, SignupSelected, SignupAttended}, s.State)
}

// Live tells whether the person means to come, and may yet.
func (s Signup) Live() bool {
	return s.Seated() || s.State == SignupQueued || s.State == SignupWaiting
}

// Claim is what the signup takes of the gathering's room.
func (s Signup) Claim() ocop.Claim {
	c := ocop.Claim{People: s.People, Stall: s.Stall, Units: s.Units, Group: s.Group}
	if s.Stars > 0 {
		c.Stars = string(rune('0' + s.Stars))
	}
	return c
}

// Attendee is a signup as the organisers' list shows it.
type Attendee struct {
	Signup
	Name     string // of who comes
	Phone    string // of who signed up
	Producer string
	Brings   []string // names of the products with a form
}

// GatheringEvent is one thing that happened to a gathering or to a signup.
// Entries are only added.
type GatheringEvent struct {
	ID        ID
	Gathering ID
	Signup    ID // 0: to the gathering itself
	At        time.Time
	Kind      string // "created", "changed", "cancelled", "chosen"; of a signup its new state, or "amended"
	Actor     ID     // 0: the program
	Role      string
	Body      map[string]string // of a change: the names of what changed, with what it was
}

// Attendance is how many people a gathering's signups are, by their state, and
// how many stalls are taken.
type Attendance struct {
	Seated, Stalls, Queued, Waiting, Refused, Cancelled, Attended int
	Live                                                          int // signups of those who mean to come: each is told what changes
}

// ErrNoRoom: there are more than a gathering has seats, stalls or quotas for.
var ErrNoRoom = errors.New("storage: no room left")

// GatheringTx are a transaction's doings with gatherings. Each of them that
// changes who has a seat locks the gathering until the transaction ends: seats
// are counted exactly whoever else comes at the same moment.
type GatheringTx interface {
	// NextCode draws the next code of a series ("HC") that no gathering has.
	NextCode(series string) (string, error)
	// PutGathering inserts a gathering, or replaces one whose Version is one
	// less, with the event that did it. Whoever fits now moves up.
	PutGathering(g Gathering, e GatheringEvent) error
	// WantGatheringPicture notes a picture that a channel's provider holds and
	// that is to be fetched.
	WantGatheringPicture(id ID, channel, provider string) error
	// PutGatheringPicture keeps a picture that is at hand.
	PutGatheringPicture(id ID, data []byte) error
	// Gathering locks it.
	Gathering(id ID) (Gathering, error)
	GatheringByCode(code string) (Gathering, error)
	// SignUp puts s at the end of the line and decides its State: registered
	// while there is room, waiting after that; queued where people are
	// selected. ErrConflict: the same attendee is signed up already, or the
	// gathering takes nobody any more.
	SignUp(s *Signup) error
	Signup(id ID) (Signup, error)
	// SignupNumbered is that of a place in a gathering's line.
	SignupNumbered(gathering ID, place int) (Signup, error)
	Signups(gathering ID) ([]Signup, error)
	// Move gives a signup another state; from is the one the actor saw:
	// ErrConflict if it moved meanwhile. What becomes free goes to whoever
	// waited longest and fits, who is told.
	Move(id ID, from, to string, by GatheringEvent) (Signup, error)
	// Amend replaces what a signup that is Live brings and needs: Ideas,
	// People, Products, Organisation, Group, Stars, Stall, Power and Vehicle. ErrNoRoom:
	// it has a seat, and there is none left for what it needs now; ErrConflict:
	// it moved meanwhile, or the gathering has begun. What becomes free goes to
	// who waits.
	Amend(s Signup, by GatheringEvent) error
	// Select gives seats to these of a gathering's queued and waiting, and to
	// all others who are queued the state rest: waiting or refused. Where
	// they do not all fit it does nothing, and says ErrNoRoom.
	Select(gathering ID, chosen []ID, rest string, by GatheringEvent) error
	// PutResult keeps what a producer tells after a fair.
	PutResult(signup ID, r Result) error
	// TellSignup notifies who signed up of something, once for each what. Of n
	// it takes Kind, At and NotBefore.
	TellSignup(s Signup, what string, n Notice) error
}
