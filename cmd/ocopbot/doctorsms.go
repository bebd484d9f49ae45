package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/bot/sms"
	"ocopbot/locales"
)

// sms checks that the gateways can be reached and what they sent today. It
// sends nothing but the test message that is asked for.
func (r *report) sms(ctx context.Context, s *Settings, test smsTest) error {
	if !s.SMS.wanted() {
		r.note("sms", "neither SMS_GATEWAY nor SMS_GATEWAYS is set")
		if idle := s.SMS.idle(); len(idle) > 0 {
			r.note("sms", strings.Join(idle, ", ")+": set, but for no gateway")
		}
		return nil
	}
	m, err := newSMS(s)
	if err != nil {
		return err
	}
	for _, g := range m.gateways {
		r.check("sms gateway "+g.Name, m.channel.Check(ctx, g.Name))
		if publicCloud(g) {
			r.note("sms gateway "+g.Name, "the public cloud server reads every message and every number; for a first try only")
		}
		if len(g.Callers) == 0 {
			r.note("sms gateway "+g.Name, "no callers are listed: whoever has the secret may call, from anywhere")
		}
		if g.Budget == 0 {
			r.note("sms gateway "+g.Name, "it has no budget: nothing ends what it may cost in a day")
		}
	}
	if !slices.ContainsFunc(m.gateways, func(g sms.Gateway) bool { return g.Sender != sms.Brandname }) {
		r.note("sms", "all gateways are brandnames: nobody can write to us")
	}
	if n := m.spool.Waiting(); n > 0 {
		r.note("sms", fmt.Sprintf("%d messages wait in %s for the database", n, s.SMS.Spool))
	}
	notSent := func() {
		if test.Number != "" {
			r.check("sms test", errors.New("not sent: what it costs is noted in the database, which `ocopbot serve` or `migrate` makes"))
		}
	}
	if s.noFileYet() {
		notSent()
		return nil
	}
	store, err := openRecords(ctx, s)
	if err != nil {
		return err
	}
	defer func() { r.checkClosed("database", store.Close()) }()
	if store.usable(ctx) != nil { // the database was complained of already
		notSent()
		return nil
	}
	m.store.Inbound, m.store.records, m.store.paces = store.Inbound(), store, smsPaces(m.gateways, nil)
	if test.Number != "" {
		if err := r.smsTest(ctx, m, test); err != nil {
			return err
		}
	}
	return r.smsToday(ctx, store, m)
}

// smsTest is a message an operator has sent to see a gateway work.
type smsTest struct {
	Number string `name:"sms-test" placeholder:"NUMBER" help:"Send one test message to this phone. It costs what a message costs."`
	By     string `name:"sms-by" placeholder:"NAME" help:"The gateway that sends it (default: the first that sends single messages)."`
}

func (r *report) smsTest(ctx context.Context, m *shortMessages, test smsTest) error {
	for _, g := range m.gateways {
		if test.By == "" && !g.Booked {
			test.By = g.Name
		}
	}
	texts, err := locales.New()
	if err != nil {
		return err
	}
	text := texts.Text(locales.Vietnamese, "", "sms.test", locales.Data{"gateway": test.By})
	_, err = m.channel.Test(ctx, test.By, test.Number, text)
	r.check("sms test by "+test.By, err)
	if err == nil {
		r.note("sms test by "+test.By, "the gateway took it; the phone should show it within a minute")
	}
	return nil
}

// smsToday tells what each gateway sent and cost since midnight.
func (r *report) smsToday(ctx context.Context, store *records, m *shortMessages) error {
	now := time.Now()
	days, err := store.SMSDays(ctx, now)
	if err != nil {
		r.check("sms today", err)
		return nil
	}
	today := now.In(ocop.Local).Format(time.DateOnly)
	for _, d := range days {
		if d.Day != today {
			continue
		}
		line := fmt.Sprintf("today %d messages, %d segments, %d failed, %d đồng", d.Messages, d.Segments, d.Failed, d.Dong)
		for _, g := range m.gateways {
			if g.Name == d.Gateway && g.Budget > 0 {
				line += fmt.Sprintf("; %d segments are left of %d", max(0, g.Budget-d.Segments), g.Budget)
			}
		}
		r.note("sms gateway "+d.Gateway, line)
	}
	untold, err := store.AlertsUntold(ctx, 10)
	for _, a := range untold {
		r.note("sms gateway "+a.Gateway, fmt.Sprintf("%s on %s: no admin has been told yet", a.Kind, a.Day))
	}
	r.checkClosed("alerts", err)
	return nil
}
