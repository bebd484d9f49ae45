package duties_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ocopbot/bot/duties"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// nothing are the facts of a province in which nobody did anything yet.
func nothing(officers ...storage.Officer) duties.Facts {
	f := duties.Facts{Officers: officers}
	for _, o := range officers {
		if f.First.IsZero() || o.From.Before(f.First) {
			f.First = o.From
		}
	}
	f.Closed = func(storage.Duty) bool { return false }
	f.Told = func(duties.Key) bool { return false }
	f.Reached = func(duties.Key) bool { return false }
	f.Acked = func(storage.Duty, storage.ID, string) bool { return false }
	return f
}

// planned is the plan of a moment, "step unit person" a telling of these kinds.
func planned(p *ocop.Programme, c duties.Changes, f duties.Facts, now time.Time, kinds ...string) (all []string) {
	from, to := duties.Window(p, now)
	for _, t := range duties.Plan(p, duties.Owing(p, c, from, to), f, now) {
		if slices.Contains(kinds, t.Kind) {
			all = append(all, fmt.Sprintf("%s %s %s %d", t.Obligation, t.Step, t.Unit.Code(), t.Recipient))
		}
	}
	return all
}

func load(t *testing.T, name string) *ocop.Programme {
	t.Helper()
	p, err := ocop.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func at(y int, m time.Month, d, hour int) time.Time {
	return ocop.Date(y, m, d).Add(time.Duration(hour) * time.Hour)
}

const chiLang ocop.UnitKey = "187@2021-06-05"

func wants(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// On an empty database every district is listed, with nobody to tell; and
// nothing that fell due before.
func TestNobodyYet(t *testing.T) {
	got := planned(load(t, ocop.LangSon2021), duties.Changes{}, nothing(), at(2026, 6, 17, 8), duties.Reminder, duties.Nobody, duties.Digest)
	if len(got) != 11 || got[8] != "half-year T-7 187 0" {
		t.Errorf("%q", got)
	}
	got = planned(load(t, ocop.LangSon2025), duties.Changes{}, nothing(), at(2026, 6, 17, 8), duties.Nobody)
	if len(got) != 65 {
		t.Errorf("%d communes", len(got))
	}
	wants(t, "the day after", planned(load(t, ocop.LangSon2021), duties.Changes{}, nothing(), at(2026, 6, 18, 8), duties.Nobody))
}

func TestDigestsTellTheOfficeAbove(t *testing.T) {
	p := load(t, ocop.LangSon2021)
	province := storage.Officer{Person: 1, Unit: "20@2021-06-05", Role: storage.ProvinceOfficer, From: at(2026, 1, 5, 8)}
	district := storage.Officer{Person: 2, Unit: chiLang, Role: storage.DistrictOfficer, From: at(2026, 1, 5, 8)}
	leader := storage.Officer{Person: 3, Unit: "20@2021-06-05", Role: storage.Leader, From: at(2026, 1, 5, 8)}
	commune := storage.Officer{Person: 4, Unit: "06466@2021-06-05", Role: storage.CommuneOfficer, From: at(2026, 1, 5, 8)}
	f := nothing(province, district, leader, commune)
	f.Closed = func(d storage.Duty) bool { return !strings.HasPrefix(d.Obligation, "half-year") }
	wants(t, "T-7", planned(p, duties.Changes{}, f, at(2026, 6, 17, 8), duties.Digest), "half-year-commune digest T+3 187 2")
	wants(t, "T-3", planned(p, duties.Changes{}, f, at(2026, 6, 19, 8), duties.Digest),
		"half-year digest T-3 20 1", "half-year-commune digest T+3 187 2")
	alone := nothing(province, district)
	alone.Closed = f.Closed
	wants(t, "no commune has an officer, T+1", planned(p, duties.Changes{}, alone, at(2026, 6, 15, 8), duties.Digest), "half-year-commune digest T+1 187 2")
	wants(t, "no commune has an officer, T+3", planned(p, duties.Changes{}, alone, at(2026, 6, 17, 8), duties.Digest))
	all := f
	all.Closed = func(storage.Duty) bool { return true }
	wants(t, "all filed, T-3", planned(p, duties.Changes{}, all, at(2026, 6, 19, 8), duties.Digest))
	wants(t, "all filed, T-0", planned(p, duties.Changes{}, all, at(2026, 6, 24, 8), duties.Digest), "half-year digest T-0 20 1")
	wants(t, "all filed, T+1", planned(p, duties.Changes{}, all, at(2026, 6, 25, 8), duties.Digest))
}

// The communes of 2025 end with their districts on 30 June 2025: what they
// owed is chased at the one unit that followed, and is the province's where
// several did.
func TestDissolvedUnits(t *testing.T) {
	p := load(t, ocop.LangSon2025)
	old, ok := p.UnitAt("05992", at(2025, 6, 1, 8)) // xã Mai Pha went into one ward
	if !ok {
		t.Fatal("no such commune")
	}
	heir := p.Heirs(old.Key, at(2025, 8, 1, 8))
	if len(heir) != 1 {
		t.Fatalf("heirs: %v", heir)
	}
	asked := storage.Demand{ID: 5, Units: []ocop.UnitKey{old.Key}, Due: ocop.Date(2025, 7, 20), Unit: "20@2021-06-05", At: at(2025, 6, 20, 9)}
	c := duties.Changes{Demands: []storage.Demand{asked}}
	before := storage.Officer{Person: 1, Unit: old.Key, Role: storage.CommuneOfficer, From: at(2025, 1, 1, 8)}
	after := storage.Officer{Person: 2, Unit: heir[0], Role: storage.CommuneOfficer, From: at(2025, 7, 1, 8)}
	adHoc := asked.Obligation()
	wants(t, "while it stands", planned(p, c, nothing(before), at(2025, 6, 25, 8), duties.Reminder), adHoc+" asked 05992 1")
	f := nothing(after)
	f.First = before.From
	wants(t, "when it has ended", planned(p, c, f, at(2025, 7, 21, 8), duties.Reminder), adHoc+" T+1 05992 2")
}

func TestDemandIsToldAtOnceAndScaled(t *testing.T) {
	p := load(t, ocop.LangSon2021)
	district := storage.Officer{Person: 2, Unit: chiLang, Role: storage.DistrictOfficer, From: at(2026, 1, 5, 8)}
	asked := at(2026, 8, 3, 15) // a Monday; ten days are left
	c := duties.Changes{Demands: []storage.Demand{{ID: 7, Units: []ocop.UnitKey{chiLang}, Due: ocop.Date(2026, 8, 13), Unit: "20@2021-06-05", At: asked}}}
	var steps []string
	told := map[duties.Key]bool{}
	f := nothing(district)
	f.Told = func(k duties.Key) bool { return told[k] }
	for now := asked; now.Before(at(2026, 8, 22, 0)); now = now.Add(time.Hour) {
		from, to := duties.Window(p, now)
		for _, x := range duties.Plan(p, duties.Owing(p, c, from, to), f, now) {
			if told[x.Key] = true; x.Kind == duties.Reminder && x.Owed.Demand != nil {
				steps = append(steps, x.Step+" "+now.Format("2/1 15h"))
			}
		}
	}
	wants(t, "steps", steps, "asked 3/8 15h", "T-5 7/8 08h", "T-2 11/8 08h", "T-1 12/8 08h", "T-0 13/8 08h", "T+1 14/8 08h", "T+3 17/8 08h", "T+7 20/8 08h")
}
