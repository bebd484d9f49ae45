package viet

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Letters of Vietnamese as nearly all phones send them lie below this rune.
const vietnameseEnd = 0x1F00

// plainLetters gives for each composed letter its plain small one, 0 where it
// has none: the common case of folding without decomposing.
var plainLetters = func() (table [vietnameseEnd]byte) {
	for r := rune(utf8.RuneSelf); r < vietnameseEnd; r++ {
		// Between two letters, so that one which is a letter and a sign is left out.
		if f := foldAny("a" + string(r) + "a"); len(f) == 3 && f[1] != ' ' && norm.NFC.IsNormalString(string(r)) {
			table[r] = f[1]
		}
	}
	return table
}()

// foldVietnamese folds text of plain ASCII and composed letters; ok is false
// when there is anything else in it.
func foldVietnamese(s string) (folded string, ok bool) {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		var c byte
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			c = byte(r)
		case 'A' <= r && r <= 'Z':
			c = byte(r) + 'a' - 'A'
		case r < utf8.RuneSelf:
			space = true
			continue
		case r < vietnameseEnd && plainLetters[r] != 0:
			c = plainLetters[r]
		default:
			return "", false
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteByte(c)
	}
	return b.String(), true
}
