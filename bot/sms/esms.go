package sms

import (
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ocopbot/bot"
)

// ESMS is eSMS.vn: SendMultipleMessage_V4_post_json out, its callback for
// reports, and short codes in by GET, https://developers.esms.vn. Gateway.User
// is the ApiKey, Password the SecretKey, Number the brandname or number,
// Secret the PrivateKey of the short code.
var ESMS = Driver{
	Request:  esmsRequest,
	Accepted: esmsAccepted,
	Hooks: map[string]Hook{
		"mo":  {Method: http.MethodGet, Read: esmsMessage},
		"dlr": {Method: http.MethodGet, Keyed: true, Read: esmsReport},
	},
}

// The kinds of messages: to customers by a brandname, or by a fixed number.
const (
	esmsBrandname = "2"
	esmsNumber    = "8"
)

func esmsRequest(ctx context.Context, g Gateway, m Text) (*http.Request, error) {
	body := map[string]string{
		"ApiKey": g.User, "SecretKey": g.Password, "Phone": strings.TrimPrefix(m.To, "+"), "Content": m.Text,
		"SmsType": esmsNumber, "IsUnicode": "0", "RequestId": m.ID,
		"CallbackUrl": m.Report + "?key=" + url.QueryEscape(g.Secret),
	}
	if g.byName() {
		body["SmsType"], body["Brandname"] = esmsBrandname, g.Number
	}
	if m.Encoding == UCS2 {
		body["IsUnicode"] = "1"
	}
	return postJSON(ctx, strings.TrimSuffix(g.URL, "/")+"/SendMultipleMessage_V4_post_json/", body)
}

// esmsAccepted: "100" is taken, "101" wrong keys, "103" no money left.
func esmsAccepted(status int, body []byte) (string, *bot.SendError) {
	if err := byStatus(status); err != nil {
		return "", err
	}
	var a struct {
		Code string `json:"CodeResult"`
		ID   string `json:"SMSID"`
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return "", &bot.SendError{Code: bot.Unknown, Err: fmt.Errorf("esms: %w", err)}
	}
	err := fmt.Errorf("esms answers %q", a.Code)
	switch a.Code {
	case "100":
		return a.ID, nil
	case "101":
		return "", &bot.SendError{Code: bot.Forbidden, Err: err}
	case "99", "103":
		return "", &bot.SendError{Code: bot.Unavailable, Err: err}
	}
	return "", &bot.SendError{Code: bot.Rejected, Err: err}
}

// esmsMessage reads a message to a short code. Its sign is the MD5 of cpid,
// smsid, content, receiverTime and the private key, one after another: in
// base64 by the examples, in hex by older ones.
func esmsMessage(g Gateway, r *http.Request, _ []byte, _ time.Time) (Callback, error) {
	q := r.URL.Query()
	sum := md5.Sum([]byte(q.Get("cpid") + q.Get("smsid") + q.Get("content") + q.Get("receiverTime") + g.Secret))
	// A plus that nobody escaped arrives as a blank.
	sign := strings.ReplaceAll(q.Get("sign"), " ", "+")
	if !same(strings.ToLower(sign), hex.EncodeToString(sum[:])) && !same(sign, base64.StdEncoding.EncodeToString(sum[:])) {
		return Callback{}, errUnsigned
	}
	m := &Received{ID: q.Get("smsid"), From: q.Get("sender"), Text: q.Get("content")}
	if m.ID == "" || m.From == "" {
		return Callback{}, fmt.Errorf("%w: no id or sender", errCallback)
	}
	if at, err := time.ParseInLocation("20060102150405", q.Get("receiverTime"), vietnam); err == nil {
		m.At = at
	}
	return Callback{Message: m}, nil
}

// vietnam is the shops' time.
var vietnam = time.FixedZone("ICT", 7*60*60)

func esmsReport(_ Gateway, r *http.Request, _ []byte, _ time.Time) (Callback, error) {
	q := r.URL.Query()
	if q.Get("RequestId") == "" && q.Get("SMSID") == "" {
		return Callback{}, fmt.Errorf("%w: no id", errCallback)
	}
	states := map[string]State{"4": Failed, "5": Delivered}
	state, ok := states[q.Get("SendStatus")]
	if !ok {
		return Callback{}, nil
	}
	if state == Delivered && q.Get("SendSuccess") == "0" {
		state = Failed
	}
	return Callback{Report: &Report{ID: q.Get("RequestId"), Provider: q.Get("SMSID"), State: state}}, nil
}
