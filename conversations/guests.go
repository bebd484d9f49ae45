package conversations

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/paper"
	"ocopbot/bot/viet"
	"ocopbot/locales"
	"ocopbot/storage"
)

// guestsPage is how many who come one answer lists.
const guestsPage = 10

// guestsView is who comes, for those who hold the gathering.
type guestsView struct {
	gatheringView
	all  []storage.Attendee // who means to come, in their order
	rest []storage.Attendee // who cancelled or was refused, and may come after all
	page int
}

// loadGuests reads the list for whoever holds the gathering now, and logs that.
func loadGuests(t *T) (any, error) {
	v, err := loadGathering(t)
	if err != nil {
		return nil, err
	}
	view := guestsView{gatheringView: v.(gatheringView)}
	if !view.holds {
		return view, nil
	}
	all, err := t.attendees(view.g)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if a.Live() {
			view.all = append(view.all, a)
		} else if a.Name != "" { // not erased
			view.rest = append(view.rest, a)
		}
	}
	view.page, _ = strconv.Atoi(t.Get("page")) // our own number; empty is 0
	return view, nil
}

// attendees are everybody who signed up. That somebody read it is kept.
func (t *T) attendees(g storage.Gathering) ([]storage.Attendee, error) {
	all, err := t.reads.Attendees(t.Ctx, g.ID)
	if err != nil {
		return nil, fmt.Errorf("conversations: attendees: %w", err)
	}
	if err := t.logReading(0, 0, "attendees "+g.Code); err != nil {
		return nil, err
	}
	return all, nil
}

// guests shows who comes, and what can be done with them.
func guests() *Flow {
	return &Flow{
		ID: guestsFlow, Version: 1, Sure: true,
		Steps: []*Step{{
			ID: "list", Load: loadGuests,
			Ask: func(t *T) (string, locales.Data) {
				v := t.Loaded.(guestsView)
				if !v.holds {
					return "officer.only", nil
				}
				from := min(v.page*guestsPage, len(v.all))
				var lines []string
				for _, a := range v.all[from:min(from+guestsPage, len(v.all))] {
					lines = append(lines, t.guestLine(a))
				}
				c := v.counts
				return "guests.list", dataOf("code", v.g.Code, "title", clip(v.g.Title, 60), "seated", c.Seated, "seats", v.g.Seats, "stalls", v.g.Stalls,
					"stalls_taken", c.Stalls, "queued", c.Queued, "waiting", c.Waiting, "attended", c.Attended, "lines", strings.Join(lines, "\n"))
			},
			Choices: func(t *T) []bot.Choice {
				v := t.Loaded.(guestsView)
				var cs []bot.Choice
				if v.holds {
					if (v.page+1)*guestsPage < len(v.all) {
						cs = append(cs, t.choice("next", "choice.more"))
					}
					if v.g.Selects && v.counts.Queued+v.counts.Waiting > 0 && !v.g.Begun(t.Now) && v.g.State == storage.GatheringOpen {
						cs = append(cs, t.choice(selectFlow, "guests.select"))
					}
					if len(v.all) > 0 && daysBetween(t.Now, v.g.From) <= 0 {
						cs = append(cs, t.choice(checkinFlow, "gathering.do_checkin"))
					}
					if len(v.all) > 0 && !t.Caps.Brief {
						cs = append(cs, t.choice("sheet", "guests.sheet"))
					}
				}
				return append(cs, t.choice("done", "gathering.do_done"))
			},
			Answer: func(t *T, choice string) error {
				v := t.Loaded.(guestsView)
				switch {
				case choice == "next":
					t.Set("page", strconv.Itoa(v.page+1))
				case choice == "done":
					t.close()
				case !v.holds:
					t.Tell("officer.only")
				case choice == "sheet":
					t.Tell("guests.file", "code", v.g.Code)
				default:
					return t.open(choice, map[string]string{"code": v.g.Code})
				}
				return nil
			},
		}},
	}
}

