package sms_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"ocopbot/bot"
	"ocopbot/bot/sms"
)

// What the gateways' makers document is sent as they want it, and their answers
// are taken for what they say.
func TestDriversSpeakAsDocumented(t *testing.T) {
	for name, c := range map[string]struct {
		driver      sms.Driver
		user        string
		path, taken string
		refused     string
		says        []string
	}{
		"esms": {sms.ESMS, "key", "/SendMultipleMessage_V4_post_json", `{"CodeResult":"100","SMSID":"s1"}`, `{"CodeResult":"101"}`,
			[]string{`"ApiKey":"key"`, `"SecretKey":"a password"`, `"Content":"Chao anh"`, `"Phone":"`}},
		"speedsms": {sms.SpeedSMS, "token", "/sms/send", `{"status":"success","code":"00","data":{"tranId":42}}`, `{"status":"error","code":"101"}`,
			[]string{`"content":"Chao anh"`, `"to":["`}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, nil)
			answer, asked := c.taken, ""
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				body, _ := io.ReadAll(req.Body)
				asked = req.URL.Path + " " + string(body)
				_, _ = io.WriteString(w, answer)
			}))
			defer server.Close()
			r.open(sms.Gateway{Name: name, Driver: c.driver, URL: server.URL, User: c.user, Password: "a password", Number: "0912000000", Secret: secret})
			if _, err := r.Send(t.Context(), an, bot.Message{Text: "Chào anh"}); err != nil {
				t.Fatalf("%v: %s", err, asked)
			}
			for _, want := range slices.Concat([]string{c.path}, c.says) {
				if !strings.Contains(asked, want) {
					t.Errorf("%q is not in %q", want, asked)
				}
			}
			answer = c.refused
			if _, err := r.Send(t.Context(), an, bot.Message{Text: "Chào chị"}); err == nil {
				t.Errorf("%s is taken for a success", answer)
			}
		})
	}
}
