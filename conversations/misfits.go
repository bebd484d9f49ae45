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
// least is the room it needs, by Least. That a day is past is asked where days
// are given, for a fair under way may still be corrected.
func (e *Engine) Misfits(g storage.Gathering, least storage.Attendance) []Misfit {
	all := overbooked(g, least)
	wrong := func(field string, n *Note) {
		if n != nil {
			all = append(all, Misfit{field, *n})
		}
	}
	line := func(field, text string, parse func(*T, string) (string, *Note)) {
		_, n := parse(nil, text)
		wrong(field, n)
	}
	line("title", g.Title, parseShort)
	line("place", g.Place, parseShort)
	line("bring", g.Bring, parseLine)
	if g.Contact != "" {
		line("contact", g.Contact, parseShort)
	}
	if g.From.IsZero() || g.To.IsZero() || g.Deadline.IsZero() {
		return all // no days, as is said where they are read
	}
	if daysBetween(g.From, g.To) < 0 {
		wrong("when", &Note{Key: "make.when_backwards"})
	}
	if daysBetween(g.Deadline, g.From) < 0 {
		wrong("deadline", &Note{Key: "make.deadline_wrong"})
	}
	return all
}

// Least is the room that a gathering which is changed must keep: that of those
// who have a seat or a stall. Who came without one takes nothing away.
func Least(was storage.Gathering, taken storage.Attendance) storage.Attendance {
	if was.Seats > 0 {
		taken.Seated = min(taken.Seated, was.Seats)
	}
	taken.Stalls = min(taken.Stalls, was.Stalls)
	return taken
}

// overbooked are the fields by which a gathering has less than it must.
func overbooked(g storage.Gathering, taken storage.Attendance) (all []Misfit) {
	if g.Seats > 0 && g.Seats < taken.Seated {
		all = append(all, Misfit{"seats", note("make.seats_taken", "taken", strconv.Itoa(taken.Seated))})
	}
	if g.Stalls < taken.Stalls {
		field := "stalls"
		if !g.Kind.Sells() { // which therefore has none
			field = "kind"
		}
		all = append(all, Misfit{field, note("make.stalls_taken", "taken", strconv.Itoa(taken.Stalls))})
	}
	return all
}

// Shrinks sees, of a gathering that is locked, whether its people still fit
// into what it is to be.
func Shrinks(tx storage.Tx, was, now storage.Gathering) ([]Misfit, error) {
	if was.ID == 0 || now.Seats == was.Seats && now.Stalls == was.Stalls {
		return nil, nil
	}
	signups, err := tx.Signups(was.ID)
	if err != nil {
		return nil, err
	}
	var taken storage.Attendance
	for _, s := range signups {
		if s.Seated() {
			taken.Seated += s.People
			if s.Stall {
				taken.Stalls++
			}
		}
	}
	return overbooked(now, Least(was, taken)), nil
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
