package sms

import (
	"context"
	"crypto/hmac"
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

// Android is a phone with "SMS Gateway for Android" (capcom6), asked in the
// local network or through a cloud server; https://docs.sms-gate.app. Its
// webhooks for sms:received, sms:sent, sms:delivered and sms:failed go to
// /sms/android/event, signed with its signing key.
var Android = Driver{
	Request:  androidRequest,
	Accepted: func(status int, _ []byte) (string, *bot.SendError) { return "", byStatus(status) },
	Hooks:    map[string]Hook{"event": {Method: http.MethodPost, Read: androidEvent}},
}

// androidFresh is how old a signed webhook may be, as the gateway advises.
const androidFresh = 5 * time.Minute

func androidRequest(ctx context.Context, g Gateway, m Text) (*http.Request, error) {
	address := strings.TrimSuffix(g.URL, "/")
	if strings.Contains(address, "/3rdparty/") { // the cloud's
		address += "/messages"
	} else {
		address += "/message"
	}
	req, err := postJSON(ctx, address, map[string]any{
		"id": m.ID, "textMessage": map[string]string{"text": m.Text}, "phoneNumbers": []string{m.To}, "withDeliveryReport": true,
	})
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(g.User, g.Password)
	return req, nil
}

func androidEvent(g Gateway, r *http.Request, body []byte, now time.Time) (Callback, error) {
	stamp := r.Header.Get("X-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return Callback{}, errUnsigned
	}
	mac := hmac.New(sha256.New, []byte(g.Secret))
	mac.Write(body)
	mac.Write([]byte(stamp))
	sign, err := hex.DecodeString(r.Header.Get("X-Signature"))
	if err != nil || !hmac.Equal(sign, mac.Sum(nil)) || now.Sub(time.Unix(seconds, 0)).Abs() > androidFresh {
		return Callback{}, errUnsigned
	}
	var e struct {
		Event   string `json:"event"`
		Payload struct {
			ID       string    `json:"messageId"`
			Message  string    `json:"message"`
			Phone    string    `json:"phoneNumber"`
			Sender   string    `json:"sender"` // what later versions call it
			Received time.Time `json:"receivedAt"`
		} `json:"payload"`
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return Callback{}, errors.Join(errCallback, err)
	}
	p := e.Payload
	states := map[string]State{"sms:sent": Accepted, "sms:delivered": Delivered, "sms:failed": Failed}
	if state, ok := states[e.Event]; ok && p.ID != "" {
		return Callback{Report: &Report{ID: p.ID, State: state}}, nil
	}
	if e.Event != "sms:received" {
		return Callback{}, nil
	}
	from := p.Sender
	if from == "" {
		from = p.Phone
	}
	if p.ID == "" || from == "" || p.Received.IsZero() {
		return Callback{}, fmt.Errorf("%w: no id, sender or time", errCallback)
	}
	// The id comes from the content: the same words said again have the same.
	id := p.ID + "@" + strconv.FormatInt(p.Received.UnixMilli(), 10)
	return Callback{Message: &Received{ID: id, From: from, Text: p.Message, At: p.Received}}, nil
}
