package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"ocopbot/bot/ocop"
	"ocopbot/bot/sms"
	"ocopbot/locales"
)

// SMSSettings set up the way to short messages: one gateway by settings, or
// several by a file.
type SMSSettings struct {
	Gateways  string   `name:"gateways" env:"SMS_GATEWAYS" placeholder:"FILE" help:"A YAML file with several gateways, instead of SMS_GATEWAY and what belongs to it."`
	Gateway   string   `name:"gateway" env:"SMS_GATEWAY" placeholder:"KIND" help:"kannel, android, esms or speedsms. Unset, and no file: no SMS."`
	URL       string   `name:"url" env:"SMS_URL" placeholder:"URL" help:"The gateway's own address: Kannel's smsbox, the phone or its cloud, or the shop's API."`
	User      string   `name:"user" env:"SMS_USER" placeholder:"NAME" help:"User name or API key at the gateway."`
	Password  string   `name:"password" env:"SMS_PASSWORD" placeholder:"SECRET" help:"Password, secret key or token at the gateway."`
	Number    string   `name:"number" env:"SMS_NUMBER" placeholder:"NUMBER" help:"The number people text to; for shops the name or number that messages come from."`
	Sender    string   `name:"sender" env:"SMS_SENDER" default:"number" placeholder:"KIND" help:"number; shortcode: shared, every message begins with SMS_KEYWORD; brandname: registered, one-way, and the only one that may advertise (default ${default})."`
	Keyword   string   `name:"keyword" env:"SMS_KEYWORD" placeholder:"WORD" help:"The word that messages to a shared short code begin with."`
	Rate      float64  `name:"rate" env:"SMS_RATE" placeholder:"N" help:"Messages a second at most. Unset: as many as come."`
	Budget    int      `name:"budget" env:"SMS_BUDGET" placeholder:"N" help:"Segments a day at most. Unset: as many as come."`
	Price     int64    `name:"price" env:"SMS_PRICE" placeholder:"DONG" help:"What a segment costs, in đồng."`
	Secret    string   `name:"secret" env:"SMS_SECRET" placeholder:"SECRET" help:"What the gateway's calls to /sms/… prove themselves by: 16 characters or more."`
	Callers   []string `name:"callers" env:"SMS_CALLERS" placeholder:"ADDRESS" help:"Addresses or networks the gateway calls from, with commas. Unset: anywhere."`
	PublicURL string   `name:"public-url" env:"SMS_PUBLIC_URL" placeholder:"URL" help:"Where the gateways reach this program, for delivery reports."`
	Spool     string   `name:"spool" env:"SMS_SPOOL" default:"data/sms-spool.jsonl" placeholder:"FILE" help:"Where messages wait while the database is down (default ${default})."`
}

// drivers are the kinds of gateways.
var drivers = map[string]sms.Driver{"kannel": sms.Kannel, "android": sms.Android, "esms": sms.ESMS, "speedsms": sms.SpeedSMS}

var senders = []sms.Sender{sms.Number, sms.ShortCode, sms.Brandname}

const (
	// largestSpool bounds the spool: some hundred thousand messages.
	largestSpool   = 64 << 20
	shortestSecret = 16
)

// wanted tells whether there is SMS at all.
func (s SMSSettings) wanted() bool { return s.Gateway != "" || s.Gateways != "" }

