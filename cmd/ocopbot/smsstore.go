package main

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/redis/go-redis/v9"

	"ocopbot/bot"
	"ocopbot/bot/outbox"
	"ocopbot/bot/sms"
	"ocopbot/locales"
	"ocopbot/storage"
	"ocopbot/storage/redisstore"
	"ocopbot/storage/sqlstore"
)

// smsStore is the channel's inbox, ledger and pacer: the records and the
// limiters, once they are open.
type smsStore struct {
	sqlstore.Inbound
	records *records
	outbox  *outbox.Outbox // nil: nobody is told of what bounces
	paces   outbox.Limiter
}

// Lately implements sms.Inbox.
func (r *smsStore) Lately(ctx context.Context, in bot.Incoming, rounds int) (sms.Lately, error) {
	l, err := r.Inbound.Lately(ctx, in, rounds)
	return sms.Lately(l), err
}

// Add implements sms.Ledger.
func (r *smsStore) Add(ctx context.Context, o sms.Outgoing) (int, error) {
	today, err := r.records.AddOutbound(ctx, storage.Outbound{
		ID: o.ID, Gateway: o.Gateway, Addr: o.To, Text: o.Text, Segments: o.Segments, Encoding: string(o.Encoding),
		Dong: o.Dong, State: int(sms.Queued), At: o.At,
	}, o.Budget)
	if errors.Is(err, storage.ErrSpent) {
		err = sms.ErrSpent
	}
	return today, err
}

// Move implements sms.Ledger. A number that takes no messages is not written
// to again, and the person is told by another channel.
func (r *smsStore) Move(ctx context.Context, m sms.Report, now time.Time) error {
	failed, err := r.records.MoveOutbound(ctx, storage.OutboundMove{
		ID: m.ID, Gateway: m.Gateway, Provider: m.Provider, State: int(m.State), Failed: m.State == sms.Failed, Untaken: m.Untaken,
	}, now)
	if err != nil || failed.Addr == "" || !m.NoNumber || r.outbox == nil {
		return err
	}
	return r.outbox.Bounced(ctx, failed.Addr, m.Gateway+":"+failed.ID)
}

// Warn implements sms.Ledger.
func (r *smsStore) Warn(ctx context.Context, w sms.Warning) error {
	return r.records.Raise(ctx, storage.Alert{Kind: string(w.Kind), Gateway: w.Gateway, Number: w.Number, Used: w.Used, Most: w.Most, At: w.At})
}

// Reserve implements sms.Pacer.
func (r *smsStore) Reserve(ctx context.Context, gateway string, lane int, patience time.Duration) (time.Duration, bool, error) {
	return r.paces.Reserve(ctx, lane, bot.NewAddress(gatewayPace(gateway), ""), patience)
}

// gatewayPace is the name under which the limiter knows a gateway.
func gatewayPace(name string) string { return "sms/" + name }

// smsPaces is the limiter of the gateways that have a rate: shared by all
// replicas where there is Redis.
func smsPaces(gateways []sms.Gateway, rdb *redis.Client) outbox.Limiter {
	local, shared := outbox.Paces{}, map[string]redisstore.Pace{}
	for _, g := range gateways {
		if g.Rate == 0 {
			continue
		}
		pace := outbox.Pace{Every: time.Duration(float64(time.Second) / g.Rate), Burst: max(1, int(math.Floor(g.Rate)))}
		local[gatewayPace(g.Name)], shared[gatewayPace(g.Name)] = pace, redisstore.Pace(pace)
	}
	if rdb != nil {
		return redisstore.NewLimiter(rdb, shared)
	}
	return outbox.NewLocalLimiter(local, time.Now)
}

// smsWords is what the channel itself says, in Vietnamese: whose message it
// is it does not know.
type smsWords struct{ texts *locales.Texts }

// TextTo implements sms.Words.
func (w smsWords) TextTo(number, keyword string) string {
	return w.texts.Text(locales.Vietnamese, "", "sms.text_to", locales.Data{"number": number, "keyword": keyword})
}

// Begin implements sms.Words.
func (w smsWords) Begin(keyword string, numbered bool) string {
	key := "sms.begin"
	if numbered {
		key += "_number"
	}
	return w.texts.Text(locales.Vietnamese, "", key, locales.Data{"keyword": keyword})
}
