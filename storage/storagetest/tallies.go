package storagetest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

var tallyChecks = map[string]func(*testing.T, *world){
	"TallyIdeas":        tallyIdeas,
	"TallyResults":      tallyResults,
	"TallyCertificates": tallyCertificates,
	"TallyProducers":    tallyProducers,
	"TallyRequests":     tallyRequests,
}

// tallies are the counts of a span that begin in a certain way, as a text.
func (w *world) tallies(c storage.Counting, begin ...string) []string {
	w.t.Helper()
	all := must(w.Tallies(w.t.Context(), c))(w.t)
	slices.SortFunc(all, func(a, b storage.Tally) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Count, b.Count))
	})
	var lines []string
	for _, t := range all {
		for _, b := range begin {
			if len(t.Count) >= len(b) && t.Count[:len(b)] == b {
				lines = append(lines, fmt.Sprintf("%s %s %d", t.Unit.Code(), t.Count, t.N))
			}
		}
	}
	return lines
}

func tallyIdeas(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	span := storage.Counting{From: w.now, To: w.now.Add(24 * time.Hour)}
	at := func(d time.Duration) { w.now = span.From.Add(d) }
	at(-time.Minute)
	old := w.idea(p, "Đến trước kỳ")
	at(0)
	first := w.idea(p, "Đúng lúc đầu kỳ")
	at(time.Hour)
	other := w.draft(p, "Nơi khác")
	other.Unit = commune2
	w.write(func(x storage.Tx) error { return x.AddIdea(&other, p.ID) })
	for range 2 { // returned twice
		w.happen(old.ID, p.ID, ocop.EventReturned, nil)
		w.happen(old.ID, p.ID, ocop.EventCorrected, nil)
	}
	w.happen(old.ID, p.ID, ocop.EventAccepted, nil)
	at(24 * time.Hour)
	w.idea(p, "Sau kỳ")
	w.happen(first.ID, p.ID, ocop.EventAccepted, nil)
	sameList(t, "ideas", w.tallies(span, "ideas-"), []string{
		"06016 ideas-accepted 1", "06016 ideas-received 1", "06016 ideas-returned 1", "6016 ideas-received 1",
	})
	sameList(t, "of another span", w.tallies(storage.Counting{From: span.To, To: span.To.Add(time.Hour)}, "ideas-"),
		[]string{"06016 ideas-accepted 1", "06016 ideas-received 1"})
}

// decided records a decision of a council on an idea.
func (w *world) decided(idea storage.ID, level string, stars int, at time.Time) {
	w.t.Helper()
	w.write(func(x storage.Tx) error {
		r, err := x.RoundOf(at.Year(), int(at.Month()), level, "", w.now)
		return errors.Join(err, x.PutEvaluation(storage.Evaluation{
			ID: w.id(), Idea: idea, Round: r.ID, A: 3000, Stars: stars, Decision: "1/QĐ-UBND", Decided: at, At: w.now, Version: 1,
		}))
	})
}

// rules: until 2026-06 the district only screens, and from then on it recognises.
func (w *world) rules() []storage.RecognisedBy {
	change := ocop.Date(2026, 6, 1)
	return []storage.RecognisedBy{
		{Level: ocop.ProvinceLevel, Stars: 3}, {Level: ocop.ProvinceLevel, Stars: 4},
		{Level: ocop.DistrictLevel, Stars: 3, Period: ocop.Period{From: change}},
		{Level: ocop.CentralLevel, Stars: 5, Period: ocop.Period{To: ocop.Date(2030, 1, 1)}},
	}
}

func tallyResults(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	from, to := ocop.Date(2026, 1, 1), ocop.Date(2026, 12, 1)
	idea := func() storage.ID { return w.idea(p, "Chè").ID }
	both := idea()
	w.decided(both, ocop.DistrictLevel, 3, ocop.Date(2026, 6, 2))
	w.decided(both, ocop.ProvinceLevel, 4, ocop.Date(2026, 9, 2))
	upgraded := idea()
	w.decided(upgraded, ocop.ProvinceLevel, 3, ocop.Date(2025, 9, 2))
	w.decided(upgraded, ocop.ProvinceLevel, 4, ocop.Date(2026, 9, 2))
	w.decided(idea(), ocop.DistrictLevel, 3, ocop.Date(2026, 5, 31)) // screened only: neither recognised nor failed
	w.decided(idea(), ocop.DistrictLevel, 3, ocop.Date(2026, 6, 1))
	w.decided(idea(), ocop.ProvinceLevel, 0, ocop.Date(2026, 11, 30))
	w.decided(idea(), ocop.CentralLevel, 5, ocop.Date(2026, 3, 1))
	w.decided(idea(), ocop.ProvinceLevel, 4, to) // in the next span
	undecided := idea()
	w.write(func(x storage.Tx) error {
		r, err := x.RoundOf(2026, 7, ocop.ProvinceLevel, "", w.now)
		return errors.Join(err, x.PutEvaluation(storage.Evaluation{ID: w.id(), Idea: undecided, Round: r.ID, A: 3000, Proposed: 4, Stars: -1, At: w.now, Version: 1}))
	})
	sameList(t, "results", w.tallies(storage.Counting{From: from, To: to, Recognised: w.rules()}, "products-", "stars-"), []string{
		"06016 products-evaluated 6", "06016 products-failed 1", "06016 products-new 3",
		"06016 stars-3 1", "06016 stars-4 2", "06016 stars-5 1",
	})
	sameList(t, "without rules", w.tallies(storage.Counting{From: from, To: to}, "products-", "stars-"),
		[]string{"06016 products-evaluated 6", "06016 products-failed 1"})
}

