package sms_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/sms"
	"ocopbot/storage"
)

// down is an inbox whose database can be out of reach.
type down struct {
	sms.Inbox
	is atomic.Bool
}

func (d *down) Keep(ctx context.Context, in bot.Incoming) error {
	if d.is.Load() {
		return storage.ErrUnavailable
	}
	return d.Inbox.Keep(ctx, in)
}

func TestSpoolKeepsWhileTheDatabaseIsDown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spool.jsonl")
	log := slog.New(slog.DiscardHandler)
	d := &down{}
	open := func() *sms.Spool {
		s, err := sms.NewSpool(d, path, 2000, log)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	var spool *sms.Spool
	r := newRig(t, func(in sms.Inbox) sms.Inbox {
		d.Inbox = in
		spool = open()
		return spool
	})
	d.is.Store(true)
	for i := range 4 {
		if got := r.says(fmt.Sprint(i), "0912000001", fmt.Sprint("tin ", i)); got != http.StatusOK {
			t.Fatalf("message %d is answered %d", i, got)
		}
	}
	d.is.Store(false)
	if got := r.says("4", "0912000001", "tin 4"); got != http.StatusOK || r.waiting() != 0 {
		t.Fatalf("a later message overtakes the spool: %d, %d in the database", got, r.waiting())
	}
	// The program is killed in the middle of a line, and starts again.
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"ID":"half`); err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	spool = open()
	if spool.Waiting() != 5 {
		t.Fatalf("%d messages are in the spool", spool.Waiting())
	}
	for i := range 5 {
		claimed, err := spool.Claim(t.Context(), r.now, time.Minute, 10)
		if err != nil || len(claimed) != 1 || claimed[0].Text != fmt.Sprint("tin ", i) || claimed[0].From != an {
			t.Fatalf("message %d: %+v, %v", i, claimed, err)
		}
		if err := spool.Done(t.Context(), claimed[0].ID, r.now); err != nil {
			t.Fatal(err)
		}
	}
	if claimed, err := spool.Claim(t.Context(), r.now, time.Minute, 10); err != nil || len(claimed) != 0 || spool.Waiting() != 0 {
		t.Errorf("left: %+v, %d, %v", claimed, spool.Waiting(), err)
	}
	d.is.Store(true)
	for i := 0; ; i++ {
		err := spool.Keep(t.Context(), bot.Incoming{ID: fmt.Sprint("x", i), From: an, Text: "a"})
		if errors.Is(err, sms.ErrSpoolFull) && i > 2 {
			break
		}
		if err != nil || i > 100 {
			t.Fatalf("message %d: %v", i, err)
		}
	}
}
