package understand

import (
	"math/bits"
	"strings"

	"ocopbot/bot/viet"
)

// set is a set of the first 64 tokens of a text.
type set = uint64

func span(from, to int) set {
	if to-from >= 64 {
		return ^set(0)
	}
	return (1<<(to-from) - 1) << from
}

// found is where a concept stands in a text.
type found struct {
	at      set
	quality float64 // 1, less for slips
}

// scratch is what one call needs; a Matcher keeps some for reuse.
type scratch struct {
	tokens  []token
	found   []found // by concept
	present []int32 // concepts that were found
	small   set     // tokens of politeness
	inert   set     // tokens of phrases that mean nothing here
	typos   []hit   // terms found only by correcting a slip
}

// hit is a term found at a place.
type hit struct {
	term    int32
	from    int
	to      int
	quality float64
}

func (s *scratch) reset() {
	for _, c := range s.present {
		s.found[c] = found{}
	}
	s.tokens, s.present, s.typos = s.tokens[:0], s.present[:0], s.typos[:0]
	s.small, s.inert = 0, 0
}

// Understand guesses what text asks for. It is safe for concurrent use.
func (m *Matcher) Understand(text string) Guess {
	s := m.pool.Get().(*scratch)
	defer m.pool.Put(s)
	s.reset()
	text = viet.Clean(text)
	s.tokens = m.tokens(text, s.tokens)
	if len(s.tokens) == 0 {
		return Guess{Intent: None, Second: None}
	}
	m.findNumber(s)
	for i := range s.tokens {
		m.walk(s, 0, i, i, 1, 0)
	}
	m.takeTypos(s)
	return m.best(text, s)
}

// walk follows the tokens from i on through the tree of terms.
func (m *Matcher) walk(s *scratch, node int32, start, i int, quality float64, slips int) {
	m.meet(s, m.ends[node], hit{from: start, to: i, quality: quality}, slips)
	if i == len(s.tokens) {
		return
	}
	for _, r := range s.tokens[i].readings {
		next, ok := m.next[edge(node, r.word)]
		if !ok {
			continue
		}
		if r.typo {
			if slips == 0 {
				m.walk(s, next, start, i+1, quality*typoQuality, 1)
			}
			continue
		}
		m.walk(s, next, start, i+1, quality, slips)
	}
}

// What slips take from the score of a term.
const (
	typoQuality   = 0.9
	accentQuality = 0.85
	toneQuality   = 0.97
)

// meet takes in those terms at the end of a path whose accents come closest
// to what was typed.
func (m *Matcher) meet(s *scratch, terms []int32, h hit, slips int) {
	best, tied := 0.0, false
	for _, t := range terms {
		l := m.likeness(s, t, h.from)
		tied = l == best
		best = max(best, l)
	}
	if best == 0 {
		return
	}
	h.quality *= best
	for _, t := range terms {
		if m.likeness(s, t, h.from) < best {
			continue
		}
		h.term = t
		switch {
		case slips == 0:
			if tied && m.terms[t].concepts[0] == inert {
				continue // unaccented, it may be either
			}
			m.take(s, h)
		case m.terms[t].size >= 5:
			s.typos = append(s.typos, h)
		}
	}
}

// likeness is 1 for a term with just the accents that were typed, and 0 for
// one that must have been another word.
func (m *Matcher) likeness(s *scratch, t int32, from int) float64 {
	term := &m.terms[t]
	quality, wrong := 1.0, 0
	for i, dict := range term.accents {
		tok := &s.tokens[from+i]
		as, slip := tok.spelling, false
		for _, r := range tok.readings {
			if r.word == term.words[i] {
				slip = r.typo
				if r.exact {
					as = r.as
				}
			}
		}
		if slip {
			continue // it may be in the accents
		}
		switch as.distance(dict) {
		case nearly:
			quality *= toneQuality
		case slipped:
			wrong++
			quality *= accentQuality
		case distinct:
			return 0
		}
	}
	if wrong > 1 || wrong > 0 && len(term.accents) == 1 {
		return 0
	}
	return quality
}

// takeTypos accepts a corrected term only where no other one fits the place.
func (m *Matcher) takeTypos(s *scratch) {
	for i, h := range s.typos {
		unique := true
		for j, o := range s.typos {
			if i != j && o.from == h.from && o.to == h.to && m.terms[o.term].key != m.terms[h.term].key {
				unique = false
			}
		}
		if unique {
			m.take(s, h)
		}
	}
}

func (m *Matcher) take(s *scratch, h hit) {
	at := span(h.from, h.to)
	for _, c := range m.terms[h.term].concepts {
		switch c {
		case polite:
			s.small |= at
			continue
		case inert:
			if h.quality == 1 {
				s.inert |= at
			}
			continue
		case vocative:
			s.small |= at
			s.inert |= at
			continue
		}
		f := &s.found[c]
		if f.at == 0 {
			s.present = append(s.present, c)
		}
		f.at |= at
		f.quality = max(f.quality, h.quality)
	}
}

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
		if f.at&^s.inert&^mask == 0 {
			return fit{}, false
		}
		mask |= f.at &^ s.inert
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
