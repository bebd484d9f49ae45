// Package bottest plays stories: transcripts of dialogs, kept as text that an
// officer of the programme can read and correct. Each is played over every
// channel, through the channel itself (bytes in and out) and a real store,
// and what the bot said and stored is compared with what the file says.
//
// It holds no expectation of its own and mocks no store. A story is a file of
// lines:
//
//	# a comment
//	programme: lang-son-2025     another programme than the default
//	channels: telegram sms       only these channels can play it
//	no sms: it is about photos   why it cannot be told by SMS, where it is not
//	brandname: OCOPLANGSON       SMS may advertise, by this name: "(gsm 2 OCOPLANGSON)"
//	= person an                  an takes the phone
//	> mật ong hoa rừng           an says so
//	> [Gửi phiếu]                an chooses: a tap, or the number of the choice
//	> (photo) > (contact 0912…)  an sends something else
//	> (file ke-hoach.pdf)        … or a document; one named gia-… is no such thing
//	< Phiếu số: LS26-0001        the bot answers; its choices stand last
//	< [Về menu] [Hướng dẫn]
//	binh < Cán bộ hỏi …          somebody who is not at the phone is told something
//	! idea LS26-0001 …           what is stored
//	@ 2026-06-18 08:00           the clock moves, and what is due is delivered
//	$ officer invite --unit 187 --role district --name Lý Văn Páo
//	sms > bổ sung                by SMS this is said instead of the next input
//
// A code that was made, by an invitation or in an answer, is written {code}.
//
// # How to write a story that runs on every channel
//
// The answers in the file are those of Telegram; the terminal must give the
// same. By SMS everything is said shorter, and a form is sent after four
// answers, so that the same inputs give a transcript of their own: it lies
// under the same name in the folder sms beside the story, is written by
// -update, and pins the alphabet and the number of messages of every answer:
// "(gsm 2)". Read it as one reads a keypad phone. Nothing needs to be done
// for it as long as the inputs make sense there too:
//
//   - A choice in brackets is named as on a screen. By SMS its short form is
//     looked for, on later pages too ("9. Xem tiếp"), and its number is sent.
//
//   - Once a form got its number, what the story says up to "> [Gửi phiếu]"
//     is passed over: it was asked for on a screen only.
//
//   - Where a sender has to show who they are, they do: an officer by a PIN,
//     which they choose when they come by a code, anybody else by the number
//     that is sent to them.
//
//   - A link with a code, "> /start {code}", is the code, typed.
//
//   - What cannot be said by SMS is written in front of the input, one line
//     for each message; "sms >" alone says nothing at all:
//
//     sms > TC LS26-0001
//     sms > 1
//     > [Trả lời]                  a notice by SMS has no buttons
//     sms >
//     > (photo)
//
//   - A photo, a sticker or an old button does not exist by SMS and is such a
//     line; a shared contact is the number, typed.
//
// A story of SMS alone says "channels: sms", and its answers stand in it. One of
// people with two phones says "channels: telegram+sms": "= person an" is at
// Telegram, "= person ansms" at the keypad phone.
package bottest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// The channels a story is played over. The first one's answers are written
// into the file by -update; the others must agree. OnSMS asks less and says it
// shorter, so that its answers lie in a file of their own.
const (
	OnTelegram = "telegram"
	OnTerminal = "terminal"
	OnSMS      = "sms"
	OnBoth     = "telegram+sms" // at once
)

// Channels are those a story is played on that names none.
var Channels = []string{OnTelegram, OnTerminal, OnSMS}

// DefaultProgramme is the programme of a story that names none.
const DefaultProgramme = "lang-son-2021"

// Story is one transcript.
type Story struct {
	Name      string // of the file, without its ending
	Programme string
	Channels  []string
	NoSMS     string // why it is not told by SMS; empty where it is
	Brandname string // by which SMS may advertise; empty: by none
	Lines     []Line
	// passes: what is asked for on a screen only is passed over.
	passes bool
}

// Line is one line of a story. Answers are not among what is played: they are
// compared.
type Line struct {
	Number int
	Kind   LineKind
	Text   string // without the sign
	Raw    string
}

