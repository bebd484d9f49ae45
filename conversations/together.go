package conversations

import (
	"slices"
	"strconv"
	"strings"

	"ocopbot/bot"
	"ocopbot/locales"
	"ocopbot/storage"
)

// mostTogether is how many come under one signup: people of a cooperative or of
// a workshop, not a hall full of them. Its organisers may be asked for more.
const mostTogether = 10

// peopleStep asks how many come together, each of whom takes a seat. It offers
// what nearly everybody says, so that who comes alone taps once.
func peopleStep(needed func(*T) bool) *Step {
	return &Step{
		ID: "people", Needed: needed, Load: loadGathering, Ask: askPeople,
		Choices: func(t *T) []bot.Choice {
			cs := []bot.Choice{t.choice("1", "signup.people_one")}
			for _, n := range []string{"2", "3"} { // in this order: the number typed is the answer, too
				cs = append(cs, bot.Choice{ID: n, Label: t.Text("signup.people_n", dataOf("n", n))})
			}
			return cs
		},
		Parse: parsePeople,
	}
}

// askPeople says how many seats are left where they may not be enough.
func askPeople(t *T) (string, locales.Data) {
	v := t.Loaded.(gatheringView)
	left := ""
	if n := v.g.Seats - v.counts.Seated; v.g.Seats > 0 && !v.g.Selects && n > 0 && n < mostTogether {
		left = strconv.Itoa(n)
	}
	return "signup.people", dataOf("left", left, "more", t.F().Flow == amendFlow)
}

// parsePeople reads how many come: "3", "3 người", "ba chị em", "một mình",
// "tôi và 2 người nữa"; where it is changed, "thêm 2 người", "bớt 1" as well.
func parsePeople(t *T, text string) (string, *Note) {
	said := plain(text)
	words := strings.Fields(strings.Trim(said, " .,!"))
	says := func(any ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(any, w) })
	}
	n, ok := wholeNumber(text)
	switch {
	case ok || strings.ContainsAny(said, "0123456789"):
	case strings.HasSuffix(said, "vo chong"):
		n = 2
	case says("minh"): // «mình tôi»
		n = 1
	default: // «cả nhà ba người»
		said := append(wordsOf(text), "")
		for i := range said[1:] {
			if n = numeral(said[i], said[i+1]); n > 0 {
				break
			}
		}
	}
	v, _ := t.Loaded.(gatheringView)
	switch now := v.comeWith(t.Get("signup")); {
	case n == 0:
	case now > 0 && says("bot"):
		n = now - n
	case now > 0 && says("them", "nua"):
		n += now
	case says("them", "nua", "khac"): // besides who writes
		n++
	}
	switch {
	case n <= 0:
		return "", &Note{Key: "signup.people_wrong"}
	case n > mostTogether:
		many := note("signup.people_many", "most", strconv.Itoa(mostTogether), "contact", v.g.Contact)
		return "", &many
	}
	return strconv.Itoa(n), nil
}

// comeWith is how many come under one of the person's signups so far; 0: it is
// none of theirs.
func (v gatheringView) comeWith(signup string) int {
	for _, s := range v.own {
		if idText(s.ID) == signup {
			return s.People
		}
	}
	return 0
}

// together is how many come under a signup, as texts say it: empty for one.
func together(s storage.Signup) string {
	if s.People > 1 {
		return strconv.Itoa(s.People)
	}
	return ""
}

// seatsLeft counts the seats of a gathering that is locked; 0 where they are
// not counted.
func seatsLeft(tx storage.Tx, g storage.Gathering) (int, error) {
	all, err := tx.Signups(g.ID)
	if err != nil || g.Seats == 0 {
		return 0, err
	}
	left := g.Seats
	for _, s := range all {
		if s.Seated() {
			left -= s.People
		}
	}
	return max(0, left), nil
}