// guestLine is one who comes, as the organisers see it.
func (t *T) guestLine(a storage.Attendee) string {
	return "#" + strconv.Itoa(a.Place) + " " + t.guestShort(a) + ": " + t.Text("guests.state_"+a.State, nil)
}

// guestShort is the same without the number, for a choice.
func (t *T) guestShort(a storage.Attendee) string {
	line := clip(a.Name, 40)
	for _, more := range []string{clip(a.Producer, 40), clip(t.unitOf(a.Signup), 40)} {
		if more != "" && more != a.Name {
			line += ", " + more
		}
	}
	if a.Stars > 0 {
		line += fmt.Sprintf(", %d★", a.Stars)
	}
	if a.People > 1 {
		line += ", " + t.Text("signup.people_n", dataOf("n", a.People))
	}
	return line
}

// unitOf is where the one who signed up is.
func (t *T) unitOf(s storage.Signup) string {
	if len(s.Units) == 0 {
		return ""
	}
	return t.unitName(string(s.Units[0]))
}

// guestsFile is the list as a file, for those who hold the gathering.
func (t *T) guestsFile(view gatheringView) (string, *bot.Attachment, error) {
	all, err := t.attendees(view.g)
	if err != nil {
		return "", nil, err
	}
	head := func(key string) string { return t.Text("guests.head_"+key, nil) }
	sheet := paper.Sheet{
		Name: view.g.Code, Title: view.g.Title, Notes: []string{t.daysOf(view.g) + ", " + view.g.Place},
		Columns: []paper.Column{
			{Head: head("number"), Kind: paper.Number}, {Head: head("name")}, {Head: head("people"), Kind: paper.Number}, {Head: head("phone")}, {Head: head("producer")}, {Head: head("unit")},
			{Head: head("products")}, {Head: head("stars"), Kind: paper.Number}, {Head: head("stall")}, {Head: head("power")}, {Head: head("vehicle")},
			{Head: head("state")}, {Head: head("at"), Kind: paper.Moment},
			{Head: head("revenue"), Kind: paper.Number}, {Head: head("contracts"), Kind: paper.Number}, {Head: head("buyers"), Kind: paper.Number},
		},
	}
	for _, a := range all {
		if a.Name == "" && !a.Live() { // erased: nobody who comes
			continue
		}
		products := slices.Clone(a.Brings)
		if a.Products != "" {
			products = append(products, a.Products)
		}
		row := []any{a.Place, a.Name, a.People, ocop.FormatPhone(a.Phone), a.Producer, t.unitOf(a.Signup), strings.Join(products, "; "), nil, "", a.Power, a.Vehicle,
			t.Text("guests.state_"+a.State, nil), a.At, nil, nil, nil}
		if a.Stars > 0 {
			row[7] = a.Stars
		}
		if a.Stall {
			row[8] = "x"
		}
		if r := a.Result; r != nil {
			row[13], row[14], row[15] = r.Revenue, r.Contracts, r.Buyers
		}
		sheet.Rows = append(sheet.Rows, row)
	}
	data, err := paper.Workbook(view.g.Title, t.unitName(string(view.g.Unit)), t.Now, sheet)
	if err != nil {
		return "", nil, fmt.Errorf("conversations: attendees: %w", err)
	}
	return t.Text("guests.file", dataOf("title", view.g.Title, "people", view.counts.Seated+view.counts.Queued+view.counts.Waiting)),
		&bot.Attachment{Name: view.g.Code + ".xlsx", MIME: paper.XLSX, Data: data}, nil
}

