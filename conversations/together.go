package conversations

import (
	"regexp"
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
			var cs []bot.Choice
			for _, n := range []string{"1", "2", "3"} { // in this order: the number typed is the answer, too
				cs = append(cs, bot.Choice{ID: n, Label: t.Text("signup.people_n", dataOf("n", n, "one", n == "1"))})
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

var (
	oneNumber = regexp.MustCompile(`^[^\d.,-]*(\d{1,4})[^\d.,-]*[.,]?$`)
	numerals  = []string{"", "mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi"}
)

// parsePeople reads how many come: "3", "3 người", "ba chị em", "một mình",
// "tôi và 2 người nữa".
func parsePeople(t *T, text string) (string, *Note) {
	said := plain(text)
	words := strings.Fields(strings.Trim(said, " .!"))
	n := 0
	if m := oneNumber.FindStringSubmatch(said); m != nil {
		n, _ = strconv.Atoi(m[1]) // four digits at most, by the pattern
	} else if !strings.ContainsAny(said, "0123456789") {
		for i, w := range words {
			if k := slices.Index(numerals, w); k > 0 && (i == 0 || words[i-1] != "ong" && words[i-1] != "ba") {
				n = k
				break
			}
		}
		switch {
		case n > 0:
		case strings.HasSuffix(said, "vo chong"):
			n = 2
		case slices.Contains(words, "minh"): // «mình tôi»
			n = 1
		}
	}
	if n > 0 && (slices.Contains(words, "nua") || slices.Contains(words, "khac")) { // besides who writes
		n++
	}
	switch {
	case n == 0:
		return "", &Note{Key: "signup.people_wrong"}
	case n > mostTogether:
		contact := ""
		if v, ok := t.Loaded.(gatheringView); ok {
			contact = v.g.Contact
		}
		many := note("signup.people_many", "most", strconv.Itoa(mostTogether), "contact", contact)
		return "", &many
	}
	return strconv.Itoa(n), nil
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
