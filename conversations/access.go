package conversations

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// This file is the one place that says who sees and who does what.

// tie is what connects a viewer to an idea.
type tie int

const (
	noTie      tie = iota
	ownerTie       // registered it, or was invited to its organisation
	officerTie     // in charge of its unit
)

// view makes a Viewer of a person and the offices they hold.
func (e *Engine) view(p storage.Person, officers []storage.Officer, now time.Time) storage.Viewer {
	v := storage.Viewer{Person: p, Officers: officers}
	for _, o := range officers {
		switch o.Role {
		case storage.Admin, storage.ProvinceOfficer:
			v.All = true
		case storage.DepartmentOfficer:
			v.Looks = true
		default:
			below := e.prog.Below(o.Unit, now)
			v.Units = append(v.Units, below...)
			if o.Works() {
				v.Acts = append(v.Acts, below...)
			}
		}
	}
	return v
}

// covers tells whether a viewer's offices cover a unit.
func covers(v storage.Viewer, unit ocop.UnitKey) bool {
	return v.Looks || inCharge(v, unit)
}

// inCharge tells whether a viewer is told whom to call in a unit, and what is
// not published yet. Departments are not: they see what an idea is and how far.
func inCharge(v storage.Viewer, unit ocop.UnitKey) bool {
	return v.All || slices.Contains(v.Units, unit)
}

// scope is what an officer's lists are made from.
func scope(v storage.Viewer) storage.Scope {
	return storage.Scope{All: v.All || v.Looks, Units: v.Units}
}

// inChargeOf is what lists of people are made from.
func inChargeOf(v storage.Viewer) storage.Scope {
	return storage.Scope{All: v.All, Units: v.Units}
}

// mayAct tells whether a viewer decides on ideas of a unit. Departments and
// leaders look and do not decide: a leader's word is on what the unit sends.
func mayAct(v storage.Viewer, unit ocop.UnitKey) bool {
	return v.All || slices.Contains(v.Acts, unit)
}

// leads tells whether a viewer is a leader of exactly this unit, whose reports
// they approve.
func leads(v storage.Viewer, unit ocop.UnitKey) bool {
	return slices.ContainsFunc(v.Officers, func(o storage.Officer) bool { return o.Role == storage.Leader && o.Unit == unit })
}

// works tells whether a viewer does the work of exactly this unit: its
// officers do, its leaders and departments do not.
func works(v storage.Viewer, unit ocop.UnitKey) bool {
	return slices.ContainsFunc(v.Officers, func(o storage.Officer) bool { return o.Unit == unit && o.Works() })
}

// role is the office in which a viewer acts; "producer" for everybody else.
func role(v storage.Viewer) string {
	if len(v.Officers) == 0 {
		return "producer"
	}
	return v.Officers[0].Role
}

// isOfficer tells whether the viewer holds any office now.
func isOfficer(v storage.Viewer) bool { return len(v.Officers) > 0 }

// mayInvite tells whether a person may let others see an organisation's forms:
// who directs it, and who registered it for somebody else and so was its first
// member. Who came by an invitation invites nobody.
func mayInvite(members []storage.Member, person storage.ID) bool {
	for n, m := range members {
		if m.Person == person && (m.Role == storage.Director || n == 0) {
			return true
		}
	}
	return false
}

// mayInviteTo are the organisations to which the person may invite others.
func (t *T) mayInviteTo() ([]storage.Organisation, error) {
	all, err := t.reads.OrganisationsOf(t.Ctx, t.S.Person)
	if err != nil {
		return nil, fmt.Errorf("conversations: organisations: %w", err)
	}
	var mine []storage.Organisation
	for _, o := range all {
		members, err := t.reads.Members(t.Ctx, o.ID)
		if err != nil {
			return nil, fmt.Errorf("conversations: members: %w", err)
		}
		if mayInvite(members, t.S.Person) {
			mine = append(mine, o)
		}
	}
	return mine, nil
}

// tieTo says what connects who is asking to an idea.
func (t *T) tieTo(i storage.Idea) (tie, error) {
	v, err := t.Viewer()
	if err != nil {
		return noTie, err
	}
	if v.Person.ID != 0 {
		if v.Person.ID == i.Person {
			return ownerTie, nil
		}
		member, err := t.reads.IsMember(t.Ctx, i.Organisation, v.Person.ID)
		if err != nil {
			return noTie, fmt.Errorf("conversations: member: %w", err)
		}
		if member {
			return ownerTie, nil
		}
	}
	if covers(v, i.Unit) {
		return officerTie, nil
	}
	return noTie, nil
}

// numbered finds the idea of a number for who is asking. To a stranger a
// number that exists and one that does not are the same: ErrNotFound.
func (t *T) numbered(text string) (storage.Idea, tie, error) {
	n, err := ocop.ParseFormNumber(text)
	if err != nil {
		return storage.Idea{}, noTie, storage.ErrNotFound
	}
	if n.Prefix == "" {
		return t.ownNumbered(n.Seq)
	}
	i, err := t.reads.IdeaByNumber(t.Ctx, n)
	if err != nil {
		return storage.Idea{}, noTie, err
	}
	how, err := t.tieTo(i)
	if err != nil {
		return storage.Idea{}, noTie, err
	}
	if how == noTie {
		return storage.Idea{}, noTie, storage.ErrNotFound
	}
	return i, how, nil
}

