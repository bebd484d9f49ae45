package sms

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot"
)

// SpeedSMS is SpeedSMS.vn: sms/send out, and one webhook for reports and for
// what comes in, https://speedsms.vn/sms-api-service. Gateway.User is the
// access token, Number the brandname or number. It signs nothing: its webhook
// is known by the key in its address.
var SpeedSMS = Driver{
	Request: speedRequest, Accepted: speedAccepted,
	Hooks: map[string]Hook{"event": {Method: http.MethodPost, Keyed: true, Read: speedEvent}},
}

// The kinds of messages: to customers by any number, or by a brandname.
const (
	speedCare      = 2
	speedBrandname = 3
)

func speedRequest(ctx context.Context, g Gateway, m Text) (*http.Request, error) {
	kind := speedCare
	if g.byName() {
		kind = speedBrandname
	}
	req, err := postJSON(ctx, strings.TrimSuffix(g.URL, "/")+"/sms/send", map[string]any{
		"to": []string{strings.TrimPrefix(m.To, "+")}, "content": m.Text, "sms_type": kind, "sender": g.Number,
	})
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(g.User, "x")
	return req, nil
}

func speedAccepted(status int, body []byte) (string, *bot.SendError) {
	if err := byStatus(status); err != nil {
		return "", err
	}
	var a struct {
		Status string `json:"status"`
		Code   string `json:"code"`
		Data   struct {
			ID json.Number `json:"tranId"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return "", &bot.SendError{Code: bot.Unknown, Err: fmt.Errorf("speedsms: %w", err)}
	}
	if a.Status == "success" {
		return a.Data.ID.String(), nil
	}
	err := fmt.Errorf("speedsms answers %q", a.Code)
	switch a.Code {
	case "007", "008", "009": // our address or account is locked
		return "", &bot.SendError{Code: bot.Forbidden, Err: err}
	case "105":
		return "", &bot.SendError{Code: bot.Unreachable, Err: err}
	case "300", "500": // no money left; its own fault
		return "", &bot.SendError{Code: bot.Unavailable, Err: err}
	}
	return "", &bot.SendError{Code: bot.Rejected, Err: err}
}

// The lowest status of a report that is final; 0 is delivered, what lies
// between may still arrive.
const speedFailed = 64

// speedAgain is how soon nobody answers: an SMS takes some seconds each way,
// and somebody has to read it.
const speedAgain = 15 * time.Second

// speedEvent reads {type: "report", tranId, phone, status} or {type: "sms",
// phone, content}. What comes in has no id: the words and the moment stand for
// it, so that its being delivered again is known, and a "1" that answers the
// next question is not taken for it.
func speedEvent(_ Gateway, _ *http.Request, body []byte, now time.Time) (Callback, error) {
	var e struct {
		Type    string          `json:"type"`
		ID      json.RawMessage `json:"tranId"` // a number or a string
		Phone   string          `json:"phone"`
		Status  json.Number     `json:"status"`
		Content string          `json:"content"`
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return Callback{}, errors.Join(errCallback, err)
	}
	switch e.Type {
	case "report":
		status, err := e.Status.Int64()
		id := strings.Trim(string(e.ID), `"`)
		if err != nil || id == "" {
			return Callback{}, fmt.Errorf("%w: no id or status", errCallback)
		}
		switch {
		case status == 0:
			return Callback{Report: &Report{Provider: id, State: Delivered}}, nil
		case status >= speedFailed:
			return Callback{Report: &Report{Provider: id, State: Failed}}, nil
		}
	case "sms", "incoming":
		if e.Phone == "" {
			return Callback{}, fmt.Errorf("%w: no sender", errCallback)
		}
		id := e.Phone + "\x00" + e.Content + "\x00" + strconv.FormatInt(now.UnixMilli()/speedAgain.Milliseconds(), 10)
		sum := sha256.Sum256([]byte(id))
		return Callback{Message: &Received{ID: hex.EncodeToString(sum[:12]), From: e.Phone, Text: e.Content, At: now}}, nil
	}
	return Callback{}, nil
}
