package sms

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"ocopbot/bot"
)

// Gateway is one way to the network, as it is set up.
type Gateway struct {
	Name     string // in paths, metrics and settings: "kannel"
	Driver   Driver
	URL      string // the gateway's own, of its API
	User     string
	Password string
	Number   string // what people text to, or the name they see; what a driver makes of it it says
	Secret   string // what callbacks prove themselves by
	// Callers may call back; none listed: everybody with the secret.
	Callers []netip.Prefix
	Sender  Sender
	Keyword string  // of a ShortCode: every message to it begins with this word
	Rate    float64 // messages a second; 0: as many as come
	Budget  int     // segments a day in Vietnam; 0: as many as come
	// OwnQC: the gateway puts "[QC] " before advertising by itself.
	OwnQC bool
	// Booked: messages are ordered in bulk from files, never sent one by one.
	Booked bool
	Price  int64 // đồng a segment
}

// Sender is what messages of a gateway come from.
type Sender string

// The senders. Only a registered brandname may advertise (NĐ 91/2020/NĐ-CP,
// art. 11), and nobody can answer one.
const (
	Number    Sender = "number"
	Brandname Sender = "brandname"
	// ShortCode is a number shared with others, told apart by a keyword.
	ShortCode Sender = "shortcode"
)

// Driver is a kind of gateway. Gateways that differ in names differ in
// nothing else than what these functions make.
type Driver struct {
	// Request is the call that sends a text.
	Request func(ctx context.Context, g Gateway, m Text) (*http.Request, error)
	// Accepted reads the gateway's answer: its own id of the message, if it
	// gives one, or why it did not take it.
	Accepted func(status int, body []byte) (id string, err *bot.SendError)
	// Hooks are what the gateway calls, by the last part of the path.
	Hooks map[string]Hook
}

// Text is what a driver sends.
type Text struct {
	ID       string // ours; reports bring it back
	To       string // E.164
	Text     string
	Encoding Encoding
	Report   string // address for reports, without what the driver adds
}

// Hook reads one callback. Its error is errUnsigned, or tells what is wrong
// with the request.
type Hook struct {
	Method string
	Keyed  bool // known by Gateway.Secret in the address; else by a signature that Read checks
	Read   func(g Gateway, r *http.Request, body []byte, now time.Time) (Callback, error)
}

// Callback is what a gateway told: a message that came in, or what became of
// one that went out, or nothing that matters.
type Callback struct {
	Message *Received
	Report  *Report
}

// Received is a message as the gateway gave it.
type Received struct {
	ID   string // unique among the gateway's messages
	From string
	Text string
	Part bot.Part  // zero for a whole message
	At   time.Time // zero: now
}

// Report is what became of a message.
type Report struct {
	ID       string // ours, if the gateway brings it back
	Gateway  string
	Provider string // the gateway's
	State    State
	// Of a Failed one: the gateway never took it, or the number takes none.
	Untaken, NoNumber bool
}

var (
	errUnsigned = errors.New("sms: a callback that proves nothing")
	errCallback = errors.New("sms: a callback that cannot be read")
)

func (g Gateway) check() error {
	if u, err := url.Parse(g.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("sms: %s: the gateway's address is not an http(s) one", g.Name)
	}
	if len(g.Secret) < 16 {
		return fmt.Errorf("sms: %s: the secret of callbacks needs 16 characters or more", g.Name)
	}
	return nil
}

// byName tells that messages come from a name, not from a number.
func (g Gateway) byName() bool { return strings.Trim(g.Number, "+0123456789 .") != "" }

// sendBy sends by one gateway and notes it.
func (c *Channel) sendBy(ctx context.Context, g Gateway, to bot.Address, number, text string) (string, error) {
	n, encoding := Segments(text, true)
	id := newID()
	report := strings.TrimSuffix(c.o.PublicURL, "/") + "/sms/" + g.Name + "/dlr"
	req, err := g.Driver.Request(ctx, g, Text{ID: id, To: number, Text: text, Encoding: encoding, Report: report})
	if err != nil {
		return "", &bot.SendError{Code: bot.Rejected, Err: errors.New("the gateway's request cannot be made")}
	}
	if err := c.spend(ctx, g, Outgoing{
		ID: id, Gateway: g.Name, To: to, Text: text, Segments: n, Encoding: encoding, Budget: g.Budget, Dong: int64(n) * g.Price, At: c.o.Now(),
	}); err != nil {
		return "", err
	}
	provider, failure := c.call(g, req)
	r := Report{ID: id, Gateway: g.Name, Provider: provider, State: Sent}
	if failure != nil {
		if failure.Code == bot.Unknown {
			return "", failure // it may yet be reported
		}
		r.State, r.Untaken = Failed, true
	}
	// What is lost here a report makes good; the message itself is not sent again.
	if err := c.o.Ledger.Move(ctx, r, c.o.Now()); err != nil {
		c.log.Warn("sms: what became of a message is not noted", "gateway", g.Name, "error", err)
	}
	if failure != nil {
		return "", failure
	}
	return g.Name + ":" + id, nil
}

// call makes the request. Its error names no address: it may hold a password
// and a phone number.
func (c *Channel) call(g Gateway, req *http.Request) (string, *bot.SendError) {
	resp, err := c.client.Do(req)
	if err != nil {
		var ue *url.Error
		code := bot.Unknown
		if errors.As(err, &ue) {
			err = ue.Err
		}
		if refused(err) {
			code = bot.Unavailable
		}
		return "", &bot.SendError{Code: code, Err: fmt.Errorf("%s does not answer: %w", g.Name, err)}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, largestBody))
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return "", &bot.SendError{Code: bot.Unknown, Err: fmt.Errorf("%s broke off: %w", g.Name, err)}
	}
	return g.Driver.Accepted(resp.StatusCode, body)
}

// byStatus is why a gateway that goes by HTTP's codes did not take a message.
func byStatus(status int) *bot.SendError {
	err := fmt.Errorf("the gateway answers %d", status)
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusTooManyRequests:
		return &bot.SendError{Code: bot.Limited, After: time.Minute, Err: err}
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return &bot.SendError{Code: bot.Forbidden, Err: err}
	case status >= 500:
		return &bot.SendError{Code: bot.Unavailable, Err: err}
	}
	return &bot.SendError{Code: bot.Rejected, Err: err}
}

// newID draws 96 random bits as 16 letters that stand in any address.
func newID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// postJSON is a request with a JSON body.
func postJSON(ctx context.Context, address string, v any) (*http.Request, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("sms: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("sms: %w", err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	return req, nil
}
