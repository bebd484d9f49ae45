package conversations

import (
	"ocopbot/conversations/understand"
)

// doubt asks back when a guess is not certain.
func doubt() *Flow {
	return &Flow{ID: doubtFlow, Version: 1, Steps: []*Step{{
		ID: "ask",
		Ask: func(t *T) (string, map[string]any) {
			return "doubt.ask", dataOf("wish", t.Text("wish."+t.Get("intent"), nil))
		},
		Choices: yesNo,
		Answer: func(t *T, v string) error {
			g := understand.Guess{Intent: understand.Intent(t.Get("intent")), Arg: t.Get("arg")}
			t.close()
			if v == "yes" {
				return t.wish(g)
			}
			t.Tell("doubt.sorry")
			return nil
		},
	}}}
}
