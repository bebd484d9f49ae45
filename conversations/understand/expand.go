package understand

import (
	"slices"
	"strings"

	"ocopbot/bot/viet"
)

// term makes a run of words stand for a concept, also written as one word.
func (b *builder) term(text string, c int32) {
	fields := strings.FieldsFunc(text, func(r rune) bool { return b.letters.at(r).plain == 0 })
	b.path(text, fields, c)
	for _, f := range fields {
		b.expectSlips(b.word(f))
	}
	if len(fields) == 2 {
		if joined := viet.Fold(fields[0] + fields[1]); len(joined) >= 5 {
			b.path(text+" joined", []string{joined}, c)
		}
	}
}

func (b *builder) path(id string, fields []string, c int32) {
	if t, ok := b.termOf[id]; ok {
		b.terms[t].concepts = append(b.terms[t].concepts, c)
		return
	}
	t := term{concepts: []int32{c}}
	node := int32(0)
	for _, f := range fields {
		w := b.word(f)
		t.words = append(t.words, w)
		t.accents = append(t.accents, b.spell(f))
		t.key += b.words[w] + " "
		t.size += len(b.words[w])
		n, ok := b.next[edge(node, w)]
		if !ok {
			n = int32(len(b.ends))
			b.ends = append(b.ends, nil)
			b.next[edge(node, w)] = n
		}
		node = n
	}
	b.termOf[id] = int32(len(b.terms))
	b.ends[node] = append(b.ends[node], int32(len(b.terms)))
	b.terms = append(b.terms, t)
}

func (b *builder) spell(word string) spelling {
	s := spelling{plain: true}
	for _, r := range word {
		s.add(b.letters.at(r))
	}
	return s
}

func (b *builder) exact(word string) reading {
	return reading{word: b.word(word), exact: true, as: b.spell(word)}
}

// word numbers a dictionary word and notes all ways of typing it.
func (b *builder) word(word string) uint16 {
	if w, ok := b.seen[word]; ok {
		return w
	}
	keys := []string{viet.Key(word)}
	if as := b.spell(word); !as.plain {
		keys = viet.Keys(word)
	}
	w, ok := b.wordOf[keys[0]]
	if !ok {
		w = uint16(len(b.words))
		b.wordOf[keys[0]] = w
		b.words = append(b.words, keys[0])
		for _, text := range iAndY(keys[0]) {
			b.note(text, reading{word: w})
			for _, heard := range soundsLike(text) {
				b.note(heard, reading{word: w, typo: true})
			}
		}
	}
	b.seen[word] = w
	as := b.spell(word)
	for _, key := range keys[1:] {
		for _, text := range iAndY(key) {
			b.note(text, reading{word: w, exact: true, as: as})
		}
	}
	return w
}

// expectSlips lets a word be found with one letter wrong. Words run together
// are not among them: that is one slip already.
func (b *builder) expectSlips(w uint16) {
	for _, text := range iAndY(b.words[w]) {
		k := sizeKey(text[0], len(text))
		if s := (spelled{text, w}); !slices.Contains(b.bySize[k], s) {
			b.bySize[k] = append(b.bySize[k], s)
		}
	}
}

// note lets a typed word be read as a dictionary word.
func (b *builder) note(typed string, r reading) {
	e := b.typed[typed]
	for _, have := range e.readings {
		if have.word == r.word && (!have.typo || r.typo) {
			return
		}
	}
	e.heard = r.typo && (len(e.readings) == 0 || e.heard)
	e.folded = typed
	e.readings = append(e.readings, r)
	b.typed[typed] = e
}

// soundsLike are the spellings of those who write ch for tr and x for s, or
// the reverse, as the north speaks them alike.
func soundsLike(word string) []string {
	for _, pair := range [][2]string{{"ch", "tr"}, {"tr", "ch"}, {"s", "x"}, {"x", "s"}} {
		if rest, ok := strings.CutPrefix(word, pair[0]); ok {
			return []string{pair[1] + rest}
		}
	}
	return nil
}

// iAndY are the spellings that viet.Key makes one.
func iAndY(key string) []string {
	ways := []string{key}
	for i := range len(key) {
		if key[i] == 'i' {
			if other := key[:i] + "y" + key[i+1:]; viet.Key(other) == viet.Key(key) {
				ways = append(ways, other)
			}
		}
	}
	return ways
}