// checkin marks on the day who came, by the number in the line or by name.
func checkin() *Flow {
	return &Flow{
		ID: checkinFlow, Version: 1,
		Steps: []*Step{{
			ID: "who", Load: loadGuests,
			Ask: func(t *T) (string, locales.Data) {
				v := t.Loaded.(guestsView)
				return "checkin.who", dataOf("came", v.counts.Attended, "seated", v.counts.Seated)
			},
			Choices: func(t *T) []bot.Choice {
				var cs []bot.Choice
				v := t.Loaded.(guestsView)
				for _, a := range slices.Concat(v.all, v.rest) {
					if slices.Contains(strings.Fields(t.Get("found")), strconv.Itoa(a.Place)) {
						cs = append(cs, bot.Choice{ID: strconv.Itoa(a.Place), Label: clip(t.guestShort(a), 60)})
					}
				}
				return cs // no other: its number would be a guest's
			},
			Below: func(t *T) []bot.Choice { return []bot.Choice{t.choice("done", "gathering.do_done")} },
			Parse: parseGuest,
			Answer: func(t *T, v string) error {
				view := t.Loaded.(guestsView)
				if !view.holds {
					t.close()
					return nil
				}
				if v == "done" {
					t.close()
					return nil
				}
				if many, ok := strings.CutPrefix(v, "?"); ok {
					t.Set("found", many)
					return nil
				}
				if wrong, ok := strings.CutPrefix(v, guestWrong); ok { // a slip at the door is no misunderstanding
					t.Tell(wrong, "typed", clip(t.In.Text, 40))
					return nil
				}
				who, err := t.Viewer()
				if err != nil {
					return err
				}
				t.Set("role", role(who))
				t.Set("found", "")
				t.Set("number", v)
				t.S.Pending = true
				return nil
			},
		}},
		Commit: commitCheckin,
	}
}

// guestWrong begins what says that nobody was found.
const guestWrong = "!"

// parseGuest finds who is meant: "37", "HC12-37" or a part of the name.
func parseGuest(t *T, text string) (string, *Note) {
	v := t.Loaded.(guestsView)
	f := viet.Fold(text)
	number := strings.TrimSpace(strings.TrimPrefix(f, viet.Fold(v.g.Code)))
	var found []string
	for _, a := range slices.Concat(v.all, v.rest) {
		if strconv.Itoa(a.Place) == strings.TrimPrefix(number, "so ") {
			return number, nil
		}
		if strings.Contains(" "+viet.Fold(a.Name)+" ", " "+f+" ") || f != "" && strings.Contains(viet.Fold(a.Producer), f) {
			found = append(found, strconv.Itoa(a.Place))
		}
	}
	switch {
	case len(found) == 0:
		return guestWrong + "checkin.unknown", nil
	case len(found) > mostListed:
		return guestWrong + "checkin.many", nil
	case len(found) == 1:
		return found[0], nil
	}
	return "?" + strings.Join(found, " "), nil
}

func commitCheckin(t *T, tx storage.Tx) (Outcome, error) {
	g, err := tx.GatheringByCode(t.Get("code"))
	if err != nil {
		return Outcome{}, err
	}
	number, err := strconv.Atoi(t.Get("number"))
	if err != nil {
		return Outcome{}, fmt.Errorf("conversations: number: %w", err)
	}
	o := Outcome{Next: "who", Set: map[string]string{"number": ""}}
	s, err := tx.SignupNumbered(g.ID, number)
	if err != nil {
		return Outcome{}, err
	}
	name := s.Attendee
	if name == "" {
		p, err := tx.Person(s.Person)
		if err != nil {
			return Outcome{}, err
		}
		name = p.Name
	}
	if s.State == storage.SignupAttended {
		o.Notes = []Note{note("checkin.already", "number", t.Get("number"), "name", name)}
		return o, nil
	}
	by := storage.GatheringEvent{At: t.Now, Actor: t.S.Person, Role: t.Get("role")}
	key := "checkin.done"
	if !s.Seated() {
		key = "checkin.done_unseated"
	}
	if _, err := tx.Move(s.ID, s.State, storage.SignupAttended, by); errors.Is(err, storage.ErrConflict) {
		key = "checkin.already"
	} else if err != nil {
		return Outcome{}, err
	}
	o.Notes = []Note{note(key, "number", t.Get("number"), "name", name, "people", together(s))}
	return o, nil
}
