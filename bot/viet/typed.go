package viet

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// keyboard is a way of typing Vietnamese on plain keys.
type keyboard struct {
	circumflex string // key after a, e, o; empty: the letter once more
	horn       string // after o, u
	breve      string // after a
	stroke     string // after d
	tones      string // the keys of ◌̀ ◌́ ◌̉ ◌̃ ◌̣ in this order
	bareHorn   bool   // the horn's key alone is ư
}

var (
	telexKeys = keyboard{horn: "w", breve: "w", stroke: "d", tones: "fsrxj", bareHorn: true}
	vniKeys   = keyboard{circumflex: "6", horn: "7", breve: "8", stroke: "9", tones: "21345"}
)

// The combining marks of Vietnamese, as NFD has them.
const (
	circumflexMark = '\u0302'
	breveMark      = '\u0306'
	hornMark       = '\u031b'
	toneMarks      = "\u0300\u0301\u0309\u0303\u0323"
)

// letter is a plain letter and the key that was pressed for its mark.
type letter struct{ plain, mark string }

// typed are the ways in which a word comes out when the keyboard did not turn
// its keys into accents. The usual order comes first: marks at once, tone at
// the end of the word.
func typed(word string, k keyboard) []string {
	var ways []string
	for _, w := range iAndY(word) {
		letters, tone := k.takeApart(w)
		for _, ls := range k.hornHabits(letters) {
			ways = append(ways, placeTone(ls, tone)...)
		}
		ways = append(ways, delayed(letters, tone)...)
	}
	return unique(ways)
}

// iAndY is the word and its other spelling, where both are current.
func iAndY(word string) []string {
	nfd := norm.NFD.String(word)
	folded := Fold(word)
	if other := iForY(folded); other != folded {
		return []string{nfd, strings.ReplaceAll(nfd, "y", "i")}
	}
	if n := len(folded); n >= 2 && folded[n-1] == 'i' && strings.IndexByte("hklmstv", folded[n-2]) >= 0 {
		return []string{nfd, strings.ReplaceAll(nfd, "i", "y")}
	}
	return []string{nfd}
}

// takeApart splits a word in NFD into plain letters with the keys of their
// marks, and the key of the tone.
func (k keyboard) takeApart(nfd string) (letters []letter, tone string) {
	for _, r := range nfd {
		last := len(letters) - 1
		switch i := strings.IndexRune(toneMarks, r); {
		case i >= 0:
			tone = string(k.tones[i/2])
		case r == 'đ':
			letters = append(letters, letter{"d", k.stroke})
		case last >= 0 && r == hornMark:
			letters[last].mark = k.horn
		case last >= 0 && r == breveMark:
			letters[last].mark = k.breve
		case last >= 0 && r == circumflexMark:
			letters[last].mark = k.circumflex
			if k.circumflex == "" {
				letters[last].mark = letters[last].plain
			}
		default:
			letters = append(letters, letter{plain: string(r)})
		}
	}
	return letters, tone
}

// hornHabits are the ways of typing ư and ươ: each horn, only the second or
// the first of ươ (keyboards complete it), or the bare key for ư.
func (k keyboard) hornHabits(letters []letter) [][]letter {
	ways := [][]letter{letters}
	for i, l := range letters {
		if l.plain != "u" || l.mark != k.horn {
			continue
		}
		with := func(u, o letter) {
			w := slices.Clone(letters)
			w[i] = u
			if i+1 < len(w) && w[i+1].plain == "o" {
				w[i+1] = o
			}
			ways = append(ways, w)
		}
		if i+1 < len(letters) && letters[i+1] == (letter{"o", k.horn}) {
			with(letter{plain: "u"}, letter{"o", k.horn})
			with(l, letter{plain: "o"})
		}
		if k.bareHorn {
			next := letter{}
			if i+1 < len(letters) {
				next = letters[i+1]
			}
			with(letter{plain: k.horn}, next)
		}
	}
	return ways
}

// placeTone writes the word out with the tone's key at the end, and after
// each of its vowels.
func placeTone(letters []letter, tone string) []string {
	ways := []string{write(letters, -1, "") + tone}
	if tone == "" {
		return ways
	}
	for i, l := range letters {
		if strings.Contains("aeiouyw", l.plain) {
			ways = append(ways, write(letters, i, tone))
		}
	}
	return ways
}

// write joins letters and marks, with the tone's key after letter at.
func write(letters []letter, at int, tone string) string {
	var b strings.Builder
	for i, l := range letters {
		b.WriteString(l.plain + l.mark)
		if i == at {
			b.WriteString(tone)
		}
	}
	return b.String()
}

// delayed are the ways of those who type the plain word first and its marks
// behind it: before or after the tone, with đ's key at once or at the end.
func delayed(letters []letter, tone string) []string {
	var atOnce, plain, marks, stroke string
	for _, l := range letters {
		plain += l.plain
		switch {
		case l.plain == "d":
			stroke += l.mark
			atOnce += l.plain + l.mark
		default:
			atOnce += l.plain
			if !strings.Contains(marks, l.mark) {
				marks += l.mark
			}
		}
	}
	ways := []string{atOnce + marks + tone, atOnce + tone + marks}
	if stroke != "" {
		ways = append(ways, plain+stroke+marks+tone, plain+marks+stroke+tone, plain+marks+tone+stroke)
	}
	return ways
}

func unique(all []string) []string {
	out := all[:0]
	for _, s := range all {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