// gateways makes the gateways of the settings, or says what is wrong with them.
func (s SMSSettings) gateways() (all []sms.Gateway, wrong []error) {
	bad := func(name, why string) { wrong = append(wrong, fmt.Errorf("ocopbot: %s: %s", name, why)) }
	if !isHTTP(s.PublicURL) {
		bad("SMS_PUBLIC_URL", "not an address such as http://bot.example.vn:8080")
	}
	if s.Gateways != "" {
		if s.Gateway != "" {
			bad("SMS_GATEWAY", "one gateway, and SMS_GATEWAYS with several: which?")
		}
		all, inFile := readGateways(s.Gateways)
		return all, append(wrong, inFile...)
	}
	driver, ok := drivers[s.Gateway]
	if !ok {
		bad("SMS_GATEWAY", "not kannel, android, esms or speedsms")
	}
	if !isHTTP(s.URL) {
		bad("SMS_URL", "not an http(s) address")
	}
	if s.Password == "" && s.Gateway != "speedsms" || s.User == "" {
		bad("SMS_USER", "needed with SMS_GATEWAY, and SMS_PASSWORD with it")
	}
	if s.Number == "" && (s.Gateway == "kannel" || s.Gateway == "esms") { // they refuse messages that name no sender
		bad("SMS_NUMBER", "needed with Kannel and eSMS")
	}
	if (s.Sender == string(sms.ShortCode)) != (s.Keyword != "") {
		bad("SMS_KEYWORD", "goes with SMS_SENDER=shortcode, and only there")
	}
	if s.Rate < 0 || s.Budget < 0 || s.Price < 0 {
		bad("SMS_RATE, SMS_BUDGET, SMS_PRICE", "less than nothing")
	}
	if len(s.Secret) < shortestSecret {
		bad("SMS_SECRET", "needed with SMS_GATEWAY: 16 characters or more")
	}
	from, err := callers(s.Callers)
	if err != nil {
		bad("SMS_CALLERS", err.Error())
	}
	return []sms.Gateway{{
		Name: s.Gateway, Driver: driver, URL: s.URL, User: s.User, Password: s.Password, Number: s.Number, Secret: s.Secret,
		Callers: from, Sender: sms.Sender(s.Sender), Keyword: s.Keyword, Rate: s.Rate, Budget: s.Budget, Price: s.Price,
	}}, wrong
}

// texted is the gateway whose number people are told to text to: the first
// that takes any text, else the first with a keyword; false: there is none.
func (s SMSSettings) texted() (g sms.Gateway, ok bool) {
	if !s.wanted() {
		return g, false
	}
	all, _ := s.gateways() // check has seen them
	for _, sort := range [][]sms.Sender{{sms.Number, ""}, {sms.ShortCode}} {
		for _, g := range all {
			if g.Number != "" && slices.Contains(sort, g.Sender) {
				return g, true
			}
		}
	}
	return g, false
}

// check says what is wrong with the settings of SMS; nothing if there are none.
func (s SMSSettings) check() []error {
	var wrong []error
	if s.Sender != "" && !slices.Contains(senders, sms.Sender(s.Sender)) {
		wrong = append(wrong, errors.New("ocopbot: SMS_SENDER: not number, shortcode or brandname"))
	}
	if s.wanted() {
		_, more := s.gateways()
		wrong = append(wrong, more...)
	}
	return wrong
}

// idle are the settings that say something of a gateway, while there is none.
func (s SMSSettings) idle() (names []string) {
	if s.wanted() {
		return nil
	}
	for _, of := range []struct {
		name string
		set  bool
	}{
		{"SMS_URL", s.URL != ""}, {"SMS_USER", s.User != ""}, {"SMS_PASSWORD", s.Password != ""}, {"SMS_NUMBER", s.Number != ""},
		{"SMS_SENDER", s.Sender != "" && s.Sender != string(sms.Number)}, {"SMS_KEYWORD", s.Keyword != ""},
		{"SMS_RATE", s.Rate != 0}, {"SMS_BUDGET", s.Budget != 0}, {"SMS_PRICE", s.Price != 0},
		{"SMS_SECRET", s.Secret != ""}, {"SMS_CALLERS", len(s.Callers) > 0},
	} {
		if of.set {
			names = append(names, of.name)
		}
	}
	return names
}

