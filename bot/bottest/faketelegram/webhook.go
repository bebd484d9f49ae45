package faketelegram

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"
)

type webhook struct {
	url, secret string
	allowed     []string // also what getUpdates asked for last
	slots       chan struct{}
	lastError   string
	lastErrorAt time.Time
}

var secretShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// setWebhook takes http addresses too, which Telegram does not.
func (s *Server) setWebhook(q *request) (any, error) {
	u, err := url.Parse(q.params["url"])
	if err != nil || u.Host == "" && q.params["url"] != "" {
		return nil, bad("bad webhook: invalid URL")
	}
	if secret, ok := q.params["secret_token"]; ok && !secretShape.MatchString(secret) {
		return nil, bad("secret token contains unallowed characters")
	}
	connections, err := q.number("max_connections", 40, 1, 100)
	if err != nil {
		return nil, err
	}
	if s.o.Connections > 0 {
		connections = int64(s.o.Connections)
	}
	allowed, err := q.list("allowed_updates")
	if err != nil {
		return nil, err
	}
	s.drop(q)
	s.hook = webhook{url: q.params["url"], secret: q.params["secret_token"], allowed: allowed, slots: make(chan struct{}, connections)}
	s.polls++ // ends a poll under way
	s.pollWake.wake()
	for key, l := range s.lanes {
		s.start(key, l)
	}
	return true, nil
}

func (s *Server) deleteWebhook(q *request) (any, error) {
	s.drop(q)
	s.hook = webhook{allowed: s.hook.allowed}
	return true, nil
}

func (s *Server) drop(q *request) {
	if q.params["drop_pending_updates"] == "true" {
		s.forget(s.nextUpdate + 1)
	}
}

func (s *Server) getWebhookInfo(*request) (any, error) {
	info := map[string]any{
		"url": s.hook.url, "has_custom_certificate": false, "pending_update_count": s.pending,
		"max_connections": cap(s.hook.slots), "allowed_updates": slices.Clone(s.hook.allowed),
	}
	if s.hook.lastError != "" {
		info["last_error_message"] = s.hook.lastError
		info["last_error_date"] = s.hook.lastErrorAt.Unix()
	}
	return info, nil
}

// start delivers a lane to the webhook, if there is one and something to do.
func (s *Server) start(key laneKey, l *lane) {
	if s.hook.url == "" || l.running || len(l.queue) == 0 || s.closed.Err() != nil {
		return
	}
	l.running = true
	s.work.Go(func() { s.drive(key, l) })
}

// drive delivers the updates of a lane one after another, each until it is
// acknowledged.
func (s *Server) drive(key laneKey, l *lane) {
	for {
		s.mu.Lock()
		if s.hook.url == "" || len(l.queue) == 0 || s.closed.Err() != nil {
			l.running = false
			if len(l.queue) == 0 {
				delete(s.lanes, key)
			}
			s.mu.Unlock()
			return
		}
		u, hook := l.queue[0], s.hook
		s.mu.Unlock()

		pause, err := s.deliver(hook, u)
		s.mu.Lock()
		if err == nil {
			// The queue may have been dropped meanwhile.
			if len(l.queue) > 0 && l.queue[0].id == u.id {
				l.queue = l.queue[1:]
				s.pending--
			}
		} else {
			s.hook.lastError, s.hook.lastErrorAt = err.Error(), now()
		}
		s.idle.wake()
		s.mu.Unlock()
		if err != nil {
			if s.o.LongestPause > 0 {
				pause = min(pause, s.o.LongestPause)
			}
			s.sleep(s.closed, pause)
		}
	}
}

// deliver posts one update. An error tells how long to wait before the next
// try.
func (s *Server) deliver(hook webhook, u pushed) (time.Duration, error) {
	select {
	case hook.slots <- struct{}{}:
		defer func() { <-hook.slots }()
	case <-s.closed.Done():
		return 0, s.closed.Err()
	}
	req, err := http.NewRequestWithContext(s.closed, http.MethodPost, hook.url, bytes.NewReader(u.body))
	if err != nil {
		return time.Second, err
	}
	req.Header.Set("Content-Type", "application/json")
	if hook.secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", hook.secret)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return time.Second, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, largestRequest))
	if err != nil {
		return time.Second, err
	}
	if resp.StatusCode/100 != 2 {
		pause := time.Second
		if n, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
			pause = time.Duration(n) * time.Second
		}
		return pause, errors.New("Wrong response from the webhook: " + resp.Status)
	}
	if len(bytes.TrimSpace(body)) > 0 {
		s.obey(resp.Header.Get("Content-Type"), body)
	}
	return 0, nil
}

// obey makes the request that came as the answer to an update. As with
// Telegram nobody learns how it went, but Violations shows what was wrong.
func (s *Server) obey(contentType string, body []byte) {
	q := &request{params: map[string]string{}, answer: true}
	if contentType != "application/json" {
		s.refuse(nil, "webhook answer", bad("content type %q", contentType))
		return
	}
	if err := q.fromJSON(body); err != nil {
		s.refuse(nil, "webhook answer", err)
		return
	}
	q.method = q.params["method"]
	delete(q.params, "method")
	s.count(q.method)
	if _, err := s.run(q); err != nil {
		s.refuse(nil, "webhook answer "+q.method, err)
	}
}
