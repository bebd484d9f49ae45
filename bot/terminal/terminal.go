// Package terminal is a phone in the terminal: a channel over a reader and a
// writer, for trying the bot, for teaching and for tests.
//
// It numbers the choices, as a keypad phone would, and holds no dialog of its
// own. Lines that begin with a stroke play the phone: /photo, /file, /contact, /as.
package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/viet"
)

// Name is the channel's part of an address.
const Name = "terminal"

// longestLine is how many bytes one typed line may have.
const longestLine = 64 << 10

// Channel is a phone in the terminal. Several people can share it: each line
// is said by the person at the phone, whom /as changes.
type Channel struct {
	in    io.Reader
	now   func() time.Time
	width func() int // of the screen; nil if nobody looks at one
	files string     // where files are put that come with a message; empty: nowhere

	mu        sync.Mutex
	out       io.Writer
	who       string
	prompting bool // a prompt is the last thing on the screen
	count     int
	told      map[string]bot.Message // by person: the last message nobody asked for, while it is the last
}

// New makes a phone that reads lines from in, said by who, and writes to out.
func New(in io.Reader, out io.Writer, who string, now func() time.Time) *Channel {
	return &Channel{in: in, out: out, who: who, now: now, told: map[string]bot.Message{}}
}

// Caps: numbered choices, no length limit worth naming.
func (c *Channel) Caps() bot.Caps { return bot.Caps{Name: Name, Longest: 4096, Files: true} }

// Keep puts files that come with messages into a folder, which is made when
// the first one comes. It must be called before Receive.
func (c *Channel) Keep(folder string) { c.files = folder }

// Receive reads lines until the input or ctx ends.
func (c *Channel) Receive(ctx context.Context, h bot.Handler) (err error) {
	defer func() { err = errors.Join(err, c.leave()) }()
	lines := make(chan string)
	failed := make(chan error, 1)
	go func() {
		defer close(lines)
		s := bufio.NewScanner(c.in)
		s.Buffer(make([]byte, 4096), longestLine)
		for s.Scan() {
			select {
			case lines <- s.Text():
			case <-ctx.Done():
				return
			}
		}
		failed <- s.Err()
	}()
	for {
		if err := c.prompt(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case line, more := <-lines:
			if !more {
				select {
				case err := <-failed:
					return err
				default:
					return nil
				}
			}
			c.typed()
			if err := c.line(ctx, h, line); err != nil {
				return err
			}
		}
	}
}

// line handles one typed line. An error of the turn is shown, not returned:
// the phone goes on.
func (c *Channel) line(ctx context.Context, h bot.Handler, line string) error {
	in := c.incoming(line)
	if in.Kind == 0 {
		return nil
	}
	if in.Kind == bot.Photo || in.Kind == bot.Document {
		if _, err := os.Stat(in.File.ID); err != nil {
			return c.write("(no such file: " + in.File.ID + ")\n\n")
		}
	}
	r, err := h.Handle(ctx, in)
	if err != nil {
		return c.write("(" + err.Error() + ")\n")
	}
	for _, m := range r.Messages {
		if err := c.show(in.From, m); err != nil {
			return err
		}
	}
	return nil
}

func (c *Channel) incoming(line string) bot.Incoming {
	c.mu.Lock()
	defer c.mu.Unlock()
	command, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
	if command == "/as" && arg != "" {
		c.who = viet.Fold(arg)
		return bot.Incoming{}
	}
	c.count++
	in := bot.Incoming{
		// Unique over restarts of the program: the session remembers the last ids.
		ID:        strconv.FormatInt(c.now().UnixNano(), 36) + "-" + strconv.Itoa(c.count),
		Kind:      bot.Text,
		From:      bot.NewAddress(Name, c.who),
		MessageID: strconv.Itoa(c.count),
		At:        c.now(),
		Text:      viet.Clean(line),
	}
	switch command {
	case "/start":
		in.Text, in.Deeplink = "/start", strings.TrimSpace(arg)
	case "/photo":
		in.Kind, in.Text, in.File = bot.Photo, "", bot.File{ID: arg}
	case "/file":
		in.Kind, in.Text, in.File = bot.Document, "", bot.File{ID: arg, Name: filepath.Base(arg), Size: sizeOf(arg)}
	case "/contact":
		in.Kind, in.Text, in.Phone = bot.Contact, "", arg
	}
	if in.Kind == bot.Text && in.Text == "" {
		return bot.Incoming{}
	}
	// The number of a choice below what nobody asked for is a touch of it: the
	// open question knows nothing of these choices.
	if m := c.told[c.who]; in.Kind == bot.Text {
		if n, err := strconv.Atoi(in.Text); err == nil && n >= 1 && n <= len(m.Choices) {
			in.Kind, in.Text, in.Ref, in.Choice = bot.Tap, "", m.Ref, m.Choices[n-1].ID
		}
	}
	delete(c.told, c.who)
	return in
}

// Send shows a message that nobody at the phone asked for.
func (c *Channel) Send(_ context.Context, to bot.Address, m bot.Message) (string, error) {
	if err := c.show(to, m); err != nil {
		return "", &bot.SendError{Code: bot.Unavailable, Err: err}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told[to.ID()] = m
	return "", nil
}

func sizeOf(path string) int64 {
	if info, err := os.Stat(path); err == nil {
		return info.Size()
	}
	return 0 // that it is not there is said when it is taken
}

// Fetch gives the bytes of a picture or a file said with /photo or /file PATH.
func (c *Channel) Fetch(_ context.Context, id string, limit int64) (data []byte, mime string, err error) {
	f, err := os.Open(id)
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, "", &bot.SendError{Code: bot.Unavailable, Err: err}
	}
	if int64(len(b)) > limit {
		return nil, "", fmt.Errorf("terminal: file of more than %d bytes", limit)
	}
	return b, http.DetectContentType(b), nil
}

func (c *Channel) show(to bot.Address, m bot.Message) error {
	var b strings.Builder
	c.mu.Lock()
	if to.ID() != c.who {
		fmt.Fprintf(&b, "[%s]\n", to.ID())
	}
	c.mu.Unlock()
	b.WriteString(c.fit(m.Text))
	b.WriteByte('\n')
	for i, ch := range m.Choices {
		b.WriteString(c.fit(fmt.Sprintf("  %d. %s\n", i+1, ch.Label)))
	}
	if m.Attached != nil {
		where, err := c.keep(m.Attached)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "[%s, %d bytes%s]\n", m.Attached.Name, len(m.Attached.Data), where)
		if strings.HasPrefix(m.Attached.MIME, "application/json") {
			b.Write(m.Attached.Data)
			b.WriteByte('\n')
		}
	}
	b.WriteByte('\n')
	return c.write(b.String())
}

// keep puts a file where the person at the phone can open it, and says where.
func (c *Channel) keep(a *bot.Attachment) (where string, err error) {
	if c.files == "" {
		return "", nil
	}
	if err := os.MkdirAll(c.files, 0o700); err != nil {
		return "", fmt.Errorf("terminal: %w", err)
	}
	path := filepath.Join(c.files, filepath.Base(a.Name))
	if err := os.WriteFile(path, a.Data, 0o600); err != nil {
		return "", fmt.Errorf("terminal: %w", err)
	}
	return ": " + path, nil
}

// write shows s; a prompt that stood there stands below it again.
func (c *Channel) write(s string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.prompting {
		s = "\n" + s + c.who + "> "
	}
	return c.put(s)
}

// put writes s, all of it at once. c.mu is held.
func (c *Channel) put(s string) error {
	_, err := io.WriteString(c.out, s)
	return err
}
