package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// apiLatency is how long the pretended Telegram takes for a call.
const apiLatency = 20 * time.Millisecond

// botAPI is a Bot API that accepts every message and tells who waits for it.
type botAPI struct {
	*httptest.Server
	ids     atomic.Int64
	waiting sync.Map // chat id → chan struct{}
}

func newBotAPI() *botAPI {
	a := &botAPI{}
	a.Server = httptest.NewServer(http.HandlerFunc(a.serve))
	return a
}

func (a *botAPI) serve(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	time.Sleep(apiLatency)
	w.Header().Set("Content-Type", "application/json")
	method := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	switch method {
	case "sendMessage":
		chat := r.PostFormValue("chat_id")
		fmt.Fprintf(w, `{"ok":true,"result":{"message_id":%d,"date":1,"chat":{"id":%s,"type":"private"}}}`, a.ids.Add(1), chat)
		if c, ok := a.waiting.LoadAndDelete(chat); ok {
			close(c.(chan struct{}))
		}
	case "getMe":
		io.WriteString(w, `{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"b","username":"bench_bot"}}`)
	default:
		io.WriteString(w, `{"ok":true,"result":true}`)
	}
}

// expect is closed when the chat is sent a message by an API call.
func (a *botAPI) expect(chat int64) chan struct{} {
	c := make(chan struct{})
	a.waiting.Store(fmt.Sprint(chat), c)
	return c
}

func (a *botAPI) forget(chat int64) { a.waiting.Delete(fmt.Sprint(chat)) }
