package sms

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/viet"
)

// ServeHTTP takes what gateways call, at /sms/<gateway>/<hook>. It answers
// 200 only when what came in is on disk, or is nothing to keep; 401 to who
// proves nothing, 400 to what cannot be read, 404 to who names no gateway of
// ours, 503 when it cannot be kept.
// Nothing of a refused request is stored, and no number is logged.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, hookName, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/sms/"), "/")
	g, hook, ok := c.hook(name, hookName)
	status := http.StatusNotFound
	switch {
	case !ok: // its name may be anything, and is not logged
		name, hookName = "", ""
	case r.Method != hook.Method:
		w.Header().Set("Allow", hook.Method)
		status = http.StatusMethodNotAllowed
	default:
		status = c.take(r, g, hook)
	}
	if status != http.StatusOK {
		c.log.Warn("sms: a callback is refused", "gateway", name, "hook", hookName, "status", status)
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "2")
	}
	w.WriteHeader(status)
}

func (c *Channel) hook(name, hook string) (Gateway, Hook, bool) {
	g, ok := c.named(name)
	if !ok {
		return Gateway{}, Hook{}, false
	}
	h, ok := g.Driver.Hooks[hook]
	return g, h, ok
}

// take does what a callback asks, and gives the HTTP status to answer.
func (c *Channel) take(r *http.Request, g Gateway, hook Hook) int {
	if !g.allows(r) || hook.Keyed && !same(r.URL.Query().Get("key"), g.Secret) {
		return http.StatusUnauthorized
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, largestBody+1))
	if err != nil || len(body) > largestBody || len(r.URL.RawQuery) > largestBody {
		return http.StatusBadRequest
	}
	cb, err := hook.Read(g, r, body, c.o.Now())
	switch {
	case errors.Is(err, errUnsigned):
		return http.StatusUnauthorized
	case err != nil:
		return http.StatusBadRequest
	case cb.Report != nil:
		cb.Report.Gateway = g.Name
		err = c.o.Ledger.Move(r.Context(), *cb.Report, c.o.Now())
	case cb.Message != nil:
		err = c.keep(r, g, *cb.Message)
	}
	if err != nil {
		c.log.Error("sms: a callback cannot be kept", "gateway", g.Name, "error", err)
		return http.StatusServiceUnavailable
	}
	return http.StatusOK
}

// keep puts a message into the inbox. Networks and shops also write, from
// short codes and names: nobody there reads an answer.
func (c *Channel) keep(r *http.Request, g Gateway, m Received) error {
	number, ok := c.o.Number(m.From)
	text := viet.Clean(m.Text)
	if m.Part.Total > 1 {
		text = piece(m.Text) // what it begins and ends with belongs to it
	}
	if m.Part.Total <= 1 || m.Part.Seq == 1 {
		text = g.ownWord(text)
	}
	if !ok || text == "" {
		return nil
	}
	if m.At.IsZero() {
		m.At = c.o.Now()
	}
	in := bot.Incoming{
		ID: shortID(g.Name, m.ID), Kind: bot.Text, From: bot.NewAddress(Name, number), Text: text, Part: m.Part,
		MessageID: g.Name + ":" + m.ID, Via: g.Name, At: m.At,
	}
	in, listen := c.guard(r.Context(), g, in)
	if !listen {
		return nil
	}
	if err := c.o.Inbox.Keep(r.Context(), in); err != nil {
		return err
	}
	c.wake()
	return nil
}

// word is the word with which a message may begin everywhere.
const word = "OCOP"

// ownWord puts it in the place of a short code's keyword, which is whatever the
// contract says.
func (g Gateway) ownWord(text string) string {
	first, rest, _ := strings.Cut(text, " ")
	if g.Sender != ShortCode || !strings.EqualFold(first, g.Keyword) || strings.EqualFold(first, word) {
		return text
	}
	if next, _, _ := strings.Cut(rest, " "); strings.EqualFold(next, word) {
		return rest
	}
	return strings.TrimSpace(word + " " + rest)
}

// piece is the text of a part, without what no text holds.
func piece(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}

// shortID is an id a session can remember cheaply: 72 bits of a hash.
func shortID(gateway, id string) string {
	sum := sha256.Sum256([]byte(gateway + "\x00" + id))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

func (g Gateway) allows(r *http.Request) bool {
	if len(g.Callers) == 0 {
		return true
	}
	at := caller(r)
	return slices.ContainsFunc(g.Callers, func(p netip.Prefix) bool { return p.Contains(at) })
}

// caller is where a request comes from. What ends TLS on this machine calls for
// somebody else, whom it names last in X-Forwarded-For; the zero Addr, which is
// in no network, where it names nobody.
func caller(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := at.Addr().Unmap()
	named := r.Header.Values("X-Forwarded-For")
	if !addr.IsLoopback() || len(named) == 0 {
		return addr
	}
	last := named[len(named)-1]
	last = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
	if addr, err = netip.ParseAddr(last); err != nil {
		return netip.Addr{}
	}
	return addr.Unmap()
}
