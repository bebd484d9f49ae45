package redisstore

import (
	"encoding/binary"
	"errors"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

// A session lies under "s:" and its address. Its value begins with two
// varints: the turn; then the seconds it is kept, doubled, plus 1 if it may be
// parked. That takes 4 bytes in the first 127 turns: every byte counts a
// hundred thousand times. A turn of 0 is a tombstone: the session was deleted,
// and no parked copy of it must come back.
const prefix = "s:"

// dirtySet holds the addresses whose session is newer than its parked copy.
const dirtySet = "dirty"

// tombstone is the value of a deleted session.
var tombstone = []byte{0, 0}

var errValue = errors.New("redisstore: not a session's value")

func sessionKey(addr bot.Address) string { return prefix + string(addr) }

// encodeTurn is how a value of that turn begins. No value of another turn
// begins so: no varint is the beginning of another.
func encodeTurn(turn int) []byte {
	return binary.AppendUvarint(nil, uint64(turn)) //nolint:gosec // never negative
}

func encode(s storage.StoredSession) ([]byte, error) {
	if s.Turn < 1 {
		return nil, errors.New("redisstore: a session's turn must be 1 or more")
	}
	if s.Keep < time.Millisecond {
		return nil, errors.New("redisstore: a session must be kept for a while")
	}
	flags := uint64(s.Keep/time.Second) << 1
	if s.Durable {
		flags |= 1
	}
	v := make([]byte, 0, 8+len(s.Data))
	v = append(v, encodeTurn(s.Turn)...)
	v = binary.AppendUvarint(v, flags)
	return append(v, s.Data...), nil
}

// decode returns a session whose Turn is 0 for a tombstone.
func decode(v []byte) (storage.StoredSession, error) {
	turn, n := binary.Uvarint(v)
	if n <= 0 {
		return storage.StoredSession{}, errValue
	}
	v = v[n:]
	flags, n := binary.Uvarint(v)
	if n <= 0 {
		return storage.StoredSession{}, errValue
	}
	return storage.StoredSession{
		Turn:    int(turn), //nolint:gosec // encoded from an int
		Data:    v[n:],
		Keep:    time.Duration(flags>>1) * time.Second, //nolint:gosec // encoded from a Duration
		Durable: flags&1 != 0,
	}, nil
}

// decodeTurn reads the turn from the beginning of a value; absent for none.
func decodeTurn(head string) int {
	turn, n := binary.Uvarint([]byte(head))
	if n <= 0 {
		return absent
	}
	return int(turn) //nolint:gosec // encoded from an int
}

// absent stands for the turn of a session that Redis has no more.
const absent = -1
