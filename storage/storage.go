// Package storage says what is kept: the records, the errors a store answers
// with, and the two interfaces every store of sessions and of records meets.
//
// It opens nothing and knows no SQL. The records live in storage/sqlstore;
// sessions there or in storage/redisstore. To both a session is bytes and a
// turn number.
package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"time"

	"ocopbot/bot"
)

// The kinds of error a store answers with; anything else is the server's or
// the network's fault and may pass.
var (
	// ErrNotFound: there is no such record, or not for this viewer.
	ErrNotFound = errors.New("storage: not found")
	// ErrConflict: somebody else changed it since it was read.
	ErrConflict = errors.New("storage: changed by somebody else meanwhile")
	// ErrUnavailable: the server cannot be reached or does not answer. What
	// was asked may be asked again.
	ErrUnavailable = errors.New("storage: unavailable")
	// ErrFull: no room left on the disk or in memory.
	ErrFull = errors.New("storage: full")
)

// ID names a record: 42 bits of Unix milliseconds, then 16 bits of a count and
// 5 random ones, so that ids grow with time and need no round trip to be drawn.
// Zero is none.
type ID int64

// drawn counts the ids of this process, from anywhere on. A transaction that
// tells thousands draws all its ids in one moment: at random, of a thousand two
// would meet once in five times.
var drawn = func() *atomic.Uint64 {
	var n atomic.Uint64
	n.Store(rand.Uint64())
	return &n
}()

// NewID draws an ID. The 65,536 that a process draws one after another differ,
// whatever the moment. Those of two processes that stand at the same count in
// the same millisecond are the same once in 32 times; a store runs the
// transaction again then.
func NewID(now time.Time) ID {
	count := int64(drawn.Add(1) & 0xffff)
	return ID(now.UnixMilli()<<21 | count<<5 | rand.Int64N(1<<5))
}

// MarshalJSON writes an ID as a string: JSON numbers above 2⁵³ lose digits in
// readers that know only doubles, the job queue among them.
func (id ID) MarshalJSON() ([]byte, error) {
	return []byte(`"` + strconv.FormatInt(int64(id), 10) + `"`), nil
}

// UnmarshalJSON reads it, as a string or as a number.
func (id *ID) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseInt(string(bytes.Trim(b, `"`)), 10, 64)
	if err != nil {
		return fmt.Errorf("storage: id: %w", err)
	}
	*id = ID(n)
	return nil
}

// Sessions keeps the state of dialogs. A session is bytes and the number of
// turns it has seen; Save replaces it only if nobody else did meanwhile.
type Sessions interface {
	// Load returns the session of addr, or ErrNotFound; an expired one is not
	// found.
	Load(ctx context.Context, addr bot.Address) (StoredSession, error)
	// Save stores s if the stored turn still is previous, and answers
	// ErrConflict otherwise. Where nothing is stored, or what was has
	// expired, any previous is accepted: a store may have lost it.
	Save(ctx context.Context, addr bot.Address, previous int, s StoredSession) error
	// Delete forgets the session of addr, wherever it lies. Nothing to forget
	// is no error.
	Delete(ctx context.Context, addr bot.Address) error
}

// StoredSession is a session as the stores see it.
type StoredSession struct {
	Turn int // grows by at least 1 with every Save; from 1
	Data []byte
	// Keep is for how long after the last Save it is kept; a durable store
	// keeps a Durable one for KeepDurable. A session of somebody who has not
	// consented is short-lived.
	Keep time.Duration
	// Durable says that it may be written to disk and must outlive the fast
	// store; false before consent.
	Durable bool
	// Restored is set by Load when the fast store had lost it and an older
	// copy was found: what was typed in the last minute may be missing, and
	// the person may have seen later turns than this one.
	Restored bool
}

// KeepDurable is for how long after its last turn a durable store keeps a
// session: an unfinished form waits a year for its author.
const KeepDurable = 365 * 24 * time.Hour

// Parked is a session on its way from the fast store to the durable one.
type Parked struct {
	Addr bot.Address
	StoredSession
}

// Key names the commit of one turn of one session; running it again changes
// nothing and gives the same outcome: nil if that was erased since, for it may
// name the person.
type Key struct {
	Session string
	Turn    int
}
