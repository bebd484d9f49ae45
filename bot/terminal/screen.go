package terminal

import (
	"strings"
	"unicode/utf8"
)

// Screen makes the phone one that a person looks at: the name of who is at
// the phone prompts for a line, and texts are broken between words to width
// columns, 0 for unknown. It must be called before Receive.
func (c *Channel) Screen(width func() int) { c.width = width }

// prompt shows whose turn it is, on a screen.
func (c *Channel) prompt() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.width == nil {
		return nil
	}
	c.prompting = true
	return c.put(c.who + "> ")
}

// typed notes that the person ended the prompt's line.
func (c *Channel) typed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.prompting = false
}

// leave ends a prompt's line that nobody will type on.
func (c *Channel) leave() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.prompting {
		return nil
	}
	c.prompting = false
	return c.put("\n")
}

// narrow is the least width that is worth breaking lines for.
const narrow = 20

// fit breaks the lines of text for the screen; without one it is left alone.
func (c *Channel) fit(text string) string {
	if c.width == nil {
		return text
	}
	width := c.width()
	if width < narrow {
		return text
	}
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		breakLine(&b, line, width)
	}
	return b.String()
}

// breakLine writes line in pieces of at most width letters, each indented as
// the line is. A word longer than that stays whole.
func breakLine(b *strings.Builder, line string, width int) {
	words := strings.TrimLeft(line, " ")
	indent := line[:len(line)-len(words)]
	column := 0
	for i, word := range strings.Split(words, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
			b.WriteString(indent)
			column = len(indent)
		case column+1+n > width:
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
}
