package storage

import (
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
)

// ForBulletin is the purpose of the consent to news of the programme and
// examples of others (bản tin, gương điển hình).
const ForBulletin = "bulletin"

// States of an Announcement.
const (
	AnnouncementDraft     = "draft"
	AnnouncementWaiting   = "waiting" // for a second officer
	AnnouncementSending   = "sending" // at once, or when its time has come
	AnnouncementPaused    = "paused"
	AnnouncementCancelled = "cancelled"
	AnnouncementDone      = "done"
)

// Announcement is something told to many people at once. From the moment it
// is being sent it does not change: an edited one is a new one.
type Announcement struct {
	ID        ID
	Author    ID     // 0: the command line
	Role      string // the office it was made in
	Unit      ocop.UnitKey
	Class     ocop.Class
	Reason    string // why it is of this class, by law
	Audience  Audience
	Text      string // Vietnamese
	English   string // empty: everybody gets the Vietnamese
	Picture   Picture
	Invites   string    // code of the gathering it invites to; empty: none
	NotBefore time.Time // zero: at once
	State     string
	Epoch     int // grows whenever its jobs are made anew: older jobs do nothing
	Size      int // people it was counted for when it was handed in
	Approver  ID  // the second officer; 0: none was needed
	Approved  time.Time
	Reached   ID        // the last person planned
	Planned   time.Time // zero: not everybody is written down yet
	Replaces  ID        // the announcement this is an edited copy of
	Watch     Watch
	Created   time.Time
	Began     time.Time
	Ended     time.Time
	Version   int // ErrConflict if somebody else was faster
}

// AnnouncementEvent is one thing that was done about an announcement, in
// office. What is kept is the office's.
type AnnouncementEvent struct {
	ID           ID // 0: given when it is stored
	Announcement ID
	At           time.Time
	Kind         string // order, hand_in, approve, return, withdraw, pause, resume, cancel
	Actor        ID     // 0: the command line
	Role         string
	Text         string // why; of a return
}

// Picture goes along with an announcement.
type Picture struct {
	Channel  string // whose provider holds it
	Provider string // the provider's id
}

// Watch is the message that shows an announcement's progress.
type Watch struct {
	Addr    bot.Address
	Message string // the provider's id
	Hash    string // of what it shows now
}

// Roles an Audience may name besides those of officers.
const RoleProducer = "producer"

// Audience says who is told: everybody to whom all of it applies. An empty
// part applies to everybody.
type Audience struct {
	Roles       []string       `json:"roles,omitempty"` // RoleProducer and roles of officers
	Units       []ocop.UnitKey `json:"units,omitempty"` // with what lies below
	Kinds       []string       `json:"kinds,omitempty"` // producer types
	Groups      []string       `json:"groups,omitempty"`
	KeyProducts []string       `json:"key_products,omitempty"`
	Stars       []int          `json:"stars,omitempty"` // of the latest published evaluation
	Stages      []ocop.Stage   `json:"stages,omitempty"`
	Languages   []string       `json:"languages,omitempty"`
	Channels    []string       `json:"channels,omitempty"` // reachable by one of them, and told by it
	// Gathering: signed up to it, and stands there in one of these states (any,
	// if none is named).
	Gathering  ID       `json:"gathering,omitzero"`
	Attendance []string `json:"attendance,omitempty"`
	// Within are Units and all units below them, as they stand when the
	// people are looked for; it is not stored.
	Within []ocop.UnitKey `json:"-"`
}

// OfProducts tells whether it asks for something that only products have.
func (a Audience) OfProducts() bool {
	return len(a.Kinds)+len(a.Groups)+len(a.KeyProducts)+len(a.Stars)+len(a.Stages) > 0
}

// States of a Recipient.
const (
	RecipientQueued   = "queued" // Why says what it waits for, if anything
	RecipientHeld     = "held"   // by the law, or because the announcement was cancelled: Why
	RecipientSending  = "sending"
	RecipientSent     = "sent"
	RecipientFailed   = "failed" // Why
	RecipientAnswered = "answered"
)

// Whys of a Recipient beside the law's holds and the codes of bot.SendError.
const (
	WhyCancelled = "cancelled"
	WhyErased    = "erased"
	WhyNoAddress = "no_address"
	WhyExpired   = "expired" // tried for too long
	WhyUnsure    = "unsure"  // it may have arrived; advertising is not sent twice
)

// Recipient is one person an announcement is for.
type Recipient struct {
	Announcement ID
	Person       ID
	Epoch        int
	State        string
	Why          string
	Addr         bot.Address
	Provider     string // the provider's id of the message
	Doubts       int    // sends of which it is not known whether they arrived
	At           time.Time
}

// Answerer is a person who answered an announcement, for who may call them.
type Answerer struct {
	Person ID
	Name   string
	Phone  string // E.164, or empty
	Unit   ocop.UnitKey
	At     time.Time
}

// RecipientCount counts recipients of one announcement.
type RecipientCount struct {
	State  string
	Why    string
	Count  int
	Doubts int
}

// Reach is what decides whether and how a person can be told something.
type Reach struct {
	Person     ID
	Lang       string
	Channel    string // preferred; empty: the last one used
	Erased     bool
	Routes     []Route
	Agreements []Consent                   // to advertising and to the bulletin, the oldest first
	DoNotCall  map[bot.Address]bool        // of the person's addresses
	Adverts    map[bot.Address][]time.Time // of the last 24 h
}

// Carrier is what a channel can do for announcements.
type Carrier struct {
	Phone   bool // SMS, for which the law asks more
	Adverts bool // may carry advertising
	Booked  bool // carries advertising only as a file handed to the carrier
}

// RecipientKey names a recipient and the epoch its job was made in.
type RecipientKey struct {
	Announcement ID
	Person       ID
	Epoch        int
}

// Delivery is what is true of one recipient when it is looked at. Where there
// is no such recipient its State is empty.
type Delivery struct {
	Key          RecipientKey
	Announcement Announcement
	Recipient    Recipient
	Reach        *Reach
}

// Move is what becomes of a recipient.
type Move struct {
	State    string
	Why      string
	Addr     bot.Address
	Provider string
	Doubt    bool // it is not known whether a message arrived
	Reserve  bool // advertising is about to go to Addr, and counts
	Release  bool // … and surely did not
}
