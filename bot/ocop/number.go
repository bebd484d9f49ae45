package ocop

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"ocopbot/bot/viet"
)

// FormNumber is the Phiếu số of a registered idea: LS26-0001.
type FormNumber struct {
	Prefix string // of the programme, "LS"
	Year   int    // 2026
	Seq    int    // 1, 2, 3 … without gaps within prefix and year
}

// String is the number as people get it, "LS26-0001": at least four digits.
func (n FormNumber) String() string {
	return fmt.Sprintf("%s%02d-%04d", n.Prefix, n.Year%100, n.Seq)
}

// ErrFormNumber is what a text fails with that is no form number.
var ErrFormNumber = errors.New("ocop: not a form number")

const (
	firstYear      = 2018 // of the programme: QĐ 490/QĐ-TTg
	longestPrefix  = 6    // letters
	longestBareSeq = 5    // digits; a longer run is a phone number or an identity card
)

// ParseFormNumber reads a form number as people type it: in any case, with or
// without its dash and zeros ("ls26 1", "LS260001", "phiếu số LS26-0001"). Of
// a bare "12" only Seq is set: the caller knows whose number it is.
func ParseFormNumber(text string) (FormNumber, error) {
	if len(text) > 64 {
		return FormNumber{}, ErrFormNumber
	}
	words := strings.Fields(viet.Fold(text))
	for len(words) > 1 && (words[0] == "phieu" || words[0] == "so" || words[0] == "ma") {
		words = words[1:]
	}
	if len(words) == 0 {
		return FormNumber{}, ErrFormNumber
	}
	first := words[0]
	digitsAt := strings.IndexFunc(first, isDigit)
	if digitsAt < 0 { // "LS 26 0001"
		if len(words) == 1 {
			return FormNumber{}, ErrFormNumber
		}
		digitsAt, words = len(first), words[1:]
		words[0] = first + words[0]
	}
	n := FormNumber{Prefix: strings.ToUpper(words[0][:digitsAt])}
	words[0] = words[0][digitsAt:]
	if len(n.Prefix) > longestPrefix || !all(n.Prefix, isUpper) {
		return FormNumber{}, ErrFormNumber
	}
	for _, w := range words {
		if !all(w, isDigit) || w == "" {
			return FormNumber{}, ErrFormNumber
		}
	}
	year, seq := "", ""
	switch digits := words[0]; {
	case len(words) == 2:
		year, seq = digits, words[1]
	case len(words) > 2:
		return FormNumber{}, ErrFormNumber
	case n.Prefix == "" && len(digits) <= longestBareSeq:
		seq = digits
	case n.Prefix == "":
		return FormNumber{}, ErrFormNumber
	case len(digits) >= 8 && strings.HasPrefix(digits, "20"):
		year, seq = digits[:4], digits[4:]
	case len(digits) > 2:
		year, seq = digits[:2], digits[2:]
	}
	var err error
	if n.Seq, err = strconv.Atoi(seq); err != nil || n.Seq <= 0 || len(seq) > 9 {
		return FormNumber{}, ErrFormNumber
	}
	if year == "" {
		return n, nil
	}
	switch n.Year, err = strconv.Atoi(year); {
	case err != nil:
		return FormNumber{}, ErrFormNumber
	case len(year) == 2:
		n.Year += 2000
	case len(year) != 4:
		return FormNumber{}, ErrFormNumber
	}
	if n.Year < firstYear || n.Year > 2099 {
		return FormNumber{}, ErrFormNumber
	}
	return n, nil
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }
func isUpper(r rune) bool { return 'A' <= r && r <= 'Z' }

func all(s string, is func(rune) bool) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !is(r) }) < 0
}
