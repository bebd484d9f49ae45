package conversations

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

// encodingVersion is the first byte of every stored session. Sessions of every
// version that was ever released must decode.
const encodingVersion = 1

// ErrSession is a stored session that cannot be read.
var ErrSession = errors.New("conversations: unreadable session")

// flags of the second byte.
const (
	hasConsent = 1 << iota
	isPending
	isEnglish
	isQuiet
	hasPage
	hasAccents
	isProved
)

// Encode packs the session: length-prefixed strings and varints, for memory in
// Redis is what a province's idle dialogs cost.
func (s *Session) Encode() []byte {
	w := writer{b: make([]byte, 0, 256)}
	flags := byte(0)
	if s.Consent != nil {
		flags |= hasConsent
	}
	if s.Pending {
		flags |= isPending
	}
	if s.Lang == "en" {
		flags |= isEnglish
	}
	if s.Quiet {
		flags |= isQuiet
	}
	if s.Page > 0 {
		flags |= hasPage
	}
	if s.Accents {
		flags |= hasAccents
	}
	if !s.Proved.IsZero() {
		flags |= isProved
	}
	w.b = append(w.b, encodingVersion, flags)
	w.str(s.ID)
	w.int(s.Turn)
	w.int(s.AskedAt)
	w.time(s.At)
	w.int(int(s.Person))
	if c := s.Consent; c != nil {
		w.str(c.Text)
		w.time(c.At)
		w.str(c.Message)
	}
	// Home is under everything, and answers nothing: it goes without saying.
	w.int(len(s.Frames) - 1)
	for _, f := range s.Frames[1:] {
		w.str(f.Flow)
		w.int(f.Version)
		w.str(f.Step)
		w.strMap(f.Answers)
	}
	w.int(len(s.Offered))
	for _, o := range s.Offered {
		w.str(o)
	}
	w.int(len(s.Notes))
	for _, n := range s.Notes {
		w.str(n.Key)
		w.strMap(n.Args)
	}
	w.int(s.Misses)
	w.str(s.Late)
	w.str(s.Album)
	for q := range s.Handled {
		w.int(len(s.Handled[q]))
		for _, id := range s.Handled[q] {
			w.updateID(id)
		}
	}
	if s.Page > 0 {
		w.int(s.Page)
	}
	if !s.Proved.IsZero() {
		w.time(s.Proved)
	}
	return w.b
}

// DecodeSession reads what Encode made. Its error is ErrSession.
func DecodeSession(b []byte) (*Session, error) {
	if len(b) < 2 || b[0] != encodingVersion {
		return nil, fmt.Errorf("%w: unknown version", ErrSession)
	}
	r := reader{b: b[2:]}
	s := &Session{Lang: "vi", Pending: b[1]&isPending != 0, Quiet: b[1]&isQuiet != 0, Accents: b[1]&hasAccents != 0}
	if b[1]&isEnglish != 0 {
		s.Lang = "en"
	}
	s.ID = r.str()
	s.Turn = r.int()
	s.AskedAt = r.int()
	s.At = r.time()
	s.Person = storage.ID(r.int())
	if b[1]&hasConsent != 0 {
		s.Consent = &Agreed{Text: r.str(), At: r.time(), Message: r.str()}
	}
	s.Frames = append(make([]Frame, 0, 3), homeFrame())
	for range r.count() {
		s.Frames = append(s.Frames, Frame{Flow: r.str(), Version: r.int(), Step: r.str(), Answers: r.strMap()})
	}
	for range r.count() {
		s.Offered = append(s.Offered, r.str())
	}
	for range r.count() {
		s.Notes = append(s.Notes, Note{Key: r.str(), Args: r.strMap()})
	}
	s.Misses = r.int()
	s.Late = r.str()
	s.Album = r.str()
	for q := range bot.Queues {
		for range r.count() {
			s.Handled[q] = append(s.Handled[q], r.updateID())
		}
	}
	if b[1]&hasPage != 0 {
		s.Page = r.int()
	}
	if b[1]&isProved != 0 {
		s.Proved = r.time()
	}
	if r.bad || len(r.b) != 0 || s.Page < 0 {
		return nil, fmt.Errorf("%w: damaged", ErrSession)
	}
	return s, nil
}

type writer struct{ b []byte }

func (w *writer) int(n int) { w.b = binary.AppendUvarint(w.b, uint64(n)) }

func (w *writer) str(s string) {
	w.int(len(s))
	w.b = append(w.b, s...)
}

// time keeps whole seconds; the zero time is 0.
func (w *writer) time(t time.Time) {
	if t.IsZero() {
		w.int(0)
		return
	}
	w.int(int(t.Unix()))
}

func (w *writer) strMap(m map[string]string) {
	w.int(len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		w.str(k)
		w.str(m[k])
	}
}

// updateID keeps a decimal number as one, other ids as they are: 0 and the text.
func (w *writer) updateID(id string) {
	if n, err := strconv.ParseUint(id, 10, 62); err == nil && strconv.FormatUint(n, 10) == id {
		w.b = binary.AppendUvarint(w.b, n+1)
		return
	}
	w.b = append(w.b, 0)
	w.str(id)
}

type reader struct {
	b   []byte
	bad bool
}

func (r *reader) int() int {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return int(n)
}

// count is a length that cannot exceed what is left to read.
func (r *reader) count() int {
	n := r.int()
	if n < 0 || n > len(r.b) {
		r.bad, r.b = true, nil
		return 0
	}
	return n
}

func (r *reader) str() string {
	n := r.count()
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (r *reader) time() time.Time {
	n := r.int()
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(int64(n), 0).UTC()
}

func (r *reader) strMap() map[string]string {
	n := r.count()
	if n == 0 {
		return nil
	}
	m := make(map[string]string, n)
	for range n {
		k := r.str()
		m[k] = r.str()
	}
	return m
}

func (r *reader) updateID() string {
	if n := r.int(); n > 0 {
		return strconv.Itoa(n - 1)
	}
	return r.str()
}
