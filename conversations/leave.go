package conversations

import (
	"ocopbot/bot"
)

// leave asks what «hủy» means in the middle of a form: nothing typed is
// thrown away without being told to. The word also refuses advertising (NĐ
// 91/2020/NĐ-CP), so that is offered with it.
func leave() *Flow {
	return &Flow{ID: leaveFlow, Version: 1, Steps: []*Step{{
		ID: "ask",
		Choices: func(t *T) []bot.Choice {
			cs := []bot.Choice{t.choice("on", "leave.on"), t.choice("park", "leave.park"), t.choice("drop", "leave.drop")}
			if t.Get("refusal") != "" {
				cs = append(cs, t.choice("stop", "leave.stop"), t.choice("both", "leave.both"))
			}
			return cs
		},
		Answer: func(t *T, v string) error {
			t.close()
			switch v {
			case "stop":
				return t.open(stopFlow, nil)
			case "both":
				t.Tell("leave.parked")
				t.home()
				return t.open(stopFlow, nil)
			case "park":
				t.Tell("leave.parked")
				t.home()
			case "drop":
				t.close()
				t.Tell("leave.dropped")
			}
			return nil
		},
	}}}
}
