package viet

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Key is the canonical form in which what people typed is looked up: Fold,
// and y written as i where both spellings are current, so that "đăng ký",
// "đăng kí" and "DANG KY" are one key. Old and new placement of tones
// ("hoà", "hòa") are one key too, because tones are folded away.
func Key(s string) string { return iForY(Fold(s)) }

// iForY collapses y to i where spelling varies: a word's last letter after a
// consonant ("ky", "ly"), the word "y" alone, and after "qu" ("quy", "quyt").
// After other vowels the two are different sounds ("tay", "tai").
func iForY(folded string) string {
	if strings.IndexByte(folded, 'y') < 0 {
		return folded
	}
	b := []byte(folded)
	for i, c := range b {
		if c != 'y' {
			continue
		}
		ends := i+1 == len(b) || b[i+1] == ' '
		starts := i == 0 || b[i-1] == ' '
		switch {
		case starts && ends,
			ends && !starts && isPlainConsonant(b[i-1]),
			i >= 2 && b[i-1] == 'u' && b[i-2] == 'q':
			b[i] = 'i'
		}
	}
	return string(b)
}

func isPlainConsonant(c byte) bool {
	return 'a' <= c && c <= 'z' && strings.IndexByte("aeiouy", c) < 0
}

// keysLimit bounds how many keys one phrase gets. Beyond it the words of a
// phrase are taken to be typed all in the same habit.
const keysLimit = 128

// Keys are all keys under which a KNOWN phrase of a dictionary, written with
// its accents, is to be found, the canonical one (Key) first: besides it what
// is left in a message when the keyboard's Telex or VNI was off ("đăng ký" →
// "ddawng kys", "d9a8ng ky1"), in the orders in which people type them. A
// typed text hits when its Key is among them. Never call it on what somebody
// typed: only a dictionary knows which accents were meant.
func Keys(phrase string) []string {
	words := strings.Fields(strings.ToLower(Clean(phrase)))
	telex := make([][]string, len(words))
	vni := make([][]string, len(words))
	for i, w := range words {
		telex[i] = typed(w, telexKeys)
		vni[i] = typed(w, vniKeys)
	}
	keys := []string{Key(phrase)}
	for _, k := range append(combine(telex), combine(vni)...) {
		if k = Key(k); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// combine joins one way of typing of each word, in all combinations while
// these are few.
func combine(words [][]string) []string {
	total, longest := 1, 0
	for _, w := range words {
		total = min(total*len(w), keysLimit+1)
		longest = max(longest, len(w))
	}
	if total > keysLimit {
		out := make([]string, longest)
		for i := range out {
			parts := make([]string, len(words))
			for j, w := range words {
				parts[j] = w[min(i, len(w)-1)]
			}
			out[i] = strings.Join(parts, " ")
		}
		return out
	}
	out := []string{""}
	for _, w := range words {
		next := make([]string, 0, len(out)*len(w))
		for _, head := range out {
			for _, v := range w {
				next = append(next, strings.TrimPrefix(head+" "+v, " "))
			}
		}
		out = next
	}
	return out
}

// Within1 tells whether one letter put in, left out, changed, or swapped with
// its neighbour turns a into b (or nothing need be).
func Within1(a, b string) bool {
	for a != "" && b != "" {
		_, n := utf8.DecodeRuneInString(a)
		if !strings.HasPrefix(b, a[:n]) {
			break
		}
		a, b = a[n:], b[n:]
	}
	for a != "" && b != "" {
		_, n := utf8.DecodeLastRuneInString(a)
		if !strings.HasSuffix(b, a[len(a)-n:]) {
			break
		}
		a, b = a[:len(a)-n], b[:len(b)-n]
	}
	na, nb := utf8.RuneCountInString(a), utf8.RuneCountInString(b)
	if na <= 1 && nb <= 1 {
		return true
	}
	if na != 2 || nb != 2 {
		return false
	}
	_, n := utf8.DecodeRuneInString(a)
	return a[n:]+a[:n] == b
}
