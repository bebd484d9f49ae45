package conversations

import (
	"fmt"
	"strconv"
	"time"

	"ocopbot/storage"
)

// result asks three things after a fair: what was sold, contracts and buyers.
func result() *Flow {
	return &Flow{
		ID: resultFlow, Version: 1, Consent: true, Draft: true,
		Begin: beginResult,
		Steps: []*Step{
			{ID: "revenue", Needed: unsaid("revenue"), Counts: true, Ask: asked("result.revenue", "title", "who"), Parse: func(_ *T, text string) (string, *Note) { return parseMoney(text) }},
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
	if said := t.Get("revenue?"); said != "" {
		t.Set("revenue?", "")
		if sum, wrong := parseMoney(said); wrong == nil {
			t.Set("revenue", sum)
			t.Set("revenue!", "1")
		}
	}
	return nil
}

// asksResults is for how long after a fair an amount that is said out of the
// blue is taken for what was sold there.
const asksResults = 30 * 24 * time.Hour

// soldSaid takes a sum of money, said where nothing is asked, for the answer to
// the question what was sold at the last fair, if that is still open.
func (t *T) soldSaid(text string) (bool, error) {
	if !t.S.Idle() || t.S.Person == 0 || !moneyUnit.MatchString(plain(text)) {
		return false, nil
	}
	if _, wrong := parseMoney(text); wrong != nil {
		return false, nil
	}
	signups, err := t.reads.SignupsOf(t.Ctx, t.S.Person, 0)
	if err != nil {
		return false, fmt.Errorf("conversations: signups: %w", err)
	}
	const looked = 5 // of the latest
	for _, s := range signups[:min(len(signups), looked)] {
		if !s.Seated() || s.Result != nil {
			continue
		}
		g, err := t.reads.Gathering(t.Ctx, s.Gathering)
		if err != nil {
			return false, fmt.Errorf("conversations: gathering: %w", err)
		}
		if g.Kind.Sells() && g.State == storage.GatheringOpen && g.Over(t.Now) && t.Now.Sub(g.To) < asksResults {
			return true, t.open(resultFlow, map[string]string{"code": g.Code, "revenue?": text})
		}
	}
	return false, nil
}
