package ocop

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Problem is one mistake in a programme file.
type Problem struct {
	Line int // 1-based; 0: about the file as a whole
	Text string
}

func (p Problem) String() string { return fmt.Sprintf("line %d: %s", p.Line, p.Text) }

// FileError lists everything that is wrong with a programme file.
type FileError struct {
	Name     string
	Problems []Problem // by line
}

func (e *FileError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return fmt.Sprintf("programme %s: %s", e.Name, strings.Join(lines, "; "))
}

// reader walks a file's nodes and collects what is wrong instead of stopping
// at the first mistake.
type reader struct {
	problems []Problem
	sources  map[string]string
}

func (r *reader) wrong(line int, format string, args ...any) {
	r.problems = append(r.problems, Problem{line, fmt.Sprintf(format, args...)})
}

// fail is the collected problems as an error; nil where there are none.
func (r *reader) fail(name string) error {
	if len(r.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.Line - b.Line })
	return &FileError{Name: name, Problems: r.problems}
}

// object is a mapping whose keys are taken one by one; done reports those
// that nobody took.
type object struct {
	*reader
	line   int
	fields map[string]*yaml.Node
	lines  map[string]int
}

func (r *reader) object(n *yaml.Node) *object {
	o := &object{reader: r, line: n.Line, fields: map[string]*yaml.Node{}, lines: map[string]int{}}
	if n.Kind != yaml.MappingNode {
		r.wrong(n.Line, "expected keys with values")
		return o
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if o.fields[key.Value] != nil {
			r.wrong(key.Line, "%s: given twice", key.Value)
			continue
		}
		o.fields[key.Value], o.lines[key.Value] = n.Content[i+1], key.Line
	}
	return o
}

// resolve follows an alias (*name) to what it stands for.
func resolve(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// done reports the keys that are not known.
func (o *object) done() {
	for key := range o.fields {
		o.wrong(o.lines[key], "%s: unknown key", key)
	}
}

// take gives the value of a key; nil where it is missing or empty.
func (o *object) take(key string) *yaml.Node {
	n := resolve(o.fields[key])
	delete(o.fields, key)
	if n == nil || n.Tag == "!!null" {
		return nil
	}
	return n
}

func (o *object) need(key string) *yaml.Node {
	n := o.take(key)
	if n == nil {
		o.wrong(o.line, "%s: missing", key)
	}
	return n
}

// scalar is a single value as written; empty where n is nil.
func (r *reader) scalar(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode || strings.TrimSpace(n.Value) == "" {
		r.wrong(n.Line, "expected one value")
		return ""
	}
	return n.Value
}

func (o *object) text(key string) string       { return o.scalar(o.need(key)) }
func (o *object) textIf(key string) string     { return o.scalar(o.take(key)) }
func (o *object) both(key string) Text         { return o.bothOf(o.need(key)) }
func (o *object) bothIf(key string) Text       { return o.bothOf(o.take(key)) }
func (o *object) number(key string) int        { return o.numberOf(o.need(key)) }
func (o *object) score(key string) Score       { return o.scoreOf(o.need(key)) }
func (o *object) list(key string) []*yaml.Node { return o.listOf(o.need(key)) }
func (o *object) texts(key string) []string    { return o.textsOf(o.take(key)) }
func (o *object) date(key string) time.Time    { return o.dateOf(o.take(key)) }

// bothOf reads {vi: …, en: …}; the Vietnamese is needed.
func (r *reader) bothOf(n *yaml.Node) Text {
	if n == nil {
		return Text{}
	}
	o := r.object(n)
	t := Text{VI: o.text("vi"), EN: o.text("en")}
	o.done()
	return t
}

func (r *reader) numberOf(n *yaml.Node) int {
	if n == nil {
		return 0
	}
	i, err := strconv.Atoi(n.Value)
	if err != nil || i < 0 {
		r.wrong(n.Line, "%q is not a whole number", n.Value)
		return 0
	}
	return i
}

func (r *reader) scoreOf(n *yaml.Node) Score {
	if n == nil {
		return 0
	}
	s, err := ParseScore(n.Value)
	if err != nil {
		r.wrong(n.Line, "%q is not a score between 0 and 100", n.Value)
	}
	return s
}

func (r *reader) yes(n *yaml.Node) bool {
	switch {
	case n == nil, n.Value == "no", n.Value == "false":
		return false
	case n.Value == "yes", n.Value == "true":
		return true
	}
	r.wrong(n.Line, "%q is neither yes nor no", n.Value)
	return false
}

func (r *reader) listOf(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		r.wrong(n.Line, "expected a list")
		return nil
	}
	items := make([]*yaml.Node, len(n.Content))
	for i, item := range n.Content {
		items[i] = resolve(item)
	}
	return items
}

func (r *reader) textsOf(n *yaml.Node) []string {
	var all []string
	for _, c := range r.listOf(n) {
		all = append(all, r.scalar(c))
	}
	return all
}

func (r *reader) dateOf(n *yaml.Node) time.Time {
	if n == nil {
		return time.Time{}
	}
	t, err := time.ParseInLocation(time.DateOnly, n.Value, Local)
	if err != nil {
		r.wrong(n.Line, "%q is not a date (write 2025-07-01)", n.Value)
	}
	return t
}

// rule reads from, to and source.
func (o *object) rule() Rule {
	rule := Rule{Period: Period{From: o.date("from"), To: o.date("to")}}
	if !rule.To.IsZero() && !rule.From.Before(rule.To) {
		o.wrong(o.line, "to: not later than from")
	}
	if n := o.need("source"); n != nil {
		rule.Source = o.scalar(n)
		if _, ok := o.sources[rule.Source]; !ok && rule.Source != "" {
			o.wrong(n.Line, "source %q is not in sources", rule.Source)
		}
	}
	return rule
}

// blocks reads a section that is a list of blocks {from, to, source, list},
// so that a rule is written once for all that it covers.
func (o *object) blocks(section string, each func(rule Rule, item *yaml.Node)) {
	for _, n := range o.list(section) {
		b := o.object(n)
		rule := b.rule()
		items := b.list("list")
		if len(items) == 0 {
			b.wrong(b.line, "%s: empty list", section)
		}
		b.done()
		for _, item := range items {
			each(rule, item)
		}
	}
}

// unique reports ids that are given twice for the same day.
func unique[V interface {
	rule() Rule
	id() string
}](r *reader, lines []int, all []V) {
	for i, v := range all {
		for _, w := range all[:i] {
			if v.id() == w.id() && v.rule().overlaps(w.rule().Period) {
				r.wrong(lines[i], "%q: given twice for the same days", v.id())
				break
			}
		}
	}
}
