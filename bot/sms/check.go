package sms

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"ocopbot/bot"
)

// Check tells whether a gateway can be reached. It sends nothing, so that
// wrong passwords show only with the first message.
func (c *Channel) Check(ctx context.Context, gateway string) error {
	g, ok := c.named(gateway)
	if !ok {
		return errNoGateway
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, g.URL, nil)
	if err != nil {
		return fmt.Errorf("sms: %w", err)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err // without the address, which may hold a password
		}
		return fmt.Errorf("sms: it does not answer: %w", err)
	}
	if err := resp.Body.Close(); err != nil {
		return fmt.Errorf("sms: %w", err)
	}
	return nil
}

// Test sends a text by one gateway, whatever the order, and notes it as any
// other. It returns our id of the message.
func (c *Channel) Test(ctx context.Context, gateway, number, text string) (id string, err error) {
	g, ok := c.named(gateway)
	if !ok {
		return "", errNoGateway
	}
	if g.Booked {
		return "", errors.New("sms: this gateway takes files only, no single messages")
	}
	to, ok := c.o.Number(number)
	if !ok {
		return "", errors.New("sms: not a phone number")
	}
	return c.sendBy(ctx, g, bot.NewAddress(Name, to), to, Plain(text))
}

var errNoGateway = errors.New("sms: no gateway of that name")

func (c *Channel) named(gateway string) (Gateway, bool) {
	for _, g := range c.o.Gateways {
		if g.Name == gateway {
			return g, true
		}
	}
	return Gateway{}, false
}
