package main

import (
	"context"
	"fmt"
	"time"

	"ocopbot/bot/terminal"
	"ocopbot/bot/viet"
)

type chatCmd struct {
	As string `default:"an" help:"Who is at the phone; /as NAME changes it."`
}

const chatHelp = `A phone to try the bot with. Type as a farmer would, with or without accents;
answer with the number of a choice or its words. Ctrl-D ends.
  /as NAME          hand the phone to somebody else
  /photo FILE       send a picture        /contact NUMBER  share a phone number
  /start CODE       use an officer's code (ocopbot officer invite …)
Records are kept in %s.
For Telegram: get a token from @BotFather, then
  TELEGRAM_TOKEN=… ocopbot serve

`

// Run is the phone: the same dialogs, the same records, no other service.
func (c *chatCmd) Run(ctx context.Context, s *Settings, io streams) error {
	if s.LogLevel == "info" {
		s.LogLevel = "warn" // the screen is the phone's
	}
	phone := terminal.New(io.in, io.out, viet.Fold(c.As), time.Now)
	a, err := open(ctx, s, phone)
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.records.migrate(ctx); err != nil {
		return err
	}
	where := s.DatabaseURL
	if s.postgres() {
		where = "PostgreSQL"
	}
	fmt.Fprintf(io.err, chatHelp, where)
	stop, err := a.startOutbox(ctx)
	if err != nil {
		return err
	}
	defer stop()
	return phone.Receive(ctx, a.handler(phone))
}
