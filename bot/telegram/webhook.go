package telegram

import (
	"bytes"
	"context"
	"crypto/subtle"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"ocopbot/bot"
)

const (
	largestUpdate = 1 << 20 // bytes; real updates are a few KB
	// turnTime bounds one webhook turn. Telegram gives up on a webhook after
	// about a minute and delivers again.
	turnTime = 40 * time.Second
)

// Webhook is where Telegram posts updates. It acknowledges an update only
// when h has taken it and the answer is sent or handed over.
func (c *Channel) Webhook(h bot.Handler) http.Handler {
	return &webhook{c: c, h: h, secret: []byte(c.o.WebhookSecret)}
}

type webhook struct {
	c      *Channel
	h      bot.Handler
	secret []byte
}

// Header values are shared by all answers; net/http only reads them.
var (
	jsonType   = []string{"application/json"}
	retryAfter = []string{"2"}
)

// A scratch is what one request needs and the next can use again.
type scratch struct {
	body   bytes.Buffer
	update update
	answer []byte
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// ServeHTTP implements http.Handler.
func (w *webhook) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		rw.Header().Set("Allow", http.MethodPost)
		rw.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	got := r.Header.Get("X-Telegram-Bot-Api-Secret-Token")
	if len(w.secret) == 0 || subtle.ConstantTimeCompare([]byte(got), w.secret) != 1 {
		rw.WriteHeader(http.StatusUnauthorized)
		return
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.body.Reset()
	n, err := s.body.ReadFrom(io.LimitReader(r.Body, largestUpdate+1))
	if n > largestUpdate {
		rw.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	u := &s.update
	if err == nil {
		err = u.parse(s.body.Bytes())
	}
	if err != nil {
		rw.WriteHeader(http.StatusBadRequest)
		return
	}
	// A turn once begun is finished even if Telegram hangs up meanwhile.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), turnTime)
	defer cancel()
	if answer, ok := w.turn(ctx, u, s); !ok {
		rw.Header()["Retry-After"] = retryAfter
		rw.WriteHeader(http.StatusServiceUnavailable)
	} else if answer != nil {
		rw.Header()["Content-Type"] = jsonType
		if _, err := rw.Write(answer); err != nil {
			w.c.log.LogAttrs(ctx, slog.LevelWarn, "telegram: an answer was cut off", slog.Int64("update", u.ID), slog.Any("error", err))
		}
	}
}

// turn handles an update. It returns the answer that goes into the HTTP
// response, if any, and whether the update may be acknowledged.
func (w *webhook) turn(ctx context.Context, u *update, s *scratch) ([]byte, bool) {
	if u.Callback.ID != "" {
		w.c.answerTap(ctx, u.Callback.ID)
	}
	in, ok := u.incoming()
	if !ok {
		return nil, true
	}
	reply, err := w.c.handle(ctx, w.h, in)
	if err == nil {
		if direct(reply) {
			s.answer = appendAnswer(s.answer[:0], u.private(), reply.Messages[0])
			return s.answer, true
		}
		err = w.c.deliver(ctx, w.h, in.From, reply)
	}
	if err != nil {
		w.c.log.LogAttrs(ctx, slog.LevelError, "telegram: an update was not handled and will come again",
			slog.Int64("update", u.ID), slog.String("from", in.From.Masked()), slog.Any("error", err))
		return nil, false
	}
	return nil, true
}

// direct tells whether a reply may be the HTTP answer itself: one message
// whose fate nobody needs to know, and that Telegram takes in one piece.
func direct(r bot.Reply) bool {
	if len(r.Messages) != 1 {
		return false
	}
	m := &r.Messages[0]
	return !m.Sure && m.Attached == nil && m.Text != "" && len(m.Text) <= longestText && checkChoices(*m) == nil
}

// appendAnswer writes a call of sendMessage as the answer to a webhook,
// https://core.telegram.org/bots/api#making-requests-when-getting-updates.
func appendAnswer(b []byte, chatID int64, m bot.Message) []byte {
	b = append(b, `{"method":"sendMessage","chat_id":`...)
	b = strconv.AppendInt(b, chatID, 10)
	b = append(b, `,"text":`...)
	b = appendString(b, m.Text)
	b = append(b, `,"disable_web_page_preview":true,"reply_markup":`...)
	b = markup(b, m)
	return append(b, '}')
}
