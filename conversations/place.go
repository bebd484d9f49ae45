package conversations

import (
	"slices"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/viet"
	"ocopbot/locales"
)

// mostCandidates is how many communes are offered to choose from; a name that
// fits more is asked for again with its district.
const mostCandidates = 8

// placeChoices offers the commune of last time.
func placeChoices(t *T) []bot.Choice {
	last := ocop.UnitKey(t.Get("last"))
	if last == "" || t.Get("other") != "" {
		return nil
	}
	if _, ok := t.prog.Unit(last); !ok {
		return nil
	}
	return []bot.Choice{{ID: string(last), Label: t.prog.Label(last)}}
}

// parsePlace finds the communes a text may mean; the answer is their keys.
// One that was spelled exactly and is alone is taken, anything else asked back.
func parsePlace(t *T, text string) (string, *Note) {
	found := t.prog.FindUnits(text, t.Now)
	var keys []string
	certain := true
	for _, m := range found {
		if !t.prog.IsCommune(m.Unit.Key) {
			continue
		}
		if k := string(m.Unit.Key); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
		certain = certain && !m.Guess && m.Via == ""
	}
	switch {
	case len(keys) == 0 && len(found) > 0: // a district, the province
		n := note("reg.place_wide", "typed", clip(text, 40))
		return "", &n
	case len(keys) == 0:
		n := note("reg.place_unknown", "typed", clip(text, 40))
		return "", &n
	case len(keys) > mostCandidates:
		n := note("reg.place_many", "typed", clip(text, 40))
		return "", &n
	case len(keys) == 1 && certain:
		return keys[0], nil
	}
	return "?" + strings.Join(keys, " "), nil
}

func answerPlace(t *T, v string) error {
	_, i := t.flows[t.F().Flow].step("place")
	if candidates, ask := strings.CutPrefix(v, "?"); ask {
		t.Set("units?", candidates)
		t.goTo("which")
		return nil
	}
	t.Set("units?", "")
	t.Set("place", v)
	return t.goOn(i + 1)
}

func whichChoices(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, k := range strings.Fields(t.Get("units?")) {
		cs = append(cs, bot.Choice{ID: k, Label: t.prog.Label(ocop.UnitKey(k))})
	}
	return append(cs, t.choice("none", "reg.place_none"))
}

// parseWhich takes the district's name, which may leave several to choose
// from, or another commune typed afresh.
func parseWhich(t *T, text string) (string, *Note) {
	typed := viet.Fold(text)
	offered := strings.Fields(t.Get("units?"))
	var hits []string
	for _, k := range offered {
		if strings.Contains(" "+viet.Fold(t.prog.Label(ocop.UnitKey(k)))+" ", " "+typed+" ") {
			hits = append(hits, k)
		}
	}
	switch {
	case len(hits) == 1:
		return hits[0], nil
	case len(hits) > 1 && len(hits) < len(offered):
		return "?" + strings.Join(hits, " "), nil
	}
	return parsePlace(t, text)
}

func answerWhich(t *T, v string) error {
	if v == "none" {
		t.Set("units?", "")
		t.goTo("place")
		return nil
	}
	return answerPlace(t, v)
}

// unitName is a unit's name with its kind and what lies above it.
func (t *T) unitName(key string) string {
	if key == "" {
		return ""
	}
	return t.prog.Label(ocop.UnitKey(key))
}

// clip shortens what people typed before it is quoted back.
func clip(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}

func dataOf(kv ...any) locales.Data {
	d := make(locales.Data, len(kv)/2)
	for i := 0; i+1 < len(kv); i += 2 {
		d[kv[i].(string)] = kv[i+1]
	}
	return d
}
