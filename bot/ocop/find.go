package ocop

import (
	"slices"
	"time"
)

// Match is a unit that a typed text may mean.
type Match struct {
	Unit  Unit
	Via   UnitKey // the dissolved unit that was named, where Unit is its successor
	Guess bool    // not what was typed but near it: must be confirmed
}

// longestPlace bounds the words looked at: an address, not a story.
const longestPlace = 16

// FindUnits finds the units a typed text may mean at a moment. It takes names
// with or without accents and kind words, Telex and VNI left unconverted, one
// letter wrong, and a district to tell namesakes apart ("chi lang huyen trang
// dinh"). A dissolved unit leads to its successors. All namesakes are given:
// asking which is the caller's part. Nothing found is an empty list.
func (p *Programme) FindUnits(text string, at time.Time) []Match {
	if len(text) > 400 {
		return nil
	}
	ws, cuts := words(text)
	p.names.decode(ws)
	if len(ws) == 0 || len(ws) > longestPlace {
		return nil
	}
	s := search{p: p, at: at}
	for from := 0; from < len(ws); from++ {
		// What stands before a kind word is a village: "thôn Nà Mò, xã Chi Lăng".
		if from > 0 && !(s.kindAt(ws[from:]) || cuts[from] || fillers[ws[from-1].plain]) {
			continue
		}
		for to := len(ws); to > from; to-- {
			if to < len(ws) && !fillers[ws[to].plain] {
				break
			}
			if ms := s.exact(ws[from:to]); len(ms) > 0 {
				return ms
			}
		}
	}
	return s.near(ws)
}

// fillers are words around a name that say nothing: "tôi ở xã Chi Lăng ạ".
var fillers = map[string]bool{
	"toi": true, "o": true, "em": true, "nha": true, "minh": true, "tai": true, "thuoc": true,
	"a": true, "nhe": true, "la": true, "day": true, "dai": true, "viet": true, "nam": true, "vn": true,
}

// kindWord is one way to write a kind.
type kindWord struct {
	words []string
	kinds []UnitKind
}

var kindWords = []kindWord{
	{[]string{"thi", "tran"}, []UnitKind{Town}}, {[]string{"tt"}, []UnitKind{Town}},
	{[]string{"thanh", "pho"}, []UnitKind{City}}, {[]string{"tp"}, []UnitKind{City}},
	{[]string{"xa"}, []UnitKind{RuralCommune}}, {[]string{"x"}, []UnitKind{RuralCommune}},
	{[]string{"phuong"}, []UnitKind{Ward}}, {[]string{"p"}, []UnitKind{Ward}},
	{[]string{"huien"}, []UnitKind{District}}, {[]string{"h"}, []UnitKind{District}},
	{[]string{"tinh"}, []UnitKind{Province}}, {[]string{"t"}, []UnitKind{Province}},
}

// kindPrefix takes a kind word off the front.
func kindPrefix(ws []word) (kinds []UnitKind, rest []word) {
	for _, k := range kindWords {
		if len(ws) <= len(k.words) {
			continue
		}
		same := true
		for i, w := range k.words {
			same = same && ws[i].plain == w
		}
		if same {
			return k.kinds, ws[len(k.words):]
		}
	}
	return nil, ws
}

// search is one FindUnits.
type search struct {
	p  *Programme
	at time.Time
}

// kindAt tells whether the words begin with the kind of a commune.
func (s search) kindAt(ws []word) bool {
	kinds, _ := kindPrefix(ws)
	return len(kinds) > 0 && kinds[0].Rank() == 2
}

// part is a run of words that names units: "huyện Tràng Định".
type part struct {
	kinds []UnitKind
	units []hit
}

// hit is a unit and how well its name fits what was typed: the accents too,
// nothing against them, or only the letters.
type hit struct {
	unit int
	fit  int
}

const (
	lettersFit = iota + 1
	accentsMissing
	exactFit
)

// exact reads the words as one to three names side by side, the smallest unit
// and what it lies in, in any order.
func (s search) exact(ws []word) []Match {
	for parts := 1; parts <= 3; parts++ {
		if hits := s.cover(ws, nil, parts); len(hits) > 0 {
			return s.matches(hits)
		}
	}
	return nil
}

