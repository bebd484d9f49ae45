package redisstore

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

// A session lies under "s:" and its address. Its value begins with 8 bytes,
// little-endian: the turn (4), then the seconds it is kept with the highest
// bit saying that it may be parked (4). A turn of 0 is a tombstone: the
// session was deleted, and no parked copy of it must come back.
const (
	prefix     = "s:"
	header     = 8
	durableBit = 1 << 31
)

// dirtySet holds the addresses whose session is newer than its parked copy,
// each with the time of its oldest unparked Save, in milliseconds.
const dirtySet = "dirty"

func sessionKey(addr bot.Address) string { return prefix + string(addr) }

func encode(s storage.StoredSession) ([]byte, error) {
	seconds := int64(s.Keep / time.Second)
	if s.Turn < 1 || s.Turn > math.MaxUint32 {
		return nil, errors.New("redisstore: a session's turn must be 1 or more")
	}
	if seconds < 1 || seconds >= durableBit {
		return nil, errors.New("redisstore: a session must be kept for a second or more")
	}
	flags := uint32(seconds)
	if s.Durable {
		flags |= durableBit
	}
	v := make([]byte, header, header+len(s.Data))
	binary.LittleEndian.PutUint32(v, uint32(s.Turn))
	binary.LittleEndian.PutUint32(v[4:], flags)
	return append(v, s.Data...), nil
}

// decode returns a session whose Turn is 0 for a tombstone.
func decode(v []byte) (storage.StoredSession, error) {
	if len(v) < header {
		return storage.StoredSession{}, errors.New("redisstore: a session's value is cut short")
	}
	flags := binary.LittleEndian.Uint32(v[4:])
	return storage.StoredSession{
		Turn:    int(binary.LittleEndian.Uint32(v)),
		Data:    v[header:],
		Keep:    time.Duration(flags&^durableBit) * time.Second,
		Durable: flags&durableBit != 0,
	}, nil
}
