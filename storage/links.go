package storage

import (
	"time"

	"ocopbot/bot"
)

// Link is a code on its way to a phone number, whose owner says it back at
// another address to show that both are theirs.
type Link struct {
	ID      ID
	Person  ID          // who asked
	Addr    bot.Address // where they asked, and where the code is to be said
	Number  bot.Address // where the code goes
	Code    string      // empty once it was said back
	At      time.Time
	Expires time.Time
}

// LinkTx is what a transaction does about people with several addresses.
type LinkTx interface {
	AddLink(l Link) error
	// LinksSince counts the codes that were asked for at addr, or sent to
	// number, whichever are more.
	LinksSince(addr, number bot.Address, since time.Time) (int, error)
	// UseLink takes the code last sent on behalf of addr; ErrNotFound if that
	// is another one, was used or has expired.
	UseLink(addr bot.Address, code string, at time.Time) (Link, error)
	// RoutesOf lists the addresses of a person.
	RoutesOf(person ID) ([]Route, error)
	// Join makes one person of two: all that is kept of gone becomes kept's,
	// history included, and gone is no more. Where both have the same thing,
	// such as a seat in an organisation, kept's stays.
	Join(gone, kept ID) error

	// PutPIN keeps what is kept of a person's PIN, in place of an earlier one.
	PutPIN(person ID, hash []byte, at time.Time) error
	// PIN is that; ErrNotFound if they have none.
	PIN(person ID) ([]byte, error)
}
