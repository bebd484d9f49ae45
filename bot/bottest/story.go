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
//	channels: telegram           only these channels can play it
//	= person an                  an takes the phone
//	> mật ong hoa rừng           an says so
//	> [Gửi phiếu]                an chooses: a tap, or the number of the choice
//	> (photo) > (contact 0912…)  an sends something else
//	< Phiếu số: LS26-0001        the bot answers; its choices stand last
//	< [Về menu] [Hướng dẫn]
//	binh < Cán bộ hỏi …          somebody who is not at the phone is told something
//	! idea LS26-0001 …           what is stored
//	@ 2026-06-18 08:00           the clock moves, and what is due is delivered
//	$ officer invite --unit 187 --role district --name Lý Văn Páo
//
// A code that was made, by an invitation or in an answer, is written {code}.
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
// into the file by -update; the others must agree.
const (
	OnTelegram = "telegram"
	OnTerminal = "terminal"
	// OnSMS asks less and says it shorter, so that its stories are its own.
	OnSMS = "sms"
)

// Channels are those a story is played on that names none.
var Channels = []string{OnTelegram, OnTerminal}

// DefaultProgramme is the programme of a story that names none.
const DefaultProgramme = "lang-son-2021"

// Story is one transcript.
type Story struct {
	Name      string // of the file, without its ending
	Programme string
	Channels  []string
	Lines     []Line
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
				if c != OnSMS && !slices.Contains(Channels, c) {
					return nil, fmt.Errorf("%w: %s:%d: no channel %q", ErrStory, name, l.Number, c)
				}
			}
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

// Text is the story as its file has it.
func (s *Story) Text() string {
	var b strings.Builder
	for _, l := range s.Lines {
		b.WriteString(l.Raw)
		b.WriteByte('\n')
	}
	return b.String()
}
