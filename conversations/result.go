package conversations

import (
	"fmt"
	"strconv"

	"ocopbot/storage"
)

// result asks three things after a fair: what was sold, contracts and buyers.
func result() *Flow {
	return &Flow{
		ID: resultFlow, Version: 1, Consent: true, Draft: true,
		Begin: beginResult,
		Steps: []*Step{
			{ID: "revenue", Counts: true, Ask: asked("result.revenue", "title", "who"), Parse: func(_ *T, text string) (string, *Note) { return parseMoney(text) }},
			{ID: "contracts", Counts: true, Parse: parseHowMany},
			{ID: "buyers", Counts: true, Parse: parseHowMany},
		},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			id, err := textID(t.Get("signup"))
			if err != nil {
				return Outcome{}, err
			}
			s, err := tx.Signup(id)
			if err != nil {
				return Outcome{}, err
			}
			if s.Person != t.S.Person {
				return Outcome{}, fmt.Errorf("conversations: result: %w", storage.ErrNotFound)
			}
			r := storage.Result{At: t.Now}
			r.Revenue, _ = strconv.ParseInt(t.Get("revenue"), 10, 64) // as parsed
			r.Contracts, _ = strconv.Atoi(t.Get("contracts"))
			r.Buyers, _ = strconv.Atoi(t.Get("buyers"))
			thanks := note("result.thanks", "title", t.Get("title"), "revenue", inDong(r.Revenue), "contracts", t.Get("contracts"), "buyers", t.Get("buyers"))
			return Outcome{Notes: []Note{thanks}}, tx.PutResult(id, r)
		},
	}
}

// answering is the signup of the person of which it is asked what was sold: their
// own before one for somebody else, one that was not told of before one that was.
func (v gatheringView) answering() (best storage.Signup, ok bool) {
	if !v.g.Kind.Sells() || v.g.State != storage.GatheringOpen {
		return best, false
	}
	rank := func(s storage.Signup) (n int) {
		if s.Result == nil {
			n += 2
		}
		if s.Attendee == "" {
			n++
		}
		return n
	}
	for _, s := range v.own {
		if s.Seated() && (!ok || rank(s) > rank(best)) {
			best, ok = s, true
		}
	}
	return best, ok
}

func beginResult(t *T) error {
	v, err := loadGathering(t)
	if err != nil {
		return err
	}
	g := v.(gatheringView)
	s, ok := g.answering()
	if !ok || !g.g.Begun(t.Now) {
		code := t.Get("code")
		t.close()
		t.Tell("result.not_yours", "code", code)
		return nil
	}
	t.Set("signup", idText(s.ID))
	t.Set("title", g.g.Title)
	t.Set("who", s.Attendee)
	return nil
}
