package understand

import (
	"unicode"

	"golang.org/x/text/unicode/norm"

	"ocopbot/bot/viet"
)

// letter is a Vietnamese letter taken apart.
type letter struct {
	plain byte  // a–z, 0–9; 0 for what separates words
	mark  uint8 // which of â, ă, ơ, đ; 0 for none
	tone  uint8 // 1–5; 0 for none
}

// other stands for letters of other scripts in letter.plain.
const other = '?'

// letters are all characters up to the last Vietnamese one (ỹ, U+1EF9).
type letters [0x1F00]letter

// marks are the combining marks of Vietnamese, tones after the others.
var marks = map[rune]letter{
	'\u0302': {mark: 1}, '\u0306': {mark: 2}, '\u031b': {mark: 3},
	'\u0300': {tone: 1}, '\u0301': {tone: 2}, '\u0309': {tone: 3}, '\u0303': {tone: 4}, '\u0323': {tone: 5},
}

// The tones that half of the country speaks and writes alike.
const (
	hoi = 3
	nga = 4
)

const stroke = 4 // the mark of đ

func newLetters() *letters {
	var t letters
	for r := range t {
		r := rune(r)
		if r >= 0x250 && r < 0x1e00 {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				t[r].plain = other
			}
			continue
		}
		switch folded := viet.Fold(string(r)); {
		case folded == "":
		case len(folded) > 1:
			t[r].plain = other
		default:
			t[r].plain = folded[0]
			for _, m := range norm.NFD.String(string(r)) {
				t[r].mark |= marks[m].mark
				t[r].tone |= marks[m].tone
			}
			if folded == "d" && unicode.ToLower(r) != 'd' {
				t[r].mark = stroke
			}
		}
	}
	return &t
}

// at takes a character apart.
func (t *letters) at(r rune) letter {
	switch {
	case int(r) < len(t):
		return t[r]
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		return letter{plain: other}
	}
	return letter{}
}

// spelling tells words apart that fold to the same: a sum of the marks, and
// the tone wherever it stands, so that "hoà" and "hòa" are one.
type spelling struct {
	marks uint32
	tone  uint8
	plain bool // no accent at all: it may be any of them
	last  byte // the last letter; the same once more is only drawn out
}

func (s *spelling) add(l letter) {
	// i and y get the same number: "kí" is "ký".
	c := l.plain
	if c == 'y' {
		c = 'i'
	}
	if l.tone == 0 && l.mark == 0 && c == s.last {
		return
	}
	s.last = c
	s.marks = s.marks*31 + uint32(c)*8 + uint32(l.mark)
	if l.tone != 0 {
		s.tone = l.tone
	}
	if l.mark != 0 || l.tone != 0 {
		s.plain = false
	}
}

// How far what was typed is from a dictionary's spelling.
const (
	same     = iota
	nearly   // hỏi for ngã or the reverse
	slipped  // another tone, or other marks
	distinct // another word
)

func (s spelling) distance(dict spelling) int {
	switch {
	case s.plain || s == dict:
		return same
	case s.marks == dict.marks && s.tone == dict.tone:
		return same
	case s.marks == dict.marks && (s.tone == hoi && dict.tone == nga || s.tone == nga && dict.tone == hoi):
		return nearly
	case s.marks == dict.marks || s.tone == dict.tone:
		return slipped
	}
	return distinct
}
