package ocop

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"ocopbot/bot/viet"
)

// word is one typed or stored word in the two forms that are compared.
type word struct {
	plain string // folded, y as i: "mi" of "Mỹ"
	toned string // with its accents, the tone put last: "hoa\u0300" of both "hòa" and "hoà"
}

// accented tells whether the word was typed with any accent.
func (w word) accented() bool { return w.plain != w.toned }

// fits tells whether what was typed can be meant for w: a word typed without
// accents may be, one typed with other accents may not.
func (w word) fits(typed word) bool {
	return w.plain == typed.plain && (!typed.accented() || w.toned == typed.toned)
}

// words cuts a text into its words. The second result tells, for each word,
// whether punctuation stands before it ("xã Chi Lăng, Tràng Định").
func words(text string) ([]word, []bool) {
	var ws []word
	var cuts []bool
	cut := false
	start := -1
	text = norm.NFC.String(text)
	flush := func(end int) {
		if start < 0 {
			return
		}
		if w := newWord(text[start:end]); w.plain != "" {
			ws, cuts, cut = append(ws, w), append(cuts, cut), false
		}
		start = -1
	}
	for i, r := range text {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
			if start < 0 {
				start = i
			}
			continue
		}
		flush(i)
		cut = cut || strings.ContainsRune(",;-–()/\n", r)
	}
	flush(len(text))
	return ws, cuts
}

func newWord(s string) word {
	return word{plain: plainWord(viet.Fold(s)), toned: tonedWord(s)}
}

// plainWord makes i and y one letter: đăng kí and đăng ký, Mĩ and Mỹ.
func plainWord(folded string) string { return strings.ReplaceAll(folded, "y", "i") }

// tonedWord keeps the accents but moves the tone to the end, so that the old
// and the new way of placing it ("hoà", "hòa") are one.
func tonedWord(s string) string {
	var letters, tones strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case r == '\u0300' || r == '\u0301' || r == '\u0303' || r == '\u0309' || r == '\u0323':
			tones.WriteRune(r)
		case r == 'ð' || r == 'Ð' || r == 'Đ' || r == 'Ɖ' || r == 'ɖ':
			letters.WriteRune('đ')
		case r == '\u0302' || r == '\u0306' || r == '\u031b':
			letters.WriteRune(r)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			letters.WriteRune(unicode.ToLower(r))
		}
	}
	return strings.ReplaceAll(letters.String(), "y", "i") + tones.String()
}

// joined is the plain words of a run with one space between them.
func joined(ws []word) string {
	switch len(ws) {
	case 0:
		return ""
	case 1:
		return ws[0].plain
	}
	var b strings.Builder
	for i, w := range ws {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.plain)
	}
	return b.String()
}