func tallyCertificates(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	to := ocop.Date(2026, 12, 1)
	valid := []ocop.Period{{From: ocop.Date(2023, 12, 2), To: to}}
	lapsing := []ocop.Period{{From: ocop.Date(2023, 12, 2), To: ocop.Date(2024, 6, 2)}}
	c := storage.Counting{From: ocop.Date(2026, 1, 1), To: to, Recognised: w.rules(), Valid: valid, Lapsing: lapsing}
	w.decided(w.idea(p, "Hết hạn").ID, ocop.ProvinceLevel, 3, ocop.Date(2023, 12, 1))
	w.decided(w.idea(p, "Sắp hết hạn").ID, ocop.ProvinceLevel, 3, ocop.Date(2024, 6, 1))
	w.decided(w.idea(p, "Còn hạn").ID, ocop.ProvinceLevel, 4, ocop.Date(2024, 6, 2))
	renewed := w.idea(p, "Cấp lại").ID
	w.decided(renewed, ocop.ProvinceLevel, 3, ocop.Date(2024, 1, 1))
	w.decided(renewed, ocop.ProvinceLevel, 4, ocop.Date(2026, 1, 1))
	w.decided(w.idea(p, "Chưa đạt").ID, ocop.ProvinceLevel, 0, ocop.Date(2025, 1, 1))
	revoked := w.idea(p, "Thu hồi")
	w.decided(revoked.ID, ocop.ProvinceLevel, 3, ocop.Date(2025, 1, 1))
	for _, kind := range []ocop.EventKind{ocop.EventAccepted, ocop.EventScored, ocop.EventDecided, ocop.EventRevoked} {
		w.happen(revoked.ID, p.ID, kind, nil)
	}
	sameList(t, "certificates", w.tallies(c, "certificates-"), []string{"06016 certificates-lapsing 1", "06016 certificates-valid 3"})
	sameList(t, "without certificates", w.tallies(storage.Counting{To: to, Recognised: w.rules()}, "certificates-"), []string(nil))
}

func tallyProducers(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	c := storage.Counting{From: w.now.AddDate(0, -6, 0), To: w.now.Add(time.Hour)}
	ideas := map[string]storage.Idea{}
	for name, o := range map[string]storage.Organisation{
		"accepted": {Kind: ocop.Cooperative}, "twice": {Kind: ocop.Cooperative}, "waiting": {Kind: ocop.Cooperative},
		"withdrawn": {Kind: ocop.Enterprise}, "later": {Kind: ocop.Household}, "elsewhere": {Kind: ocop.Household, Unit: commune2}, "unsaid": {},
	} {
		o.ID, o.Name, o.Created = w.id(), name, w.now
		if o.Unit == "" {
			o.Unit = commune
		}
		i := w.draft(p, "Chè")
		i.Organisation = o.ID
		w.write(func(x storage.Tx) error { return errors.Join(x.PutOrganisation(o), x.AddIdea(&i, p.ID)) })
		ideas[name] = i
		if name == "twice" {
			second := w.draft(p, "Chè khác")
			second.Organisation = o.ID
			w.write(func(x storage.Tx) error { return x.AddIdea(&second, p.ID) })
			w.happen(second.ID, p.ID, ocop.EventAccepted, nil)
		}
		if name != "waiting" && name != "later" {
			w.happen(i.ID, p.ID, ocop.EventAccepted, nil)
		}
	}
	w.happen(ideas["withdrawn"].ID, p.ID, ocop.EventWithdrawn, nil)
	w.now = c.To
	w.happen(ideas["later"].ID, p.ID, ocop.EventAccepted, nil)
	w.happen(ideas["accepted"].ID, p.ID, ocop.EventWithdrawn, nil) // after the end of the span
	sameList(t, "producers", w.tallies(c, "producers-"), []string{"06016 producers-cooperative 2", "6016 producers-household 1"})
}

func tallyRequests(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	to := w.now.Add(time.Hour)
	for n, r := range []struct{ at, closed time.Time }{
		{at: w.now}, {w.now, to}, {w.now, to.Add(-time.Minute)}, {at: to},
	} {
		q := storage.Request{ID: w.id() + storage.ID(n), Person: p.ID, Unit: commune, Topic: "call", At: r.at, Owner: "commune"}
		w.write(func(x storage.Tx) error {
			if err := x.AddRequest(q); err != nil || r.closed.IsZero() {
				return err
			}
			return x.CloseRequest(q.ID, p.ID, r.closed)
		})
	}
	sameList(t, "requests", w.tallies(storage.Counting{From: w.now, To: to}, "requests-"), []string{"06016 requests-open 2"})
}
