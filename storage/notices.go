package storage

import (
	"time"

	"ocopbot/bot"
)

// States of a Notice.
const (
	NoticeQueued  = "queued"
	NoticeSent    = "sent"
	NoticeFailed  = "failed"
	NoticeDropped = "dropped" // no longer needed, or refused by the person
)

// Notice is something to be told to a person who is not waiting for it. It
// holds no text: that is made just before sending, from what is true then.
type Notice struct {
	ID        ID
	Person    ID
	Kind      string // key of a notice text: "accepted", "asked", "digest", …
	Idea      ID
	Event     ID
	Subject   ID     // of a record of Kind's own sort; 0: about an idea, or about none
	Channel   string // the only channel it may go by; empty: the person's choice
	NotBefore time.Time
	State     string
	Why       string
	// Addr is where it went. On a queued notice it is where somebody waits for
	// it: it goes there at once, or nowhere.
	Addr     bot.Address
	Provider string // the provider's id of the message
	At       time.Time
	Done     time.Time
}

// Dead is an update that could not be handled three times over. Its content
// is not kept.
type Dead struct {
	ID    ID
	Addr  string // masked
	Kind  bot.Kind
	Cause string // without personal data
	At    time.Time
}
