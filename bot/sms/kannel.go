package sms

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"ocopbot/bot"
)

// Kannel is Kannel's smsbox, by its user guide 1.4.5: sendsms out ("Using the
// HTTP interface to send SMS messages"), a get-url for what comes in and a
// dlr-url for reports.
var Kannel = Driver{
	Request:  kannelRequest,
	Accepted: kannelAccepted,
	Hooks: map[string]Hook{
		"mo":  {Method: http.MethodGet, Keyed: true, Read: kannelMessage},
		"dlr": {Method: http.MethodGet, Keyed: true, Read: kannelReport},
	},
}

// The events of Kannel's dlr-mask.
const (
	kannelDelivered = 1
	kannelFailed    = 2
	kannelBuffered  = 4
	kannelAtCentre  = 8  // the network's centre took it
	kannelRefused   = 16 // … or did not
	kannelAll       = kannelDelivered | kannelFailed | kannelBuffered | kannelAtCentre | kannelRefused
)

func kannelRequest(ctx context.Context, g Gateway, m Text) (*http.Request, error) {
	q := url.Values{
		"username": {g.User}, "password": {g.Password}, "to": {m.To}, "text": {m.Text}, "charset": {"UTF-8"},
		"coding":   {"0"},
		"dlr-mask": {strconv.Itoa(kannelAll)},
		// Kannel puts the event in the place of %d, and the centre's answer in that of %A.
		"dlr-url": {m.Report + "?key=" + url.QueryEscape(g.Secret) + "&id=" + m.ID + "&event=%d&answer=%A"},
	}
	if g.Number != "" {
		q.Set("from", g.Number)
	}
	if m.Encoding == UCS2 {
		q.Set("coding", "2")
	}
	return http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(g.URL, "/")+"/cgi-bin/sendsms?"+q.Encode(), nil)
}

// kannelAccepted: 202 with "0: Accepted for delivery" or "3: Queued for later
// delivery"; anything else says in words what is wrong, which stays here
// because it may quote the number.
func kannelAccepted(status int, _ []byte) (string, *bot.SendError) {
	if status == http.StatusAccepted {
		return "", nil
	}
	if err := byStatus(status); err != nil {
		return "", err
	}
	return "", &bot.SendError{Code: bot.Unknown, Err: fmt.Errorf("kannel answers %d", status)}
}

// kannelMessage reads …?key=…&id=%I&from=%p&text=%b&coding=%c&time=%T&udh=%u.
// Kannel joins long messages by itself (sms-combine-concatenated-mo), but
// hands on the pieces when one is late or that is off.
func kannelMessage(_ Gateway, r *http.Request, _ []byte, _ time.Time) (Callback, error) {
	q := r.URL.Query()
	text, err := kannelText(q.Get("text"), q.Get("coding"))
	if err != nil {
		return Callback{}, err
	}
	m := &Received{ID: q.Get("id"), From: q.Get("from"), Text: text, Part: partOf([]byte(q.Get("udh")))}
	if m.ID == "" || m.From == "" {
		return Callback{}, fmt.Errorf("%w: no id or sender", errCallback)
	}
	if unix, err := strconv.ParseInt(q.Get("time"), 10, 64); err == nil && unix > 0 {
		m.At = time.Unix(unix, 0)
	}
	return Callback{Message: m}, nil
}

// kannelText: a text of coding 2 may come as UTF-16, the higher byte first,
// which as UTF-8 would be full of control characters.
func kannelText(text, coding string) (string, error) {
	control := func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' }
	if coding != "2" || utf8.ValidString(text) && !strings.ContainsFunc(text, control) {
		return text, nil
	}
	if len(text)%2 != 0 {
		return "", fmt.Errorf("%w: half a letter", errCallback)
	}
	units := make([]uint16, 0, len(text)/2)
	for i := 0; i < len(text); i += 2 {
		units = append(units, uint16(text[i])<<8|uint16(text[i+1]))
	}
	return string(utf16.Decode(units)), nil
}

func kannelReport(_ Gateway, r *http.Request, _ []byte, _ time.Time) (Callback, error) {
	q := r.URL.Query()
	event, err := strconv.Atoi(q.Get("event"))
	if err != nil || q.Get("id") == "" {
		return Callback{}, errors.Join(fmt.Errorf("%w: no event or id", errCallback), err)
	}
	states := map[int]State{kannelDelivered: Delivered, kannelFailed: Failed, kannelAtCentre: Accepted, kannelRefused: Failed}
	state, ok := states[event]
	if !ok {
		return Callback{}, nil
	}
	return Callback{Report: &Report{ID: q.Get("id"), State: state, NoNumber: state == Failed && kannelNoNumber(q.Get("answer"))}}, nil
}

// kannelNoNumber tells that the number takes no messages: by the centre's
// refusal, "NACK/0x0000000b/…" (SMPP 3.4, 5.1.3: invalid destination), or by
// its report, "… stat:UNDELIV …". One that EXPIRED was only switched off.
func kannelNoNumber(answer string) bool {
	const invalidDestination = 0x0b
	if nack, ok := strings.CutPrefix(answer, "NACK/"); ok {
		code, _, _ := strings.Cut(nack, "/")
		n, err := strconv.ParseInt(code, 0, 64)
		return err == nil && n == invalidDestination
	}
	return strings.Contains(answer, "stat:UNDELIV")
}
