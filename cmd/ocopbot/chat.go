package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/term"

	"ocopbot/bot/terminal"
	"ocopbot/bot/viet"
)

type chatCmd struct {
	As string `default:"an" help:"Who is at the phone; /as NAME changes it."`
}

const chatHelp = `A phone to try the bot with. Type as a farmer would, with or without accents;
answer with the number of a choice or its words. Ctrl-D ends.
Begin with: Em muốn đăng ký sản phẩm
  /as NAME          hand the phone to somebody else
  /photo FILE       send a picture        /contact NUMBER  share a phone number
  /file FILE        send a document
  /start CODE       use an officer's code (ocopbot officer invite …)
Files it sends are put into the folder "files" beside its records.
What the bot says unasked comes from 06:30 to 20:30 Vietnamese time, as for all.
Records are kept in %s.
For Telegram: get a token from @BotFather, then
  TELEGRAM_TOKEN=… ocopbot serve

`

// Run is the phone: the same dialogs, the same records, no other service.
func (c *chatCmd) Run(ctx context.Context, s *Settings, io streams) (err error) {
	if s.LogLevel == "info" {
		s.LogLevel = "error" // the screen is the phone's
	}
	who := viet.Fold(c.As)
	if who == "" {
		return settingError{errors.New("--as: whose phone is it?")}
	}
	phone := terminal.New(io.in, io.out, who, time.Now)
	if columns := onScreen(io); columns != nil {
		phone.Screen(columns)
	}
	phone.Keep(filesFolder(s))
	a, err := open(ctx, s, phone)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
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
	return phone.Receive(ctx, a.dispatch.For(phone.Caps()))
}

// filesFolder is where files that the bot sends are put: beside the records.
func filesFolder(s *Settings) string {
	if s.postgres() {
		return filepath.Join("data", "files")
	}
	return filepath.Join(filepath.Dir(s.DatabaseURL), "files")
}

// onScreen gives the present width of the terminal that a person types into
// and reads from; nil if there is none.
func onScreen(io streams) func() int {
	in, isFile := io.in.(*os.File)
	out, isFileToo := io.out.(*os.File)
	if !isFile || !isFileToo || !term.IsTerminal(int(in.Fd())) || !term.IsTerminal(int(out.Fd())) {
		return nil
	}
	return func() int {
		width, _, err := term.GetSize(int(out.Fd()))
		if err != nil {
			return 0
		}
		return width
	}
}
