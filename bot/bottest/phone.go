package bottest

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"path/filepath"
	"strings"

	"ocopbot/bot"
)

// phone is one channel as the people of a story hold it in their hands.
type phone interface {
	channels() []bot.Channel
	address(who string) bot.Address
	// Each of these returns when the bot is done with what came in.
	says(ctx context.Context, who, text string) error
	chooses(ctx context.Context, who, label string) error
	sends(ctx context.Context, who string, what gesture) error
	// heard is what a person got since it was last called.
	heard(who string) []message
	// complaints are what the channel's provider finds wrong with the bot.
	complaints() []string
	close()
}

// gesture is what a person does beside writing and choosing: "photo", "file",
// "contact", "sticker", "voice", "edit", "old", "again", …
type gesture struct{ kind, arg string }

// message is what was said to a person, in a form that is the same on every
// channel.
type message struct {
	text    string
	choices []string
	file    string // name of the file that came along
	data    []byte // its content
}

var (
	errNoChoice = errors.New("bottest: that was not offered last")
	errGesture  = errors.New("bottest: this channel has no such thing; mark the story with \"channels\"")
)

// fileNamed is what a file of a name holds: "(file ke-hoach.pdf)". One that
// lies holds something else than its name says.
func fileNamed(name string) []byte {
	if strings.HasPrefix(name, "gia-") {
		return []byte("MZ")
	}
	return []byte("%PDF-1.4\n%%EOF\n")
}

func mimeOf(name string) string { return mime.TypeByExtension(filepath.Ext(name)) }

// parseGesture reads "(contact 0912 345 678)".
func parseGesture(text string) (gesture, bool) {
	inner, ok := strings.CutPrefix(text, "(")
	if !ok || !strings.HasSuffix(inner, ")") {
		return gesture{}, false
	}
	kind, arg, _ := strings.Cut(strings.TrimSuffix(inner, ")"), " ")
	return gesture{kind, arg}, true
}

// parseChoice reads "[Gửi phiếu]".
func parseChoice(text string) (string, bool) {
	inner, ok := strings.CutPrefix(text, "[")
	if !ok || !strings.HasSuffix(inner, "]") {
		return "", false
	}
	return strings.TrimSuffix(inner, "]"), true
}

// lines are the lines of an answer as a story has them.
func (m message) lines(mark string) []string {
	var ls []string
	add := func(s string) { ls = append(ls, strings.TrimRight(mark+" "+s, " ")) }
	if m.text != "" || len(m.choices) == 0 && m.file == "" {
		for _, l := range strings.Split(m.text, "\n") {
			add(l)
		}
	}
	if m.file != "" {
		add(fmt.Sprintf("(file %s)", m.file))
	}
	if len(m.choices) > 0 {
		add("[" + strings.Join(m.choices, "] [") + "]")
	}
	return ls
}
