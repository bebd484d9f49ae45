package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/sms"
)

type importCmd struct {
	DoNotCall doNotCallCmd `cmd:"" name:"do-not-call" help:"Replace the list of numbers that must not be advertised to."`
}

type doNotCallCmd struct {
	File string `arg:"" type:"existingfile" help:"The authority's list: a number a line, or in the first column of a CSV."`
}

// largestComplaints bounds how many wrong lines are shown.
const largestComplaints = 20

// Run puts the list in the place of the old one, all or nothing.
func (c *doNotCallCmd) Run(ctx context.Context, s *Settings, io streams) (err error) {
	f, err := os.Open(c.File)
	if err != nil {
		return settingError{err}
	}
	defer f.Close()
	list, wrong, err := readNumbers(f)
	if err != nil {
		return settingError{fmt.Errorf("%s: %w", c.File, err)}
	}
	for _, w := range wrong[:min(len(wrong), largestComplaints)] {
		fmt.Fprintf(io.err, "%s: %s\n", c.File, w)
	}
	if len(wrong) > largestComplaints {
		fmt.Fprintf(io.err, "%s: %d more lines are wrong\n", c.File, len(wrong)-largestComplaints)
	}
	if len(list) == 0 {
		return settingError{errors.New("no number in it: the list in use is kept")}
	}
	store, err := openRecords(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := store.migrate(ctx); err != nil {
		return err
	}
	if err := store.ReplaceDoNotCall(ctx, list, time.Now()); err != nil {
		return err
	}
	n, _, err := store.CountDoNotCall(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "%d numbers are on the list now; %d lines were wrong and left out.\n", n, len(wrong))
	return err
}

// readNumbers reads a number from each line, up to the first comma, semicolon
// or tab. Empty lines and those that begin with # say nothing, and a first
// line of words is a heading.
func readNumbers(f *os.File) (list []bot.Address, wrong []string, err error) {
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimPrefix(lines.Text(), "\ufeff")
		if i := strings.IndexAny(text, ",;\t"); i >= 0 {
			text = text[:i]
		}
		text = strings.Trim(text, " \"\r")
		if text == "" || text[0] == '#' || n == 1 && !strings.ContainsAny(text, "0123456789") {
			continue
		}
		number, err := phoneOfCell(text)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("line %d: not a Vietnamese phone number", n)) // which may be somebody's all the same
			continue
		}
		list = append(list, bot.NewAddress(sms.Name, number))
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return nil, nil, errors.New("a line is too long: this is no list of numbers, one a line")
	}
	return list, wrong, lines.Err()
}

// phoneOfCell reads a number as spreadsheets leave it: ="0912345678" to keep
// its zero, else 912345678, or 84912345678.0.
func phoneOfCell(text string) (string, error) {
	text = strings.TrimSuffix(strings.Trim(text, "= \"'\ufeff"), ".0")
	number, err := ocop.ParsePhone(text)
	if err != nil {
		if whole, zero := ocop.ParsePhone("0" + text); zero == nil && strings.Trim(text, "0123456789") == "" {
			return whole, nil
		}
	}
	return number, err
}
