// Package fakekannel is a Kannel smsbox for tests: it takes messages as
// Kannel's user guide 1.4.5 describes, checks them, and reports what became
// of them. It sends nothing anywhere.
package fakekannel

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"

	"github.com/warthog618/sms/encoding/gsm7"
)

// Server is a running Kannel.
type Server struct {
	user, password string
	http           *httptest.Server

	mu         sync.Mutex
	sent       map[string][]string // by number, not fetched yet
	reports    map[string][]string // by number: addresses for reports
	refusals   []int
	complaints []string
}

// New starts one.
func New(user, password string) *Server {
	s := &Server{user: user, password: password, sent: map[string][]string{}, reports: map[string][]string{}}
	s.http = httptest.NewServer(http.HandlerFunc(s.sendsms))
	return s
}

// URL is where it listens.
func (s *Server) URL() string { return s.http.URL }

// Close stops it.
func (s *Server) Close() { s.http.Close() }

// Refuse has the next messages answered by these statuses and not taken.
func (s *Server) Refuse(statuses ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals = append(s.refusals, statuses...)
}

// Sent are the texts that went to a number since this was last asked.
func (s *Server) Sent(number string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	texts := s.sent[number]
	delete(s.sent, number)
	return texts
}

// Complaints are what was wrong with requests.
func (s *Server) Complaints() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.complaints
}

// Report tells the bot an event of the last message to a number: 1 delivered,
// 2 failed, 8 taken by the network, 16 refused by it, with what the network's
// centre answered. It gives the status of the bot's answer.
func (s *Server) Report(number string, event int, answer string) (status int, err error) {
	s.mu.Lock()
	all := s.reports[number]
	s.mu.Unlock()
	if len(all) == 0 {
		return 0, fmt.Errorf("fakekannel: nothing was sent to that number")
	}
	resp, err := http.Get(strings.NewReplacer("%d", fmt.Sprint(event), "%A", url.QueryEscape(answer)).Replace(all[len(all)-1]))
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, resp.Body.Close()
}

func (s *Server) sendsms(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	complain := func(format string, args ...any) { s.complaints = append(s.complaints, fmt.Sprintf(format, args...)) }
	q := r.URL.Query()
	if len(s.refusals) > 0 {
		status := s.refusals[0]
		s.refusals = s.refusals[1:]
		w.WriteHeader(status)
		return
	}
	if r.URL.Path != "/cgi-bin/sendsms" || q.Get("username") != s.user || q.Get("password") != s.password {
		complain("%s by %q", r.URL.Path, q.Get("username"))
		http.Error(w, "Authorization failed for sendsms", http.StatusForbidden)
		return
	}
	_, err := gsm7.Encode([]byte(q.Get("text")))
	switch {
	case q.Get("text") == "":
		complain("an empty text")
	case q.Get("coding") == "0" && err != nil:
		complain("a text that is not of the GSM alphabet: %v", err)
	case q.Get("coding") == "2" && err == nil:
		complain("a text that costs twice for nothing: %q", q.Get("text"))
	case q.Get("from") == "":
		complain("a message without a sender, which Kannel refuses")
	case q.Get("charset") != "UTF-8":
		complain("charset %q", q.Get("charset"))
	case !strings.HasPrefix(q.Get("to"), "+84"):
		complain("a number that is not international")
	}
	if u, err := url.Parse(strings.NewReplacer("%d", "1", "%A", "").Replace(q.Get("dlr-url"))); err != nil || u.Host == "" {
		complain("dlr-url %q", q.Get("dlr-url"))
	}
	to := q.Get("to")
	s.sent[to] = append(s.sent[to], q.Get("text"))
	s.reports[to] = append(s.reports[to], q.Get("dlr-url"))
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, "0: Accepted for delivery")
}
