// Package viet normalises Vietnamese text for comparing and searching.
//
// It never changes what is stored or shown: people's words are kept as typed
// (NFC), and only the keys made here are compared. It knows no phrases and no
// intents.
package viet

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Clean is the form in which typed text is kept: NFC, valid UTF-8, without
// zero-width and control characters, runs of white space made one space
// (line breaks stay), trimmed.
func Clean(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, ""))
	var b strings.Builder
	b.Grow(len(s))
	var pending rune
	for _, r := range s {
		switch {
		case r == '\n':
			pending = '\n'
			continue
		case unicode.IsSpace(r):
			if pending != '\n' {
				pending = ' '
			}
			continue
		case unicode.Is(unicode.Cf, r) || unicode.IsControl(r):
			continue
		}
		if pending != 0 && b.Len() > 0 {
			b.WriteRune(pending)
		}
		pending = 0
		b.WriteRune(r)
	}
	return b.String()
}

// Fold is the search key of a text: lower case, without any accent, đ as d,
// punctuation and space runs made one space. "Mật  ong, Đào" → "mat ong dao".
func Fold(s string) string {
	s = norm.NFD.String(s)
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
			continue
		case r == 'đ' || r == 'Đ' || r == 'ð' || r == 'Ð' || r == 'Ɖ' || r == 'ɖ':
			r = 'd'
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			r = unicode.ToLower(r)
		default:
			space = true
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

// Unaccent is text as it goes into an unaccented SMS: NFC letters replaced by
// their plain ones, case and punctuation kept.
func Unaccent(s string) string {
	s = norm.NFD.String(s)
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case r == 'đ':
			r = 'd'
		case r == 'Đ':
			r = 'D'
		}
		b.WriteRune(r)
	}
	return b.String()
}
