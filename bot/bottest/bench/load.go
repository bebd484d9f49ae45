package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The dialog: a new person for each, the last message commits.
var dialog = []string{
	"đăng ký ý tưởng sản phẩm", "đồng ý", "Hoàng Thị Mai", "Mật ong hoa rừng",
	"Quốc Khánh", "0912 345 678", "gửi luôn", "gửi",
}

const messagesPerDialog = 8

// A part of the dialog to measure.
const (
	formFilling       = messagesPerDialog - 1
	wholeRegistration = messagesPerDialog
)

const answerLimit = 30 * time.Second

// firstPerson is below the ids of all people, so that they have as many
// digits as real ones.
const firstPerson = 1_000_000

// ids of people and updates never repeat within a run.
var people, updates atomic.Int64

// load posts dialogs and times the answers.
type load struct {
	addr, path, secret string
	api                *botAPI // nil: every answer comes in the response
	messages           int     // of each dialog

	mu      sync.Mutex
	samples []time.Duration
	failed  atomic.Pointer[error]
}

// run has so many people talk at once until ctx ends; it returns how many
// messages were answered after the warm-up, and in what time.
func (l *load) run(ctx context.Context, atOnce int, warm, each time.Duration) (rate float64, err error) {
	ctx, cancel := context.WithTimeout(ctx, warm+each)
	defer cancel()
	start := time.Now().Add(warm)
	var wg sync.WaitGroup
	for range atOnce {
		wg.Go(func() {
			if err := l.person(ctx, start); err != nil {
				l.failed.Store(&err)
				cancel()
			}
		})
	}
	wg.Wait()
	if e := l.failed.Load(); e != nil {
		return 0, *e
	}
	slices.Sort(l.samples)
	return float64(len(l.samples)) / time.Since(start).Seconds(), nil
}

// person keeps one connection and holds one dialog after another.
func (l *load) person(ctx context.Context, start time.Time) error {
	conn, err := net.Dial("tcp", l.addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 8<<10)
	var mine []time.Duration
	defer func() {
		l.mu.Lock()
		l.samples = append(l.samples, mine...)
		l.mu.Unlock()
	}()
	for ctx.Err() == nil {
		chat := firstPerson + people.Add(1)
		for _, text := range dialog[:l.messages] {
			if ctx.Err() != nil {
				return nil
			}
			took, err := l.say(conn, in, chat, text)
			if err != nil {
				return fmt.Errorf("%q: %w", text, err)
			}
			if time.Now().After(start) {
				mine = append(mine, took)
			}
		}
	}
	return nil
}

// say posts one text and waits for its answer, in the response or by a call.
func (l *load) say(conn net.Conn, in *bufio.Reader, chat int64, text string) (time.Duration, error) {
	var called chan struct{}
	if l.api != nil {
		called = l.api.expect(chat)
		defer l.api.forget(chat)
	}
	body := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,"first_name":"Mai","language_code":"vi"},"chat":{"id":%d,"first_name":"Mai","type":"private"},"date":%d,"text":%q}}`,
		updates.Add(1), updates.Load(), chat, chat, time.Now().Unix(), text)
	start := time.Now()
	if err := conn.SetDeadline(start.Add(answerLimit)); err != nil {
		return 0, err
	}
	if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nX-Telegram-Bot-Api-Secret-Token: %s\r\nContent-Length: %d\r\n\r\n%s", l.path, l.secret, len(body), body); err != nil {
		return 0, err
	}
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		return 0, err
	}
	answer, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return 0, err
	}
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("status %d: %s", resp.StatusCode, answer)
	}
	if strings.Contains(string(answer), `sendMessage`) {
		return time.Since(start), nil
	}
	if called == nil {
		return 0, fmt.Errorf("no answer in the response: %q", answer)
	}
	select {
	case <-called:
		return time.Since(start), nil
	case <-time.After(answerLimit):
		return 0, fmt.Errorf("no answer within %s", answerLimit)
	}
}

// at is the sample below which so many of a hundred lie.
func (l *load) at(percent int) time.Duration {
	if len(l.samples) == 0 {
		return 0
	}
	return l.samples[min(len(l.samples)*percent/100, len(l.samples)-1)]
}
