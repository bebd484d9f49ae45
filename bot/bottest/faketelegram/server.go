// Package faketelegram is a Bot API server for tests and benchmarks. It checks
// every request as strictly as Telegram or more so, remembers what each person
// received, brings what people do to the bot by webhook or by getUpdates, and
// fails as a script tells it to.
//
// It knows private chats only, renders no text formatting, and keeps
// everything in memory. It listens on loopback unless told otherwise.
package faketelegram

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Token is the token of the bot unless Options has another.
const Token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"

// Options of a Server. The zero value is a fast, friendly Telegram.
type Options struct {
	Token    string        // Token if empty
	Username string        // "ocop_test_bot" if empty
	Addr     string        // "127.0.0.1:0" if empty
	Latency  time.Duration // of every method but getUpdates
	Limits   Limits        // none if zero
	// Connections replaces what setWebhook asks for as max_connections, for a
	// benchmark with more people at once than Telegram's hundred.
	Connections int
	// LongestPause shortens the pauses of webhook redelivery, so that a test
	// need not sit them out. 0 keeps them as they are: what Retry-After says,
	// else one second.
	LongestPause time.Duration
}

// Server is a running fake. Its methods may be called from many goroutines.
type Server struct {
	o       Options
	http    *http.Server
	url     string
	client  *http.Client
	methods map[string]method
	closed  context.Context
	close   context.CancelFunc
	work    sync.WaitGroup // listening and webhook deliveries

	mu         sync.Mutex
	people     map[int64]*Person
	lanes      map[laneKey]*lane
	pending    int // updates not yet acknowledged
	idle       signal
	polls      int // getUpdates begun; the last one wins
	pollWake   signal
	hook       webhook
	files      map[string]file
	commands   map[string][]Command
	faults     []*Fault
	healed     signal
	calls      map[string]int
	limited    int
	violations []string
	answered   map[string]bool // callback queries, by id
	bucket     bucket
	nextUpdate int64
	nextID     int64 // of messages, queries and files
}

// New starts a server.
func New(o Options) (*Server, error) {
	if o.Token == "" {
		o.Token = Token
	}
	if o.Username == "" {
		o.Username = "ocop_test_bot"
	}
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("start the fake Telegram: %w", err)
	}
	s := &Server{
		o:          o,
		url:        "http://" + l.Addr().String(),
		client:     &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 1000}},
		methods:    methods(),
		people:     map[int64]*Person{},
		lanes:      map[laneKey]*lane{},
		files:      map[string]file{},
		commands:   map[string][]Command{},
		calls:      map[string]int{},
		answered:   map[string]bool{},
		nextUpdate: 700_000_000,
		nextID:     100,
	}
	s.closed, s.close = context.WithCancel(context.Background())
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	s.work.Go(func() { _ = s.http.Serve(l) }) // always ErrServerClosed, by Close
	return s, nil
}

// URL is the base address, for Options.APIURL of the channel.
func (s *Server) URL() string { return s.url }

// Close stops the server, cuts what hangs and waits for its goroutines.
func (s *Server) Close() {
	s.close()
	s.Heal()
	_ = s.http.Close() // nothing is left to do about a listener that will not close
	s.work.Wait()
	s.client.CloseIdleConnections()
}

// Violations lists the requests that broke a rule of the Bot API. A test that
// expects none should say so at its end.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.violations...)
}

// Calls counts the requests made for a method, failed ones too.
func (s *Server) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

// Limited counts the messages that were refused because of Limits.
func (s *Server) Limited() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limited
}

// Command is an entry of the bot's menu.
type Command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// Commands is the menu set for a language; "" is the one for all others.
func (s *Server) Commands(lang string) []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commands[lang]
}

// ServeHTTP implements http.Handler: /bot<token>/<method> and
// /file/bot<token>/<path>.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, isFile := strings.CutPrefix(r.URL.Path, "/file")
	path, isBot := strings.CutPrefix(path, "/bot")
	token, rest, _ := strings.Cut(path, "/")
	digits, _, shaped := strings.Cut(token, ":")
	if _, err := strconv.ParseInt(digits, 10, 64); err != nil || !shaped || !isBot {
		writeError(w, &apiError{code: 404, text: "Not Found"})
		return
	}
	if token != s.o.Token {
		writeError(w, &apiError{code: 401, text: "Unauthorized"})
		return
	}
	if isFile {
		s.serveFile(w, rest)
		return
	}
	s.serveMethod(w, r, rest)
}

// signal wakes whoever waits for a change. Its methods need the server's lock.
type signal struct{ ch chan struct{} }

func (s *signal) wait() <-chan struct{} {
	if s.ch == nil {
		s.ch = make(chan struct{})
	}
	return s.ch
}

func (s *signal) wake() {
	if s.ch != nil {
		close(s.ch)
		s.ch = nil
	}
}

// sleep waits for d unless the server closes or ctx ends.
func (s *Server) sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-s.closed.Done():
	}
}
