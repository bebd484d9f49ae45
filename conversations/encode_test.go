package conversations

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"ocopbot/storage"
)

// stored compares sessions by what is stored of them.
var stored = cmpopts.IgnoreUnexported(Session{})

func drawSession(t *rapid.T) *Session {
	s := &Session{
		ID: rapid.StringMatching(`[0-9a-v]{8}`).Draw(t, "id"), Lang: rapid.SampledFrom([]string{"vi", "en"}).Draw(t, "lang"),
		Turn: rapid.IntRange(0, 1<<30).Draw(t, "turn"), AskedAt: rapid.IntRange(0, 1<<30).Draw(t, "asked"),
		At:     time.Unix(rapid.Int64Range(1, 1<<33).Draw(t, "at"), 0).UTC(),
		Person: storage.ID(rapid.Int64Range(0, 1<<62).Draw(t, "person")),
		Misses: rapid.IntRange(0, 5).Draw(t, "misses"), Pending: rapid.Bool().Draw(t, "pending"), Quiet: rapid.Bool().Draw(t, "quiet"),
		Page: rapid.IntRange(0, 9).Draw(t, "page"), Accents: rapid.Bool().Draw(t, "accents"), Late: rapid.String().Draw(t, "late"), Album: rapid.String().Draw(t, "album"),
	}
	if rapid.Bool().Draw(t, "consented") {
		s.Consent = &Agreed{Text: rapid.String().Draw(t, "text"), At: time.Unix(1_780_000_000, 0).UTC(), Message: rapid.String().Draw(t, "message")}
	}
	words := rapid.MapOfN(rapid.String(), rapid.String(), 0, 12)
	some := func(m map[string]string) map[string]string {
		if len(m) == 0 {
			return nil
		}
		return m
	}
	s.Frames = []Frame{homeFrame()}
	for range rapid.IntRange(0, 3).Draw(t, "frames") {
		s.Frames = append(s.Frames, Frame{Flow: rapid.String().Draw(t, "flow"), Version: 1, Step: rapid.String().Draw(t, "step"), Answers: some(words.Draw(t, "answers"))})
	}
	for range rapid.IntRange(0, 9).Draw(t, "offered") {
		s.Offered = append(s.Offered, rapid.String().Draw(t, "choice"))
	}
	for range rapid.IntRange(0, 3).Draw(t, "notes") {
		s.Notes = append(s.Notes, Note{Key: rapid.String().Draw(t, "key"), Args: some(words.Draw(t, "args"))})
	}
	for q := range s.Handled {
		for range rapid.IntRange(0, handledKept).Draw(t, "handled") {
			s.Handled[q] = append(s.Handled[q], rapid.OneOf(rapid.StringMatching(`[0-9]{1,12}`), rapid.String()).Draw(t, "update"))
		}
	}
	return s
}

func TestSessionSurvivesStoring(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSession(t)
		got, err := DecodeSession(s.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(s, got, stored); d != "" {
			t.Fatal(d)
		}
	})
}

// Ten answers as farmers give them must stay small: idle dialogs are what a
// province's Redis holds.
func TestSessionStaysSmall(t *testing.T) {
	s := NewSession("vi")
	s.Turn, s.At = 14, time.Now()
	s.Consent = &Agreed{Text: ConsentText, At: time.Now(), Message: "81234"}
	s.Frames = append(s.Frames, Frame{Flow: registerFlow, Version: 1, Step: summaryStep, Answers: map[string]string{
		"name": "Hoàng Thị Mai Phương", "product": "Mật ong hoa rừng Mẫu Sơn", "place": "06541@2021-06-05", "phone": "+84912345678",
		"kind": "cooperative", "title": "Hợp tác xã nông sản sạch Tràng Định", "new": "existing", "group": "food",
		"mat": "Mật của đàn ong nuôi dưới tán rừng hồi ở xã", "help": "label",
	}})
	for n := range 10 {
		s.Handled[0] = append(s.Handled[0], string(rune('0'+n))+"12345678")
	}
	s.Handled[0] = s.Handled[0][2:]
	if n := len(s.Encode()); n > 480 {
		t.Errorf("a session of ten answers takes %d bytes", n)
	}
}

func FuzzDecodeSession(f *testing.F) {
	f.Add(NewSession("vi").Encode())
	f.Add([]byte{encodingVersion, 0xff, 0x00})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := DecodeSession(b)
		if err != nil {
			if !errors.Is(err, ErrSession) {
				t.Fatal(err)
			}
			return
		}
		if again, err := DecodeSession(s.Encode()); err != nil {
			t.Fatal(err)
		} else if d := cmp.Diff(s, again, stored); d != "" {
			t.Fatal(d)
		}
	})
}
