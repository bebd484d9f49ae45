package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"ocopbot/bot/ocop"
	"ocopbot/bot/outbox"
	"ocopbot/bot/viet"
	"ocopbot/conversations"
	"ocopbot/storage"
)

// eventFields is a gathering as an operator writes it.
type eventFields struct {
	Code     string `yaml:"code"`
	Kind     string `yaml:"kind"`
	Title    string `yaml:"title"`
	Place    string `yaml:"place"`
	From     string `yaml:"from"`
	To       string `yaml:"to"`
	Deadline string `yaml:"deadline"`
	Seats    whole  `yaml:"seats"`
	Stalls   whole  `yaml:"stalls"`
	Bring    string `yaml:"bring"`
	Contact  string `yaml:"contact"`
	Unit     string `yaml:"unit"`
	Rule     string `yaml:"rule"`
	Select   bool   `yaml:"select"`
	Quotas   string `yaml:"quotas"`
	Picture  string `yaml:"picture"`
}

// eventKeys are the keys of such a one.
var eventKeys = []string{
	"code", "kind", "title", "place", "from", "to", "deadline", "seats", "stalls", "bring", "contact", "unit", "rule", "select", "quotas", "picture",
}

// fileKeys are the chat's fields of a gathering that have another name in a
// file.
var fileKeys = map[string]string{"when": "to"}

// fileEvent is a gathering of a file, and where its keys stand.
type fileEvent struct {
	storage.Gathering
	picture []byte
	lines   map[string]int
}

const mostFileSeats = 1_000_000 // as in the chat: more is a slip

// eventReader reads gatherings.
type eventReader struct {
	complaints
	engine *conversations.Engine
	prog   *ocop.Programme
	now    time.Time
}

