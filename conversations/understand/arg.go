package understand

import (
	"math/bits"
	"strings"
)

// argue adds to a guess what it is about.
func (m *Matcher) argue(text string, s *scratch, g *Guess, f fit) {
	r, small := f.rule, s.small
	if n := s.found[m.number].at; g.Intent == Status && n != 0 {
		g.Arg = s.words(text, bits.TrailingZeros64(n), end(n))
		return
	}
	if !r.tail {
		return
	}
	from, to := end(f.at), len(s.tokens)
	if !r.command {
		to = s.sentenceEnd(text, from, small)
	}
	if span(from, to)&^small == 0 {
		from = to
	}
	// Only what is surely no name: "ong" alone may be politeness, "mat ong" is not.
	particles := s.found[m.particle].at
	for from < to && particles&span(from, from+1) != 0 {
		from++
	}
	for to > from && particles&span(to-1, to) != 0 {
		to--
	}
	switch {
	case from == to:
		g.Whole = g.Whole && !s.restAfter(to, small)
	case r.command:
		g.Arg = s.words(text, from, to)
	case g.Intent == Status:
		// Only a number can be looked up; the rest is chatter.
		g.Whole = false
		for i := from; i < to; i++ {
			if s.tokens[i].digits {
				g.Arg, g.Whole = s.words(text, i, i+1), to == from+1
				return
			}
		}
	default:
		g.Arg, g.Whole = s.words(text, from, to), false
	}
}

// words are tokens from up to to as they were typed.
func (s *scratch) words(text string, from, to int) string {
	return text[s.tokens[from].from:s.tokens[to-1].to]
}

// restAfter tells whether anything but politeness follows.
func (s *scratch) restAfter(i int, small set) bool {
	return span(i, len(s.tokens))&^small != 0
}

// sentenceEnd is where what is said after token from comes to an end: at a
// full stop, or at a comma before a word about somebody ("…, tôi ở Hữu Lũng").
func (s *scratch) sentenceEnd(text string, from int, small set) int {
	for i := max(from, 1); i < len(s.tokens); i++ {
		between := text[s.tokens[i-1].to:max(s.tokens[i-1].to, s.tokens[i].from)]
		if strings.ContainsAny(between, ".;!?\n") || strings.Contains(between, ",") && small&span(i, i+1) != 0 {
			return i
		}
	}
	return len(s.tokens)
}

// findNumber finds a form number: letters, two digits of the year, and a
// number ("LS26-0001", "ls26 1", "LS260001").
func (m *Matcher) findNumber(s *scratch) {
	for i := range s.tokens {
		if to := s.numberEnd(i); to > i && s.found[m.number].at == 0 {
			s.present = append(s.present, m.number)
			s.found[m.number] = found{at: span(i, to), quality: 1}
		}
	}
}

// numberEnd is the token after the form number that starts at i, or i.
func (s *scratch) numberEnd(i int) int {
	f := s.tokens[i].folded
	letters := 0
	for letters < len(f) && 'a' <= f[letters] && f[letters] <= 'z' {
		letters++
	}
	digits := f[letters:]
	if letters < 2 || letters > 4 || strings.Trim(digits, "0123456789") != "" {
		return i
	}
	switch {
	case letters == 2 && digits == "" && s.digitsAt(i+1) == 6:
		return i + 2 // "LS 260001"
	case letters == 2 && digits == "" && s.digitsAt(i+1) == 2 && s.digitsAt(i+2) == 4:
		return i + 3 // "LS 26 0001", but no price: "giá 50 000"
	case len(digits) == 2 && s.digitsAt(i+1) > 0 && s.digitsAt(i+1) <= 5:
		return i + 2 // "LS26-0001"
	case len(digits) >= 5 && len(digits) <= 7:
		return i + 1 // "LS260001"
	}
	return i
}

// digitsAt is how many digits the number at i has, 0 if there is none.
func (s *scratch) digitsAt(i int) int {
	if i < len(s.tokens) && s.tokens[i].digits {
		return len(s.tokens[i].folded)
	}
	return 0
}
