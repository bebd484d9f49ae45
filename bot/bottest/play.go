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
	r, err := newRig(ctx, blank, dir, s, channel)
	if err != nil {
		return "", fmt.Errorf("bottest: %w", err)
	}
	p := &player{rig: r, story: s}
	defer func() { err = errors.Join(err, r.close()) }()
	for i, l := range s.Lines {
		if l.Kind == Input && p.passed(s.Lines[i:]) {
			continue
		}
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
	who    string    // at the phone
	people []string  // in the order they appeared
	code   string    // the last one made
	files  []message // those that came together last
	sent   int       // forms whose sending the last answer tells of
	asked  string    // what it wants to hear to know the sender
}

func (p *player) line(ctx context.Context, l Line) error {
	if l.Kind == Output {
		return nil
	}
	if l.Kind != Record && l.Kind != Input {
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
		return p.input(ctx, l)
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
		p.hearInOrder()
		return nil
	}
	return nil
}

// input is one thing the person at the phone does.
func (p *player) input(ctx context.Context, l Line) error {
	if p.who == "" {
		return fmt.Errorf("%w: nobody is at the phone: begin with = person name", ErrStory)
	}
	text := strings.ReplaceAll(l.Text, codeMark, p.code)
	label, chosen := parseChoice(text)
	if chosen {
		if err := p.turnTo(ctx, label); err != nil {
			return err
		}
	}
	p.print(l.Raw)
	p.sent, p.asked = 0, ""
	p.clock.move()
	var err error
	if chosen {
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
	if p.asked != "" && p.story.passes {
		return p.input(ctx, Line{Number: l.Number, Kind: Input, Text: p.asked, Raw: "> " + p.asked})
	}
	return nil
}

// formSent is what the person is told when a form was sent, and sendsForm how
// they send it on a screen.
var formSent = regexp.MustCompile(`(Phieu so|Form number): `)

var sendsForm = map[string]bool{"[Gửi phiếu]": true, "[Send the form]": true}

// passed tells whether an input is passed over by SMS, where the form has been
// sent: it, or one that follows, is the wish to send it.
func (p *player) passed(lines []Line) bool {
	if !p.story.passes || p.sent == 0 {
		return false
	}
	for _, l := range lines {
		switch {
		case l.Kind == Input && sendsForm[l.Text]:
			if l.Number == lines[0].Number {
				p.sent--
			}
			return true
		case l.Kind != Input && l.Kind != Output && l.Kind != Prose:
			return false
		}
	}
	return false
}

// mostPages is how far a choice is looked for.
const mostPages = 10

// turnTo turns the pages until a choice is among those shown last, on a phone
// that is shown pages.
func (p *player) turnTo(ctx context.Context, label string) error {
	paged, ok := p.phone.(interface {
		shows(who, label string) bool
		nextPage(who string) (key string)
	})
	for n := 0; ok && n < mostPages && !paged.shows(p.who, label); n++ {
		key := paged.nextPage(p.who)
		if key == "" {
			break
		}
		p.print(string(Input) + " " + key)
		if err := p.phone.says(ctx, p.who, key); err != nil {
			return err
		}
		p.hear()
	}
	return nil
}

// betweenMessages stands between two messages of one answer.
const betweenMessages = "< ---"

// hear writes down what everybody was told.
func (p *player) hear() { p.hearBy(nil) }

// hearInOrder does so with the messages of one person in the order of their
// texts: what is due at one moment is delivered in any order.
func (p *player) hearInOrder() {
	p.hearBy(func(a, b message) int { return strings.Compare(a.text, b.text) })
}

func (p *player) hearBy(order func(a, b message) int) {
	var files []message
	for _, who := range p.people {
		mark := "<"
		if who != p.who {
			mark = who + " <"
		}
		all := p.phone.heard(who)
		if order != nil {
			slices.SortStableFunc(all, order)
		}
		for i, m := range all {
			if i > 0 {
				p.print(strings.Replace(betweenMessages, "<", mark, 1))
			}
			if m.file != "" {
				files = append(files, m)
			}
			for _, l := range m.lines(mark) {
				if formSent.MatchString(l) {
					p.sent++
				}
				p.print(p.withoutCode(l))
			}
		}
	}
	if len(files) > 0 {
		p.files = files
	}
}

// storyPIN is the PIN of every officer in a story.
const storyPIN = "2580"

// codeMark stands for a one-time code in a story.
const codeMark = "{code}"

// A code is one of an invitation, or a number that is sent and said back.
var (
	madeCode  = regexp.MustCompile(`\b[2-9A-HJ-NP-Z]{10}\b`)
	sentCode  = regexp.MustCompile(`(Ma cua anh/chi|Ma cua anh/chi la|ma noi so nay voi [A-Za-z ]+|code to link this number to [A-Za-z ]+|Your code): \d{6}`)
	sixDigits = regexp.MustCompile(`\b\d{6}\b`)
	// askedBack is an answer that wants the number back, and askedPIN one that
	// wants the PIN, which may be a new one.
	askedBack = regexp.MustCompile(`^< (Ma cua anh/chi|Your code): `)
	askedPIN  = regexp.MustCompile(`^< (Chon ma PIN|Ma PIN cua anh/chi\?|Please choose a PIN|Please send your PIN)`)
)

// withoutCode puts the mark in the place of a code that was just made, and
// remembers it.
func (p *player) withoutCode(line string) string {
	code := madeCode
	switch {
	case askedPIN.MatchString(line):
		p.asked = storyPIN
	case askedBack.MatchString(line):
		p.asked = codeMark
	}
	if sentCode.MatchString(line) {
		code = sixDigits
	}
	return code.ReplaceAllStringFunc(line, func(code string) string {
		p.code = code
		return codeMark
	})
}

func (p *player) print(line string) {
	p.out.WriteString(line)
	p.out.WriteByte('\n')
}
