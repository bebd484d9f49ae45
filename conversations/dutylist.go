package conversations

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/duties"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// dutiesPage is how many duties are listed at once.
const dutiesPage = 8

// dutyList is an officer's «Việc có hạn»: what their units owe, the most
// urgent first, and what officers do about deadlines.
func dutyList() *Flow {
	return &Flow{ID: dutiesFlow, Version: 1, Steps: []*Step{{
		ID:   "list",
		Load: loadDuties,
		Ask: func(t *T) (string, locales.Data) {
			v := t.Loaded.(dutiesView)
			if len(v.owed) == 0 {
				return "duties.none", nil
			}
			var lines []string
			for _, o := range v.owed[:min(dutiesPage, len(v.owed))] {
				lines = append(lines, "• "+t.dutyStanding(o))
			}
			more := max(0, len(v.owed)-dutiesPage)
			return "duties.all", dataOf("lines", strings.Join(lines, "\n"), "more", more)
		},
		Choices: func(t *T) []bot.Choice {
			v := t.Loaded.(dutiesView)
			var cs []bot.Choice
			for _, o := range v.owed[:min(dutiesPage, len(v.owed))] {
				label := t.dutyTitle(o)
				if v.several {
					label += ", " + t.unitName(string(o.Unit))
				}
				cs = append(cs, bot.Choice{ID: dutyRef(o.Duty), Label: clip(label, 60)})
			}
			if v.asks {
				cs = append(cs, t.choice(demandFlow, "duties.demand"), t.choice(extendFlow, "duties.extend"))
			}
			if v.asked {
				cs = append(cs, t.choice(withdrawFlow, "duties.withdraw"))
			}
			if v.works {
				cs = append(cs, t.choice(handOverFlow, "duties.handover"))
			}
			return append(cs, t.choice(choiceMenu, "choice.menu"))
		},
		Answer: func(t *T, v string) error {
			switch v {
			case demandFlow, extendFlow, withdrawFlow, handOverFlow:
				return t.open(v, nil)
			}
			for _, o := range t.Loaded.(dutiesView).owed {
				if dutyRef(o.Duty) == v {
					return t.openDuty(o.Duty)
				}
			}
			t.Tell("duty.gone") // it was closed since it was shown
			return nil
		},
	}}}
}

type dutiesView struct {
	owed    []duties.Owed
	several bool // of several units
	works   bool
	asks    bool // units report to an office of theirs
	asked   bool // they asked for something ad hoc that can be taken back
}

func loadDuties(t *T) (any, error) {
	v, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	var d dutiesView
	if !isOfficer(v) {
		return d, nil
	}
	for _, o := range v.Officers {
		d.works = d.works || o.Works()
	}
	d.asks = len(t.officesOf(v)) > 0
	asked, err := t.askedFor(v)
	if err != nil {
		return nil, err
	}
	d.asked = len(asked) > 0
	d.owed, err = t.openDuties(v)
	d.several = slices.ContainsFunc(d.owed, func(o duties.Owed) bool { return o.Unit != d.owed[0].Unit })
	return d, err
}

// openDuties lists what the viewer's own units still owe, the first due
// first: from what is chased to what is due in a year.
func (t *T) openDuties(v storage.Viewer) ([]duties.Owed, error) {
	from, err := t.chasedSince()
	if err != nil {
		return nil, err
	}
	owed, err := t.owedBetween(from, t.Now.AddDate(1, 0, 0))
	if err != nil {
		return nil, err
	}
	owed = slices.DeleteFunc(owed, func(o duties.Owed) bool { return !works(v, o.Unit) && !leads(v, o.Unit) })
	closed, err := duties.Closed(t.Ctx, t.reads, owed)
	if err != nil {
		return nil, fmt.Errorf("conversations: duties: %w", err)
	}
	owed = slices.DeleteFunc(owed, func(o duties.Owed) bool { return closed[o.Duty] })
	slices.SortStableFunc(owed, func(a, b duties.Owed) int { return a.Due.Compare(b.Due) })
	return owed, nil
}

// chasedSince is from which last good day on duties are chased now: none from
// before anybody could be told.
func (t *T) chasedSince() (time.Time, error) {
	from, _ := duties.Window(t.prog, t.Now)
	first, err := t.reads.FirstOffice(t.Ctx)
	if err != nil {
		return from, fmt.Errorf("conversations: offices: %w", err)
	}
	if epoch := duties.Epoch(first, t.Now).AddDate(0, 0, -1); epoch.After(from) {
		from = epoch
	}
	return from, nil
}

// dutyRef names a duty in a choice, whose room is small.
func dutyRef(d storage.Duty) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(d.Obligation + "\t" + d.Period + "\t" + string(d.Unit))) // never fails, by its documentation
	return strconv.FormatUint(h.Sum64(), 36)
}

func dutyOf(obligation, period, unit string) storage.Duty {
	return storage.Duty{Obligation: obligation, Period: period, Unit: ocop.UnitKey(unit)}
}

// openDuty shows one duty.
func (t *T) openDuty(d storage.Duty) error {
	return t.open(dutyFlow, map[string]string{"obligation": d.Obligation, "period": d.Period, "unit": string(d.Unit)})
}

// frameDuty is the duty the open conversation is about.
func (t *T) frameDuty() storage.Duty {
	return dutyOf(t.Get("obligation"), t.Get("period"), t.Get("unit"))
}