func isHTTP(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// callers reads addresses and networks; its error is errCaller.
func callers(list []string) (all []netip.Prefix, err error) {
	for _, text := range list {
		text = strings.TrimSpace(text)
		if p, err := netip.ParsePrefix(text); err == nil {
			all = append(all, p)
			continue
		}
		a, err := netip.ParseAddr(text)
		if err != nil {
			return nil, errCaller
		}
		all = append(all, netip.PrefixFrom(a, a.BitLen()))
	}
	return all, nil
}

// shortMessages is the SMS channel with what it keeps.
type shortMessages struct {
	channel  *sms.Channel
	spool    *sms.Spool
	store    *smsStore
	gateways []sms.Gateway
}

// newSMS makes the SMS channel; nil without a gateway. It can be used after bind.
func newSMS(s *Settings) (*shortMessages, error) {
	if !s.SMS.wanted() {
		return nil, nil
	}
	gateways, wrong := s.SMS.gateways()
	if len(wrong) > 0 {
		return nil, settingError{errors.Join(wrong...)}
	}
	texts, err := locales.New()
	if err != nil {
		return nil, err
	}
	m := &shortMessages{store: &smsStore{}, gateways: gateways}
	if err := os.MkdirAll(filepath.Dir(s.SMS.Spool), 0o700); err != nil {
		return nil, fmt.Errorf("SMS_SPOOL: %w", err)
	}
	if m.spool, err = sms.NewSpool(m.store, s.SMS.Spool, largestSpool, s.logger()); err != nil {
		return nil, fmt.Errorf("SMS_SPOOL: %w", err)
	}
	m.channel, err = sms.New(sms.Options{
		Gateways: gateways, PublicURL: s.SMS.PublicURL, Inbox: m.spool, Ledger: m.store, Pacer: m.store, Words: smsWords{texts},
		Number: smsNumber, Log: s.logger(), Now: time.Now,
	})
	if err != nil {
		return nil, settingError{err}
	}
	return m, nil
}

// bind gives the channel the records, and has its backlog measured.
func (m *shortMessages) bind(a *app) {
	m.store.Inbound, m.store.records, m.store.outbox = a.records.Inbound(), a.records, a.outbox
	m.store.paces = smsPaces(m.gateways, a.redis)
	a.sms = m
	for _, g := range m.gateways {
		if publicCloud(g) {
			a.log.Warn("the public cloud server of this gateway reads every message and every number; for a first try only", "gateway", g.Name)
		}
	}
	a.metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "ocopbot_sms_waiting", Help: "Short messages that came in and are not handled yet; -1 while the database is down and only the spool is known to hold some.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), checkLimit)
		defer cancel()
		n, err := m.waiting(ctx)
		if err != nil {
			return -1
		}
		return float64(n)
	}), prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "ocopbot_sms_spooled", Help: "Short messages in this process's spool, waiting for the database.",
	}, func() float64 { return float64(m.spool.Waiting()) }))
}

// receiveSMS handles what comes in until ctx ends.
func (a *app) receiveSMS(ctx context.Context) {
	if err := a.sms.channel.Receive(ctx, a.dispatch.For(a.sms.channel.Caps())); err != nil {
		a.log.Error("sms", "cause", err)
	}
}

// waiting counts what came in and is not handled.
func (m *shortMessages) waiting(ctx context.Context) (int, error) {
	n, err := m.store.Waiting(ctx)
	return n + m.spool.Waiting(), err
}

// note tells those who watch over the program what waits; empty for nothing.
func (m *shortMessages) note(ctx context.Context) string {
	n, err := m.waiting(ctx)
	if err != nil {
		n = m.spool.Waiting()
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("sms: %d messages wait to be handled", n)
}

// publicCloud tells a phone that is asked by way of its maker's own server,
// which sees everything, outside Vietnam.
func publicCloud(g sms.Gateway) bool {
	u, err := url.Parse(g.URL)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return host == "sms-gate.app" || strings.HasSuffix(host, ".sms-gate.app")
}

// smsNumber reads the number of somebody who can be answered.
func smsNumber(text string) (string, bool) {
	n, err := ocop.ParsePhone(text)
	return n, err == nil
}
