package faketelegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	fake "ocopbot/bot/bottest/faketelegram"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type result struct {
	OK          bool
	Result      json.RawMessage
	Code        int `json:"error_code"`
	Description string
	Parameters  struct {
		RetryAfter int `json:"retry_after"`
	}
}

type tester struct {
	*testing.T
	*fake.Server
	ctx    context.Context
	client *http.Client
}

func start(t *testing.T, o fake.Options) *tester {
	t.Helper()
	s, err := fake.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() { cancel(); s.Close(); client.CloseIdleConnections() })
	return &tester{t, s, ctx, client}
}

// call posts a form; pairs are names and values.
func (t *tester) call(method string, pairs ...string) result {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return t.do("/bot"+fake.Token+"/"+method, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (t *tester) do(path, kind string, body io.Reader) result {
	t.Helper()
	req, err := http.NewRequestWithContext(t.ctx, http.MethodPost, t.URL()+path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	resp, err := t.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var r result
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if r.OK == (resp.StatusCode != 200) || r.Code != 0 && r.Code != resp.StatusCode {
		t.Errorf("%s: status %d with %+v", path, resp.StatusCode, r)
	}
	return r
}

func TestRequestsAreChecked(t *testing.T) {
	f := start(t, fake.Options{})
	f.Person(1, "vi").Starts("")
	f.Person(3, "vi") // has never written
	f.Person(4, "vi").Blocks()
	f.Person(5, "vi").Starts("")
	f.Person(5, "vi").Disappears()
	button := func(text, data string) string {
		b, err := json.Marshal(map[string]any{"inline_keyboard": [][]any{{map[string]string{"text": text, "callback_data": data}}}})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for _, c := range []struct {
		method string
		pairs  []string
		want   string // part of the description; empty for success
	}{
		{"sendMessage", []string{"chat_id", "1", "text", strings.Repeat("ệ", 4096)}, ""},
		{"sendMessage", []string{"chat_id", "1", "text", strings.Repeat("ệ", 4097)}, "message is too long"},
		{"sendMessage", []string{"chat_id", "1", "text", strings.Repeat("🍯", 2049)}, "message is too long"},
		{"sendMessage", []string{"chat_id", "1", "text", " \n"}, "message text is empty"},
		{"sendMessage", []string{"chat_id", "1"}, "message text is empty"},
		{"sendMessage", []string{"text", "a"}, "chat_id is empty"},
		{"sendMessage", []string{"chat_id", "2", "text", "a"}, "chat not found"},
		{"sendMessage", []string{"chat_id", "3", "text", "a"}, "chat not found"},
		{"sendMessage", []string{"chat_id", "4", "text", "a"}, "Forbidden: bot was blocked by the user"},
		{"sendMessage", []string{"chat_id", "5", "text", "a"}, "Forbidden: user is deactivated"},
		{"sendMessage", []string{"chat_id", "1", "text", "a\xff"}, "UTF-8"},
		{"sendMessage", []string{"chat_id", "1", "text", "a", "txt", "a"}, `no field "txt"`},
		{"sendMessage", []string{"chat_id", "1", "text", "a", "reply_markup", button("Có", strings.Repeat("x", 64))}, ""},
		{"sendMessage", []string{"chat_id", "1", "text", "a", "reply_markup", button("Có", strings.Repeat("x", 65))}, "BUTTON_DATA_INVALID"},
		{"sendMessage", []string{"chat_id", "1", "text", "a", "reply_markup", button("", "x")}, "must be non-empty"},
		{"sendMessage", []string{"chat_id", "1", "text", "a", "reply_markup", button("Có", "")}, "exactly one optional field"},
		{"sendMessage", []string{"chat_id", "1", "text", "a", "reply_markup", "{}"}, "expected as reply markup"},
		{"sendMessage", []string{"chat_id", "1", "text", "a", "reply_markup", `{"inline_keyboard":[[]]}`}, "1 to 8 buttons"},
		{"sendMessage", []string{"chat_id", "1", "text", "a", "reply_markup", `{"keyboard":[[{"text":""}]]}`}, "must be non-empty"},
		{"sendMessage", []string{"chat_id", "1", "text", "a", "reply_markup", `{"remove_keyboard":true,"keyboard":[[{"text":"a"}]]}`}, "expected as reply markup"},
		{"sendMessage", []string{"chat_id", "1", "text", "a", "reply_markup", `{"remove_keyboard":true}`}, ""},
		{"sendPhoto", []string{"chat_id", "1"}, "no photo"},
		{"answerCallbackQuery", []string{"callback_query_id", "9"}, "query is too old"},
		{"setWebhook", []string{"url", "x"}, "invalid URL"},
		{"setWebhook", []string{"url", "http://127.0.0.1:1/", "secret_token", "có"}, "unallowed characters"},
		{"setWebhook", []string{"url", "http://127.0.0.1:1/", "max_connections", "101"}, "max_connections"},
		{"setWebhook", []string{"url", "http://127.0.0.1:1/", "allowed_updates", "message"}, "allowed updates"},
		{"setMyCommands", []string{"commands", `[{"command":"Help","description":"a"}]`}, "BOT_COMMAND_INVALID"},
		{"setMyCommands", []string{"commands", `[{"command":"help","description":""}]`}, "DESCRIPTION_INVALID"},
		{"getFile", []string{"file_id", "x"}, "wrong file_id"},
		{"getFile", []string{"file_id", f.AddFile(nil, 21<<20)}, "file is too big"},
		{"getUpdates", []string{"limit", "101"}, `"limit"`},
		{"sendSmoke", nil, "Not Found"},
	} {
		before := len(f.Violations())
		r := f.call(c.method, c.pairs...)
		if r.OK != (c.want == "") || !strings.Contains(r.Description, c.want) {
			t.Errorf("%s %q: %+v, want %q", c.method, c.pairs, r, c.want)
		}
		noted := len(f.Violations()) > before
		if ours := c.want != "" && r.Code != 403; noted != ours {
			t.Errorf("%s %q: noted as a violation: %v", c.method, c.pairs, noted)
		}
	}
	for path, code := range map[string]int{
		"/bot110201543:wrong/getMe": 401, "/botx/getMe": 404, "/": 404, "/bot" + fake.Token + "/getMe": 0,
	} {
		if r := f.do(path, "application/json", strings.NewReader("{}")); r.Code != code {
			t.Errorf("%s: %+v", path, r)
		}
	}
}

func TestPicturesAreLookedAt(t *testing.T) {
	f := start(t, fake.Options{})
	f.Person(1, "vi").Starts("")
	picture := func(w, h int) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, c := range []struct {
		method, field string
		data          []byte
		want          string
	}{
		{"sendPhoto", "photo", picture(4, 4), ""},
		{"sendPhoto", "photo", picture(90, 4), "PHOTO_INVALID_DIMENSIONS"},
		{"sendPhoto", "photo", []byte("%PDF"), "IMAGE_PROCESS_FAILED"},
		{"sendDocument", "document", nil, "file must be non-empty"},
		{"sendDocument", "document", []byte("%PDF"), ""},
		{"sendDocument", "photo", picture(4, 4), `no file "photo"`},
	} {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		part, err := m.CreateFormFile(c.field, "a")
		if err != nil {
			t.Fatal(err)
		}
		_, err1 := part.Write(c.data)
		if err1 != nil || m.WriteField("chat_id", "1") != nil || m.Close() != nil {
			t.Fatal("cannot write the form")
		}
		r := f.do("/bot"+fake.Token+"/"+c.method, m.FormDataContentType(), &b)
		if r.OK != (c.want == "") || !strings.Contains(r.Description, c.want) {
			t.Errorf("%s of %d bytes: %+v, want %q", c.method, len(c.data), r, c.want)
		}
	}
}

func TestGetUpdatesForgetsOnlyWhatTheOffsetPassed(t *testing.T) {
	f := start(t, fake.Options{})
	p := f.Person(1, "vi")
	var ids []int64
	for i := range 3 {
		ids = append(ids, p.Says(fmt.Sprint(i)))
	}
	get := func(pairs ...string) []int64 {
		var list []struct {
			ID int64 `json:"update_id"`
		}
		if err := json.Unmarshal(f.call("getUpdates", pairs...).Result, &list); err != nil {
			t.Fatal(err)
		}
		var out []int64
		for _, u := range list {
			out = append(out, u.ID)
		}
		return out
	}
	if diff := cmp.Diff(ids, get()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(ids[:2], get("limit", "2")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(ids[1:], get("offset", fmt.Sprint(ids[1]))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(ids[1:], get()); diff != "" {
		t.Error(diff)
	}
	if n := f.Pending(); n != 2 {
		t.Errorf("%d pending", n)
	}
	if got := get("offset", fmt.Sprint(ids[2]+1)); got != nil {
		t.Errorf("got %v", got)
	}
	if err := f.Idle(f.ctx); err != nil {
		t.Error(err)
	}
	if r := f.call("setWebhook", "url", "http://127.0.0.1:1/"); !r.OK {
		t.Errorf("%+v", r)
	}
	if r := f.call("getUpdates"); r.Code != 409 {
		t.Errorf("polling beside a webhook: %+v", r)
	}
}

// The later of two polls ends the earlier.
func TestTwoPollsConflict(t *testing.T) {
	f := start(t, fake.Options{})
	first := make(chan result)
	go func() { first <- f.call("getUpdates", "timeout", "600") }()
	for {
		select {
		case r := <-first:
			if r.Code != 409 {
				t.Errorf("%+v", r)
			}
			return
		default:
			f.call("getUpdates") // ends the first, once that has begun
		}
	}
}

// One update of a chat and kind is in flight at a time; it comes again until
// it is acknowledged, and the next waits for it.
func TestWebhookDeliveryKeepsOrder(t *testing.T) {
	f := start(t, fake.Options{LongestPause: time.Millisecond})
	var mu sync.Mutex
	var got []string
	var texts, taps atomic.Int32
	tries := 0
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var u struct {
			Message  struct{ Text string }
			Callback struct{ Data string } `json:"callback_query"`
		}
		if err := json.NewDecoder(r.Body).Decode(&u); err != nil || r.Header.Get("X-Telegram-Bot-Api-Secret-Token") != "s" {
			t.Errorf("%v; secret %q", err, r.Header.Get("X-Telegram-Bot-Api-Secret-Token"))
		}
		flying := &texts
		if u.Callback.Data != "" {
			flying = &taps
		}
		if flying.Add(1) > 1 {
			t.Error("two of a kind in flight")
		}
		defer flying.Add(-1)
		mu.Lock()
		defer mu.Unlock()
		if tries++; tries%2 == 1 {
			w.Header().Set("Retry-After", "2")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		got = append(got, u.Message.Text+u.Callback.Data)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"method":"sendMessage","chat_id":1,"text":%q}`, "re: "+u.Message.Text+u.Callback.Data)
	}))
	defer hook.Close()
	if r := f.call("setWebhook", "url", hook.URL, "secret_token", "s", "max_connections", "5"); !r.OK {
		t.Fatalf("%+v", r)
	}
	p := f.Person(1, "vi")
	want := map[bool][]string{}
	for i := range 5 {
		p.Says(fmt.Sprint("m", i))
		p.TapsData(fake.Message{}, fmt.Sprint("t", i))
		want[false] = append(want[false], fmt.Sprint("m", i))
		want[true] = append(want[true], fmt.Sprint("t", i))
	}
	if err := f.Idle(f.ctx); err != nil {
		t.Fatal(err)
	}
	byKind := map[bool][]string{}
	for _, g := range got {
		byKind[g[0] == 't'] = append(byKind[g[0] == 't'], g)
	}
	if diff := cmp.Diff(want, byKind); diff != "" {
		t.Error(diff)
	}
	if ms := p.Received(); len(ms) != 10 || !ms[0].Answer || ms[0].Text != "re: "+got[0] {
		t.Errorf("received %+v", ms)
	}
	var info struct {
		Last string `json:"last_error_message"`
	}
	if err := json.Unmarshal(f.call("getWebhookInfo").Result, &info); err != nil || !strings.Contains(info.Last, "503") {
		t.Error(info, err)
	}
	if v := f.Violations(); len(v) > 0 {
		t.Error(v)
	}
}

// What a webhook answers is checked like any request, and Again repeats an
// update.
func TestWebhookAnswersAreChecked(t *testing.T) {
	f := start(t, fake.Options{LongestPause: time.Millisecond})
	answers := []string{`{"method":"sendMessage","chat_id":1,"text":""}`, `{"method":"sendSmoke"}`, `<html>`, ``}
	var seen []int64
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var u struct {
			ID int64 `json:"update_id"`
		}
		if err := json.NewDecoder(r.Body).Decode(&u); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, answers[len(seen)]) // one update of a chat is in flight at a time
		seen = append(seen, u.ID)
	}))
	defer hook.Close()
	f.call("setWebhook", "url", hook.URL)
	p := f.Person(1, "vi")
	first := p.Says("một")
	p.Says("hai")
	p.Again(first)
	p.Says("ba")
	if err := f.Idle(f.ctx); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{first, first + 1, first, first + 2}, seen); diff != "" {
		t.Error(diff)
	}
	if v := f.Violations(); len(v) != 3 {
		t.Errorf("violations %q", v)
	}
}

func TestTaps(t *testing.T) {
	f := start(t, fake.Options{})
	p := f.Person(1, "vi")
	p.Starts("")
	f.call("sendMessage", "chat_id", "1", "text", "cũ", "reply_markup", `{"inline_keyboard":[[{"text":"Có","callback_data":"old"}]]}`)
	f.call("sendMessage", "chat_id", "1", "text", "mới", "reply_markup", `{"inline_keyboard":[[{"text":"Có","callback_data":"new"}]]}`)
	if _, err := p.Taps("Không"); err == nil {
		t.Error("there is no such button")
	}
	id, err := p.Taps("Có")
	if err != nil || id == 0 {
		t.Fatal(id, err)
	}
	r := f.call("getUpdates", "offset", fmt.Sprint(id))
	var list []struct {
		Callback struct{ ID, Data string } `json:"callback_query"`
	}
	if err := json.Unmarshal(r.Result, &list); err != nil || len(list) != 1 || list[0].Callback.Data != "new" {
		t.Fatalf("%s %v", r.Result, err)
	}
	if n := f.UnansweredTaps(); n != 1 {
		t.Errorf("%d taps unanswered", n)
	}
	f.call("answerCallbackQuery", "callback_query_id", list[0].Callback.ID)
	if n := f.UnansweredTaps(); n != 0 {
		t.Errorf("%d taps unanswered", n)
	}
}

func TestLimits(t *testing.T) {
	f := start(t, fake.Options{Limits: fake.Limits{PerSecond: 0.001, Burst: 3, Penalty: time.Hour}})
	for i := range 5 {
		f.Person(int64(i+1), "vi").Starts("")
	}
	for i := range 5 {
		r := f.call("sendMessage", "chat_id", fmt.Sprint(i+1), "text", "a")
		if wait := r.Parameters.RetryAfter; r.OK != (i < 3) || i >= 3 && (r.Code != 429 || wait < 3590 || wait > 3600) {
			t.Errorf("message %d: %+v", i+1, r)
		}
	}
	g := start(t, fake.Options{Limits: fake.Limits{PerChat: 0.001, ChatBurst: 2}})
	g.Person(1, "vi").Starts("")
	g.Person(2, "vi").Starts("")
	for i, chat := range []string{"1", "1", "1", "2"} {
		if r := g.call("sendMessage", "chat_id", chat, "text", "a"); r.OK != (i != 2) {
			t.Errorf("message %d: %+v", i+1, r)
		}
	}
}

func TestNextAndUnread(t *testing.T) {
	f := start(t, fake.Options{})
	p := f.Person(1, "vi")
	p.Starts("")
	for _, text := range []string{"một", "hai", "ba"} {
		f.call("sendMessage", "chat_id", "1", "text", text)
	}
	if m, err := p.Next(f.ctx); err != nil || m.Text != "một" {
		t.Error(m, err)
	}
	if rest := p.Unread(); len(rest) != 2 || rest[1].Text != "ba" || len(p.Unread()) != 0 {
		t.Error(rest)
	}
	soon, cancel := context.WithTimeout(f.ctx, time.Millisecond)
	defer cancel()
	if _, err := p.Next(soon); err == nil {
		t.Error("waiting for nothing ended well")
	}
}
