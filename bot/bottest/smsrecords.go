package bottest

import (
	"context"
	"errors"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/sms"
	"ocopbot/storage"
	"ocopbot/storage/sqlstore"
)

// SMSRecords are the inbox and the ledger of an SMS channel on a store.
type SMSRecords struct {
	sqlstore.Inbound
	Store *sqlstore.Store
}

var (
	_ sms.Inbox  = SMSRecords{}
	_ sms.Ledger = SMSRecords{}
)

// Lately implements sms.Inbox.
func (r SMSRecords) Lately(ctx context.Context, in bot.Incoming, rounds int) (sms.Lately, error) {
	l, err := r.Inbound.Lately(ctx, in, rounds)
	return sms.Lately(l), err
}

// Add implements sms.Ledger.
func (r SMSRecords) Add(ctx context.Context, o sms.Outgoing) (int, error) {
	today, err := r.Store.AddOutbound(ctx, storage.Outbound{ID: o.ID, Gateway: o.Gateway, Addr: o.To, Text: o.Text, Segments: o.Segments,
		Encoding: string(o.Encoding), Dong: o.Dong, State: int(sms.Queued), At: o.At}, o.Budget)
	if errors.Is(err, storage.ErrSpent) {
		err = sms.ErrSpent
	}
	return today, err
}

// Move implements sms.Ledger.
func (r SMSRecords) Move(ctx context.Context, m sms.Report, now time.Time) error {
	_, err := r.Store.MoveOutbound(ctx, storage.OutboundMove{ID: m.ID, Gateway: m.Gateway, Provider: m.Provider,
		State: int(m.State), Failed: m.State == sms.Failed, Untaken: m.Untaken}, now)
	return err
}

// Warn implements sms.Ledger.
func (r SMSRecords) Warn(ctx context.Context, w sms.Warning) error {
	return r.Store.Raise(ctx, storage.Alert{Kind: string(w.Kind), Gateway: w.Gateway, Number: w.Number, Used: w.Used, Most: w.Most, At: w.At})
}
