package duties

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// What a Telling is.
const (
	Reminder  = "reminder"  // to an officer or leader of the unit: a step of the ladder
	Repeated  = "repeated"  // the same by SMS, for nobody answered
	Digest    = "digest"    // to the officers of the office above: who filed and who is silent
	Unstaffed = "unstaffed" // to the office above and the province: the unit has no officer
	Nobody    = "nobody"    // to no one: a step of a unit without an officer
)

// Steps of tellings that are no steps of a ladder have a space in their name.
const (
	digestStep    = "digest "
	unstaffedStep = "no officer"
)

// OfLadder tells whether something told was a step of a ladder, or that step
// repeated by SMS.
func OfLadder(step string) bool {
	return !strings.HasPrefix(step, digestStep) && step != unstaffedStep
}

// Answered is for how long an «Đã nhận» is waited for before a reminder is
// repeated by SMS; after Stale it is not any more.
const (
	Answered = 24 * time.Hour
	Stale    = 72 * time.Hour
)

// Telling is one thing to be told to one person.
type Telling struct {
	Key            // what is kept of it, so that it is told once
	Kind    string // Reminder, …
	Owed    Owed   // of a digest: one of those it is about
	Channel string // the only channel it goes by; empty: the person's choice
	Name    string // of the recipient, as their office wrote it
	Why     Why
}

// Why says what made a telling due.
type Why string

// The reasons.
const (
	WhyOfficer   Why = "officer of the unit"
	WhyHeir      Why = "officer of the unit that followed"
	WhyLeader    Why = "leader of the unit: it is overdue"
	WhyMissed    Why = "nobody of the unit was told when it was due"
	WhySilent    Why = "not answered for 24 hours"
	WhyOffice    Why = "follows up what the units owe"
	WhyUnstaffed Why = "a unit has no officer"
	WhyNobody    Why = "no officer is in office; the province is told"
)

// Key is what a telling is kept under.
type Key struct {
	storage.Duty
	Due       int64 // Unix seconds of the last good day
	Step      string
	Recipient storage.ID
}

// KeyOf is the key of what was told.
func KeyOf(r storage.ReminderSent) Key { return Key{r.Duty, r.Due.Unix(), r.Step, r.Recipient} }

// DueDay is the last good day the step is counted from.
func (k Key) DueDay() time.Time { return time.Unix(k.Due, 0).In(ocop.Local) }

// Facts are what the records say at a moment.
type Facts struct {
	Officers []storage.Officer // in office
	First    time.Time         // when the first officer of all took office; zero: none ever did
	// Closed are the duties that are filed or done; no other is asked about.
	Closed func(storage.Duty) bool
	// Told tells whether something was told already.
	Told func(Key) bool
	// Reached tells whether anybody of a unit was told a step: of a Key
	// without a recipient.
	Reached func(Key) bool
	// Acked tells whether an officer acknowledged a step of a duty.
	Acked func(d storage.Duty, officer storage.ID, step string) bool
	// Unanswered are reminders told between Stale and Answered ago that may
	// be repeated by Channel.
	Unanswered []storage.ReminderSent
	Channel    string
}

// Plan lists what is to be told at a moment, in the order of what is owed.
// Of steps that were missed only the latest is.
func Plan(p *ocop.Programme, owed []Owed, f Facts, now time.Time) []Telling {
	x := newPlanner(p, f, now)
	for _, o := range owed {
		x.remind(o)
	}
	x.repeat(owed)
	x.digests(owed)
	return x.tellings
}

type planner struct {
	Facts
	prog     *ocop.Programme
	now      time.Time
	epoch    time.Time // what came before is none of the program's
	offices  map[ocop.UnitKey][]storage.Officer
	province []storage.Officer
	tellings []Telling
}

func newPlanner(p *ocop.Programme, f Facts, now time.Time) *planner {
	x := &planner{Facts: f, prog: p, now: now, offices: map[ocop.UnitKey][]storage.Officer{}}
	x.epoch = Epoch(f.First, now)
	for _, o := range f.Officers {
		x.offices[o.Unit] = append(x.offices[o.Unit], o)
		if u, ok := p.Unit(o.Unit); ok && u.Kind == ocop.Province && o.Works() {
			x.province = append(x.province, o)
		}
	}
	return x
}

// Epoch is the moment from which on steps are the program's business: when
// the first officer took office, or, where none ever did, today's midnight.
func Epoch(first, now time.Time) time.Time {
	if first.IsZero() || first.After(now) {
		y, m, d := now.In(ocop.Local).Date()
		return ocop.Date(y, m, d)
	}
	return first
}

