package conversations

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"ocopbot/bot"
	"ocopbot/locales"
	"ocopbot/storage"
)

// broughtSteps ask what somebody brings to a fair, and what they need there.
func broughtSteps(products, stall, vehicle func(*T) bool) []*Step {
	return []*Step{
		{ID: "products", Needed: products, Load: loadBrought, Ask: askBrought, Choices: broughtChoices, Parse: parseProduct, Answer: answerBrought},
		{ID: "stall", Needed: stall, Load: loadGathering, Ask: askStall, Choices: func(t *T) []bot.Choice {
			return []bot.Choice{t.choice("yes", "signup.stall_yes"), t.choice("no", "choice.no")}
		}, Answer: answerStall},
		{ID: "power", Needed: func(t *T) bool { return t.Get("stall") == "yes" }, Ask: asked("signup.power"), Choices: func(t *T) []bot.Choice {
			return []bot.Choice{t.choice("none", "signup.power_none"), t.choice("light", "signup.power_light")}
		}, Parse: parseProduct},
		{ID: "vehicle", Needed: vehicle, Ask: asked("signup.vehicle"), Optional: true, Parse: parseProduct},
	}
}

// askStall says so where there is a seat left and no stall.
func askStall(t *T) (string, locales.Data) {
	return "signup.stall", dataOf("full", t.Loaded.(gatheringView).onlySeats() && t.F().Flow != amendFlow)
}

func answerStall(t *T, v string) error {
	view := t.Loaded.(gatheringView)
	if v == "yes" && t.F().Flow == amendFlow && view.hasOnlySeat(t.Get("signup")) {
		t.Tell("amend.no_stall", "stalls", strconv.Itoa(view.g.Stalls))
		t.goTo("field")
		return nil
	}
	t.Set("stall", v)
	t.Set("no stall", "")
	if v == "yes" && view.onlySeats() {
		t.Set("no stall", "1")
	}
	_, i := t.flows[t.F().Flow].step("stall")
	return t.goOn(i)
}

// onlySeats tells that whoever comes without a stall has a seat at once, and
// whoever wants one waits for it.
func (v gatheringView) onlySeats() bool {
	return !v.g.Selects && v.counts.Stalls >= v.g.Stalls && (v.g.Seats == 0 || v.counts.Seated < v.g.Seats)
}

// hasOnlySeat tells of one of the person's signups that there is no stall left
// for it.
func (v gatheringView) hasOnlySeat(signup string) bool {
	return v.counts.Stalls >= v.g.Stalls && slices.ContainsFunc(v.own, func(s storage.Signup) bool {
		return idText(s.ID) == signup && s.Seated() && !s.Stall
	})
}

// loadBrought are the products that may be brought and were not named yet.
func loadBrought(t *T) (any, error) {
	v, err := loadGathering(t)
	if err != nil {
		return nil, err
	}
	all, err := t.candidates()
	if err != nil {
		return nil, err
	}
	named := strings.Fields(t.Get("ideas"))
	return slices.DeleteFunc(all, func(s candidate) bool {
		return t.fits(v.(gatheringView).g.Rule, s) != "" || slices.Contains(named, idText(s.ID))
	}), nil
}

func askBrought(t *T) (string, locales.Data) {
	if len(t.Loaded.([]candidate)) == 0 {
		return "signup.products", nil
	}
	if t.Get("ideas") != "" {
		return "signup.products_more", nil
	}
	return "signup.products_which", nil
}

func broughtChoices(t *T) []bot.Choice {
	rest := t.Loaded.([]candidate)
	var cs []bot.Choice
	if len(rest) > 1 {
		cs = append(cs, t.choice("all", "signup.products_all"))
	}
	for _, s := range rest[:min(len(rest), mostListed)] {
		cs = append(cs, bot.Choice{ID: idText(s.ID), Label: clip(s.Name, 40)})
	}
	if t.Get("ideas") != "" {
		cs = append(cs, t.choice("enough", "signup.products_enough"))
	}
	return cs
}

// answerBrought takes a product, and asks for more as long as there are some.
func answerBrought(t *T, v string) error {
	rest := t.Loaded.([]candidate)
	_, i := t.flows[t.F().Flow].step("products")
	left := 0
	taken := false
	for _, s := range rest {
		if v != "all" && v != idText(s.ID) {
			left++
			continue
		}
		if t.Get("ideas") == "" { // the first says whose it is
			t.Set("group", "")
			t.Set("org", "")
			t.Set("stars", "")
		}
		t.Set("ideas", strings.TrimSpace(t.Get("ideas")+" "+idText(s.ID)))
		t.takeCandidate(s)
		taken = true
	}
	switch {
	case taken && left > 0 && !t.Caps.Brief:
		return nil
	case !taken && v != "enough":
		t.Set("products", v)
	}
	return t.goOn(i)
}

// ownOrganisation is the producer named in the form, if the person belongs to
// it still.
func (t *T) ownOrganisation(tx storage.Tx, person storage.ID) (storage.ID, error) {
	org, err := textID(t.Get("org"))
	if err != nil {
		return 0, nil // none
	}
	members, err := tx.Members(org)
	if err != nil {
		return 0, err
	}
	if slices.ContainsFunc(members, func(m storage.Member) bool { return m.Person == person }) {
		return org, nil
	}
	return 0, nil
}

// bring notes in a signup the products that were named, whose they are, and
// what a selection looks at.
func (t *T) bring(tx storage.Tx, s *storage.Signup) (err error) {
	s.Products, s.Group, s.Ideas = t.Get("products"), t.Get("group"), nil
	s.Stars, _ = strconv.Atoi(t.Get("stars")) // our own figure; empty is 0
	if s.Organisation, err = t.ownOrganisation(tx, s.Person); err != nil {
		return err
	}
	for _, text := range strings.Fields(t.Get("ideas")) {
		id, err := textID(text)
		if err != nil {
			return err
		}
		i, err := tx.Idea(id)
		if err == nil && (i.Person == s.Person || i.Organisation != 0 && i.Organisation == s.Organisation) {
			s.Ideas = append(s.Ideas, id)
		} else if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
	}
	return nil
}

// powerText is what the stall needs, in words.
func (t *T) powerText() string {
	switch power := t.Get("power"); power {
	case "none":
		return ""
	case "light":
		return t.Text("signup.power_light", nil)
	default:
		return power
	}
}