// reportNumbered finds the duty of a report's number for who writes, approves
// or receives it. To anybody else a number that exists and one that does not
// are the same: ErrNotFound.
func (t *T) reportNumbered(text string) (storage.Duty, error) {
	n, err := ocop.ParseFormNumber(text)
	if err != nil || n.Prefix != ocop.ReportPrefix {
		return storage.Duty{}, storage.ErrNotFound
	}
	r, err := t.reads.ReportByNumber(t.Ctx, n)
	if err != nil {
		return storage.Duty{}, err
	}
	if v, err := t.reportOf(r.Duty, false); err != nil || v.mine() {
		return r.Duty, err
	}
	return storage.Duty{}, storage.ErrNotFound
}

// ownNumbered finds one's own idea by its bare number: of this year, else the
// latest with that number.
func (t *T) ownNumbered(seq int) (storage.Idea, tie, error) {
	if t.S.Person == 0 {
		return storage.Idea{}, noTie, storage.ErrNotFound
	}
	ideas, err := t.reads.IdeasOf(t.Ctx, t.S.Person)
	if err != nil {
		return storage.Idea{}, noTie, err
	}
	for _, i := range ideas {
		if i.Number.Seq == seq {
			return i, ownerTie, nil
		}
	}
	return storage.Idea{}, noTie, storage.ErrNotFound
}

// actOn loads an idea an officer means to act on, with the officer's rights
// as they are now. ErrNotFound: not theirs.
func (t *T) actOn(number string) (storage.Idea, storage.Viewer, error) {
	v, err := t.Viewer()
	if err != nil {
		return storage.Idea{}, v, err
	}
	n, err := ocop.ParseFormNumber(number)
	if err != nil {
		return storage.Idea{}, v, errors.Join(storage.ErrNotFound, err)
	}
	i, err := t.reads.IdeaByNumber(t.Ctx, n)
	if err != nil {
		return i, v, err
	}
	if !mayAct(v, i.Unit) {
		return storage.Idea{}, v, storage.ErrNotFound
	}
	return i, v, nil
}

// holdsFor is the unit for which somebody may hold gatherings: province and
// departments for the province, districts for themselves.
func holdsFor(v storage.Viewer) (ocop.UnitKey, bool) {
	for _, o := range v.Officers {
		if slices.Contains([]string{storage.ProvinceOfficer, storage.Admin, storage.DepartmentOfficer, storage.DistrictOfficer}, o.Role) {
			return o.Unit, true
		}
	}
	return "", false
}

// mayHold tells whether a viewer changes a unit's gatherings and sees who
// comes to them: districts and departments of their own unit, the province of
// all; leaders and communes of none.
func mayHold(v storage.Viewer, unit ocop.UnitKey) bool {
	return slices.ContainsFunc(v.Officers, func(o storage.Officer) bool {
		switch o.Role {
		case storage.ProvinceOfficer, storage.Admin:
			return true
		case storage.DepartmentOfficer, storage.DistrictOfficer:
			return o.Unit == unit
		}
		return false
	})
}

// announcesFor are the units for which a viewer makes announcements: the
// province's for its own officers and the departments', a district for its
// own. Communes make none.
func announcesFor(v storage.Viewer) []ocop.UnitKey {
	var units []ocop.UnitKey
	for _, o := range v.Officers {
		if announces(o) {
			units = append(units, o.Unit)
		}
	}
	return units
}

func announces(o storage.Officer) bool {
	return slices.Contains([]string{storage.ProvinceOfficer, storage.Admin, storage.DepartmentOfficer, storage.DistrictOfficer}, o.Role)
}

// mayAnnounce tells in which of their offices a viewer decides about what is
// announced for a unit: one that makes announcements for it, or for a unit
// above it.
func (e *Engine) mayAnnounce(v storage.Viewer, unit ocop.UnitKey) (role string, ok bool) {
	above := e.prog.Ancestors(unit)
	for _, o := range v.Officers {
		if announces(o) && (o.Unit == unit || slices.ContainsFunc(above, func(u ocop.Unit) bool { return u.Key == o.Unit })) {
			return o.Role, true
		}
	}
	return "", false
}

// announcedIn is whose announcements a viewer sees, and to whom theirs go: to
// the units they make them for, with what lies below.
func (e *Engine) announcedIn(v storage.Viewer, now time.Time) storage.Scope {
	s := storage.Scope{All: v.All || v.Looks}
	for _, u := range announcesFor(v) {
		s.Units = append(s.Units, e.prog.Below(u, now)...)
	}
	return s
}

// announcersOf are the officers who make announcements for a unit, or for one
// above it.
func (t *T) announcersOf(unit ocop.UnitKey) ([]storage.ID, error) {
	units := []ocop.UnitKey{unit}
	for _, u := range t.prog.Ancestors(unit) {
		units = append(units, u.Key)
	}
	officers, err := t.reads.OfficersIn(t.Ctx, units, t.Now)
	if err != nil {
		return nil, fmt.Errorf("conversations: officers: %w", err)
	}
	var all []storage.ID
	for _, o := range officers {
		if announces(o) && !slices.Contains(all, o.Person) {
			all = append(all, o.Person)
		}
	}
	return all, nil
}

// seconds are the announcers of a unit but for who is asking.
func (t *T) seconds(unit ocop.UnitKey) ([]storage.ID, error) {
	all, err := t.announcersOf(unit)
	return slices.DeleteFunc(all, func(p storage.ID) bool { return p == t.S.Person }), err
}