// Step is the step of a duty that is due to be told at a moment, if it was
// not yet; false where there is none.
func (o Owed) step(epoch, now time.Time) (step, before Step, ok bool) {
	step, before, ok = o.Current(now)
	if !ok || step.At.Before(epoch) || o.Due.AddDate(0, 0, 1).Before(epoch) {
		return step, before, false
	}
	return step, before, true
}

// Needs is which steps' rows Plan will ask for of open duties, each once:
// keys without unit and recipient.
func Needs(p *ocop.Programme, owed []Owed, first, now time.Time) (keys []Key, soft bool) {
	epoch := Epoch(first, now)
	seen := map[Key]bool{}
	add := func(k Key) {
		if k.Unit = ""; !seen[k] {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	for _, o := range owed {
		if s, _, ok := o.step(epoch, now); ok {
			add(Key{Duty: o.Duty, Due: o.Due.Unix(), Step: s.Name})
			add(Key{Duty: o.Duty, Due: o.Due.Unix(), Step: unstaffedStep})
			soft = soft || s.Soft
		}
		if s, _, ok := o.general(p, now).step(epoch, now); ok && s.Digest {
			add(Key{Duty: o.Duty, Due: o.Original.Unix(), Step: digestStep + s.Name})
		}
	}
	return keys, soft
}

// Usual is the duty as it is without the unit's extension.
func (o Owed) Usual() Owed {
	if !o.Extended {
		return o
	}
	o.Extended, o.Due, o.Since = false, o.Original, time.Time{}
	if o.Demand != nil {
		o.Since = o.Demand.At
	}
	return o
}

// general is the usual duty with its own steps.
func (o Owed) general(p *ocop.Programme, now time.Time) Owed {
	if !o.Extended {
		return o
	}
	o = o.Usual()
	o.steps = stepsOf(p, o, now)
	return o
}

func (x *planner) remind(o Owed) {
	if x.Closed(o.Duty) {
		return
	}
	step, before, ok := o.step(x.epoch, x.now)
	if !ok {
		return
	}
	key := Key{Duty: o.Duty, Due: o.Due.Unix(), Step: step.Name}
	officers, why := x.officersOf(o.Unit)
	reached := x.Reached(key)
	for _, who := range officers {
		k := key
		k.Recipient = who.Person
		switch {
		case x.Told(k), who.From.After(step.At) && reached:
		case step.Soft && x.Acked(o.Duty, who.Person, before.Name):
		default:
			t := Telling{Key: k, Kind: Reminder, Owed: o, Name: who.Name, Why: why}
			if who.From.After(step.At) {
				t.Why = WhyMissed
			}
			x.tellings = append(x.tellings, t)
		}
	}
	if step.Overdue {
		x.remindLeaders(o, key, step)
	}
	if len(officers) == 0 {
		x.unstaffed(o, key)
	}
}

func (x *planner) remindLeaders(o Owed, key Key, step Step) {
	for _, who := range x.offices[o.Unit] {
		k := key
		k.Recipient = who.Person
		if who.Role == storage.Leader && !who.From.After(step.At) && !x.Told(k) && !x.planned(k) {
			x.tellings = append(x.tellings, Telling{Key: k, Kind: Reminder, Owed: o, Name: who.Name, Why: WhyLeader})
		}
	}
}

// planned: somebody may be the unit's officer and its leader.
func (x *planner) planned(k Key) bool {
	for i := len(x.tellings) - 1; i >= 0 && x.tellings[i].Duty == k.Duty; i-- {
		if x.tellings[i].Key == k {
			return true
		}
	}
	return false
}

// officersOf are who does a unit's work, each once; of a unit that has ended,
// and has nobody any more, those of the one unit that followed it.
func (x *planner) officersOf(unit ocop.UnitKey) ([]storage.Officer, Why) {
	if all := workers(x.offices[unit]); len(all) > 0 {
		return all, WhyOfficer
	}
	heirs := x.prog.Heirs(unit, x.now)
	if len(heirs) == 1 && heirs[0] != unit {
		return workers(x.offices[heirs[0]]), WhyHeir
	}
	return nil, WhyOfficer
}

func workers(all []storage.Officer) []storage.Officer {
	var ws []storage.Officer
	for _, o := range all {
		if o.Works() && !slices.ContainsFunc(ws, func(w storage.Officer) bool { return w.Person == o.Person }) {
			ws = append(ws, o)
		}
	}
	return ws
}

// unstaffed notes that a step reached nobody, and has the office above and
// the province told of it, once for each duty.
func (x *planner) unstaffed(o Owed, key Key) {
	if !x.Told(key) {
		x.tellings = append(x.tellings, Telling{Key: key, Kind: Nobody, Owed: o, Why: WhyNobody})
	}
	var told []storage.ID
	for _, who := range slices.Concat(workers(x.offices[o.Office]), x.province) {
		k := key
		k.Step, k.Recipient = unstaffedStep, who.Person
		if slices.Contains(told, who.Person) || x.Told(k) {
			continue
		}
		told = append(told, who.Person)
		x.tellings = append(x.tellings, Telling{Key: k, Kind: Unstaffed, Owed: o, Name: who.Name, Why: WhyUnstaffed})
	}
}

// repeat sends the latest of each person's unanswered reminders of a duty
// again, by SMS.
func (x *planner) repeat(owed []Owed) {
	if len(x.Unanswered) == 0 {
		return
	}
	open := make(map[storage.Duty]Owed, len(owed))
	for _, o := range owed {
		open[o.Duty] = o
	}
	type whose struct {
		storage.Duty
		person storage.ID
	}
	latest := map[whose]storage.ReminderSent{}
	var order []whose
	for _, r := range x.Unanswered {
		w := whose{r.Duty, r.Recipient}
		before, ok := latest[w]
		if !ok {
			order = append(order, w)
		}
		if !ok || r.At.After(before.At) {
			latest[w] = r
		}
	}
	for _, w := range order {
		r := latest[w]
		o, ok := open[r.Duty]
		who := x.holds(o, r.Recipient)
		if !ok || who.ID == 0 || !o.Due.Equal(r.Due) || x.Closed(o.Duty) {
			continue
		}
		k := KeyOf(r)
		k.Step += " " + x.Channel
		x.tellings = append(x.tellings, Telling{Key: k, Kind: Repeated, Owed: o, Channel: x.Channel, Name: who.Name, Why: WhySilent})
	}
}

// holds is the office in which somebody was told of a duty; none: they hold
// it no more.
func (x *planner) holds(o Owed, person storage.ID) storage.Officer {
	officers, _ := x.officersOf(o.Unit)
	for _, who := range append(officers, x.offices[o.Unit]...) {
		if who.Person == person {
			return who
		}
	}
	return storage.Officer{}
}

// digests tells each office, on the steps that say so, how far its units are:
// while one of them is silent, and on the last good day in any case. Units
// without an officer, of which the office was told, are no news week by week.
func (x *planner) digests(owed []Owed) {
	type whose struct {
		obligation, period string
		office             ocop.UnitKey
	}
	groups := map[whose][]Owed{}
	var order []whose
	for _, o := range owed {
		if o.Office == "" {
			continue
		}
		w := whose{o.Obligation, o.Period, o.Office}
		if groups[w] == nil {
			order = append(order, w)
		}
		groups[w] = append(groups[w], o)
	}
	slices.SortStableFunc(order, func(a, b whose) int {
		return cmp.Or(cmp.Compare(a.obligation, b.obligation), cmp.Compare(a.period, b.period), cmp.Compare(a.office, b.office))
	})
	for _, w := range order {
		x.digest(groups[w])
	}
}

func (x *planner) digest(group []Owed) {
	o := group[0].general(x.prog, x.now)
	step, _, ok := o.step(x.epoch, x.now)
	if !ok || !step.Digest {
		return
	}
	silent, answers := false, false
	for _, o := range group {
		if !x.Closed(o.Duty) {
			officers, _ := x.officersOf(o.Unit)
			silent, answers = true, answers || len(officers) > 0
		}
	}
	const dayAfter = -1
	if !silent && (step.Overdue || step.Days > 0) || step.Overdue && step.Days != dayAfter && !answers {
		return
	}
	key := Key{Duty: o.Duty, Due: o.Due.Unix(), Step: digestStep + step.Name}
	key.Unit = o.Office
	reached := x.Reached(key)
	for _, who := range workers(x.offices[o.Office]) {
		k := key
		k.Recipient = who.Person
		if !x.Told(k) && !(who.From.After(step.At) && reached) {
			x.tellings = append(x.tellings, Telling{Key: k, Kind: Digest, Owed: o, Name: who.Name, Why: WhyOffice})
		}
	}
}
