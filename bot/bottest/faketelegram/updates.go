package faketelegram

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// laneKey names one of the queues in which Telegram delivers one update after
// another: a chat's messages, and its taps.
type laneKey struct {
	chat int64
	taps bool
}

type lane struct {
	queue   []pushed
	running bool // a goroutine is delivering it to the webhook
}

type pushed struct {
	id   int64
	body []byte
}

// optIn are the kinds a bot gets only when it asks for them.
var optIn = []string{"chat_member", "message_reaction", "message_reaction_count"}

// pushLocked brings an update to the bot. It returns the update's id, or 0 when the
// bot did not ask for its kind.

func (s *Server) pushLocked(chat int64, kind string, content any) int64 {
	allowed := s.hook.allowed
	if len(allowed) > 0 && !slices.Contains(allowed, kind) || len(allowed) == 0 && slices.Contains(optIn, kind) {
		return 0
	}
	s.nextUpdate++
	id := s.nextUpdate
	body, err := json.Marshal(map[string]any{"update_id": id, kind: content})
	if err != nil {
		panic(err) // the fake's own maps always encode
	}
	key, u := laneKey{chat, kind == "callback_query"}, pushed{id, body}
	p := s.people[chat]
	p.recent = append(p.recent[max(0, len(p.recent)+1-keptRecent):], recent{u, key})
	s.enqueue(key, u)
	return id
}

// Again delivers an update a second time, as Telegram does when it did not see
// the acknowledgement. It does nothing for an id that is not among the last
// sixteen of p.
func (p *Person) Again(update int64) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	for _, u := range p.recent {
		if u.id == update {
			p.s.enqueue(u.lane, u.pushed)
			return
		}
	}
}

func (s *Server) enqueue(key laneKey, u pushed) {
	l := s.lanes[key]
	if l == nil {
		l = &lane{}
		s.lanes[key] = l
	}
	l.queue = append(l.queue, u)
	s.pending++
	s.start(key, l)
	s.pollWake.wake()
}

// forget drops everything below offset; it is what getUpdates confirms.
func (s *Server) forget(offset int64) {
	for key, l := range s.lanes {
		before := len(l.queue)
		l.queue = slices.DeleteFunc(l.queue, func(u pushed) bool { return u.id < offset })
		s.pending -= before - len(l.queue)
		if len(l.queue) == 0 && !l.running {
			delete(s.lanes, key)
		}
	}
	s.idle.wake()
}

// oldest lists up to limit updates from offset on.
func (s *Server) oldest(offset, limit int64) []pushed {
	var all []pushed
	for _, l := range s.lanes {
		for _, u := range l.queue {
			if u.id >= offset {
				all = append(all, u)
			}
		}
	}
	slices.SortFunc(all, func(a, b pushed) int { return cmp.Compare(a.id, b.id) })
	return all[:min(int64(len(all)), limit)]
}

const (
	conflictHook = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
	conflictPoll = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)

// serveUpdates is getUpdates.
func (s *Server) serveUpdates(w http.ResponseWriter, r *http.Request, q *request) {
	if f := s.nextFault(q); f != nil {
		s.fail(w, r, f)
		return
	}
	err := q.check([]string{"offset", "limit", "timeout", "allowed_updates"})
	offset, err1 := q.number("offset", 0, 0, 1<<40)
	limit, err2 := q.number("limit", 100, 1, 100)
	timeout, err3 := q.number("timeout", 0, 0, 600)
	allowed, err4 := q.list("allowed_updates")
	for _, e := range []error{err, err1, err2, err3, err4} {
		if e != nil {
			s.refuse(w, q.method, e)
			return
		}
	}
	s.mu.Lock()
	if s.hook.url != "" {
		s.mu.Unlock()
		writeError(w, &apiError{code: 409, text: conflictHook})
		return
	}
	s.polls++
	mine := s.polls
	s.pollWake.wake()
	if allowed != nil {
		s.hook.allowed = allowed
	}
	s.forget(offset)
	deadline := time.NewTimer(time.Duration(timeout) * time.Second)
	defer deadline.Stop()
	for waiting := true; waiting; {
		if mine != s.polls {
			s.mu.Unlock()
			writeError(w, &apiError{code: 409, text: conflictPoll})
			return
		}
		if len(s.oldest(offset, 1)) > 0 {
			break
		}
		wake := s.pollWake.wait()
		s.mu.Unlock()
		select {
		case <-wake:
		case <-deadline.C:
			waiting = false
		case <-r.Context().Done():
			waiting = false
		case <-s.closed.Done():
			waiting = false
		}
		s.mu.Lock()
	}
	batch := []json.RawMessage{}
	for _, u := range s.oldest(offset, limit) {
		batch = append(batch, u.body)
	}
	s.mu.Unlock()
	writeResult(w, batch)
}

// Pending counts the updates the bot has not acknowledged.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pending
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
