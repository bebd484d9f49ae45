package understand

import "math/bits"

// argue adds to a guess what it is about.
func (m *Matcher) argue(text string, s *scratch, g *Guess, r *rule, mask, small set) {
	if n := s.found[m.number].at; g.Intent == Status && n != 0 {
		from, to := bits.TrailingZeros64(n), 64-bits.LeadingZeros64(n)
		g.Arg = text[s.tokens[from].from:s.tokens[to-1].to]
		return
	}
	if !r.tail {
		return
	}
	from, to := 64-bits.LeadingZeros64(mask), len(s.tokens)
	for from < to && small&span(from, from+1) != 0 {
		from++
	}
	for to > from && small&span(to-1, to) != 0 {
		to--
	}
	if from == to {
		return
	}
	switch {
	case g.Intent == Status:
		// Only what looks like a number is one; the rest is chatter.
		for i := from; i < to; i++ {
			if s.tokens[i].digits {
				g.Arg = text[s.tokens[i].from:s.tokens[i].to]
				return
			}
		}
	default:
		g.Arg = text[s.tokens[from].from:s.tokens[to-1].to]
		if !r.command {
			g.Whole = false
		}
	}
}

// findNumber finds a form number: letters, two digits of the year, and a
// number ("LS26-0001", "ls26 1", "LS260001").
func (m *Matcher) findNumber(_ string, s *scratch) {
	for i := range s.tokens {
		f := s.tokens[i].folded
		l := 0
		for l < len(f) && 'a' <= f[l] && f[l] <= 'z' {
			l++
		}
		if l < 2 || l > 4 {
			continue
		}
		digits := f[l:]
		next := i + 1
		switch {
		case !isDigits(digits) && digits != "":
			continue
		case digits == "" && next+1 < len(s.tokens) && s.tokens[next].digits && len(s.tokens[next].folded) == 2 && s.tokens[next+1].digits:
			m.numberAt(s, i, next+2) // "LS 26 0001"
		case digits == "" && next < len(s.tokens) && s.tokens[next].digits && len(s.tokens[next].folded) == 6:
			m.numberAt(s, i, next+1) // "LS 260001"
		case len(digits) == 2 && next < len(s.tokens) && s.tokens[next].digits && len(s.tokens[next].folded) <= 5:
			m.numberAt(s, i, next+1)
		case len(digits) >= 5 && len(digits) <= 7:
			m.numberAt(s, i, next)
		}
	}
}

func (m *Matcher) numberAt(s *scratch, from, to int) {
	if s.found[m.number].at == 0 {
		s.present = append(s.present, m.number)
		s.found[m.number] = found{at: span(from, to), quality: 1}
	}
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
