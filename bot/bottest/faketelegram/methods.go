package faketelegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A method runs with the server's lock held.
type method struct {
	fields []string
	run    func(*Server, *request) (any, error)
}

var sending = []string{"chat_id", "reply_markup", "disable_notification", "protect_content"}

func fields(more ...string) []string { return append(more, sending...) }

// methods is the part of the Bot API the fake has. getUpdates waits and so is
// apart.
func methods() map[string]method {
	return map[string]method{
		"getMe":               {nil, (*Server).getMe},
		"setWebhook":          {[]string{"url", "secret_token", "allowed_updates", "max_connections", "drop_pending_updates"}, (*Server).setWebhook},
		"deleteWebhook":       {[]string{"drop_pending_updates"}, (*Server).deleteWebhook},
		"getWebhookInfo":      {nil, (*Server).getWebhookInfo},
		"sendMessage":         {fields("text", "disable_web_page_preview", "link_preview_options"), (*Server).sendMessage},
		"editMessageText":     {[]string{"chat_id", "message_id", "text", "reply_markup", "disable_web_page_preview"}, (*Server).editMessageText},
		"sendPhoto":           {fields("photo", "caption"), (*Server).sendPhoto},
		"sendDocument":        {fields("document", "caption"), (*Server).sendDocument},
		"sendChatAction":      {[]string{"chat_id", "action"}, (*Server).sendChatAction},
		"answerCallbackQuery": {[]string{"callback_query_id", "text", "show_alert"}, (*Server).answerCallbackQuery},
		"setMyCommands":       {[]string{"commands", "language_code"}, (*Server).setMyCommands},
		"getMyCommands":       {[]string{"language_code"}, (*Server).getMyCommands},
		"getFile":             {[]string{"file_id"}, (*Server).getFile},
	}
}

var errUnknownMethod = &apiError{code: 404, text: "Not Found"}

// serveMethod answers one request, after the script of faults.
func (s *Server) serveMethod(w http.ResponseWriter, r *http.Request, name string) {
	q, err := parse(r, name)
	if err != nil {
		s.refuse(w, name, err)
		return
	}
	s.count(name)
	if name == "getUpdates" {
		s.serveUpdates(w, r, q)
		return
	}
	s.sleep(r.Context(), s.o.Latency)
	f := s.nextFault(q)
	if f != nil && !f.Do.accepts() {
		s.fail(w, r, f)
		return
	}
	result, err := s.run(q)
	switch {
	case f != nil:
		s.fail(w, r, f)
	case err != nil:
		s.refuse(w, name, err)
	default:
		writeResult(w, result)
	}
}

func (s *Server) count(name string) {
	s.mu.Lock()
	s.calls[name]++
	s.mu.Unlock()
}

// run checks the request and does what it asks.
func (s *Server) run(q *request) (any, error) {
	m, ok := s.methods[q.method]
	if !ok {
		return nil, errUnknownMethod
	}
	if err := q.check(m.fields); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return m.run(s, q)
}

// refuse answers with an error and, where the request itself was wrong, notes
// the violation.
func (s *Server) refuse(w http.ResponseWriter, name string, err error) {
	var e *apiError
	if !errors.As(err, &e) {
		e = bad("%v", err)
	}
	s.note(name, e)
	if w != nil {
		writeError(w, e)
	}
}

func (s *Server) note(name string, e *apiError) {
	if e.fault || e.code == 403 || e.code == 429 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violations = append(s.violations, fmt.Sprintf("%s: %s", name, e.text))
}

func (s *Server) getMe(*request) (any, error) {
	digits, _, _ := strings.Cut(s.o.Token, ":")
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return nil, err
	}
	return map[string]any{"id": id, "is_bot": true, "first_name": "OCOP", "username": s.o.Username}, nil
}

func (s *Server) sendChatAction(q *request) (any, error) {
	_, err := s.recipient(q)
	return true, err
}

func (s *Server) answerCallbackQuery(q *request) (any, error) {
	id := q.params["callback_query_id"]
	if _, ok := s.answered[id]; !ok {
		return nil, &apiError{code: 400, text: queryTooOld}
	}
	if units(q.params["text"]) > 200 {
		return nil, bad("MESSAGE_TOO_LONG")
	}
	s.answered[id] = true
	s.idle.wake()
	return true, nil
}

var commandShape = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

func (s *Server) setMyCommands(q *request) (any, error) {
	var list []Command
	if err := json.Unmarshal([]byte(q.params["commands"]), &list); err != nil {
		return nil, bad("can't parse commands JSON object")
	}
	if len(list) > 100 {
		return nil, bad("BOT_COMMANDS_TOO_MUCH")
	}
	for _, c := range list {
		if !commandShape.MatchString(c.Command) {
			return nil, bad("BOT_COMMAND_INVALID")
		}
		if n := units(c.Description); n < 1 || n > 256 {
			return nil, bad("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	lang := q.params["language_code"]
	if lang != "" && len(lang) != 2 {
		return nil, bad("LANG_CODE_INVALID")
	}
	s.commands[lang] = list
	return true, nil
}

func (s *Server) getMyCommands(q *request) (any, error) {
	if list := s.commands[q.params["language_code"]]; list != nil {
		return list, nil
	}
	return []Command{}, nil
}

// Until waits until cond, called with the server unlocked, is true. It looks
// again whenever an update or a tap is done with, or a person hears something.
func (s *Server) Until(ctx context.Context, cond func() bool) error {
	for {
		s.mu.Lock()
		changed := s.idle.wait()
		s.mu.Unlock()
		if cond() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("faketelegram: waited in vain: %w", ctx.Err())
		}
	}
}

// Idle waits until the bot has acknowledged every update.
func (s *Server) Idle(ctx context.Context) error {
	return s.Until(ctx, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.pending == 0
	})
}

func now() time.Time { return time.Now().UTC().Truncate(time.Second) }
