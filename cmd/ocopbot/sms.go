package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"ocopbot/bot/ocop"
	"ocopbot/bot/sms"
	"ocopbot/storage"
	"ocopbot/storage/sqlstore"
)

// SMSSettings set up the way to short messages.
type SMSSettings struct {
	Gateway   string   `name:"gateway" env:"SMS_GATEWAY" placeholder:"KIND" help:"kannel, android, esms or speedsms. Unset: no SMS."`
	URL       string   `name:"url" env:"SMS_URL" placeholder:"URL" help:"The gateway's own address: Kannel's smsbox, the phone or its cloud, or the shop's API."`
	User      string   `name:"user" env:"SMS_USER" placeholder:"NAME" help:"User name or API key at the gateway."`
	Password  string   `name:"password" env:"SMS_PASSWORD" placeholder:"SECRET" help:"Password, secret key or token at the gateway."`
	Number    string   `name:"number" env:"SMS_NUMBER" placeholder:"NUMBER" help:"The number people text to; for shops the name or number that messages come from."`
	Sender    string   `name:"sender" env:"SMS_SENDER" default:"number" placeholder:"KIND" help:"number, or brandname: registered, one-way, and the only one that may advertise (default ${default})."`
	Price     int64    `name:"price" env:"SMS_PRICE" placeholder:"DONG" help:"What a segment costs, in đồng."`
	Secret    string   `name:"secret" env:"SMS_SECRET" placeholder:"SECRET" help:"What the gateway's calls to /sms/… prove themselves by: 16 characters or more."`
	Callers   []string `name:"callers" env:"SMS_CALLERS" placeholder:"ADDRESS" help:"Addresses or networks the gateway calls from, with commas. Unset: anywhere."`
	PublicURL string   `name:"public-url" env:"SMS_PUBLIC_URL" placeholder:"URL" help:"Where the gateway reaches this program, for delivery reports."`
	Spool     string   `name:"spool" env:"SMS_SPOOL" default:"data/sms-spool.jsonl" placeholder:"FILE" help:"Where messages wait while the database is down (default ${default})."`
}

// drivers are the kinds of gateways.
var drivers = map[string]sms.Driver{"kannel": sms.Kannel, "android": sms.Android, "esms": sms.ESMS, "speedsms": sms.SpeedSMS}

// largestSpool bounds the spool: some hundred thousand messages.
const largestSpool = 64 << 20

// gateway makes the gateway of the settings, or says what is wrong with them.
func (s SMSSettings) gateway() (g sms.Gateway, wrong []error) {
	bad := func(name, why string) { wrong = append(wrong, fmt.Errorf("ocopbot: %s: %s", name, why)) }
	driver, ok := drivers[s.Gateway]
	if !ok {
		bad("SMS_GATEWAY", "not kannel, android, esms or speedsms")
	}
	if u, err := url.Parse(s.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		bad("SMS_URL", "not an http(s) address")
	}
	if u, err := url.Parse(s.PublicURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		bad("SMS_PUBLIC_URL", "not an address such as http://bot.example.vn:8080")
	}
	if s.Password == "" && s.Gateway != "speedsms" || s.User == "" {
		bad("SMS_USER", "needed with SMS_GATEWAY, and SMS_PASSWORD with it")
	}
	if s.Number == "" && s.Gateway == "kannel" { // it refuses messages that name no sender
		bad("SMS_NUMBER", "needed with Kannel")
	}
	if s.Sender != string(sms.Number) && s.Sender != string(sms.Brandname) {
		bad("SMS_SENDER", "neither number nor brandname")
	}
	if s.Price < 0 {
		bad("SMS_PRICE", "less than nothing")
	}
	if len(s.Secret) < 16 {
		bad("SMS_SECRET", "needed with SMS_GATEWAY: 16 characters or more")
	}
	g = sms.Gateway{
		Name: s.Gateway, Driver: driver, URL: s.URL, User: s.User, Password: s.Password, Number: s.Number, Secret: s.Secret,
		Sender: sms.Sender(s.Sender), Price: s.Price,
	}
	for _, c := range s.Callers {
		p, err := caller(strings.TrimSpace(c))
		if err != nil {
			bad("SMS_CALLERS", "neither an address such as 10.0.0.7 nor a network such as 10.0.0.0/24")
			break
		}
		g.Callers = append(g.Callers, p)
	}
	return g, wrong
}

// check says what is wrong with the settings of SMS; nothing if there are none.
func (s SMSSettings) check() []error {
	if s.Gateway == "" {
		return nil
	}
	_, wrong := s.gateway()
	return wrong
}

func caller(text string) (netip.Prefix, error) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p, nil
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}

// shortMessages is the SMS channel with what it keeps.
type shortMessages struct {
	channel *sms.Channel
	spool   *sms.Spool
	store   *smsStore
}

// smsStore is the channel's inbox and ledger: the records, once they are open.
type smsStore struct {
	sqlstore.Inbound
	records *records
}

// newSMS makes the SMS channel; nil without a gateway. It can be used after bind.
func newSMS(s *Settings) (*shortMessages, error) {
	if s.SMS.Gateway == "" {
		return nil, nil
	}
	g, wrong := s.SMS.gateway()
	if len(wrong) > 0 {
		return nil, settingError{errors.Join(wrong...)}
	}
	m := &shortMessages{store: &smsStore{}}
	if err := os.MkdirAll(filepath.Dir(s.SMS.Spool), 0o700); err != nil {
		return nil, fmt.Errorf("SMS_SPOOL: %w", err)
	}
	var err error
	if m.spool, err = sms.NewSpool(m.store, s.SMS.Spool, largestSpool, s.logger()); err != nil {
		return nil, fmt.Errorf("SMS_SPOOL: %w", err)
	}
	m.channel, err = sms.New(sms.Options{
		Gateways: []sms.Gateway{g}, PublicURL: s.SMS.PublicURL, Inbox: m.spool, Ledger: m.store,
		Number: smsNumber, Log: s.logger(), Now: time.Now,
	})
	if err != nil {
		return nil, settingError{err}
	}
	return m, nil
}

// bind gives the channel the records, and has its backlog measured.
func (m *shortMessages) bind(a *app) {
	m.store.Inbound, m.store.records = a.records.Inbound(), a.records
	a.sms = m
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
	if err := a.sms.channel.Receive(ctx, a.handler(a.sms.channel)); err != nil {
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

// Add implements sms.Ledger.
func (r *smsStore) Add(ctx context.Context, o sms.Outgoing) error {
	return r.records.AddOutbound(ctx, storage.Outbound{
		ID: o.ID, Gateway: o.Gateway, Addr: o.To, Segments: o.Segments, Encoding: string(o.Encoding), State: int(sms.Queued), At: o.At,
	})
}

// Move implements sms.Ledger.
func (r *smsStore) Move(ctx context.Context, m sms.Report, now time.Time) error {
	return r.records.MoveOutbound(ctx, storage.OutboundMove{ID: m.ID, Gateway: m.Gateway, Provider: m.Provider, State: int(m.State)}, now)
}

// smsNumber reads the number of somebody who can be answered.
func smsNumber(text string) (string, bool) {
	n, err := ocop.ParsePhone(text)
	return n, err == nil
}
