package ocop

import (
	"slices"
	"strings"

	"ocopbot/bot/viet"
)

// nameIndex finds units by what is typed for their names.
type nameIndex struct {
	byName  map[string][]nameEntry
	names   []unitName      // every name once, for near
	above   [][]int         // of each unit: the units it lies in, or whose people it took over lay in
	encoded map[string]word // Telex and VNI of the words in names: "lawng" is lăng
}

type nameEntry struct {
	unit  int
	words []word
}

type unitName struct {
	plain string
	unit  int
}

// decode puts the accents on words whose keyboard left them as Telex or VNI.
func (x *nameIndex) decode(ws []word) {
	for i, w := range ws {
		if meant, ok := x.encoded[w.plain]; ok && !w.accented() {
			ws[i] = meant
		}
	}
}

// find are the units whose name the words are.
func (x *nameIndex) find(ws []word) []hit {
	entries := x.byName[joined(ws)]
	if len(entries) == 0 {
		return nil
	}
	hits := make([]hit, 0, len(entries))
	for _, e := range entries {
		h := hit{e.unit, accentsMissing}
		switch {
		case slices.Equal(e.words, ws):
			h.fit = exactFit
		case len(e.words) == len(ws):
			for i := range ws {
				if !e.words[i].fits(ws[i]) {
					h.fit = lettersFit
				}
			}
		}
		hits = append(hits, h)
	}
	return hits
}

// shortestNear is the fewest letters of a name that may be one letter wrong.
const shortestNear = 5

// near are the units whose name is one letter away from a folded text.
func (x *nameIndex) near(typed string) []hit {
	if len(strings.ReplaceAll(typed, " ", "")) < shortestNear {
		return nil
	}
	var hits []hit
	for _, n := range x.names {
		if d := len(n.plain) - len(typed); -1 <= d && d <= 1 && viet.Within1(n.plain, typed) {
			hits = append(hits, hit{n.unit, lettersFit})
		}
	}
	return hits
}

// indexNames makes the index; also holds other names by unit code.
func (p *Programme) indexNames(also map[string][]string) {
	x := &nameIndex{
		byName:  make(map[string][]nameEntry, 2*len(p.units)),
		above:   make([][]int, len(p.units)),
		encoded: map[string]word{},
	}
	known := map[string]word{}
	for i, u := range p.units {
		for _, name := range append([]string{u.Name}, also[u.Code]...) {
			x.add(i, name, known)
		}
		for _, a := range p.Ancestors(u.Key) {
			x.above[i] = append(x.above[i], p.byKey[a.Key])
		}
	}
	for i, u := range p.units {
		for _, s := range u.Successors {
			heir := p.byKey[s]
			for _, a := range x.above[i] {
				if heir != i && !slices.Contains(x.above[heir], a) {
					x.above[heir] = append(x.above[heir], a)
				}
			}
		}
	}
	for kind := range kindsInEnglish {
		for _, s := range strings.Fields(string(kind)) {
			known[s] = newWord(s)
		}
	}
	x.indexEncoded(known)
	p.names = x
}

func (x *nameIndex) add(unit int, name string, known map[string]word) {
	ws, _ := words(name)
	for i, s := range strings.Fields(strings.ToLower(name)) {
		known[s] = ws[i]
	}
	plain := joined(ws)
	for _, key := range []string{plain, strings.ReplaceAll(plain, " ", "")} {
		if !slices.ContainsFunc(x.byName[key], func(e nameEntry) bool { return e.unit == unit }) {
			x.byName[key] = append(x.byName[key], nameEntry{unit, ws})
		}
	}
	x.names = append(x.names, unitName{plain, unit})
}

// indexEncoded learns how the known words look when the keyboard was off. What
// is also a plain word, or stands for two, is left alone.
func (x *nameIndex) indexEncoded(known map[string]word) {
	plain := map[string]bool{}
	for _, w := range known {
		plain[w.plain] = true
	}
	twice := map[string]bool{}
	for spelled, w := range known {
		for _, key := range viet.Keys(spelled) {
			key = plainWord(key)
			if other, ok := x.encoded[key]; ok && other != w {
				twice[key] = true
			}
			if !plain[key] {
				x.encoded[key] = w
			}
		}
	}
	for key := range twice {
		delete(x.encoded, key)
	}
}
