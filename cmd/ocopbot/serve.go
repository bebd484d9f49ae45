package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"ocopbot/bot"
	"ocopbot/bot/telegram"
	"ocopbot/locales"
)

type serveCmd struct{}

// gcPercent has the collector run more often than Go's 100: beside
// its database on a machine of 1 GB, memory is dearer than processor. GOGC
// overrides it.
const gcPercent = 30

// drain is how long turns may take to finish after SIGTERM.
const drain = 10 * time.Second

// sendLimit bounds one call of the Bot API, so that a turn whose answer hangs
// still ends within drain.
const sendLimit = 8 * time.Second

// Run answers people until it is told to stop.
func (*serveCmd) Run(ctx context.Context, s *Settings) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	runtime.MemProfileRate = 0 // nobody reads the profile, which takes 1.5 MB
	tg, err := newTelegram(s)
	if err != nil {
		return err
	}
	var channels []bot.Channel
	if tg != nil {
		channels = append(channels, tg)
		defer tg.Close()
	}
	texts, err := newSMS(s)
	if err != nil {
		return err
	}
	if texts != nil {
		channels = append(channels, texts.channel)
	}
	a, err := open(ctx, s, channels...)
	if err != nil {
		return err
	}
	defer func() {
		if err := a.close(); err != nil {
			a.log.Error("closing", "cause", err)
		}
	}()
	a.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))

	health := &health{app: a}
	mux := http.NewServeMux()
	health.mount(mux)
	if tg != nil {
		if s.TelegramWebhookURL != "" {
			mux.Handle("/telegram/webhook", tg.Webhook(a.dispatch.For(tg.Caps())))
		}
	}
	if texts != nil {
		texts.bind(a)
		mux.Handle("/sms/", texts.channel)
	}
	if len(channels) == 0 {
		a.log.Warn("no channel is set up: set TELEGRAM_TOKEN or SMS_GATEWAY, or try `ocopbot chat`")
	}
	server := &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 16 << 10,
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.HTTPAddr)
	if err != nil {
		return fmt.Errorf("HTTP_ADDR: %w", err)
	}
	a.log.Info("listening", "addr", listener.Addr().String())
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return answer(ctx, server, listener) })
	g.Go(func() error { return a.work(ctx, health, tg) })
	return g.Wait()
}

// answer serves HTTP until ctx ends, and then finishes what is being answered.
func answer(ctx context.Context, server *http.Server, listener net.Listener) error {
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		stopped <- server.Shutdown(late)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("http: %w", err)
	}
	if err := <-stopped; err != nil {
		return fmt.Errorf("http: turns were cut short: %w", err)
	}
	return nil
}

// work brings the tables up to date, and then runs everything that is not
// HTTP until ctx ends. A database that is down is waited for.
func (a *app) work(ctx context.Context, health *health, tg *telegram.Channel) error {
	if err := a.migrateOnceUp(ctx); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return nil
	}
	stop, err := a.startOutbox(ctx)
	if err != nil {
		return err
	}
	defer stop()
	health.started()
	if err := letGo(); err != nil {
		a.log.Warn("the memory that starting took is kept", "cause", err)
	}

	var parking sync.WaitGroup
	if a.parked != nil {
		parking.Go(func() { a.parked.Run(ctx) })
	}
	defer parking.Wait()
	var receiving sync.WaitGroup
	if a.sms != nil {
		receiving.Go(func() { a.receiveSMS(ctx) })
	}
	defer receiving.Wait()
	if tg == nil {
		<-ctx.Done()
		return nil
	}
	return a.runTelegram(ctx, tg)
}

// retryEvery is the pause before a server that was down is tried again.
const retryEvery = 2 * time.Second

func (a *app) migrateOnceUp(ctx context.Context) error {
	for {
		err := a.records.migrate(ctx)
		if err == nil || ctx.Err() == nil && !unavailable(err) {
			return err
		}
		a.log.Error("the database cannot be used yet, trying again", "cause", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(retryEvery):
		}
	}
}

// newTelegram makes the Telegram channel; nil without a token.
func newTelegram(s *Settings) (*telegram.Channel, error) {
	if s.TelegramToken == "" {
		return nil, nil
	}
	tg, err := telegram.New(telegram.Options{
		Token: s.TelegramToken, APIURL: s.TelegramAPIURL,
		WebhookURL: s.TelegramWebhookURL, WebhookSecret: s.TelegramWebhookSecret, Log: s.logger(),
		SendTimeout: sendLimit,
	})
	if err != nil {
		return nil, settingError{err}
	}
	return tg, nil
}

// runTelegram sets the menu of commands and takes in updates until ctx ends.
func (a *app) runTelegram(ctx context.Context, tg *telegram.Channel) error {
	var wg sync.WaitGroup
	wg.Go(func() { a.insistCommands(ctx, tg) })
	defer wg.Wait()
	if err := tg.Receive(ctx, a.dispatch.For(tg.Caps())); err != nil {
		return fmt.Errorf("telegram: %w", err)
	}
	<-ctx.Done()
	return nil
}

// insistCommands fills Telegram's menu, trying again while Telegram is out of
// reach; a server that does not know how is asked ever more rarely.
func (a *app) insistCommands(ctx context.Context, tg *telegram.Channel) {
	for pause := retryEvery; ctx.Err() == nil; pause = min(2*pause, time.Hour) {
		err := a.setCommands(ctx, tg)
		if err == nil || ctx.Err() != nil {
			return
		}
		a.log.Warn("Telegram's menu of commands is not set yet, trying again", "in", pause, "cause", err)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// setCommands sets the menu for people whose app speaks Vietnamese, English or
// anything else.
func (a *app) setCommands(ctx context.Context, tg *telegram.Channel) error {
	for tag, lang := range map[string]string{"": locales.Vietnamese, "vi": locales.Vietnamese, "en": locales.English} {
		var menu []telegram.Command
		for _, c := range a.engine.Commands(lang) {
			menu = append(menu, telegram.Command{Name: c.Name, Text: c.Text})
		}
		if err := tg.SetCommands(ctx, tag, menu); err != nil {
			return err
		}
	}
	return nil
}
