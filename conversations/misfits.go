package conversations

import (
	"strconv"

	"ocopbot/locales"
	"ocopbot/storage"
)

// Misfit is a part of a gathering that cannot stay as it is: the field of
// makeFields it is asked by, and why.
type Misfit struct {
	Field string
	Note
}

// Misfits are what is wrong with a gathering, wherever it was written down.
// taken are the seats that people have already. That a day is past is asked
// where days are given, for a fair under way may still be corrected.
func (e *Engine) Misfits(g storage.Gathering, taken int) []Misfit {
	var all []Misfit
	wrong := func(field string, n *Note) {
		if n != nil {
			all = append(all, Misfit{field, *n})
		}
	}
	line := func(field, text string, parse func(*T, string) (string, *Note)) {
		_, n := parse(nil, text)
		wrong(field, n)
	}
	line("title", g.Title, parseProduct)
	line("place", g.Place, parseProduct)
	line("bring", g.Bring, parseLine)
	if g.Contact != "" {
		line("contact", g.Contact, parseProduct)
	}
	if g.Seats > 0 && g.Seats < taken {
		n := note("make.seats_taken", "taken", strconv.Itoa(taken))
		wrong("seats", &n)
	}
	if g.From.IsZero() || g.To.IsZero() || g.Deadline.IsZero() {
		return all // no days, as is said where they are read
	}
	if daysBetween(g.From, g.To) < 0 {
		wrong("when", &Note{Key: "make.when_wrong"})
	}
	if daysBetween(g.Deadline, g.From) < 0 {
		wrong("deadline", &Note{Key: "make.deadline_wrong"})
	}
	return all
}

// English is a note as operators read it.
func (e *Engine) English(n Note) string {
	data := make(locales.Data, len(n.Args))
	for k, v := range n.Args {
		data[k] = v
	}
	return e.texts.Text(locales.English, "", n.Key, data)
}

// ParseCode reads the code of a gathering as an operator gives it, "HC12". One
// that would be taken for a form number or for a word with which messages
// begin is none.
func (e *Engine) ParseCode(text string) (string, bool) {
	code, ok := gatheringCode(text)
	if !ok {
		return "", false
	}
	switch code[:2] {
	case "DK", "TC", "BC", "DD", "KQ":
		return "", false
	}
	return code, len(code) < len(e.prog.Prefix) || code[:len(e.prog.Prefix)] != e.prog.Prefix
}
