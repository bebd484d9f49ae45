package storagetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// PlanRecords is what a store keeps of the plan.
type PlanRecords interface {
	PlanFigures(ctx context.Context) ([]storage.PlanFigure, error)
	PlanCounts(ctx context.Context, c storage.PlanCounting) (storage.PlanCounts, error)
}

var planChecks = map[string]func(*testing.T, *world){
	"PlanEntered": planEntered,
	"PlanCounted": planCounted,
}

// Every entry is kept; that of the latest day stands last, whenever it came.
func planEntered(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	day := ocop.Date(2026, 5, 31)
	for _, f := range []storage.PlanFigure{
		{Target: "displays", Value: 4, Day: day, Source: "BC 50", By: p.ID, At: w.now},
		{Target: "displays", Value: 3, Day: day.AddDate(0, -1, 0), Source: "BC 45", By: p.ID, At: w.now.Add(time.Minute)},
	} {
		f.ID = w.id()
		w.write(func(x storage.Tx) error { return x.AddPlanFigure(f) })
	}
	all := must(w.PlanFigures(t.Context()))(t)
	if len(all) != 2 || all[0].Value != 3 || all[1].Value != 4 || all[1].Source != "BC 50" || !all[1].Day.Equal(day) || all[1].By != p.ID {
		t.Errorf("entered %+v", all)
	}
}

// A product counts once, when its decision is of the period and published, and
// not when it was revoked; a producer, when an idea of theirs was accepted.
func planCounted(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	c := storage.PlanCounting{Period: ocop.Period{From: ocop.Date(2026, 1, 1)}, Kinds: []string{"cooperative", "group"}}
	if n := must(w.PlanCounts(t.Context(), c))(t); n != (storage.PlanCounts{}) {
		t.Errorf("of no records %+v", n)
	}
	twice := w.idea(p, "Mật ong").ID
	w.decided(twice, ocop.DistrictLevel, 3, ocop.Date(2026, 3, 1))
	w.decided(twice, ocop.CentralLevel, 5, ocop.Date(2026, 4, 1))
	w.decided(w.idea(p, "Chè").ID, ocop.DistrictLevel, 3, ocop.Date(2026, 3, 1))
	w.decided(w.idea(p, "Trước kỳ").ID, ocop.DistrictLevel, 4, ocop.Date(2025, 3, 1))
	w.decided(w.idea(p, "Không đạt").ID, ocop.DistrictLevel, 0, ocop.Date(2026, 3, 1))
	publish := func(year, seq int, level string) {
		w.write(func(x storage.Tx) error {
			r, err := x.RoundOf(year, seq, level, "", w.now)
			r.Published = w.now
			return errors.Join(err, x.PutRound(r))
		})
	}
	publish(2026, 3, ocop.DistrictLevel)
	publish(2025, 3, ocop.DistrictLevel)
	if n := must(w.PlanCounts(t.Context(), c))(t); n != (storage.PlanCounts{ThreeStars: 2}) {
		t.Errorf("before the fifth star is published %+v", n)
	}
	publish(2026, 4, ocop.CentralLevel)
	i := w.draft(p, "Rượu men lá")
	org := storage.Organisation{ID: w.id(), Kind: "cooperative", Name: "HTX", Unit: i.Unit, Created: w.now}
	i.Organisation = org.ID
	w.write(func(x storage.Tx) error { return errors.Join(x.PutOrganisation(org), x.AddIdea(&i, p.ID)) })
	if n := must(w.PlanCounts(t.Context(), c))(t); n != (storage.PlanCounts{ThreeStars: 2, FiveStars: 1}) {
		t.Errorf("before an idea is accepted %+v", n)
	}
	w.happen(i.ID, p.ID, ocop.EventAccepted, nil)
	if n := must(w.PlanCounts(t.Context(), c))(t); n != (storage.PlanCounts{ThreeStars: 2, FiveStars: 1, Organisations: 1}) {
		t.Errorf("in the end %+v", n)
	}
}
