package telegram

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// units is the length of s as Telegram counts it: UTF-16 code units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// split cuts text into pieces of at most limit code units, after a paragraph,
// a line or a word where there is one in the second half of a piece, and never
// inside a letter and its combining marks.
func split(text string, limit int) []string {
	var pieces []string
	for len(text) > limit && units(text) > limit { // a byte is never more than a unit
		end := prefix(text, limit)
		cut, next := end, end
		for _, sep := range []string{"\n\n", "\n", " "} {
			// A separator just behind the limit is as good as one within.
			window := text[:min(len(text), end+len(sep))]
			if i := strings.LastIndex(window, sep); i > end/2 {
				cut, next = i, i+len(sep)
				break
			}
		}
		if piece := strings.TrimRight(text[:cut], " \n"); piece != "" {
			pieces = append(pieces, piece)
		}
		text = strings.TrimLeft(text[next:], " \n")
	}
	if text != "" || pieces == nil {
		pieces = append(pieces, text)
	}
	return pieces
}

// prefix is how many bytes of s fit in limit code units without parting a
// letter from its marks.
func prefix(s string, limit int) int {
	n, end, letter := 0, 0, 0
	for i, r := range s {
		if !joins(r) {
			letter = i
		}
		if n += utf16.RuneLen(r); n > limit {
			end = i
			break
		}
		end = i + utf8.RuneLen(r)
	}
	if r, _ := utf8.DecodeRuneInString(s[end:]); joins(r) && letter > 0 {
		return letter
	}
	return end
}

// joins tells that r belongs to the character before it.
func joins(r rune) bool {
	return unicode.Is(unicode.M, r) || r == '\u200d' || (r >= 0x1F3FB && r <= 0x1F3FF)
}