// cover splits the words into so many names, and gives the units that one of
// them names and that lie in units the others name.
func (s search) cover(ws []word, done []part, left int) []hit {
	if left == 0 {
		if len(ws) > 0 {
			return nil
		}
		return s.nested(done)
	}
	kinds, rest := kindPrefix(ws)
	for _, start := range [][]word{ws, rest} {
		if len(start) == len(ws) && kinds != nil && left > 1 && len(rest) == 0 {
			continue
		}
		startKinds := kinds
		if len(start) == len(ws) {
			startKinds = nil
		}
		for n := len(start); n > 0; n-- {
			if units := s.p.names.find(start[:n]); len(units) > 0 {
				if hits := s.cover(start[n:], append(done, part{startKinds, units}), left-1); len(hits) > 0 {
					return hits
				}
			}
		}
		if kinds == nil {
			break
		}
	}
	return nil
}

// nested keeps, of the first part that allows it, the units that lie in a
// unit of each other part.
func (s search) nested(parts []part) []hit {
	for i, inner := range parts {
		var kept []hit
		for _, h := range s.ofKind(inner) {
			inAll := true
			for j, outer := range parts {
				inAll = inAll && (j == i || s.liesIn(h.unit, s.ofKind(outer)))
			}
			if inAll {
				kept = append(kept, h)
			}
		}
		if len(kept) > 0 {
			return kept
		}
	}
	return nil
}

// ofKind are a part's units of the kind that was typed before the name. Where
// there is none the kind is taken for a slip (a town called xã), and the fit
// for no more than its letters.
func (s search) ofKind(p part) []hit {
	if p.kinds == nil {
		return p.units
	}
	var same, other []hit
	for _, h := range p.units {
		if slices.Contains(p.kinds, s.p.units[h.unit].Kind) {
			same = append(same, h)
		} else if s.p.units[h.unit].Kind.Rank() == p.kinds[0].Rank() {
			other = append(other, hit{h.unit, lettersFit})
		}
	}
	if len(same) > 0 {
		return same
	}
	return other
}

func (s search) liesIn(unit int, outer []hit) bool {
	for _, o := range outer {
		if slices.Contains(s.p.names.above[unit], o.unit) {
			return true
		}
	}
	return false
}

// near finds names one letter away from what was typed, when exactly one unit
// is. What follows the name must be right.
func (s search) near(ws []word) []Match {
	for end := len(ws); end > 0; end-- {
		var outer []hit
		if end < len(ws) {
			kinds, rest := kindPrefix(ws[end:])
			if outer = s.ofKind(part{kinds, s.p.names.find(rest)}); len(outer) == 0 {
				continue
			}
		}
		kinds, name := kindPrefix(ws[:end])
		var hits []hit
		for _, h := range s.p.names.near(joined(name)) {
			u := s.p.units[h.unit]
			if (kinds == nil || slices.Contains(kinds, u.Kind)) && (outer == nil || s.liesIn(h.unit, outer)) {
				hits = append(hits, h)
			}
		}
		ms := s.matches(hits)
		if len(ms) == 1 {
			ms[0].Guess = true
			return ms
		}
	}
	return nil
}

// matches turns hits into standing units: the best fit only, standing units
// before dissolved ones that lead to them, communes before districts.
func (s search) matches(hits []hit) []Match {
	best := 0
	for _, h := range hits {
		best = max(best, h.fit)
	}
	var ms []Match
	add := func(m Match) {
		if !slices.ContainsFunc(ms, func(o Match) bool { return o.Unit.Key == m.Unit.Key }) {
			ms = append(ms, m)
		}
	}
	eachRank := func(take func(u Unit)) {
		for rank := 2; rank >= 0; rank-- {
			for _, h := range hits {
				if u := s.p.units[h.unit]; h.fit == best && u.Kind.Rank() == rank {
					take(u)
				}
			}
		}
	}
	guess := best == lettersFit
	eachRank(func(u Unit) {
		if u.Holds(s.at) {
			add(Match{Unit: u, Guess: guess})
		}
	})
	standing := len(ms)
	eachRank(func(u Unit) {
		// A dissolved district is everywhere in its communes' names: it counts
		// only where nothing smaller is meant.
		if u.Holds(s.at) || u.Kind.Rank() < 2 && (standing > 0 || len(ms) > 0) {
			return
		}
		for _, k := range s.p.Heirs(u.Key, s.at) {
			if h, ok := s.p.Unit(k); ok && h.Holds(s.at) {
				add(Match{Unit: h, Via: u.Key, Guess: guess})
			}
		}
	})
	return ms
}