// yamlNodes are the gatherings of a YAML file, one or a list of them.
func yamlNodes(data []byte) ([]*yaml.Node, error) {
	if !utf8.Valid(data) && !bytes.HasPrefix(data, []byte{0xFF, 0xFE}) && !bytes.HasPrefix(data, []byte{0xFE, 0xFF}) { // UTF-16
		return nil, errors.New("the text is not UTF-8: save it as UTF-8")
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil || len(root.Content) == 0 {
		return nil, err
	}
	if root.Content[0].Kind == yaml.SequenceNode {
		return root.Content[0].Content, nil
	}
	return root.Content[:1], nil
}

// eventsFrom reads the gatherings of a file, YAML or CSV, or says everything that
// is wrong with it, each with its line.
func eventsFrom(path string, engine *conversations.Engine, prog *ocop.Programme, now time.Time) ([]fileEvent, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	read := yamlNodes
	if strings.EqualFold(filepath.Ext(path), ".csv") {
		read = tableNodes
	}
	nodes, err := read(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	r := eventReader{complaints{path: path}, engine, prog, now}
	var all []fileEvent
	codes := map[string]bool{}
	for _, n := range nodes {
		e := r.read(n)
		if e.Code != "" && codes[e.Code] {
			r.bad("code", "%s stands in this file twice", e.Code)
		}
		codes[e.Code] = true
		all = append(all, e)
	}
	if len(all) == 0 {
		r.badAt(1, "there is no event in it")
	}
	return all, r.err()
}

// read is one gathering.
func (r *eventReader) read(n *yaml.Node) (e fileEvent) {
	r.lines = linesOf(n)
	r.lines[""] = n.Line
	e.lines = r.lines
	if n.Kind != yaml.MappingNode {
		r.badAt(n.Line, "an event needs keys such as code, kind and title")
		return e
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i].Value; !slices.Contains(eventKeys, key) {
			r.badAt(n.Content[i].Line, "%s: there is no such key; there are %s", key, strings.Join(eventKeys, ", "))
		}
	}
	var f eventFields
	if err := n.Decode(&f); err != nil {
		r.badYAML(n.Line, err)
	}
	e.Gathering = r.gathering(f)
	if f.Picture != "" {
		e.picture = r.picture(filepath.Join(filepath.Dir(r.path), f.Picture))
	}
	return e
}

func (r *eventReader) gathering(f eventFields) storage.Gathering {
	g := storage.Gathering{
		Kind: kindNamed(f.Kind), Title: viet.Clean(f.Title), Place: viet.Clean(f.Place), // as if they were typed
		Seats: int(f.Seats), Stalls: int(f.Stalls), Bring: viet.Clean(f.Bring), Contact: viet.Clean(f.Contact),
		Unit: r.holder(f.Unit), Selects: f.Select,
	}
	var ok bool
	if g.Code, ok = r.engine.ParseCode(f.Code); !ok {
		r.missingOr("code", f.Code, "not a code such as HC12, by which people sign up")
	}
	if !slices.Contains(storage.GatheringKinds, g.Kind) {
		r.missingOr("kind", f.Kind, "none of %s", strings.Trim(fmt.Sprint(storage.GatheringKinds), "[]"))
	}
	g.From, g.To, g.Deadline = r.moment("from", f.From), r.day("to", f.To), r.day("deadline", f.Deadline)
	if f.To == "" && !g.From.IsZero() { // one day
		y, m, d := g.From.Date()
		g.To = time.Date(y, m, d, 0, 0, 0, 0, ocop.Local)
	}
	for key, n := range map[string]int{"seats": g.Seats, "stalls": g.Stalls} {
		if n < 0 || n >= mostFileSeats {
			r.bad(key, "0 to %d, not %d", mostFileSeats-1, n)
		}
	}
	if g.Stalls > 0 && !g.Kind.Sells() {
		r.bad("stalls", "only a fair or a conference has stalls")
	}
	var wrong string
	if g.Rule, wrong = r.engine.ParseRule(f.Rule, r.now); wrong != "" {
		r.bad("rule", "%q is neither stars, a product group, a type of producer nor a unit of one meaning", wrong)
	}
	if g.Quotas, wrong = r.engine.ParseQuotas(f.Quotas, r.now); wrong != "" {
		r.bad("quotas", "%q is not a unit, a product group or stars, followed by a number", wrong)
	}
	if f.Quotas != "" && !f.Select {
		r.bad("quotas", "they need select: true")
	}
	return g
}

func (r *eventReader) missingOr(key, value, format string, args ...any) {
	if strings.TrimSpace(value) == "" {
		r.bad(key, "is missing: "+format, args...)
		return
	}
	r.bad(key, "%q is "+format, append([]any{value}, args...)...)
}

// holder is the unit that holds it: the province, unless another is named.
func (r *eventReader) holder(code string) ocop.UnitKey {
	for _, u := range r.prog.Units(r.now) {
		if code == "" && u.Kind == ocop.Province {
			return u.Key
		}
	}
	u, ok := r.prog.UnitAt(code, r.now)
	switch {
	case !ok:
		r.bad("unit", "programme %s has no unit %q today", r.prog.Code, code)
	case slices.Contains([]ocop.UnitKind{ocop.RuralCommune, ocop.Ward, ocop.Town}, u.Kind):
		r.bad("unit", "the province and districts hold events, %s does not", u.Title())
	}
	return u.Key
}

// moment reads "2026-12-12 08:00", or a day alone.
func (r *eventReader) moment(key, text string) time.Time {
	for _, layout := range []string{fileTime, "2/1/2006 15:04"} {
		if at, err := time.ParseInLocation(layout, text, ocop.Local); err == nil {
			return at
		}
	}
	if text == "" {
		r.bad(key, "is missing: the day it begins, such as 2026-12-12 or 2026-12-12 08:00")
		return time.Time{}
	}
	return r.day(key, text)
}

// day reads "2026-12-12" or "5/12/2026"; empty is none.
func (r *eventReader) day(key, text string) time.Time {
	for _, layout := range []string{time.DateOnly, "2/1/2006"} {
		if at, err := time.ParseInLocation(layout, text, ocop.Local); err == nil {
			return at
		}
	}
	switch {
	case text != "":
		r.bad(key, "%q is not a day such as 2026-12-12", text)
	case key == "deadline":
		r.bad(key, "is missing: the last day to sign up, such as 2026-12-05")
	}
	return time.Time{}
}

func (r *eventReader) picture(path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil || len(data) > largestPicture {
		r.bad("picture", "cannot be read, or has more than %d MB", largestPicture>>20)
		return nil
	}
	if data, err = outbox.SmallPicture(data); err != nil {
		r.bad("picture", "%v", err)
		return nil
	}
	return data
}
