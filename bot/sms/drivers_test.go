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
		below       string // the gateway's path
		path, taken string
		refused     string
		status      int // of the refusal
		says        []string
	}{
		"esms": {sms.ESMS, "key", "", "/SendMultipleMessage_V4_post_json", `{"CodeResult":"100","SMSID":"s1"}`, `{"CodeResult":"101"}`, 200,
			[]string{`"ApiKey":"key"`, `"SecretKey":"a password"`, `"Content":"Chao anh"`, `"Phone":"`}},
		"speedsms": {sms.SpeedSMS, "token", "", "/sms/send", `{"status":"success","code":"00","data":{"tranId":42}}`, `{"status":"error","code":"101"}`, 200,
			[]string{`"content":"Chao anh"`, `"to":["`}},
		"android": {sms.Android, "ocop", "", "/message", `{}`, `{"message":"bad"}`, 400,
			[]string{`"text":"Chao anh"`, `"phoneNumbers":["+84`, `"withDeliveryReport":true`, "Basic b2NvcDphIHBhc3N3b3Jk"}},
		"android by its cloud": {sms.Android, "ocop", "/3rdparty/v1", "/3rdparty/v1/messages", `{}`, `{}`, 401,
			[]string{`"text":"Chao anh"`, "Basic b2NvcDphIHBhc3N3b3Jk"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, nil)
			answer, status, asked := c.taken, http.StatusOK, ""
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				body, _ := io.ReadAll(req.Body)
				asked = req.URL.Path + " " + req.Header.Get("Authorization") + " " + string(body)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, answer)
			}))
			defer server.Close()
			r.open(sms.Gateway{Name: strings.Fields(name)[0], Driver: c.driver, URL: server.URL + c.below, User: c.user, Password: "a password", Number: "0912000000", Secret: secret})
			if _, err := r.Send(t.Context(), an, bot.Message{Text: "Chào anh"}); err != nil {
				t.Fatalf("%v: %s", err, asked)
			}
			for _, want := range slices.Concat([]string{c.path}, c.says) {
				if !strings.Contains(asked, want) {
					t.Errorf("%q is not in %q", want, asked)
				}
			}
			answer, status = c.refused, c.status
			if _, err := r.Send(t.Context(), an, bot.Message{Text: "Chào chị"}); err == nil {
				t.Errorf("%s is taken for a success", answer)
			}
		})
	}
}
