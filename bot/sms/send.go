package sms

import (
	"context"
	"errors"
	"slices"
	"strings"

	"ocopbot/bot"
)

// qc has to stand at the very start of advertising (NĐ 91/2020/NĐ-CP).
const qc = "[QC] "

var errNoBrandname = errors.New("advertising needs a gateway with a brandname that sends message by message")

// Send says one message and returns the gateway's name and our id of it. The
// gateway the person last wrote to is tried first, then the others in their
// order, as long as a gateway surely did not take it. Advertising goes out by
// brandnames only, and is Rejected where there is none. Attached files have
// no way through a short message.
func (c *Channel) Send(ctx context.Context, to bot.Address, m bot.Message) (string, error) {
	number, ok := c.o.Number(to.ID())
	if !ok || to.Channel() != Name {
		return "", &bot.SendError{Code: bot.Unreachable, Err: errors.New("not a phone number")}
	}
	gateways := slices.DeleteFunc(c.carriers(m), func(g Gateway) bool { return g.Booked })
	if m.Advert && (len(gateways) == 0 || !strings.HasPrefix(m.Text, qc)) {
		return "", &bot.SendError{Code: bot.Rejected, Err: errNoBrandname}
	}
	gateways, err := c.preferred(ctx, to, gateways)
	if err != nil {
		return "", err
	}
	err = &bot.SendError{Code: bot.Unavailable, Err: errors.New("no gateway sends message by message")}
	for _, g := range gateways {
		var id string
		if id, err = c.sendBy(ctx, g, to, number, g.text(m)); err == nil {
			return id, nil
		}
		switch bot.AsSendError(err).Code {
		case bot.Unavailable, bot.Limited, bot.Forbidden:
			c.log.Warn("sms: a gateway did not take a message", "gateway", g.Name, "to", to.Masked(), "error", err)
			continue
		}
		break
	}
	return "", err
}

// carriers are the gateways that may carry a message, in their order.
func (c *Channel) carriers(m bot.Message) []Gateway {
	return slices.DeleteFunc(slices.Clone(c.o.Gateways), func(g Gateway) bool { return m.Advert && g.Sender != Brandname })
}

// text is a message as a gateway is given it.
func (g Gateway) text(m bot.Message) string {
	text := m.Numbered()
	if m.Advert && g.OwnQC {
		text = strings.TrimPrefix(text, qc)
	}
	return Plain(text)
}

// preferred puts the gateways in the order they are to be tried.
func (c *Channel) preferred(ctx context.Context, to bot.Address, gateways []Gateway) ([]Gateway, error) {
	if len(gateways) <= 1 {
		return gateways, nil
	}
	via, err := c.o.Inbox.Via(ctx, to)
	if err != nil {
		return nil, &bot.SendError{Code: bot.Unavailable, Err: err}
	}
	slices.SortStableFunc(gateways, func(a, b Gateway) int {
		switch {
		case a.Name == via && b.Name != via:
			return -1
		case b.Name == via && a.Name != via:
			return 1
		}
		return 0
	})
	return gateways, nil
}
