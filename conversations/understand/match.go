package understand

import (
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
	own     set     // of at, where the phrase that means nothing else is this very one
	quality float64 // 1, less for slips
}

// but is where a concept counts: not inside a phrase that means something else.
func (f found) but(inert set) set { return f.at &^ (inert &^ f.own) }

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
	if s.tokens[0].folded == "ocop" {
		s.small |= span(0, 1) // the keyword of a shared short code
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
	elsewise := false
	for _, c := range m.terms[h.term].concepts {
		switch c {
		case polite:
			s.small |= at
			continue
		case inert:
			if h.quality == 1 {
				s.inert |= at
			}
			elsewise = true
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
		if elsewise {
			f.own |= at
		}
		f.quality = max(f.quality, h.quality)
	}
}
