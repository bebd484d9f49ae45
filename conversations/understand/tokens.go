package understand

import (
	"unicode/utf8"

	"ocopbot/bot/viet"
)

// tokensLimit bounds what is read of a text: a wish stands in its first
// words, and a set of words then fits in 64 bits.
const tokensLimit = 64

// longestWord is in bytes; nothing longer is in the dictionary.
const longestWord = 32

// reading is one dictionary word that a token may be.
type reading struct {
	word  uint16
	exact bool // Telex or VNI said which accents were meant
	typo  bool // one letter is wrong
	as    spelling
}

// token is one word of a text.
type token struct {
	from, to int // in the cleaned text
	spelling
	readings []reading
	known    bool // in the dictionary without a typo
	digits   bool // a number
	folded   string
}

// tokens reads text word by word. Expanding a short form makes several tokens
// of one.
func (m *Matcher) tokens(text string, into []token) []token {
	var buf [longestWord]byte
	for i := 0; i < len(text) && len(into) < tokensLimit; {
		r, n := utf8.DecodeRuneInString(text[i:])
		if m.letters.at(r).plain == 0 {
			i += n
			continue
		}
		tok := token{from: i, spelling: spelling{plain: true}, digits: true}
		folded, foreign := buf[:0], false
		for i < len(text) {
			r, n := utf8.DecodeRuneInString(text[i:])
			l := m.letters.at(r)
			if l.plain == 0 && !isMark(r) {
				break
			}
			if l.plain != 0 {
				tok.digits = tok.digits && '0' <= l.plain && l.plain <= '9'
				foreign = foreign || l.plain == other
				tok.add(l)
				if len(folded) < longestWord {
					folded = append(folded, l.plain)
				}
			}
			i += n
		}
		tok.to = i
		if foreign {
			folded = append(buf[:0], viet.Fold(text[tok.from:tok.to])...)
			tok.plain = true
		}
		into = m.read(tok, folded, into)
	}
	return into
}

func isMark(r rune) bool { return 0x300 <= r && r < 0x370 }

// read adds a token with all the dictionary words it can be.
func (m *Matcher) read(tok token, folded []byte, into []token) []token {
	e := m.typed[string(folded)]
	if short, ok := m.short[string(folded)]; ok && (tok.plain || len(e.readings) == 0) {
		for _, w := range short {
			t := tok
			t.readings, t.known, t.folded = w, true, ""
			if len(short) == 1 && len(e.readings) > 0 {
				t.readings = append(w[:1:1], e.readings...)
			}
			if len(into) < tokensLimit {
				into = append(into, t)
			}
		}
		return into
	}
	if len(e.readings) == 0 {
		e = m.typed[string(squeeze(folded))]
	}
	tok.readings, tok.known, tok.folded = e.readings, len(e.readings) > 0 && !e.heard, e.folded
	if !tok.known {
		tok.folded = string(folded)
		if !tok.digits {
			tok.readings = m.typos(tok.folded)
		}
	}
	return append(into, tok)
}

// squeeze makes one of each run of a letter, drawn out as in "khônggg". Two at
// the start stay: they are Telex for đ.
func squeeze(word []byte) []byte {
	var buf [longestWord]byte
	out := buf[:0]
	for i, c := range word {
		if i <= 1 || c != word[i-1] || '0' <= c && c <= '9' {
			out = append(out, c)
		}
	}
	return out
}

// typos are the dictionary words one slip away from a word that is in none.
// A slip seldom hits the first letter.
func (m *Matcher) typos(folded string) []reading {
	if len(folded) < 3 {
		return nil
	}
	var out []reading
	for n := len(folded) - 1; n <= len(folded)+1; n++ {
		for _, w := range m.bySize[sizeKey(folded[0], n)] {
			if viet.Within1(folded, w.text) {
				out = append(out, reading{word: w.word, typo: true})
			}
		}
	}
	return out
}

func sizeKey(first byte, size int) uint16 { return uint16(first)<<8 | uint16(size&0xff) }
