package understand

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed phrases.txt
var phrases string

// Matcher holds the expanded dictionary. It never changes once built and is
// safe for concurrent use; one is enough for a program.
type Matcher struct {
	letters  *letters
	words    []string               // by number, folded
	typed    map[string]entry       // every way of typing a word
	short    map[string][][]reading // short forms
	bySize   map[uint16][]spelled   // words by first letter and size
	next     map[uint32]int32       // the tree of terms: node and word → node
	ends     [][]int32              // terms that end at a node
	terms    []term
	rules    []rule
	rulesOf  [][]int32 // rules by their first concept
	number   int32     // the concept of a form number
	asking   int32     // words that make a question at the end
	question int32     // one of them standing there
	particle int32     // words that are no part of an Arg
	denying  int32     // words that deny what follows
	refusing int32     // words that want something to end
	pool     sync.Pool
}

// entry is what a typed word may be.
type entry struct {
	readings []reading
	folded   string
	heard    bool // no dictionary word, it only sounds like one
}

// spelled is a dictionary word in one of its unaccented spellings.
type spelled struct {
	text string
	word uint16
}

// term is a run of words that stands for concepts.
type term struct {
	key      string // folded
	words    []uint16
	accents  []spelling
	size     int // letters
	concepts []int32
}

// rule says that a text in which all its concepts are found has an intent.
type rule struct {
	intent  Intent
	phrase  string
	line    int
	needs   []int32
	weight  float64
	whole   bool // only if nothing else is said
	tail    bool // what follows is what it is about
	command bool // … and the text is nothing but a command with it
}

// The concepts that are no part of a rule.
const (
	polite int32 = iota
	inert
	vocative
)

func edge(node int32, word uint16) uint32 { return uint32(node)<<16 | uint32(word) }

// New is the matcher of the dictionary that comes with the program. It is
// built once, and only read after that.
func New() *Matcher { return shipped() }

var shipped = sync.OnceValue(func() *Matcher {
	m, err := load(phrases)
	if err != nil {
		panic(err) // the embedded file is checked by the tests
	}
	return m
})

// builder is a matcher in the making.
type builder struct {
	*Matcher
	seen     map[string]uint16 // words as the file has them
	wordOf   map[string]uint16 // by key
	concepts map[string]int32
	termOf   map[string]int32 // by accented text
}

func load(file string) (*Matcher, error) {
	b := &builder{
		Matcher: &Matcher{
			letters: newLetters(), typed: map[string]entry{}, short: map[string][][]reading{},
			bySize: map[uint16][]spelled{}, next: map[uint32]int32{}, ends: make([][]int32, 1),
		},
		seen: map[string]uint16{}, wordOf: map[string]uint16{}, termOf: map[string]int32{},
		concepts: map[string]int32{"<polite>": polite, "<none>": inert, "<vocative>": vocative},
	}
	b.particle = b.concept("<particle>")
	b.number, b.asking, b.denying, b.question = b.concept("<number>"), b.concept("<asking>"), b.concept("<denying>"), b.concept("<question>")
	b.refusing = b.concept("<không>")
	section := ""
	for n, line := range strings.Split(file, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '[' {
			section = strings.Trim(line, "[]")
			continue
		}
		if err := b.line(section, n, line); err != nil {
			return nil, fmt.Errorf("phrases.txt, line %d: %w", n+1, err)
		}
	}
	b.rulesOf = make([][]int32, len(b.concepts))
	for i, r := range b.rules {
		b.rulesOf[r.needs[0]] = append(b.rulesOf[r.needs[0]], int32(i))
	}
	size := len(b.concepts)
	b.pool.New = func() any { return &scratch{found: make([]found, size)} }
	return b.Matcher, nil
}

func (b *builder) line(section string, n int, line string) error {
	switch section {
	case "short":
		short, long, ok := strings.Cut(line, "=")
		if !ok {
			return fmt.Errorf("%q has no =", line)
		}
		var tokens [][]reading
		for _, w := range strings.Fields(long) {
			tokens = append(tokens, []reading{b.exact(w)})
		}
		for _, s := range strings.Fields(short) {
			b.short[s] = tokens
		}
	case "words":
		name, terms, ok := strings.Cut(line, "=")
		if !ok {
			return fmt.Errorf("%q has no =", line)
		}
		c := b.concept(strings.TrimSpace(name))
		for _, t := range strings.Split(terms, ",") {
			b.term(strings.TrimSpace(t), c)
		}
	default:
		if !slices.Contains(intents, Intent(section)) {
			return fmt.Errorf("no intent is called %q", section)
		}
		return b.rule(Intent(section), n, line)
	}
	return nil
}

// rule reads a line of an intent's section.
func (b *builder) rule(intent Intent, n int, line string) error {
	r := rule{intent: intent, phrase: line, line: n, weight: 1}
	for {
		switch line[0] {
		case '=':
			r.whole = true
		case '~':
			r.weight *= 0.75
		case '!':
			r.command = true
		default:
			line, r.tail = strings.CutSuffix(line, ">>")
			r.phrase = strings.TrimSpace(line)
			for _, part := range strings.Split(line, "+") {
				part = strings.TrimSpace(part)
				if part == "" {
					return fmt.Errorf("an empty part in %q", r.phrase)
				}
				if part[0] == '<' {
					c, ok := b.concepts[part]
					if !ok {
						return fmt.Errorf("%s is not among the words", part)
					}
					r.needs = append(r.needs, c)
					continue
				}
				c := b.concept(part)
				b.term(part, c)
				r.needs = append(r.needs, c)
			}
			b.rules = append(b.rules, r)
			return nil
		}
		line = strings.TrimSpace(line[1:])
		if line == "" {
			return fmt.Errorf("a mark without a phrase")
		}
	}
}

func (b *builder) concept(name string) int32 {
	c, ok := b.concepts[name]
	if !ok {
		c = int32(len(b.concepts))
		b.concepts[name] = c
	}
	return c
}
