package sms

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"ocopbot/bot"
)

// Spool is an Inbox that keeps messages in a file while the other inbox is
// out of reach, and hands them on, in order, once it is back. The file
// belongs to one process.
type Spool struct {
	Inbox
	path string
	most int64 // bytes
	log  *slog.Logger

	mu      sync.RWMutex
	waiting int // lines in the file
	size    int64
	from    map[bot.Address]int // how many of them are whose
}

// mostOfOne is how many messages of one person wait in the file. More is no
// person's, and must not take the room of the others.
const mostOfOne = 30

// ErrSpoolFull is a message that cannot be kept: the gateway has to keep it.
var ErrSpoolFull = errors.New("sms: the spool is full")

const (
	keepWithin  = 2 * time.Second // for the other inbox to answer; gateways wait 10 s and more
	longestLine = 1 << 20
)

// NewSpool makes an inbox over another one with a file of at most most bytes.
// What a process that died left in the file is handed on first.
func NewSpool(inbox Inbox, path string, most int64, log *slog.Logger) (*Spool, error) {
	s := &Spool{Inbox: inbox, path: path, most: most, log: log}
	kept, err := s.read()
	if err != nil {
		return nil, err
	}
	s.waiting = len(kept)
	s.count(kept)
	if len(kept) > 0 {
		return s, s.rewrite(kept) // without half a line a crash left
	}
	return s, nil
}

// Waiting counts the messages in the file.
func (s *Spool) Waiting() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.waiting
}

// Keep stores a message in the other inbox, or else in the file.
func (s *Spool) Keep(ctx context.Context, in bot.Incoming) error {
	kept, err := s.keepThere(ctx, in)
	if kept {
		return nil
	}
	if err != nil {
		s.log.Warn("sms: the inbox is out of reach; messages go to the spool", "error", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.append(in)
}

// keepThere stores a message in the other inbox, unless it would overtake
// what is in the file.
func (s *Spool) keepThere(ctx context.Context, in bot.Incoming) (kept bool, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.waiting > 0 {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, keepWithin)
	defer cancel()
	err = s.Inbox.Keep(ctx, in)
	return err == nil, err
}

// Lately is not known while messages are in the file.
func (s *Spool) Lately(ctx context.Context, in bot.Incoming, rounds int) (Lately, error) {
	if s.Waiting() > 0 {
		return Lately{}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, keepWithin)
	defer cancel()
	return s.Inbox.Lately(ctx, in, rounds)
}

func (s *Spool) count(kept []bot.Incoming) {
	s.from = map[bot.Address]int{}
	for _, in := range kept {
		s.from[in.From]++
	}
}

// append writes a line and waits until it is on disk.
func (s *Spool) append(in bot.Incoming) (err error) {
	if s.from[in.From] >= mostOfOne {
		return nil
	}
	line, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("sms: spool: %w", err)
	}
	line = append(line, '\n')
	if s.size+int64(len(line)) > s.most {
		return ErrSpoolFull
	}
	f, err := os.OpenFile(s.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("sms: spool: %w", err)
	}
	_, err = f.Write(line)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		// Half a line would spoil the next one.
		return errors.Join(fmt.Errorf("sms: spool: %w", err), s.truncate())
	}
	s.size += int64(len(line))
	s.waiting++
	s.from[in.From]++
	return nil
}

func (s *Spool) truncate() error {
	err := os.Truncate(s.path, s.size)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Claim hands on what is in the file, and then takes from the other inbox.
func (s *Spool) Claim(ctx context.Context, now time.Time, lease time.Duration, people int) ([]bot.Incoming, error) {
	if err := s.drain(ctx); err != nil {
		return nil, err
	}
	return s.Inbox.Claim(ctx, now, lease, people)
}

// drain empties the file. Stopped in the middle it begins again, and what was
// handed on before is known by its id.
func (s *Spool) drain(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting == 0 {
		return nil
	}
	kept, err := s.read()
	if err != nil {
		return err
	}
	for i, in := range kept {
		if err := s.Inbox.Keep(ctx, in); err != nil {
			if i > 0 {
				err = errors.Join(err, s.rewrite(kept[i:]))
			}
			return err
		}
	}
	s.log.Info("sms: the spool is handed on", "messages", len(kept))
	return s.rewrite(nil)
}

// rewrite replaces the file at once.
func (s *Spool) rewrite(kept []bot.Incoming) error {
	var b bytes.Buffer
	for _, in := range kept {
		line, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("sms: spool: %w", err)
		}
		b.Write(append(line, '\n'))
	}
	next := s.path + ".next"
	f, err := os.OpenFile(next, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("sms: spool: %w", err)
	}
	_, err = f.Write(b.Bytes())
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(next, s.path)
	}
	if err != nil {
		return fmt.Errorf("sms: spool: %w", err)
	}
	s.waiting, s.size = len(kept), int64(b.Len())
	s.count(kept)
	return nil
}

// read gives the messages in the file. A last line without its end was never
// acknowledged.
func (s *Spool) read() (kept []bot.Incoming, err error) {
	f, err := os.Open(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("sms: spool: %w", err)
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	r := bufio.NewReader(io.LimitReader(f, s.most+longestLine))
	for {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return kept, nil
		}
		if err != nil {
			return nil, fmt.Errorf("sms: spool: %w", err)
		}
		var in bot.Incoming
		if err := json.Unmarshal(line, &in); err != nil {
			s.log.Error("sms: a line of the spool is damaged and left out")
			continue
		}
		kept = append(kept, in)
	}
}
