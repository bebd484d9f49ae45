package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

const (
	wrongCodes  = 5         // so many wrong codes in a row …
	codesLocked = time.Hour // … lock an address for so long
)

const codeLocked = `SELECT locked FROM codes WHERE addr = $1 AND locked > $2`

func lockedUntil(locked int64, err error) (time.Time, error) {
	if errors.Is(err, storage.ErrNotFound) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("sqlstore: code lock: %w", err)
	}
	return fromMS(locked), nil
}

// CodeLocked tells until when addr may try no code; zero when it may.
func (s *Store) CodeLocked(ctx context.Context, addr bot.Address, at time.Time) (time.Time, error) {
	return lockedUntil(get(ctx, s, "code lock", scalar[int64], codeLocked, addr, ms(at)))
}

// CodeTried counts a wrong code tried from addr, or clears the count.
func (s *Store) CodeTried(ctx context.Context, addr bot.Address, right bool, at time.Time) (locked time.Time, err error) {
	err = s.Write(ctx, func(x storage.Tx) error {
		locked, err = x.CodeTried(addr, right, at)
		return err
	})
	return locked, err
}

func (x *tx) CodeLocked(addr bot.Address, at time.Time) (time.Time, error) {
	return lockedUntil(txGet(x, scalar[int64], codeLocked, addr, ms(at)))
}

// CodeTried starts counting anew an hour after the last wrong code, so that a
// lock that has ended does not come back with the next slip.
func (x *tx) CodeTried(addr bot.Address, right bool, at time.Time) (time.Time, error) {
	if right {
		return time.Time{}, x.later(`DELETE FROM codes WHERE addr = $1`, addr)
	}
	locked, err := txGet(x, scalar[int64], `INSERT INTO codes (addr, wrong, locked, at) VALUES ($1, 1, 0, $2)
		ON CONFLICT (addr) DO UPDATE SET
			wrong = CASE WHEN codes.at <= $3 THEN 1 ELSE codes.wrong + 1 END,
			locked = CASE WHEN codes.at > $3 AND codes.wrong + 1 >= $4 THEN CAST($5 AS BIGINT) ELSE 0 END,
			at = excluded.at
		RETURNING locked`, addr, ms(at), ms(at.Add(-codesLocked)), wrongCodes, ms(at.Add(codesLocked)))
	if err != nil {
		return time.Time{}, fmt.Errorf("sqlstore: code tried: %w", err)
	}
	return fromMS(locked), nil
}
