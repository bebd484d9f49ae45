// Package bot is the vocabulary that channels and dialogs share: who wrote
// what (Incoming), what is said back (Message), and how sending can fail
// (SendError).
//
// It does no input or output, knows no provider and no conversation, and
// imports nothing else of this project, so that a channel and a conversation
// can both speak it without knowing each other.
package bot

import (
	"context"
	"strings"
	"time"
)

// Address names one place where a person can be reached, as "channel:id":
// "telegram:6031", "tel:+84912345678", "terminal:an". A person has many.
type Address string

// NewAddress joins a channel's name and the provider's id.
func NewAddress(channel, id string) Address { return Address(channel + ":" + id) }

// Channel is the part before the colon: "telegram", "tel", "terminal".
func (a Address) Channel() string { c, _, _ := strings.Cut(string(a), ":"); return c }

// ID is the part after the first colon, the provider's own id.
func (a Address) ID() string { _, id, _ := strings.Cut(string(a), ":"); return id }

// Masked is the address as logs may show it: the channel and the last two
// characters of the id, so that operators can tell two people apart without
// learning a phone number.
func (a Address) Masked() string {
	id := a.ID()
	if len(id) > 2 {
		id = "…" + id[len(id)-2:]
	}
	return a.Channel() + ":" + id
}

// Kind says what sort of thing came in.
type Kind uint8

// The kinds of Incoming. Edited messages, group chatter and other things a
// bot must not answer never become an Incoming: the channel drops them.
const (
	Text        Kind = iota + 1 // words typed or spoken into the keyboard
	Tap                         // a choice touched; Ref and Choice say which
	Contact                     // the person's own phone number, shared by the phone
	Photo                       // one picture, or one of an album
	Unsupported                 // sticker, voice, place, file …: What names it
	Blocked                     // the person blocked or left the bot
	Unblocked                   // … and came back
	Document                    // one file that is no picture, or one of several sent together
)

// Flood is what an Unsupported stands for that ends a flood: more has come
// than anybody types, and what comes next is not listened to for a while.
const Flood = "flood"

// Queue is the group of kinds a provider delivers one after another.
// Providers keep one update in flight for each of them, so updates of the two
// queues can overtake each other.
func (k Kind) Queue() Queue {
	if k == Tap {
		return TapQueue
	}
	return TextQueue
}

// Queue is one of the two ways by which updates of a person arrive.
type Queue uint8

// The two queues.
const (
	TextQueue Queue = iota
	TapQueue
	Queues // how many there are
)

// Ref ties a question to the session and turn that asked it. A tap brings it
// back, so that an old button can be told from a fresh one.
type Ref struct {
	Session string // the session's id; at most 12 bytes of [0-9a-z]
	AskedAt int    // the turn in which the question was first asked
}

// Incoming is one thing a person sent.
type Incoming struct {
	ID         string // the provider's id of the update; unique within Channel and Queue
	Kind       Kind
	From       Address
	Text       string // NFC, valid UTF-8, trimmed; also a file's caption
	Ref        Ref    // of a Tap
	Choice     string // the choice's ID, of a Tap
	Phone      string // of a Contact, as the provider gave it
	File       File   // of a Photo or a Document
	What       string // of an Unsupported: "sticker", "voice", "location", …, or Flood
	Deeplink   string // what came behind /start, at most 64 bytes of [A-Za-z0-9_-]
	Lang       string // the language the person's app is set to, as BCP 47; a hint, may be empty
	MessageID  string // the provider's id of the message, kept as proof of a consent
	Via        string // the gateway it came by, on channels that have several
	Part       Part   // of a message that comes in pieces; zero for a whole one
	At         time.Time
	Redelivery bool // the provider says, or the channel knows, that it may have come before
}

// Part places one piece of a message that comes in several.
type Part struct {
	Ref   int // the same in all pieces of a message; soon used for another
	Total int
	Seq   int // from 1
}

