package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/duties"
	"ocopbot/bot/ocop"
)

type remindCmd struct {
	Now    string `help:"The moment it is done for, such as 2026-06-17T08:00:00+07:00 (default: now). Of the past: with the officers of today." placeholder:"TIME"`
	DryRun bool   `help:"Only print what would be sent, to whom and why."`
	JSON   bool   `name:"json" help:"Print one JSON object a line."`
}

// Run tells everybody what is due and was not told yet, as a running program
// does each minute; or only prints it.
func (c *remindCmd) Run(ctx context.Context, s *Settings, io streams) (err error) {
	now := time.Now()
	if c.Now != "" {
		if now, err = time.Parse(time.RFC3339, c.Now); err != nil {
			return settingError{fmt.Errorf("--now: %q is no moment such as 2026-06-17T08:00:00+07:00", c.Now)}
		}
	}
	if c.DryRun && s.noFileYet() { // a file is not made by looking for it
		dir, err := os.MkdirTemp("", "ocopbot")
		if err != nil {
			return fmt.Errorf("remind: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		nowhere := *s
		nowhere.DatabaseURL, nowhere.LogLevel = filepath.Join(dir, "empty.db"), "error"
		s = &nowhere
	}
	var channels []bot.Channel
	texts, err := newSMS(s)
	if err != nil {
		return err
	}
	if texts != nil {
		channels = append(channels, texts.channel)
	}
	a, err := open(ctx, s, channels...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	if err := a.records.migrate(ctx); err != nil {
		return err
	}
	plan, err := a.outbox.Planned(ctx, now)
	if err != nil {
		return err
	}
	if !c.DryRun {
		if err := a.outbox.Remind(ctx, now); err != nil {
			return err
		}
	}
	lines := json.NewEncoder(io.out)
	lines.SetEscapeHTML(false)
	for _, t := range plan {
		l := newRemindLine(a.prog, t)
		if c.JSON {
			err = lines.Encode(l)
		} else {
			_, err = fmt.Fprintln(io.out, l)
		}
		if err != nil {
			return fmt.Errorf("remind: %w", err)
		}
	}
	return nil
}

// remindLine is one telling as it is printed.
type remindLine struct {
	Unit       string `json:"unit"` // code; of the office a digest goes to
	UnitName   string `json:"unit_name"`
	Obligation string `json:"obligation"`
	Period     string `json:"period,omitempty"`
	Step       string `json:"step"`
	Due        string `json:"due"` // the last good day
	To         string `json:"to"`  // empty: nobody is there
	Kind       string `json:"kind"`
	Channel    string `json:"channel,omitempty"`
	Why        string `json:"why"`
}

func newRemindLine(p *ocop.Programme, t duties.Telling) remindLine {
	return remindLine{Unit: t.Unit.Code(), UnitName: p.Label(t.Unit), Obligation: t.Obligation, Period: t.Period, Step: t.Step,
		Due: t.DueDay().Format(time.DateOnly), To: t.Name, Kind: t.Kind, Channel: t.Channel, Why: string(t.Why)}
}

// String is the line for people.
func (l remindLine) String() string {
	to := l.To
	if to == "" {
		to = "(nobody)"
	}
	return fmt.Sprintf("%s %s %s, due %s, %s, to %s: %s", l.Obligation, l.Period, l.Step, l.Due, l.UnitName, to, l.Why)
}
