package sms

import (
	"strings"

	warthog "github.com/warthog618/sms"
	"github.com/warthog618/sms/encoding/gsm7/charset"
	"github.com/warthog618/sms/encoding/tpdu"

	"ocopbot/bot/viet"
)

// Encoding is the alphabet in which a text goes over the air.
type Encoding string

// The alphabets of 3GPP TS 23.038: the GSM one holds 160 characters in a
// single message and 153 in each of several, UCS-2 holds 70 and 67.
const (
	GSM  Encoding = "gsm"
	UCS2 Encoding = "ucs2"
)

var (
	gsmLetters = charset.DefaultEncoder()
	gsmSigns   = charset.DefaultExtEncoder() // two places each
)

// signs are what texts for screens use and the GSM alphabet lacks.
var signs = strings.NewReplacer("•", "-", "✓", "*", "≥", ">=", "≤", "<=", "×", "x", "\r", "", "\t", " ")

// Plain is text without accents, in letters of the GSM alphabet only; a sign
// that has no likeness there, such as an emoji, is left out.
func Plain(text string) string {
	plain := strings.Map(func(r rune) rune {
		if isGSM(r) {
			return r
		}
		return -1
	}, signs.Replace(viet.Unaccent(text)))
	lines := strings.Split(plain, "\n")
	for i, l := range lines {
		lines[i] = strings.Join(strings.Fields(l), " ") // what a lost sign left behind
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func isGSM(r rune) bool {
	if r == '\x1b' || r == '\f' { // they begin a sign, or a page
		return false
	}
	if _, ok := gsmLetters[r]; ok {
		return true
	}
	_, ok := gsmSigns[r]
	return ok
}

// Segments tells what a text costs: how many messages it takes over the air
// and in which alphabet. Without accents it is made Plain first; with them it
// is in UCS-2 as soon as one letter needs it.
func Segments(text string, accents bool) (int, Encoding) {
	if !accents {
		text = Plain(text)
	}
	parts, encoding := encode(text)
	return max(1, len(parts)), encoding
}

// encode cuts a text into messages, never within a character.
func encode(text string) ([]tpdu.TPDU, Encoding) {
	text = strings.ToValidUTF8(text, "")
	encoding := GSM
	for _, r := range text {
		if !isGSM(r) && r != '\f' {
			encoding = UCS2
			break
		}
	}
	parts, err := warthog.Encode([]byte(text))
	if err != nil { // only options can conflict, and none are given
		return nil, encoding
	}
	return parts, encoding
}

// width is how many places of the GSM alphabet a line takes, with the break
// before it; 0 for none.
func width(line string) int {
	if line == "" {
		return 0
	}
	n := 1
	for _, r := range Plain(line) {
		n++
		if _, letter := gsmLetters[r]; !letter { // a sign
			n++
		}
	}
	return n
}