// File names a file held by a provider.
type File struct {
	ID    string // what the provider fetches it by
	Album string // the same for all files sent together; empty for a single one
	Size  int64  // bytes, 0 if unknown
	Name  string // of a Document, as the sender's device has it; may be empty
	MIME  string // of a Document, as the provider has it; may be empty or wrong
}

// Choice is one answer offered with a question.
type Choice struct {
	ID    string // short and stable; with its Ref it must fit in 64 bytes
	Label string // what the person sees
}

// Attachment is a file sent along with a message.
type Attachment struct {
	Name string
	MIME string // image/* goes as a picture, all else as a document
	Data []byte
}

// Message is one thing said to a person. It has no keyboard and no numbering:
// each channel shows Choices in the way it can.
type Message struct {
	Text    string
	Choices []Choice
	// First is how many choices stood on earlier pages, and More the label of
	// the way to the next page, with More's number; only where Caps.Paged.
	First    int
	More     string
	MoreKey  int
	Ref      Ref         // goes back with a Tap
	Contact  string      // label of a button that shares one's phone number; empty for none
	Attached *Attachment // nil for none
	// Accents are kept on a channel that is Plain.
	Accents bool
	// Sure asks for a send whose result is seen. Without it a channel may use
	// a cheaper way that reports no failure, such as the body of a webhook's
	// answer.
	Sure bool
	// Advert: the text advertises in the sense of NĐ 91/2020/NĐ-CP, and begins
	// with "[QC] ". SMS carries it under a registered brandname only, and
	// refuses it where there is none.
	Advert bool
}

// Handler takes what came in and says what to answer.
type Handler interface {
	// Handle runs one turn. With a nil error the update may be acknowledged,
	// once its answer has been sent or handed to Undelivered; with any other
	// it must not be, and the provider will deliver it again. Of several
	// updates of one person it must be called in the order they arrived.
	Handle(ctx context.Context, in Incoming) (Reply, error)
	// Undelivered takes over an answer that could not be sent now. With a nil
	// error the update may be acknowledged.
	Undelivered(ctx context.Context, to Address, r Reply, cause error) error
}

// Reply is the answer to one Incoming. It may have no messages: a wise
// silence.
type Reply struct {
	Messages []Message
	Session  string // with Turn: what the answer was rendered from, so that
	Turn     int    // it can be rendered anew instead of being stored
	// Sent is how many messages of the answer went out before these, of one that
	// is handed over.
	Sent int
}

// Caps says what a channel can show.
type Caps struct {
	Name    string // the Address prefix: "telegram", "tel", "terminal"
	Buttons bool   // choices can be touched; else they are numbered
	Longest int    // characters in one message
	Form    string // suffix of texts made for this channel ("sms"); empty for none
	Plain   bool   // no accents: Vietnamese is folded before sending
	Abroad  bool   // the provider keeps what is said outside Vietnam
	Files   bool   // files can go along with a message
	// Accented is Longest for a Message with Accents, in UTF-16 units, on a
	// channel that is Plain but for those who want it otherwise; 0: for nobody.
	Accented int
	// Paged: what is longer than Longest is shown a page at a time. Length is
	// that of Numbered, without accents if Plain.
	Paged bool
	// Brief: every message costs money, so that a form is sent as soon as it
	// has what it needs, and the rest is asked later.
	Brief bool
	// Forgeable: anybody can write in somebody else's name, so that nothing is
	// done on the word of one message that cannot be undone.
	Forgeable bool
}

// Channel is a way to reach people.
type Channel interface {
	Caps() Caps
	// Receive takes in what people send until ctx ends, and returns nil then.
	// A channel that is served over HTTP returns nil at once.
	Receive(ctx context.Context, h Handler) error
	// Send says one message and returns the provider's id of it. Its error is
	// a *SendError.
	Send(ctx context.Context, to Address, m Message) (id string, err error)
}
