package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"ocopbot/bot/bottest/realkannel"
)

const (
	smsMessages = 1000 // each of another person
	smsSecret   = "bench secret of callbacks"
)

// sms measures three things: how many messages a second are on disk when a
// gateway calls us as fast as it can; how many come in by Kannel and are
// answered through it; and how many Kannel does by itself, with a server that
// echoes in our place.
func (r *rig) sms(ctx context.Context) error {
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, "OK")
	}))
	defer echo.Close()
	floor, err := r.throughKannel(ctx, realkannel.Options{GetURL: echo.URL + "/?text=%b", Echo: true}, func(string) (func(), error) {
		return func() {}, nil
	})
	if err != nil {
		return fmt.Errorf("kannel by itself: %w", err)
	}
	fmt.Printf("%-44s %8.0f messages/s in and answered\n", "Kannel and an echo", floor)

	addr, err := freeAddr()
	if err != nil {
		return err
	}
	whole, err := r.throughKannel(ctx, realkannel.Options{GetURL: realkannel.GetURL("http://"+addr, smsSecret)}, func(kannel string) (func(), error) {
		_, _, done, err := r.startBotOn(ctx, addr, r.smsSettings(addr, kannel)...)
		return done, err
	})
	if err != nil {
		return fmt.Errorf("through kannel: %w", err)
	}
	fmt.Printf("%-44s %8.0f messages/s in and answered, %.2f of Kannel by itself\n", "Kannel and the program", whole, whole/floor)

	in, out, err := r.smsDirectly(ctx)
	if err != nil {
		return fmt.Errorf("without kannel: %w", err)
	}
	fmt.Printf("%-44s %8.0f messages/s on disk, %.0f/s answered\n", "the program, called as fast as it can be", in, out)
	return nil
}

func (r *rig) smsSettings(addr, gateway string) []string {
	return []string{
		"SMS_GATEWAY=kannel", "SMS_URL=" + gateway, "SMS_USER=" + realkannel.User, "SMS_PASSWORD=" + realkannel.Password,
		"SMS_NUMBER=0912000000", "SMS_SECRET=" + smsSecret, "SMS_PUBLIC_URL=http://" + addr,
		"SMS_SPOOL=" + filepath.Join(r.dir, "spool"), "SMS_CALLERS=127.0.0.1",
	}
}

func phone(i int) string { return fmt.Sprintf("+8491%07d", i) }

// throughKannel brings messages in at the centre until each is answered
// there, and gives the rate.
func (r *rig) throughKannel(ctx context.Context, o realkannel.Options, behind func(kannel string) (func(), error)) (rate float64, err error) {
	if o.Dir, err = os.MkdirTemp(r.dir, "kannel-"); err != nil {
		return 0, err
	}
	k, err := realkannel.Start(ctx, o)
	if err != nil {
		return 0, err
	}
	defer k.Stop()
	done, err := behind(k.URL())
	if err != nil {
		return 0, err
	}
	defer done()
	began := time.Now()
	for i := range smsMessages {
		if err := k.Centre.Say(ctx, phone(i), "0912000000", "OCOP"); err != nil {
			return 0, err
		}
	}
	for {
		s, err := k.Centre.State(ctx)
		if err != nil {
			return 0, err
		}
		if s.Texts >= smsMessages {
			return smsMessages / time.Since(began).Seconds(), nil
		}
		if time.Since(began) > 5*time.Minute {
			return 0, fmt.Errorf("%d of %d are answered after five minutes: %w", s.Texts, smsMessages, k.Logs())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// smsDirectly calls the program as a gateway does, and takes its answers.
func (r *rig) smsDirectly(ctx context.Context) (in, out float64, err error) {
	var answered atomic.Int64
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answered.Add(1)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer gateway.Close()
	addr, err := freeAddr()
	if err != nil {
		return 0, 0, err
	}
	_, _, done, err := r.startBotOn(ctx, addr, r.smsSettings(addr, gateway.URL)...)
	if err != nil {
		return 0, 0, err
	}
	defer done()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	var calling sync.WaitGroup
	var failed atomic.Int64
	next := make(chan int)
	began := time.Now()
	for range 64 {
		calling.Go(func() {
			for i := range next {
				q := url.Values{"key": {smsSecret}, "id": {fmt.Sprint("m", i)}, "from": {phone(i)}, "text": {"OCOP"}, "coding": {"0"}}
				resp, err := client.Get("http://" + addr + "/sms/kannel/mo?" + q.Encode())
				if err != nil || resp.Body.Close() != nil || resp.StatusCode != http.StatusOK {
					failed.Add(1)
				}
			}
		})
	}
	for i := range smsMessages {
		next <- i
	}
	close(next)
	calling.Wait()
	in = smsMessages / time.Since(began).Seconds()
	if n := failed.Load(); n > 0 {
		return 0, 0, fmt.Errorf("%d messages were not taken", n)
	}
	for answered.Load() < smsMessages {
		if time.Since(began) > 5*time.Minute {
			return 0, 0, fmt.Errorf("%d of %d are answered after five minutes", answered.Load(), smsMessages)
		}
		time.Sleep(10 * time.Millisecond)
	}
	return in, smsMessages / time.Since(began).Seconds(), nil
}
