package bottest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// recordReport says what is stored of "report half-year 2026 187": each
// edition, with the figures that somebody wrote; or of "history …" what
// happened to it and in which role.
func (p *player) recordReport(ctx context.Context, words []string) (string, error) {
	if len(words) < 4 {
		return "", fmt.Errorf("%w: ! %s obligation period unit", ErrStory, words[0])
	}
	unit, ok := p.prog.UnitAt(words[3], p.clock.now())
	if !ok {
		return "", fmt.Errorf("%w: no unit %s", ErrStory, words[3])
	}
	d := storage.Duty{Obligation: words[1], Period: words[2], Unit: unit.Key}
	if d.Obligation == "adhoc" { // the only one there is
		all, err := p.store.DemandsSince(ctx, ocop.Date(2000, 1, 1))
		if err != nil || len(all) == 0 {
			return "none", err
		}
		d.Obligation, d.Period = all[0].Obligation(), ""
	}
	editions, err := p.store.Editions(ctx, d)
	if err != nil {
		return "", err
	}
	var parts []string
	for _, r := range editions {
		tell := p.recordEdition
		if words[0] == "history" {
			tell = p.recordReportEvents
		}
		said, err := tell(ctx, r)
		if err != nil {
			return "", err
		}
		parts = append(parts, said)
	}
	if len(parts) == 0 {
		return "none", nil
	}
	return strings.Join(parts, " | "), nil
}

func (p *player) recordEdition(ctx context.Context, r storage.Report) (string, error) {
	parts := []string{fmt.Sprintf("%d %s", r.Edition, r.State)}
	if r.Number.Seq > 0 {
		parts = append(parts, r.Number.String())
	}
	if r.Late() > 0 {
		parts = append(parts, "late "+r.Late().String())
	}
	if r.IsFiled() {
		parts = append(parts, "counts as filed")
	}
	if r.SignNumber != "" {
		parts = append(parts, "signed "+r.SignNumber+" by "+r.Signer)
	}
	figures, err := p.store.ReportFigures(ctx, r.ID)
	if err != nil {
		return "", err
	}
	for _, f := range figures {
		if f.Version > 0 {
			parts = append(parts, fmt.Sprintf("%s=%d for %d %q", f.Figure, f.Value, f.Prefilled, f.Reason))
		}
	}
	files, err := p.store.ReportFiles(ctx, r.ID)
	if err != nil {
		return "", err
	}
	for _, f := range files {
		parts = append(parts, strings.TrimSpace(f.Purpose+" file "+f.Name))
	}
	return strings.Join(parts, ", "), nil
}

func (p *player) recordReportEvents(ctx context.Context, r storage.Report) (string, error) {
	events, err := p.store.ReportEvents(ctx, r.ID)
	var kinds []string
	for _, e := range events {
		said := string(e.Kind) + " by " + e.Role
		kinds = append(kinds, said)
	}
	kinds = slices.Compact(kinds)
	return strings.Join(kinds, ", "), err
}
