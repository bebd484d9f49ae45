package conversations

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/viet"
	"ocopbot/locales"
	"ocopbot/storage"
)

// This file is the one place that says when a sender whose name can be forged
// has to show who they are, and how.

const (
	// provedLasts is for how long nothing more needs to be shown: about one
	// sitting.
	provedLasts = 15 * time.Minute
	proofTries  = 3
	askedCode   = "~code" // the number sent, to be said back
	askedPIN    = "pin"
)

// guard stands before the commit of what cannot be undone. By a channel on
// which anybody can write in somebody else's name, an officer says their PIN
// first; anybody else says back a number that is sent to them, which a forger
// does not get to read.
func (t *T) guard() error {
	f := t.flows[t.F().Flow]
	if !t.S.Pending || !f.Sure || !t.Caps.Forgeable || t.Now.Sub(t.S.Proved) < provedLasts {
		return nil
	}
	t.S.Pending = false
	v, err := t.Viewer()
	if err != nil {
		return err
	}
	fr := Frame{Flow: proofFlow, Version: t.flows[proofFlow].Version, Step: "code"}
	if isOfficer(v) {
		has, err := t.reads.HasPIN(t.Ctx, v.Person.ID)
		if err != nil {
			return fmt.Errorf("conversations: PIN: %w", err)
		}
		if !has {
			t.Tell("proof.no_pin")
			return nil
		}
		fr.Step = askedPIN
	} else {
		fr.set(askedCode, sixDigits())
	}
	t.S.Frames = append(t.S.Frames, fr)
	return nil
}

// goThrough runs what waited for the proof, which is closed.
func (t *T) goThrough() {
	if f := t.flows[t.F().Flow]; f.Sure && f.Commit != nil {
		t.S.Pending = true
	}
}

func proof() *Flow {
	return &Flow{
		ID: proofFlow, Version: 2,
		Steps: []*Step{
			{
				ID:     "code",
				Needed: func(t *T) bool { return t.F().Step == "code" },
				Ask:    func(t *T) (string, locales.Data) { return "proof.code", dataOf("code", t.Get(askedCode)) },
				Parse:  parseSaidBack,
				Answer: func(t *T, v string) error {
					t.close()
					if v == "no" {
						t.close()
						t.Tell("proof.failed")
						return nil
					}
					t.S.Proved = t.Now
					t.goThrough()
					return nil
				},
			},
			{
				ID:     askedPIN,
				Needed: func(t *T) bool { return t.F().Step == askedPIN },
				Parse: func(_ *T, text string) (string, *Note) {
					if v := digits(text); len(v) >= shortestPIN && len(v) <= longestPIN {
						return v, nil
					}
					return "", &Note{Key: "proof.wrong_pin"}
				},
			},
		},
		Commit: commitProof,
	}
}

// parseSaidBack takes the number that was sent; after three others it is "no".
func parseSaidBack(t *T, text string) (string, *Note) {
	if strings.ReplaceAll(viet.Fold(text), " ", "") == t.Get(askedCode) {
		return "yes", nil
	}
	t.Set("~tries", t.Get("~tries")+"x")
	if len(t.Get("~tries")) >= proofTries {
		return "no", nil
	}
	return "", &Note{Key: "proof.wrong"}
}

// commitProof sees whether a PIN is right. Five wrong ones lock the number for
// an hour, like wrong codes.
func commitProof(t *T, tx storage.Tx) (Outcome, error) {
	locked, err := tx.CodeLocked(t.In.From, t.Now)
	if err != nil {
		return Outcome{}, err
	}
	if !locked.IsZero() {
		return Outcome{Notes: []Note{note("code.locked")}}, nil
	}
	kept, err := tx.PIN(t.S.Person)
	if errors.Is(err, storage.ErrNotFound) {
		return Outcome{Notes: []Note{note("proof.no_pin")}}, nil
	}
	if err != nil {
		return Outcome{}, err
	}
	right := pinMatches(kept, t.Get(askedPIN))
	if locked, err = tx.CodeTried(t.In.From, right, t.Now); err != nil {
		return Outcome{}, err
	}
	switch {
	case right:
		return Outcome{Proved: true}, nil
	case !locked.IsZero():
		return Outcome{Notes: []Note{note("code.locked")}}, nil
	}
	return Outcome{Next: askedPIN, Set: map[string]string{askedPIN: ""}, Notes: []Note{note("proof.wrong_pin")}}, nil
}

const (
	shortestPIN = 4
	longestPIN  = 6
)

// pin has an officer choose the PIN with which they act by SMS: when they come
// by a code, or in a chat that cannot be forged.
func pin() *Flow {
	return &Flow{
		ID: pinFlow, Version: 1, Sure: true,
		Begin: func(t *T) error {
			v, err := t.Viewer()
			if err != nil {
				return err
			}
			if !isOfficer(v) {
				t.close()
				t.Tell("officer.only")
			}
			return nil
		},
		Steps: []*Step{{
			ID: "hash",
			Parse: func(_ *T, text string) (string, *Note) {
				v := digits(text)
				if len(v) < shortestPIN || len(v) > longestPIN || guessable(v) {
					return "", &Note{Key: "pin.wrong"}
				}
				return string(hashPIN(v)), nil
			},
		}},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			return Outcome{Notes: []Note{note("pin.done")}}, tx.PutPIN(t.S.Person, []byte(t.Get("hash")), t.Now)
		},
	}
}

// digits are those of a text that has nothing else in it but spaces.
func digits(text string) string {
	text = strings.ReplaceAll(text, " ", "")
	if strings.Trim(text, "0123456789") != "" {
		return ""
	}
	return text
}

// guessable tells digits that are all the same, or follow one another.
func guessable(pin string) bool {
	const up, down = "01234567890", "09876543210"
	return strings.Count(pin, pin[:1]) == len(pin) || strings.Contains(up, pin) || strings.Contains(down, pin)
}

const (
	pinSalt   = 16
	pinRounds = 50_000 // some 10 ms; five tries an hour are what keeps a PIN
)

// hashPIN is what is kept of a PIN, as text: salt and PBKDF2.
func hashPIN(pin string) []byte {
	var salt [pinSalt]byte
	_, _ = rand.Read(salt[:]) // never fails, by its documentation
	return pinHash(salt[:], pin)
}

func pinHash(salt []byte, pin string) []byte {
	key, err := pbkdf2.Key(sha256.New, pin, salt, pinRounds, sha256.Size)
	if err != nil { // only lengths of key and salt can be wrong, and they are constant
		return nil
	}
	return fmt.Appendf(nil, "%x%x", salt, key)
}

func pinMatches(kept []byte, pin string) bool {
	salt, err := hex.DecodeString(string(kept[:min(len(kept), 2*pinSalt)]))
	return err == nil && subtle.ConstantTimeCompare(kept, pinHash(salt, pin)) == 1
}

// sixDigits draws a number to be said back.
func sixDigits() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return fmt.Sprintf("%06d", binary.LittleEndian.Uint32(b[:])%1_000_000)
}

// phoneOf is the number of an address that is one.
func phoneOf(a bot.Address) string {
	if a.Channel() == "tel" {
		return a.ID()
	}
	return ""
}
