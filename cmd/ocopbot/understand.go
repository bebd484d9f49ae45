package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"

	"ocopbot/bot/viet"
	"ocopbot/conversations/understand"
)

type understandCmd struct {
	JSON bool `help:"One JSON object a line: text, intent, score."`
}

// Run reads lines and says what each is taken for, and why.
func (c *understandCmd) Run(s streams) error {
	words := understand.New()
	in := bufio.NewScanner(s.in)
	in.Buffer(make([]byte, 4096), 1<<20)
	out := json.NewEncoder(s.out)
	out.SetEscapeHTML(false)
	for in.Scan() {
		g := words.Understand(viet.Clean(in.Text()))
		score := math.Round(g.Score*100) / 100
		if c.JSON {
			line := struct {
				Text   string  `json:"text"`
				Intent string  `json:"intent"`
				Score  float64 `json:"score"`
			}{in.Text(), string(g.Intent.Public()), score}
			if err := out.Encode(line); err != nil {
				return fmt.Errorf("understand: %w", err)
			}
			continue
		}
		if _, err := fmt.Fprintf(s.out, "%-14s %.2f  %s", g.Intent.Public(), score, in.Text()); err != nil {
			return fmt.Errorf("understand: %w", err)
		}
		if g.Why != "" {
			fmt.Fprintf(s.out, "  (%s)", g.Why)
		}
		fmt.Fprintln(s.out)
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("understand: %w", err)
	}
	return nil
}
