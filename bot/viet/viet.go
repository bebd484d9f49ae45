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
	s = strings.ToValidUTF8(s, "")
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
	// Composed last: a zero-width character may have stood between a letter
	// and its accent.
	return norm.NFC.String(b.String())
}

// Fold is the search key of a text: lower case, without any accent, đ as d,
// fancy letters (ｆｕｌｌ, 𝗯𝗼𝗹𝗱) as plain ones, punctuation and space runs made
// one space. "Mật  ong, Đào" → "mat ong dao". Folding twice changes nothing.
func Fold(s string) string {
	if folded, ok := foldVietnamese(s); ok {
		return folded
	}
	return foldAny(s)
}

// foldAny folds any text, by its full decomposition.
func foldAny(s string) string {
	s = norm.NFKD.String(strings.ToValidUTF8(s, " "))
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
			continue
		case isStroked(r):
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
	return norm.NFC.String(b.String()) // for scripts that are letters even in parts
}

// isStroked tells đ and the letters of other alphabets that look like it and
// come from wrong keyboards and old fonts.
func isStroked(r rune) bool {
	switch r {
	case 'đ', 'Đ', 'ð', 'Ð', 'ɖ', 'Ɖ':
		return true
	}
	return false
}

// plainSigns are the signs that phones and word processors put in by
// themselves, and what stands for them in a plain SMS.
var plainSigns = strings.NewReplacer(
	"Đ", "D", "Ð", "D", "Ɖ", "D", "đ", "d", "ð", "d", "ɖ", "d",
	"‘", "'", "’", "'", "‚", "'", "‛", "'", "′", "'",
	"“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«", `"`, "»", `"`, "″", `"`,
	"‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "―", "-", "−", "-",
	"…", "...", "\u00a0", " ", "\u2009", " ", "\u202f", " ",
	"\u200b", "", "\u200c", "", "\u200d", "", "\ufeff", "",
)

// Unaccent is text as it goes into an unaccented SMS: letters replaced by
// their plain ones, quotation marks, dashes and spaces by those on every
// keyboard; case and all other signs are kept.
func Unaccent(s string) string {
	s = norm.NFD.String(strings.ToValidUTF8(s, ""))
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(plainSigns.Replace(s))
}
