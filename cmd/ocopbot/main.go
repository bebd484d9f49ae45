// Command ocopbot is the chat and SMS assistant of the "one commune, one
// product" programme (OCOP) in Lạng Sơn province.
//
// This package is the only place that wires the parts together; it holds no
// rule and no text that producers see.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	_ "time/tzdata" // the image has no zone files

	"github.com/alecthomas/kong"
	"github.com/redis/go-redis/v9/logging"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dropEmpty()
	logging.Disable() // go-redis writes a line for every failed dial; its errors reach our log anyway
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// dropEmpty unsets variables that are empty: a line "REDIS_URL=" in an
// environment file leaves a setting at its default.
func dropEmpty() {
	for _, entry := range os.Environ() {
		if name, value, _ := strings.Cut(entry, "="); value == "" {
			_ = os.Unsetenv(name) // fails for names no environment has
		}
	}
}

// Exit codes.
const (
	exitOK       = 0
	exitFailed   = 1
	exitSettings = 2 // a setting or argument is wrong; nothing was opened
)

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

type commands struct {
	Settings

	Serve      serveCmd      `cmd:"" help:"Answer people on all channels that are set up."`
	Chat       chatCmd       `cmd:"" help:"Be a phone in the terminal: try the bot without any other service."`
	Migrate    migrateCmd    `cmd:"" help:"Bring the database to this version's schema."`
	Officer    officerCmd    `cmd:"" help:"Invite, list and dismiss officers."`
	Programme  programmeCmd  `cmd:"" help:"List the units of a programme, or check a programme file."`
	Understand understandCmd `cmd:"" help:"Show what free text is taken for: a line in, the intent and its score out."`
	Remind     remindCmd     `cmd:"" help:"Remind officers of what is due, or print who would be."`
	Event      eventCmd      `cmd:"" help:"Make fairs, trainings and the like from a file."`
	Announce   announceCmd   `cmd:"" help:"Tell many people something, by their own channels and by the law."`
	Import     importCmd     `cmd:"" help:"Read lists from others."`
	Backup     backupCmd     `cmd:"" help:"Write all records to one file."`
	Restore    restoreCmd    `cmd:"" help:"Read a backup into an empty database."`
	Doctor     doctorCmd     `cmd:"" help:"Check settings, services and what is left undone."`
}

// settingError is what is wrong with a setting or an argument.
type settingError struct{ error }

func (e settingError) Unwrap() error { return e.error }

// oneLine is an error as a single line, which PostgreSQL's are not.
func oneLine(err error) string {
	return strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\t' }), "; ")
}

// run is the whole program: arguments in, exit code out.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	var cli commands
	code := -1
	parser, err := kong.New(&cli,
		kong.Name("ocopbot"),
		kong.Description("Chat-bot and SMS assistant of the OCOP programme in Lạng Sơn. Every setting can be given by an environment variable."),
		kong.Writers(out, errOut),
		kong.Exit(func(c int) { code = c }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		fmt.Fprintln(errOut, "ocopbot:", err)
		return exitSettings
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if code >= 0 { // help was shown
		return code
	}
	if err != nil {
		fmt.Fprintln(errOut, "ocopbot:", err)
		return exitSettings
	}
	if err := cli.check(); err != nil {
		fmt.Fprintln(errOut, err)
		return exitSettings
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.Bind(&cli.Settings, streams{in, out, errOut})
	if err := parsed.Run(); err != nil {
		var wrong settingError
		if !errors.As(err, &wrong) {
			fmt.Fprintln(errOut, "ocopbot:", oneLine(err))
			return exitFailed
		}
		for line := range strings.Lines(err.Error()) { // a file may have many wrong lines
			fmt.Fprintln(errOut, "ocopbot:", strings.TrimSpace(line))
		}
		return exitSettings
	}
	return exitOK
}
