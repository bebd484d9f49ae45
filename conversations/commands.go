package conversations

import (
	"strings"

	"ocopbot/conversations/understand"
)

// Command is an entry of a channel's menu of commands.
type Command struct{ Name, Text string }

// command is what is typed with a stroke: one name in each language.
type command struct {
	vi, en string
	intent understand.Intent
}

var commands = []command{
	{"dangky", "register", understand.RegisterIdea},
	{"tracuu", "status", understand.Status},
	{"hoicho", "events", understand.Events},
	{"bosung", "add", understand.Supplement},
	{"inphieu", "print", understand.Print},
	{"huongdan", "help", understand.Help},
	{"hoiai", "ask", understand.AskWhom},
	{"goilai", "callme", understand.CallMe},
	{"dulieu", "mydata", understand.MyData},
	{"ngonngu", "language", understand.Language},
	{"menu", "menu", understand.Restart},
}

// Commands are the menu of commands in a language.
func (e *Engine) Commands(lang string) []Command {
	var list []Command
	for _, c := range commands {
		name := c.vi
		if lang == "en" {
			name = c.en
		}
		list = append(list, Command{Name: name, Text: e.texts.Text(lang, "", "command."+c.vi, nil)})
	}
	return list
}

// commanded finds the wish of "/tracuu LS26-0001"; what follows is its Arg.
func commanded(text string) (understand.Guess, bool) {
	word, arg, _ := strings.Cut(text, " ")
	name, ok := strings.CutPrefix(word, "/")
	if !ok {
		return understand.Guess{}, false
	}
	for _, c := range commands {
		if name == c.vi || name == c.en {
			return understand.Guess{Intent: c.intent, Score: 1, Whole: true, Arg: strings.TrimSpace(arg)}, true
		}
	}
	return understand.Guess{}, false
}
