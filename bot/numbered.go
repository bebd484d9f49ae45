package bot

import (
	"strconv"
	"strings"
)

// Numbered is a message as phones without buttons show it: the text, a line
// for each choice with its number, and the way to the next page if there is
// one.
func (m Message) Numbered() string {
	lines := make([]string, 0, len(m.Choices)+2)
	if m.Text != "" {
		lines = append(lines, m.Text)
	}
	for i, c := range m.Choices {
		lines = append(lines, strconv.Itoa(m.First+i+1)+". "+c.Label)
	}
	if m.More != "" {
		lines = append(lines, strconv.Itoa(m.MoreKey)+". "+m.More)
	}
	return strings.Join(lines, "\n")
}
