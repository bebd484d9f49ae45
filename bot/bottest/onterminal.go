package bottest

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/terminal"
)

// terminalPhone is the phone in the terminal, with a reader and a writer.
type terminalPhone struct {
	ch      *terminal.Channel
	in      *io.PipeWriter
	done    chan error
	who     string
	picture string
	last    map[string][]string // choices shown last

	mu    sync.Mutex
	shown map[string][]message
}

func newTerminalPhone(ctx context.Context, h func(bot.Caps) bot.Handler, now func() time.Time, picture string) *terminalPhone {
	r, w := io.Pipe()
	p := &terminalPhone{in: w, picture: picture, done: make(chan error, 1), last: map[string][]string{}, shown: map[string][]message{}}
	p.ch = terminal.New(r, p, "", now)
	p.ch.Keep(filepath.Dir(picture))
	caps := p.ch.Caps()
	// Telegram's is the wording of the files. What differs by where a channel
	// keeps its data is one sentence, which telegram's stories pin.
	caps.Abroad = true
	go func() {
		err := p.ch.Receive(ctx, h(caps))
		r.CloseWithError(io.EOF)
		p.done <- err
	}()
	return p
}

func (p *terminalPhone) channels() []bot.Channel { return []bot.Channel{p.ch} }

func (p *terminalPhone) address(who string) bot.Address { return bot.NewAddress(terminal.Name, who) }

// Write takes one message that the terminal shows.
func (p *terminalPhone) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	who, m := p.who, string(b)
	if found := forOther.FindStringSubmatch(m); found != nil {
		who, m = found[1], m[len(found[0]):]
	}
	p.shown[who] = append(p.shown[who], readShown(m))
	return len(b), nil
}

var (
	forOther   = regexp.MustCompile(`^\[([a-z]+)\]\n`)
	shownLabel = regexp.MustCompile(`^  \d+\. (.*)$`)
	shownFile  = regexp.MustCompile(`^\[(.+), \d+ bytes: (.+)\]$`)
)

// readShown reads back what the terminal showed: text, choices, a file.
func readShown(s string) message {
	var m message
	var text []string
	ls := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for _, l := range ls {
		if found := shownLabel.FindStringSubmatch(l); found != nil {
			m.choices = append(m.choices, found[1])
			continue
		}
		if found := shownFile.FindStringSubmatch(l); found != nil {
			m.file = found[1]
			m.data, _ = os.ReadFile(found[2]) // what is not there holds nothing that a story asks for
			break
		}
		text = append(text, l)
	}
	m.text = strings.TrimSpace(strings.Join(text, "\n"))
	return m
}

func (p *terminalPhone) says(ctx context.Context, who, text string) error {
	if p.who != who {
		p.mu.Lock()
		p.who = who
		p.mu.Unlock()
		if err := p.types(ctx, "/as "+who); err != nil {
			return err
		}
	}
	return p.types(ctx, text)
}

// types writes a line and waits until it was handled. The terminal hands on
// one line at a time and reads one ahead, so that the second empty line is
// taken only when the first line is done with.
func (p *terminalPhone) types(ctx context.Context, line string) error {
	written := make(chan error, 1)
	go func() {
		for _, l := range []string{line, "", ""} {
			if _, err := io.WriteString(p.in, l+"\n"); err != nil {
				written <- fmt.Errorf("bottest: the terminal hung up: %w", err)
				return
			}
		}
		written <- nil
	}()
	select {
	case err := <-written:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *terminalPhone) chooses(ctx context.Context, who, label string) error {
	i := slices.Index(p.last[who], label)
	if i < 0 {
		return fmt.Errorf("%w: [%s] among %q", errNoChoice, label, p.last[who])
	}
	return p.says(ctx, who, strconv.Itoa(i+1))
}

func (p *terminalPhone) sends(ctx context.Context, who string, g gesture) error {
	switch g.kind {
	case "photo":
		if g.arg == "" {
			return p.says(ctx, who, "/photo "+p.picture)
		}
	case "file":
		path := filepath.Join(filepath.Dir(p.picture), g.arg)
		if err := os.WriteFile(path, fileNamed(g.arg), 0o600); err != nil {
			return fmt.Errorf("bottest: %w", err)
		}
		return p.says(ctx, who, "/file "+path)
	case "contact":
		return p.says(ctx, who, "/contact "+g.arg)
	}
	return fmt.Errorf("%w: (%s %s)", errGesture, g.kind, g.arg)
}

func (p *terminalPhone) heard(who string) []message {
	p.mu.Lock()
	defer p.mu.Unlock()
	ms := p.shown[who]
	delete(p.shown, who)
	for _, m := range ms {
		p.last[who] = m.choices
	}
	return ms
}

func (p *terminalPhone) complaints() []string { return nil }

func (p *terminalPhone) close() {
	p.in.Close()
	<-p.done
}
