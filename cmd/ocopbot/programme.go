package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/bot/viet"
)

type programmeCmd struct {
	Units programmeUnitsCmd `cmd:"" help:"List the programme's units with their codes."`
	Check programmeCheckCmd `cmd:"" help:"Check a programme file; every mistake is shown with its line."`
}

type programmeUnitsCmd struct {
	Words []string `arg:"" optional:"" help:"Only units with these words in their names; accents may be left out."`
}

// Run lists today's units with their codes, as 'officer invite' wants them.
func (c *programmeUnitsCmd) Run(s *Settings, io streams) error {
	p, err := ocop.Load(s.Programme)
	if err != nil {
		return settingError{err}
	}
	wanted := viet.Fold(strings.Join(c.Words, " "))
	for _, u := range p.Units(time.Now()) {
		label := p.Label(u.Key)
		if !strings.Contains(viet.Fold(label), wanted) {
			continue
		}
		if _, err := fmt.Fprintf(io.out, "%s  %s\n", u.Key.Code(), label); err != nil {
			return fmt.Errorf("programme: %w", err)
		}
	}
	return nil
}

type programmeCheckCmd struct {
	File string `arg:"" help:"A programme file, or the name of a built-in one."`
}

// Run refuses a wrong file with all its mistakes, or sums a right one up.
func (c *programmeCheckCmd) Run(s streams) error {
	p, err := ocop.Load(c.File)
	var fe *ocop.FileError
	if errors.As(err, &fe) {
		for _, problem := range fe.Problems {
			fmt.Fprintf(s.err, "%s: line %d: %s\n", fe.Name, problem.Line, problem.Text)
		}
		if len(fe.Problems) == 1 {
			return errors.New("programme: 1 mistake")
		}
		return fmt.Errorf("programme: %d mistakes", len(fe.Problems))
	}
	if err != nil {
		return fmt.Errorf("programme: %w", err)
	}
	now := time.Now()
	fmt.Fprintf(s.out, "%s: %s\n", p.Code, p.Title.VI)
	fmt.Fprintf(s.out, "units %d, groups %d, obligations %d\n", len(p.Units(now)), len(p.GroupsAt(now)), len(p.DueDates(now.Year())))
	for _, d := range p.DueDates(now.Year()) {
		note := ""
		if !d.Obligation.Confirmed {
			note = "; not confirmed by the province"
		}
		fmt.Fprintf(s.out, "obligation %s: before %s, %d units (%s%s)\n", d.Obligation.ID, d.Named.Format("02/01/2006"), len(p.Owing(d)), p.Basis(d.Obligation), note)
	}
	if !p.Ended.IsZero() && now.After(p.Ended) {
		fmt.Fprintf(s.out, "note: its plan ended on %s\n", p.Ended.AddDate(0, 0, -1).Format("02/01/2006"))
	}
	if note := holidaysMissing(p, now); note != "" {
		fmt.Fprintf(s.out, "note: %s\n", note)
	}
	return nil
}

// holidaysMissing says that the holidays of the year three months ahead are not
// listed yet; empty: they are. The state announces them each autumn.
func holidaysMissing(p *ocop.Programme, now time.Time) string {
	year := now.In(ocop.Local).AddDate(0, 3, 0).Year()
	if p.Calendar().Knows(year) {
		return ""
	}
	return fmt.Sprintf("no holidays of %d are listed: on them people would be reminded as on working days", year)
}
