package bottest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"ocopbot/bot/ocop"
)

// longestStory bounds the playing of one story on one channel.
const longestStory = 2 * time.Minute

// Play plays a story on one channel and returns the transcript: the story with
// what the bot said and stored this time. Its database is a copy, in dir, of
// the one Blank made.
func Play(ctx context.Context, s *Story, channel, blank, dir string) (transcript string, err error) {
	ctx, cancel := context.WithTimeout(ctx, longestStory)
	defer cancel()
	r, err := newRig(ctx, blank, dir, s.Programme, channel)
	if err != nil {
		return "", fmt.Errorf("bottest: %w", err)
	}
	p := &player{rig: r, story: s}
	defer func() { err = errors.Join(err, r.close()) }()
	for _, l := range s.Lines {
		if err := p.line(ctx, l); err != nil {
			return p.out.String(), fmt.Errorf("%s:%d: %s: %w", s.Name, l.Number, l.Raw, err)
		}
	}
	if wrong := r.phone.complaints(); len(wrong) > 0 {
		return p.out.String(), fmt.Errorf("bottest: %s: %s: %q", s.Name, channel, wrong)
	}
	if r.answers.lost > 0 {
		return p.out.String(), fmt.Errorf("bottest: %s: %d answers could not be sent at once", s.Name, r.answers.lost)
	}
	return p.out.String(), nil
}

// player is a story being played.
type player struct {
	*rig
	story  *Story
	out    strings.Builder
	who    string   // at the phone
	people []string // in the order they appeared
	code   string   // the last one made
	file   []byte   // the last one that came
}

func (p *player) line(ctx context.Context, l Line) error {
	if l.Kind == Output {
		return nil
	}
	if l.Kind != Record {
		p.print(l.Raw)
	}
	switch l.Kind {
	case Person:
		name, ok := strings.CutPrefix(l.Text, "person ")
		if !ok || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") != "" {
			return fmt.Errorf("%w: = person name", ErrStory)
		}
		p.who = name
		if !slices.Contains(p.people, name) {
			p.people = append(p.people, name)
		}
		p.phone.address(name) // people get their ids in the order they appear
		return nil
	case Input:
		return p.input(ctx, strings.ReplaceAll(l.Text, codeMark, p.code))
	case Record:
		got, err := p.record(ctx, l.Text)
		if err != nil {
			return err
		}
		p.print("! " + got)
		return nil
	case Command:
		return p.command(ctx, l.Text)
	case Clock:
		at, err := time.ParseInLocation("2006-01-02 15:04", l.Text, ocop.Local)
		if err != nil {
			return fmt.Errorf("%w: @ 2006-01-02 15:04", ErrStory)
		}
		p.clock.set(at)
		if err := p.deliver(ctx); err != nil {
			return err
		}
		p.hear()
		return nil
	}
	return nil
}

// input is one thing the person at the phone does.
func (p *player) input(ctx context.Context, text string) error {
	if p.who == "" {
		return fmt.Errorf("%w: nobody is at the phone: begin with = person name", ErrStory)
	}
	p.clock.move()
	var err error
	if label, ok := parseChoice(text); ok {
		err = p.phone.chooses(ctx, p.who, label)
	} else if g, ok := parseGesture(text); ok {
		err = p.phone.sends(ctx, p.who, g)
	} else {
		err = p.phone.says(ctx, p.who, text)
	}
	if err != nil {
		return err
	}
	p.hear()
	return nil
}

// betweenMessages stands between two messages of one answer.
const betweenMessages = "< ---"

// hear writes down what everybody was told.
func (p *player) hear() {
	for _, who := range p.people {
		mark := "<"
		if who != p.who {
			mark = who + " <"
		}
		for i, m := range p.phone.heard(who) {
			if i > 0 {
				p.print(strings.Replace(betweenMessages, "<", mark, 1))
			}
			if m.file != "" {
				p.file = m.data
			}
			for _, l := range m.lines(mark) {
				p.print(p.withoutCode(l))
			}
		}
	}
}

// codeMark stands for a one-time code in a story.
const codeMark = "{code}"

var madeCode = regexp.MustCompile(`\b[2-9A-HJ-NP-Z]{10}\b`)

// withoutCode puts the mark in the place of a code that was just made, and
// remembers it.
func (p *player) withoutCode(line string) string {
	return madeCode.ReplaceAllStringFunc(line, func(code string) string {
		p.code = code
		return codeMark
	})
}

func (p *player) print(line string) {
	p.out.WriteString(line)
	p.out.WriteByte('\n')
}
