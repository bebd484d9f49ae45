package conversations

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/duties"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// dutyData is what texts say of a duty: whose, until when, how many days are
// left by the calendar.
func (t *T) dutyData(o duties.Owed) locales.Data {
	left := o.DaysLeft(t.Now)
	data := dataOf("title", t.dutyTitle(o), "unit", t.unitName(string(o.Unit)), "days", max(left, -left),
		"date", t.dayName(o.Due), "receiver", t.receiver(o), "named", "", "unconfirmed", !o.Confirmed, "basis", o.Basis)
	if !o.Named.IsZero() {
		data["named"] = o.Named.In(ocop.Local).Format("2/1")
	}
	return data
}

// dutyTitle is what a duty is called, with its year.
func (t *T) dutyTitle(o duties.Owed) string {
	title := o.Title.In(t.S.Lang)
	if o.Period != "" {
		title += " " + o.Period
	}
	return title
}

// receiver is who gets it: the named one, or whoever stands for the office that
// asks.
func (t *T) receiver(o duties.Owed) string {
	if r := o.Receiver.In(t.S.Lang); r != "" {
		return r
	}
	if office, ok := t.prog.Unit(o.Office); ok && office.Kind != ocop.Province {
		return t.Text("letter.district", dataOf("name", office.Title()))
	}
	return t.agency()
}

// agency is the department that runs the programme for the province: the
// receiver of what is owed to it.
func (t *T) agency() string {
	for _, d := range t.prog.DueDates(t.Now.In(ocop.Local).Year()) {
		if r := d.Obligation.Receiver.In(t.S.Lang); r != "" && d.Obligation.Above == ocop.Province {
			return r
		}
	}
	return t.Text("letter.province", dataOf("name", t.provinceName()))
}

// dayName is a day with its weekday: «thứ Bảy 29/11».
func (t *T) dayName(at time.Time) string {
	at = at.In(ocop.Local)
	return t.Text("weekday."+strconv.Itoa(int(at.Weekday())), nil) + " " + at.Format("2/1/2006")
}

// dutyStanding says how far the time is: in days left, today, overdue.
func (t *T) dutyStanding(o duties.Owed) string {
	switch left := o.DaysLeft(t.Now); {
	case left > 0:
		return t.Text("duty.ahead", t.dutyData(o))
	case left == 0:
		return t.Text("duty.today", t.dutyData(o))
	}
	return t.Text("duty.over", t.dutyData(o))
}

// dutyWhen says the same of no unit.
func (t *T) dutyWhen(o duties.Owed) string {
	left := o.DaysLeft(t.Now)
	data := dataOf("days", max(left, -left), "date", t.dayName(o.Due))
	switch {
	case left > 0:
		return t.Text("duty.when_ahead", data)
	case left == 0:
		return t.Text("duty.when_today", data)
	}
	return t.Text("duty.when_over", data)
}

// owedNow is a duty as it stands now. ErrMovedOn: it is owed no more.
func (t *T) owedNow(d storage.Duty) (duties.Owed, error) {
	o, err := duties.One(t.Ctx, t.reads, t.prog, d)
	if err != nil {
		return o, gone(err)
	}
	if o.Withdrawn {
		return o, ErrMovedOn
	}
	closed, err := duties.Closed(t.Ctx, t.reads, []duties.Owed{o})
	if err != nil {
		return o, fmt.Errorf("conversations: duty: %w", err)
	}
	if closed[d] {
		return o, ErrMovedOn
	}
	return o, nil
}

// inOffice reads who the person of a notice is now. ErrMovedOn: no officer.
func (t *T) inOffice(person storage.ID) (storage.Viewer, error) {
	p, err := t.reads.Person(t.Ctx, person)
	if err != nil {
		return storage.Viewer{}, fmt.Errorf("conversations: person: %w", err)
	}
	officers, err := t.reads.OfficersOf(t.Ctx, person, t.Now)
	if err != nil {
		return storage.Viewer{}, fmt.Errorf("conversations: officers: %w", err)
	}
	v := t.view(p, officers, t.Now)
	if !isOfficer(v) {
		return v, ErrMovedOn
	}
	return v, nil
}

// remindOf is a step of a duty's ladder, told to an officer or a leader.
func (t *T) remindOf(n storage.Notice, m bot.Message) (bot.Message, error) {
	r, err := t.reads.Reminder(t.Ctx, n.Subject)
	if err != nil {
		return m, gone(err)
	}
	v, err := t.inOffice(n.Person)
	if err != nil {
		return m, err
	}
	o, err := t.owedNow(r.Duty)
	if err != nil {
		return m, err
	}
	if !o.Due.Equal(r.Due) { // it was given more time since
		return m, ErrMovedOn
	}
	data := t.dutyData(o)
	data["standing"] = t.dutyStanding(o)
	key := "notice.reminder"
	switch {
	case r.Step == duties.Asked && o.Demand != nil:
		key = "notice.asked_for"
		data["questions"] = numbered(o.Demand.Questions)
	case r.Step == duties.Prolonged:
		key = "notice.prolonged"
	case !works(v, o.Unit) && leads(v, o.Unit):
		key = "notice.reminder_leader"
	}
	t.say(&m, key, data)
	if t.Caps.Paged {
		return m, nil
	}
	if key != "notice.reminder_leader" {
		m.Choices = []bot.Choice{t.choice("ack/"+idText(r.ID), "notice.choice_ack")}
	}
	m.Choices = append(m.Choices, t.choice("duty/"+idText(r.ID), "notice.choice_duty"))
	return m, nil
}

