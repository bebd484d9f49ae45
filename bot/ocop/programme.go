// Package ocop holds the rules of the "one commune, one product" programme:
// units, product groups, scores and stars, who recognises them, the idea form,
// reporting duties, the calendar, form numbers and phone numbers.
//
// What the law changes is data: a programme file (programmes/*.yaml, or one a
// province writes itself) in which every value carries the days it holds and
// the document it comes from, so that a record is judged by the rule of its
// own date. The package is pure: it stores nothing, sends nothing, and reads
// no file but a programme's.
package ocop

import (
	"embed"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

//go:embed programmes/*.yaml
var programmes embed.FS

// The programmes that are built in.
const (
	LangSon2021 = "lang-son-2021" // plan 129/KH-UBND: 11 districts, 200 communes
	LangSon2025 = "lang-son-2025" // since 1 July 2025: 65 communes and wards
)

// BuiltIn names the programmes that are built in, the default first.
func BuiltIn() []string { return []string{LangSon2021, LangSon2025} }

// Programme is one programme file, checked and indexed. It does not change
// after Parse and may be used by any number of goroutines.
type Programme struct {
	Code   string    // "lang-son-2021"
	Title  Text      // what people see
	Prefix string    // of form numbers: "LS"
	Ended  time.Time // the first day on which its plan no longer runs; zero: it runs

	sources     map[string]string
	units       []Unit
	byKey       map[UnitKey]int
	byCode      map[string][]int
	children    map[UnitKey][]UnitKey
	names       *nameIndex
	groups      []Group
	groupWords  []keyword
	parts       []Part
	bands       []Band
	levels      []LevelRule
	levelNames  map[string]Text
	validMonths []validity
	producers   []ProducerType
	keyProducts []KeyProduct
	keyWords    []keyword
	form        []FormItem
	steps       []Step
	dossier     []DossierItem
	directory   []Contact
	targets     []Target
	calendar    Calendar
	reportForms []ReportForm
	obligations []Obligation
	ladders     []Ladder
}

// Load gives the built-in programme of that name, or reads the file at that
// path. A file with mistakes is refused with a *FileError that lists them all.
func Load(nameOrPath string) (*Programme, error) {
	for _, name := range BuiltIn() {
		if name == nameOrPath {
			data, err := programmes.ReadFile("programmes/" + name + ".yaml")
			if err != nil {
				return nil, fmt.Errorf("ocop: %w", err)
			}
			return Parse(name, data)
		}
	}
	data, err := os.ReadFile(nameOrPath)
	if err != nil {
		return nil, fmt.Errorf("ocop: no programme %q (built in: %s), and no such file: %w",
			nameOrPath, strings.Join(BuiltIn(), ", "), err)
	}
	return Parse(nameOrPath, data)
}

// Source is the full title of a legal source by the short name a value
// carries in its Source, such as "qd-148".
func (p *Programme) Source(id string) string { return p.sources[id] }

// Text is something said in both languages.
type Text struct{ VI, EN string }

// In is the text in a language: English where it is asked for and there,
// Vietnamese otherwise.
func (t Text) In(lang string) string {
	if t.EN != "" && strings.HasPrefix(lang, "en") {
		return t.EN
	}
	return t.VI
}

// Period is the days on which a value holds: From included, To not. A zero
// time is an open end.
type Period struct{ From, To time.Time }

// Holds tells whether a moment lies within the period.
func (p Period) Holds(at time.Time) bool {
	return !at.Before(p.From) && (p.To.IsZero() || at.Before(p.To))
}

func (p Period) overlaps(q Period) bool {
	return (q.To.IsZero() || p.From.Before(q.To)) && (p.To.IsZero() || q.From.Before(p.To))
}

// Rule is what every value of a programme carries: when it holds, and the
// legal source it stands on (see Programme.Source).
type Rule struct {
	Period
	Source string
}

func (r Rule) rule() Rule { return r }

// holding are the values that hold at a moment, in the order of the file.
func holding[V interface{ rule() Rule }](all []V, at time.Time) []V {
	if !slices.ContainsFunc(all, func(v V) bool { return !v.rule().Holds(at) }) {
		return all[:len(all):len(all)] // nearly always; whoever appends to it gets a copy
	}
	var now []V
	for _, v := range all {
		if v.rule().Holds(at) {
			now = append(now, v)
		}
	}
	return now
}

// latest finds the value of an id whose period began last: ids are unique at
// any one day but may come back with another meaning.
func latest[V interface {
	rule() Rule
	id() string
}](all []V, id string) (V, bool) {
	var best V
	found := false
	for _, v := range all {
		if v.id() == id && (!found || v.rule().From.After(best.rule().From)) {
			best, found = v, true
		}
	}
	return best, found
}
