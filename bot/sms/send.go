package sms

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopbot/bot"
)

// qc has to stand at the very start of advertising (NĐ 91/2020/NĐ-CP).
const qc = "[QC] "

var errNoBrandname = errors.New("advertising needs a gateway with a brandname that sends message by message")

// Send says one message and returns the gateway's name and our id of it. If a
// gateway surely did not take it the next one is tried. Advertising goes out by
// brandnames only, and is Rejected where there is none. Attached files have
// no way through a short message.
func (c *Channel) Send(ctx context.Context, to bot.Address, m bot.Message) (string, error) {
	lane := noticeLane
	if m.Advert {
		lane = advertLane
	}
	return c.send(ctx, to, m, lane)
}

func (c *Channel) send(ctx context.Context, to bot.Address, m bot.Message, lane int) (string, error) {
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
	if len(gateways) == 0 {
		return "", &bot.SendError{Code: bot.Exhausted, After: time.Hour, Err: errors.New("no gateway sends message by message")}
	}
	var best *bot.SendError
	var why []string // of each, for who has to mend it
	for _, g := range gateways {
		err := c.waitTurn(ctx, g, lane)
		if err == nil {
			var id string
			if id, err = c.sendBy(ctx, g, to, number, c.text(g, m)); err == nil {
				return id, nil
			}
		}
		failure := bot.AsSendError(err)
		if !slices.Contains(surelyNot, failure.Code) {
			return "", failure
		}
		c.log.Warn("sms: a gateway did not take a message", "gateway", g.Name, "to", to.Masked(), "error", failure)
		why = append(why, fmt.Sprintf("%s: %s: %v", g.Name, failure.Code, failure.Err))
		if best == nil || slices.Index(surelyNot, failure.Code) <= slices.Index(surelyNot, best.Code) {
			best = failure
		}
	}
	if len(why) > 1 {
		best = &bot.SendError{Code: best.Code, After: best.After, Err: errors.New(strings.Join(why, "; "))}
	}
	return "", best
}

// surelyNot are the failures after which another gateway may be tried, those
// that pass soonest first: the first of them says what becomes of the message.
// What one gateway rejects, by its own rules of senders and words, another may
// carry; so that it is sent again later as long as one of them is only out of
// reach, and given up at once only when all reject it.
var surelyNot = []bot.SendCode{bot.Limited, bot.Unavailable, bot.Forbidden, bot.Exhausted, bot.Rejected}

// carriers are the gateways that may carry a message, in their order.
func (c *Channel) carriers(m bot.Message) []Gateway {
	return slices.DeleteFunc(slices.Clone(c.o.Gateways), func(g Gateway) bool { return m.Advert && g.Sender != Brandname })
}

// text is a message as a gateway is given it.
func (c *Channel) text(g Gateway, m bot.Message) string {
	text := m.Numbered()
	if m.Advert { // which says by itself how to refuse
		if g.OwnQC {
			text = strings.TrimPrefix(text, qc)
		}
		return Plain(text)
	}
	if tail := c.tailOf(g, len(m.Choices) > 0 || m.More != ""); tail != "" {
		text += "\n" + tail
	}
	if m.Accents {
		return text
	}
	return Plain(text)
}

// tailOf is what is added to a text so that it can be answered.
func (c *Channel) tailOf(g Gateway, numbered bool) string {
	switch g.Sender {
	case ShortCode:
		return c.o.Words.Begin(g.Keyword, numbered)
	case Brandname:
		for _, to := range c.o.Gateways {
			if to.Sender != Brandname && to.Number != "" {
				return c.o.Words.TextTo(to.Number, to.Keyword)
			}
		}
	}
	return ""
}

// preferred puts the gateways in the order they are to be tried: to somebody
// who writes to us the one they wrote to, those of the same number, those that
// can be answered, and the rest.
func (c *Channel) preferred(ctx context.Context, to bot.Address, gateways []Gateway) ([]Gateway, error) {
	if len(gateways) <= 1 {
		return gateways, nil
	}
	via, err := c.o.Inbox.Via(ctx, to)
	if err != nil {
		return nil, &bot.SendError{Code: bot.Unavailable, Err: err}
	}
	if via == "" {
		return gateways, nil
	}
	number := ""
	for _, g := range c.o.Gateways {
		if g.Name == via {
			number = g.Number
		}
	}
	far := func(g Gateway) int {
		switch {
		case g.Name == via:
			return 0
		case number != "" && g.Number == number:
			return 1
		case g.Sender != Brandname:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(gateways, func(a, b Gateway) int { return far(a) - far(b) })
	return gateways, nil
}