// numbered is a list with its numbers, a line each.
func numbered(all []string) string {
	var b strings.Builder
	for i, s := range all {
		fmt.Fprintf(&b, "%d. %s\n", i+1, s)
	}
	return strings.TrimSpace(b.String())
}

// standings is how far the units of an office are with what they owe.
type standings struct {
	filed, acked, silent, unstaffed []string
}

// standingsOf reads how far the units are that report to an office.
func (t *T) standingsOf(obligation, period string, office ocop.UnitKey) (s standings, o duties.Owed, err error) {
	owed, err := t.owedTo(obligation, period, office)
	if err != nil || len(owed) == 0 {
		return s, o, err
	}
	closed, err := duties.Closed(t.Ctx, t.reads, owed)
	if err != nil {
		return s, o, fmt.Errorf("conversations: duties: %w", err)
	}
	acks, err := t.reads.Acks(t.Ctx, obligation, period)
	if err != nil {
		return s, o, fmt.Errorf("conversations: duties: %w", err)
	}
	var units []ocop.UnitKey
	for _, o := range owed {
		units = append(units, o.Unit)
	}
	officers, err := t.reads.OfficersIn(t.Ctx, units, t.Now)
	if err != nil {
		return s, o, fmt.Errorf("conversations: duties: %w", err)
	}
	for _, o := range owed {
		name := t.unitName(string(o.Unit))
		if u, ok := t.prog.Unit(o.Unit); ok && u.Parent == office {
			name = u.Title() // to its own district it needs no «huyện»
		}
		if o.Extended {
			name = t.Text("duty.until", dataOf("unit", name, "date", t.dayName(o.Due)))
		}
		switch {
		case closed[o.Duty]:
			s.filed = append(s.filed, name)
		case !slices.ContainsFunc(officers, func(w storage.Officer) bool { return w.Unit == o.Unit && w.Works() }):
			s.unstaffed = append(s.unstaffed, name)
		case slices.ContainsFunc(acks, func(a storage.Ack) bool { return a.Unit == o.Unit }):
			s.acked = append(s.acked, name)
		default:
			s.silent = append(s.silent, name)
		}
	}
	return s, owed[0], nil
}

// owedTo lists the duties of one obligation and period that an office follows.
func (t *T) owedTo(obligation, period string, office ocop.UnitKey) ([]duties.Owed, error) {
	owed, err := t.owedBetween(duties.Window(t.prog, t.Now))
	return slices.DeleteFunc(owed, func(o duties.Owed) bool {
		return o.Obligation != obligation || o.Period != period || o.Office != office
	}), err
}

func (t *T) owedBetween(from, to time.Time) ([]duties.Owed, error) {
	owed, err := duties.Load(t.Ctx, t.reads, t.prog, from, to)
	if err != nil {
		return nil, fmt.Errorf("conversations: duties: %w", err)
	}
	return owed, nil
}

// tellStandings is the digest for the office above: who filed, who has seen
// the reminders, who is silent.
func (t *T) tellStandings(n storage.Notice, m bot.Message) (bot.Message, error) {
	r, err := t.reads.Reminder(t.Ctx, n.Subject)
	if err != nil {
		return m, gone(err)
	}
	v, err := t.inOffice(n.Person)
	if err != nil {
		return m, err
	}
	if !works(v, r.Unit) {
		return m, ErrMovedOn
	}
	s, o, err := t.standingsOf(r.Obligation, r.Period, r.Unit)
	if err != nil {
		return m, err
	}
	if o.Obligation == "" {
		return m, ErrMovedOn
	}
	o = o.Usual()
	data := dataOf("title", t.dutyTitle(o), "when", t.dutyWhen(o))
	all := len(s.filed) + len(s.acked) + len(s.silent) + len(s.unstaffed)
	data["all"], data["n_filed"], data["n_acked"], data["n_silent"] = all, len(s.filed), len(s.acked), len(s.silent)
	data["filed"], data["acked"], data["silent"] = t.few(s.filed), t.few(s.acked), t.few(s.silent)
	data["n_unstaffed"], data["unstaffed"] = len(s.unstaffed), t.few(s.unstaffed)
	t.say(&m, "notice.duties", data)
	return m, nil
}

// few are the first of some names, and how many more there are.
func (t *T) few(names []string) string {
	const most = 15
	if len(names) <= most {
		return strings.Join(names, "; ")
	}
	return strings.Join(names[:most], "; ") + " " + t.Text("duty.and_more", dataOf("count", len(names)-most))
}

// tellUnstaffed says which units owe something and have nobody to tell.
func (t *T) tellUnstaffed(n storage.Notice, m bot.Message) (bot.Message, error) {
	if _, err := t.inOffice(n.Person); err != nil {
		return m, err
	}
	told, err := t.reads.RemindersTo(t.Ctx, n.Person, n.At)
	if err != nil {
		return m, fmt.Errorf("conversations: reminders: %w", err)
	}
	var units []string
	for _, r := range told {
		if r.Notice != n.ID {
			continue
		}
		officers, err := t.reads.OfficersIn(t.Ctx, []ocop.UnitKey{r.Unit}, t.Now)
		if err != nil {
			return m, fmt.Errorf("conversations: officers: %w", err)
		}
		if name := t.unitName(string(r.Unit)); !slices.ContainsFunc(officers, storage.Officer.Works) && !slices.Contains(units, name) {
			units = append(units, name)
		}
	}
	if len(units) == 0 {
		return m, ErrMovedOn
	}
	slices.Sort(units)
	data := dataOf("count", len(units), "units", t.few(units))
	t.say(&m, "notice.unstaffed", data)
	return m, nil
}
