package conversations

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/bot/viet"
	"ocopbot/storage"
)

// candidate is a person's product as a gathering's rule looks at it.
type candidate struct {
	storage.Idea
	stars    int    // recognised, published and still valid; 0: none
	producer string // type of the producer
}

// candidates are a person's products that are not withdrawn, the newest first.
func (t *T) candidates() ([]candidate, error) {
	if t.S.Person == 0 {
		return nil, nil
	}
	ideas, err := t.reads.IdeasOf(t.Ctx, t.S.Person)
	if err != nil {
		return nil, fmt.Errorf("conversations: ideas: %w", err)
	}
	orgs, err := t.reads.OrganisationsOf(t.Ctx, t.S.Person)
	if err != nil {
		return nil, fmt.Errorf("conversations: organisations: %w", err)
	}
	var all []candidate
	for _, i := range ideas {
		if i.Stage == ocop.Withdrawn {
			continue
		}
		s := candidate{Idea: i}
		if s.stars, err = t.recognised(i); err != nil {
			return nil, err
		}
		for _, o := range orgs {
			if o.ID == i.Organisation {
				s.producer = o.Kind
			}
		}
		all = append(all, s)
	}
	return all, nil
}

// recognised are the stars an idea has now: decided, published and not lapsed.
func (t *T) recognised(i storage.Idea) (stars int, err error) {
	if i.Stage != ocop.Decided {
		return 0, nil
	}
	evaluations, err := t.reads.Evaluations(t.Ctx, i.ID)
	if err != nil {
		return 0, fmt.Errorf("conversations: evaluations: %w", err)
	}
	for _, ev := range evaluations {
		if ev.Decision == "" || ev.Stars < 3 {
			continue
		}
		if until := t.prog.ValidUntil(ev.Decided); !until.IsZero() && !t.Now.Before(until) {
			continue
		}
		r, err := t.reads.Round(t.Ctx, ev.Round)
		if err != nil {
			return 0, fmt.Errorf("conversations: round: %w", err)
		}
		if !r.Published.IsZero() {
			stars = max(stars, ev.Stars)
		}
	}
	return stars, nil
}

// unitsAt are a unit and those above it.
func (t *T) unitsAt(unit ocop.UnitKey) []ocop.UnitKey {
	if unit == "" {
		return nil
	}
	units := []ocop.UnitKey{unit}
	for _, u := range t.prog.Ancestors(unit) {
		units = append(units, u.Key)
	}
	return units
}

// fits tells whether a product may come, or names the part of the rule that
// is against it.
func (t *T) fits(r storage.Rule, s candidate) (against string) {
	switch {
	case len(r.Units) > 0 && !slices.ContainsFunc(t.unitsAt(s.Unit), func(u ocop.UnitKey) bool { return slices.Contains(r.Units, u) }):
		return "units"
	case len(r.Producers) > 0 && !slices.Contains(r.Producers, s.producer):
		return "producers"
	case len(r.Groups) > 0 && !slices.Contains(r.Groups, s.Group):
		return "groups"
	case s.stars < r.Stars:
		return "stars"
	}
	return ""
}

// ruleText says who may come; empty: everybody.
func (t *T) ruleText(r storage.Rule) string {
	var parts []string
	if r.Stars > 0 {
		parts = append(parts, t.Text("rule.stars", dataOf("stars", r.Stars)))
	}
	for _, g := range r.Groups {
		if group, ok := t.prog.Group(g); ok {
			parts = append(parts, group.Name(t.S.Lang))
		}
	}
	for _, p := range r.Producers {
		if k, ok := t.prog.ProducerType(p); ok {
			parts = append(parts, k.Name(t.S.Lang))
		}
	}
	for _, u := range r.Units {
		parts = append(parts, t.unitName(string(u)))
	}
	return strings.Join(parts, ", ")
}

// ParseRule reads who may come as officers write it, parts divided by commas
// or semicolons: "từ 3 sao, thực phẩm, huyện Chi Lăng"; "ai cũng được" is no
// rule. wrong is the part that means nothing.
func (e *Engine) ParseRule(text string, now time.Time) (r storage.Rule, wrong string) {
	for _, part := range parts(text) {
		f := viet.Fold(part)
		if slices.Contains([]string{"ai cung duoc", "tat ca", "moi nguoi", "everybody", "khong"}, f) {
			continue
		}
		switch by, value := e.ruleWord(part, now); by {
		case ocop.QuotaStars:
			r.Stars, _ = strconv.Atoi(value) // one digit
		case ocop.QuotaGroup:
			r.Groups = append(r.Groups, value)
		case ocop.QuotaUnit:
			r.Units = append(r.Units, ocop.UnitKey(value))
		case "producer":
			r.Producers = append(r.Producers, value)
		default:
			return r, part
		}
	}
	return r, ""
}

// ParseQuotas reads how many of what sort are let in: "huyện Chi Lăng 3; 4 sao
// 5; thực phẩm 10".
func (e *Engine) ParseQuotas(text string, now time.Time) (qs []ocop.Quota, wrong string) {
	for _, part := range parts(text) {
		if f := viet.Fold(part); f == "khong" || f == "khong co" {
			continue
		}
		words := strings.Fields(strings.ReplaceAll(part, ":", " "))
		n, err := strconv.Atoi(words[len(words)-1])
		if err != nil || n < 0 || len(words) < 2 {
			return qs, part
		}
		by, value := e.ruleWord(strings.Join(words[:len(words)-1], " "), now)
		if by == "" || by == "producer" {
			return qs, part
		}
		qs = append(qs, ocop.Quota{By: by, Value: value, Most: n})
	}
	return qs, ""
}

func parts(text string) []string {
	var all []string
	for _, p := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if p = strings.TrimSpace(p); p != "" {
			all = append(all, p)
		}
	}
	return all
}

// ruleWord finds what one part of a rule is about; by is empty when it is
// about nothing, or about several units of one name.
func (e *Engine) ruleWord(part string, now time.Time) (by, value string) {
	f := viet.Fold(part)
	if n := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(f, "san pham "), "tu "), " sao")); strings.HasSuffix(f, "sao") && len(n) == 1 && n >= "3" && n <= "5" {
		return ocop.QuotaStars, n
	}
	for _, g := range e.prog.GroupsAt(now) {
		if f == viet.Fold(g.Title.VI) || f == viet.Fold(g.Title.EN) || f == viet.Fold(g.ID) || f == "nhom "+viet.Fold(g.Title.VI) {
			return ocop.QuotaGroup, g.ID
		}
	}
	for _, p := range e.prog.ProducerTypesAt(now) {
		if whole, _ := sameLabel(f, p.Name("vi")); whole || f == viet.Fold(p.ID) {
			return "producer", p.ID
		}
	}
	found := e.prog.FindUnits(part, now)
	if len(found) == 1 && !found[0].Guess {
		return ocop.QuotaUnit, string(found[0].Unit.Key)
	}
	return "", ""
}

// quotaText says a quota as it is written.
func (t *T) quotaText(q ocop.Quota) string {
	what := q.Value
	switch q.By {
	case ocop.QuotaUnit:
		what = t.unitName(q.Value)
	case ocop.QuotaGroup:
		if g, ok := t.prog.Group(q.Value); ok {
			what = g.Name(t.S.Lang)
		}
	case ocop.QuotaStars:
		what = t.Text("decide.n_stars", dataOf("stars", q.Value))
	}
	return what + " " + strconv.Itoa(q.Most)
}