// LineKind is what a line is.
type LineKind byte

// The kinds of lines, by the sign each begins with.
const (
	Prose   LineKind = '#' // comments, blank lines, headings
	Person  LineKind = '='
	Input   LineKind = '>'
	Output  LineKind = '<'
	Record  LineKind = '!'
	Clock   LineKind = '@'
	Command LineKind = '$'
	Instead LineKind = 's' // an input that takes the place of the next one by SMS
)

const (
	insteadMark   = "sms >"
	noSMSMark     = "no sms: "
	brandnameMark = "brandname: "
)

// ErrStory is a file that is no story.
var ErrStory = errors.New("bottest: not a story")

var toldOther = regexp.MustCompile(`^[a-z]+ <( |$)`)

// ReadStory reads a file.
func ReadStory(path string) (*Story, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("bottest: %w", err)
	}
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	return ParseStory(name, string(b))
}

// ParseStory reads a story's text.
func ParseStory(name, text string) (*Story, error) {
	s := &Story{Name: name, Programme: DefaultProgramme, Channels: Channels}
	for n, raw := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		l := Line{Number: n + 1, Kind: Prose, Raw: raw}
		switch {
		case strings.TrimSpace(raw) == "" || raw[0] == '#':
		case toldOther.MatchString(raw):
			l.Kind = Output
		case strings.HasPrefix(raw, "programme: "):
			s.Programme = strings.TrimSpace(raw[len("programme: "):])
		case strings.HasPrefix(raw, "channels: "):
			s.Channels = strings.Fields(raw[len("channels: "):])
			for _, c := range s.Channels {
				if !slices.Contains(append(Channels, OnBoth), c) {
					return nil, fmt.Errorf("%w: %s:%d: no channel %q", ErrStory, name, l.Number, c)
				}
			}
		case strings.HasPrefix(raw, noSMSMark):
			s.NoSMS = strings.TrimSpace(raw[len(noSMSMark):])
		case strings.HasPrefix(raw, brandnameMark):
			s.Brandname = strings.TrimSpace(raw[len(brandnameMark):])
		case raw == insteadMark || strings.HasPrefix(raw, insteadMark+" "):
			l.Kind = Instead
			l.Text = strings.TrimSpace(raw[len(insteadMark):])
		case strings.IndexByte("=><!@$", raw[0]) >= 0 && (len(raw) == 1 || raw[1] == ' '):
			l.Kind = LineKind(raw[0])
			l.Text = strings.TrimSpace(raw[1:])
		default:
			return nil, fmt.Errorf("%w: %s:%d: a line begins with one of # = > < ! @ $", ErrStory, name, l.Number)
		}
		s.Lines = append(s.Lines, l)
	}
	return s, nil
}

// BySMS is the story as it is told by SMS: with the inputs that are made there.
func (s *Story) BySMS() *Story {
	told := &Story{Name: s.Name, Programme: s.Programme, Brandname: s.Brandname, Channels: []string{OnSMS}, passes: true}
	var instead []Line
	for _, l := range s.Lines {
		switch {
		case l.Kind == Instead:
			instead = append(instead, l)
			continue
		case strings.HasPrefix(l.Raw, "channels: "):
			continue
		case l.Kind == Input && len(instead) == 0:
			if code, linked := strings.CutPrefix(l.Text, "/start "); linked {
				l.Text, l.Raw = code, "> "+code
			}
			told.Lines = append(told.Lines, l)
			continue
		case l.Kind != Input:
			told.Lines = append(told.Lines, l)
			continue
		}
		for _, i := range instead {
			if i.Text != "" {
				told.Lines = append(told.Lines, Line{Number: i.Number, Kind: Input, Text: i.Text, Raw: "> " + i.Text})
			}
		}
		instead = nil
	}
	return told
}

// Text is the story as its file has it.
func (s *Story) Text() string {
	var b strings.Builder
	for _, l := range s.Lines {
		b.WriteString(l.Raw)
		b.WriteByte('\n')
	}
	return b.String()
}
