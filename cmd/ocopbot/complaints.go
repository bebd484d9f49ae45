package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

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
