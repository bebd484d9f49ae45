package conversations

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// dueOf is the programme's obligation a duty is of; false where it was asked
// for ad hoc.
func (t *T) dueOf(d storage.Duty) (ocop.Due, bool) {
	year, err := strconv.Atoi(d.Period)
	if err != nil {
		return ocop.Due{}, false
	}
	return t.prog.Due(d.Obligation, year)
}

// reckon adds up what a unit's report is filled in with: what units below it
// filed, and the records of the others. at says whose units answer for the
// records; zero: those of the end of the span.
func (t *T) reckon(d ocop.Due, unit ocop.UnitKey, at time.Time) (ocop.Sum, error) {
	form, _ := t.prog.ReportForm(d)
	in := ocop.Adding{Form: form, At: at, HandedIn: map[string]map[ocop.UnitKey]ocop.Figures{}, Records: map[string]map[ocop.UnitKey]ocop.Figures{}}
	read := map[ocop.Period]map[ocop.UnitKey]ocop.Figures{}
	for _, o := range t.feeding(d) {
		id, span := o.Obligation.ID, t.prog.Span(o)
		var err error
		if in.HandedIn[id], err = t.handedIn(id, strconv.Itoa(o.Year)); err != nil {
			return ocop.Sum{}, err
		}
		if read[span] == nil {
			if read[span], err = t.tallied(span); err != nil {
				return ocop.Sum{}, err
			}
		}
		in.Records[id] = read[span]
	}
	return t.prog.AddUp(d, unit, in), nil
}

// feeding are an obligation and all those below it that add up in it.
func (t *T) feeding(d ocop.Due) []ocop.Due {
	all := []ocop.Due{d}
	for i := 0; i < len(all); i++ {
		all = append(all, t.prog.Feeding(all[i])...)
	}
	return all
}

// handedIn are the figures of the units whose report counts as filed.
func (t *T) handedIn(obligation, period string) (map[ocop.UnitKey]ocop.Figures, error) {
	reports, err := t.reads.ReportsHandedIn(t.Ctx, obligation, period)
	if err != nil {
		return nil, fmt.Errorf("conversations: reports: %w", err)
	}
	figures, err := t.reads.FiguresHandedIn(t.Ctx, obligation, period)
	if err != nil {
		return nil, fmt.Errorf("conversations: figures: %w", err)
	}
	units := map[storage.ID]ocop.UnitKey{}
	by := map[ocop.UnitKey]ocop.Figures{}
	for _, r := range reports {
		if r.IsFiled() {
			units[r.ID] = r.Unit
			by[r.Unit] = ocop.Figures{}
		}
	}
	for _, f := range figures {
		if unit, ok := units[f.Report]; ok && f.Value >= 0 {
			by[unit][f.Figure] = f.Value
		}
	}
	return by, nil
}

// tallied are the counts of the records over a span, by the unit on record.
func (t *T) tallied(span ocop.Period) (map[ocop.UnitKey]ocop.Figures, error) {
	cutOff := span.To.AddDate(0, 0, -1)
	c := storage.Counting{From: span.From, To: span.To, Now: t.Now, Valid: t.prog.IssuedValid(cutOff), Lapsing: t.prog.IssuedLapsing(cutOff, ocop.CountLapsing)}
	for _, l := range t.prog.LevelRules() {
		for _, stars := range l.Stars {
			if l.Does == ocop.Recognises {
				c.Recognised = append(c.Recognised, storage.RecognisedBy{Period: l.Period, Level: l.Level, Stars: stars})
			}
		}
	}
	tallies, err := t.reads.Tallies(t.Ctx, c)
	if err != nil {
		return nil, fmt.Errorf("conversations: tallies: %w", err)
	}
	by := map[ocop.UnitKey]ocop.Figures{}
	for _, n := range tallies {
		if by[n.Unit] == nil {
			by[n.Unit] = ocop.Figures{}
		}
		by[n.Unit][n.Count] += n.N
	}
	return by, nil
}

// yearBefore are a unit's figures for the same report a year earlier: as they
// were filed, else as the records have them. Nothing where there are neither.
func (t *T) yearBefore(d storage.Duty) (ocop.Figures, error) {
	now, ok := t.dueOf(d)
	if !ok {
		return nil, nil
	}
	before, ok := t.prog.Due(d.Obligation, now.Year-1)
	if !ok {
		return nil, nil
	}
	filed, err := t.handedIn(d.Obligation, strconv.Itoa(before.Year))
	if err != nil {
		return nil, err
	}
	if f, ok := filed[d.Unit]; ok {
		return f, nil
	}
	sum, err := t.reckon(before, d.Unit, t.prog.Span(now).To.Add(-time.Nanosecond))
	for _, n := range sum.Figures {
		if n != 0 {
			return sum.Figures, err
		}
	}
	return nil, err // the programme was not in use then: no 0 is shown
}

// packed are figures as an answer of a conversation holds them: what was shown
// is what is handed in.
func packed(f ocop.Figures) string {
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(f)) {
		fmt.Fprintf(&b, "%s=%d ", id, f[id])
	}
	return strings.TrimSpace(b.String())
}

func unpacked(text string) (ocop.Figures, error) {
	f := ocop.Figures{}
	for _, pair := range strings.Fields(text) {
		id, n, _ := strings.Cut(pair, "=")
		value, err := strconv.ParseInt(n, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("conversations: figures: %w", err)
		}
		f[id] = value
	}
	return f, nil
}
