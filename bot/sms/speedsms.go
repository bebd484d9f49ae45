package sms

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"ocopbot/bot"
)

// SpeedSMS is SpeedSMS.vn, for what goes out: sms/send,
// https://speedsms.vn/sms-api-service. Gateway.User is the access token,
// Number the brandname or number.
var SpeedSMS = Driver{Request: speedRequest, Accepted: speedAccepted}

// The kinds of messages: to customers by any number, or by a brandname.
const (
	speedCare      = 2
	speedBrandname = 3
)

func speedRequest(ctx context.Context, g Gateway, m Text) (*http.Request, error) {
	kind := speedCare
	if strings.Trim(g.Number, "+0123456789 .") != "" {
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
	return "", &bot.SendError{Code: bot.Rejected, Err: fmt.Errorf("speedsms answers %q", a.Code)}
}
