package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"ocopbot/storage"
	"ocopbot/storage/redisstore"
)

// health answers those who watch over the program.
type health struct {
	*app
	up atomic.Bool
}

// started says that the tables are up to date and messages can be handled.
func (h *health) started() { h.up.Store(true) }

func (h *health) mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", h.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(h.metrics, promhttp.HandlerOpts{}))
}

const checkLimit = 2 * time.Second

// ready says whether messages can be handled now, and if not, why.
func (h *health) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), checkLimit)
	defer cancel()
	wrong := h.wrong(ctx)
	if h.sms != nil && len(wrong) > 0 {
		if n := h.sms.spool.Waiting(); n > 0 {
			wrong = append(wrong, fmt.Sprintf("sms: %d messages are kept in the spool", n))
		}
	}
	if !h.up.Load() {
		wrong = append(wrong, "starting")
	}
	if len(wrong) > 0 {
		http.Error(w, strings.Join(wrong, "\n"), http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "ready\n")
	if h.sms != nil {
		if note := h.sms.note(ctx); note != "" {
			_, _ = io.WriteString(w, note+"\n")
		}
	}
}

// wrong lists what keeps the program from handling messages. Both servers are
// asked at once: one that hangs must not use up the other's time. Both are
// written to, for a full disk or memory still lets itself be read.
func (a *app) wrong(ctx context.Context) (wrong []string) {
	redis := make(chan error, 1)
	go func() {
		if a.redis == nil {
			redis <- nil
			return
		}
		redis <- redisstore.Writable(ctx, a.redis)
	}()
	err := a.records.Ready(ctx)
	if err == nil {
		err = a.records.Writable(ctx)
	}
	if err != nil {
		wrong = append(wrong, fmt.Sprint("database: ", err))
	}
	if err := <-redis; err != nil {
		wrong = append(wrong, fmt.Sprint("redis: ", err))
	}
	return wrong
}

// unavailable tells an error that may pass by itself.
func unavailable(err error) bool {
	return errors.Is(err, storage.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded)
}
