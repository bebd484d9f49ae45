package understand

import (
	"math/bits"
	"strings"
)

// What the words outside a rule cost. A word nobody knows makes another topic
// more likely than one of politeness.
const (
	strangerCost = 0.22
	gapCost      = 0.10
	smallCost    = 0.01
	coverGain    = 0.02
	// "đừng …" or "không …" right before a phrase turns it away.
	deniedQuality = 0.4
)

// fit is a rule found in a text.
type fit struct {
	rule  *rule
	at    set
	score float64
	rank  float64 // the score, and more for the rule that explains more words
	whole bool
}

// beats tells whether f is the better explanation; of equals, the one the
// dictionary has first.
func (f fit) beats(other fit) bool {
	return f.rank > other.rank || f.rank == other.rank && other.rule != nil && f.rule.line < other.rule.line
}

// best weighs the rules whose concepts are all there.
func (m *Matcher) best(text string, s *scratch) Guess {
	if at := m.questionEnd(s); at != 0 {
		s.small |= at
		s.found[m.denying].at &^= at // it asks, and denies nothing
		s.found[m.refusing].at &^= at
		s.present = append(s.present, m.question)
		s.found[m.question] = found{at: at, quality: 1}
	}
	var first, second fit
	for _, c := range s.present {
		for _, i := range m.rulesOf[c] {
			f, ok := m.weigh(s, &m.rules[i])
			switch {
			case !ok:
			case f.beats(first):
				if first.rule != nil && first.rule.intent != f.rule.intent {
					second = first
				}
				first = f
			case f.rule.intent != first.rule.intent && f.beats(second):
				second = f
			}
		}
	}
	g := Guess{Intent: None, Second: None}
	if second.rule != nil {
		g.Second, g.SecondScore = second.rule.intent, second.score
	}
	if first.rule == nil {
		return g
	}
	g.Score, g.Why = first.score, first.rule.phrase
	if g.Score < Doubtful {
		g.Second, g.SecondScore = first.rule.intent, first.score
		return g
	}
	g.Intent, g.Whole = first.rule.intent, first.whole
	if strings.Contains(g.Why, "<") {
		g.Why = s.words(text, bits.TrailingZeros64(first.at), end(first.at))
	}
	m.argue(text, s, &g, first)
	if text == "DUNG" && g.Second == StopMessages {
		// In capitals it is the carriers' word of refusal, in small letters
		// far more often "đúng".
		g.Intent, g.Second = g.Second, g.Intent
		g.Score, g.SecondScore = g.SecondScore, g.Score
	}
	return g
}

// end is the token after the last of a set that is not empty.
func end(of set) int { return 64 - bits.LeadingZeros64(of) }

// weigh says how well a rule explains the text, if it fits at all.
func (m *Matcher) weigh(s *scratch, r *rule) (fit, bool) {
	mask, quality := set(0), 1.0
	for _, need := range r.needs {
		f := s.found[need]
		at := f.but(s.inert)
		if at&^mask == 0 {
			return fit{}, false
		}
		mask |= at
		quality = min(quality, f.quality)
	}
	all := span(0, len(s.tokens))
	from, to := bits.TrailingZeros64(mask), end(mask)
	rest := all &^ mask &^ s.small
	if r.tail {
		rest &= span(0, to)
	}
	if r.whole && rest != 0 {
		return fit{}, false
	}
	covered := float64(bits.OnesCount64(mask)) + 0.5
	strangers := float64(bits.OnesCount64(rest))
	gap := float64(bits.OnesCount64(rest & span(from, to)))
	score := r.weight * quality * covered / (covered + strangerCost*strangers + gapCost*gap)
	if m.denied(s, mask, from) {
		score *= deniedQuality
	}
	small := float64(bits.OnesCount64(all & s.small &^ mask))
	return fit{rule: r, at: mask, score: score, rank: score + coverGain*covered - smallCost*small, whole: rest == 0}, true
}

// questionEnd finds "không", "chưa" or "nhỉ" at the end of a text, where they
// only make it a question.
func (m *Matcher) questionEnd(s *scratch) set {
	for i := len(s.tokens) - 1; i > 0; i-- {
		at := span(i, i+1)
		if s.found[m.asking].at&at != 0 {
			if span(0, i)&^s.small == 0 {
				return 0 // "dạ không" is an answer
			}
			return at
		}
		if s.small&at == 0 {
			return 0
		}
	}
	return 0
}

// denied tells whether a "không" or "đừng" outside the rule stands right
// before it, politeness apart.
func (m *Matcher) denied(s *scratch, mask set, from int) bool {
	no := s.found[m.denying].at &^ mask &^ s.inert
	for i := from - 1; i >= 0; i-- {
		at := span(i, i+1)
		if no&at != 0 {
			return true
		}
		if s.small&at == 0 {
			return false
		}
	}
	return false
}
