package bottest

import (
	"context"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/sms"
	"ocopbot/locales"
)

// twoPhones are a Telegram and a keypad phone at once, for people who write
// from both. Whose name ends in "sms" holds the keypad phone: "an" and "ansms"
// are one person's two phones once they are joined.
type twoPhones struct {
	screen *telegramPhone
	keypad *smsPhone
}

func newTwoPhones(ctx context.Context, r *rig, texts *locales.Texts, brandname string) (phone, error) {
	screen, err := newTelegramPhone(ctx, r.dispatch.For, r.picture)
	if err != nil {
		return nil, err
	}
	keypad, err := newSMSPhone(ctx, r.dispatch.For, r.store, texts, r.clock.now, brandname)
	if err != nil {
		screen.close()
		return nil, err
	}
	return twoPhones{screen, keypad}, nil
}

func (p twoPhones) of(who string) phone {
	if strings.HasSuffix(who, sms.Form) {
		return p.keypad
	}
	return p.screen
}

func (p twoPhones) channels() []bot.Channel {
	return append(p.screen.channels(), p.keypad.channels()...)
}

func (p twoPhones) address(who string) bot.Address { return p.of(who).address(who) }

func (p twoPhones) says(ctx context.Context, who, text string) error {
	return p.of(who).says(ctx, who, text)
}

func (p twoPhones) chooses(ctx context.Context, who, label string) error {
	return p.of(who).chooses(ctx, who, label)
}

func (p twoPhones) sends(ctx context.Context, who string, g gesture) error {
	return p.of(who).sends(ctx, who, g)
}

func (p twoPhones) heard(who string) []message { return p.of(who).heard(who) }

func (p twoPhones) complaints() []string {
	return append(p.screen.complaints(), p.keypad.complaints()...)
}

func (p twoPhones) close() {
	p.screen.close()
	p.keypad.close()
}

var _ phone = twoPhones{}
