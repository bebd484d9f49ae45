package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// complaints gather what is wrong with a file, each with its line, so that
// whoever wrote it mends all of it at once.
type complaints struct {
	path  string
	lines map[string]int // on which the keys stand; "" is the whole of what they are in
	wrong []complaint
}

type complaint struct {
	line int
	text string
}

func (c *complaints) bad(key, format string, args ...any) {
	line, ok := c.lines[key]
	if !ok { // it is missing
		line = max(1, c.lines[""])
	}
	c.badAt(line, key+": "+format, args...)
}

func (c *complaints) badAt(line int, format string, args ...any) {
	c.wrong = append(c.wrong, complaint{line, fmt.Sprintf(format, args...)})
}

// err is all of it in the order of the file, or nil.
func (c *complaints) err() error {
	slices.SortStableFunc(c.wrong, func(a, b complaint) int { return cmp.Compare(a.line, b.line) })
	var all []error
	for _, w := range c.wrong {
		all = append(all, fmt.Errorf("%s: line %d: %s", c.path, w.line, w.text))
	}
	return errors.Join(all...)
}

var (
	noSuchKey = regexp.MustCompile(`^field (\S+) not found in type`)
	wrongType = regexp.MustCompile("^cannot unmarshal !!\\w+(?: `(.*)`)? into (.+)$")
)

// badYAML says what a decoder has against a file in words that do not need its
// source: "line 7: cannot unmarshal !!seq into string".
func (c *complaints) badYAML(line int, err error) {
	var types *yaml.TypeError
	if !errors.As(err, &types) {
		c.badAt(line, "%v", err)
		return
	}
	for _, text := range types.Errors {
		at := line
		if head, rest, ok := strings.Cut(text, ": "); ok {
			if _, err := fmt.Sscanf(head, "line %d", &at); err == nil {
				text = rest
			}
		}
		if m := noSuchKey.FindStringSubmatch(text); m != nil {
			text = m[1] + ": there is no such key"
		} else if m := wrongType.FindStringSubmatch(text); m != nil {
			text = c.keyAt(at) + wanted(m[2])
			if m[1] != "" {
				text += fmt.Sprintf(", not %q", m[1])
			}
		}
		c.badAt(at, "%s", text)
	}
}

// keyAt is the key on a line, the innermost one; empty where several stand
// beside each other.
func (c *complaints) keyAt(line int) string {
	best := ""
	for key, at := range c.lines {
		if at == line && (len(key) > len(best) || len(key) == len(best) && key < best) {
			best = key
		}
	}
	for key, at := range c.lines {
		if at == line && key != "" && key != best && !strings.HasPrefix(best, key+".") {
			return ""
		}
	}
	if best == "" {
		return ""
	}
	return best + ": "
}

// wanted says what a place of a Go type needs.
func wanted(goType string) string {
	switch {
	case goType == "int":
		return "needs a whole number"
	case goType == "bool":
		return "needs true or false"
	case goType == "string":
		return "needs text"
	case strings.HasPrefix(goType, "[]"):
		return "needs a list"
	}
	return "needs keys, each with a value"
}

// whole is a whole number. YAML alone would take 2.5 for 2.
type whole int

// UnmarshalYAML implements yaml.Unmarshaler.
func (w *whole) UnmarshalYAML(n *yaml.Node) error {
	i, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: cannot unmarshal %s `%s` into int", n.Line, n.ShortTag(), n.Value)}}
	}
	*w = whole(i)
	return nil
}

// linesOf are the lines on which the keys of a file stand: "audience.units".
func linesOf(n *yaml.Node) map[string]int {
	lines := map[string]int{}
	var walk func(n *yaml.Node, prefix string)
	walk = func(n *yaml.Node, prefix string) {
		if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
			walk(n.Content[0], prefix)
		}
		if n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := prefix + n.Content[i].Value
			lines[key] = n.Content[i].Line
			walk(n.Content[i+1], key+".")
		}
	}
	walk(n, "")
	return lines
}
