package ocop

import (
	"slices"
	"strings"
	"time"
)

// UnitKey names one administrative unit for as long as it stood: its code and
// its first day, "187@2021-06-05". Codes alone are no key: they are given
// again to other units.
type UnitKey string

// UnitKind is what sort of unit it is, in the law's own word.
type UnitKind string

// The kinds of units.
const (
	Province     UnitKind = "tỉnh"
	City         UnitKind = "thành phố" // of the rank of a district
	District     UnitKind = "huyện"
	Town         UnitKind = "thị trấn"
	Ward         UnitKind = "phường"
	RuralCommune UnitKind = "xã"
)

var kindsInEnglish = map[UnitKind]string{
	Province: "province", City: "city", District: "district",
	Town: "township", Ward: "ward", RuralCommune: "commune",
}

// In is the kind's word in a language.
func (k UnitKind) In(lang string) string {
	return Text{VI: string(k), EN: kindsInEnglish[k]}.In(lang)
}

// Rank is the level of a kind: 0 the province, 1 districts, 2 communes.
func (k UnitKind) Rank() int {
	switch k {
	case Province:
		return 0
	case City, District:
		return 1
	}
	return 2
}

// Unit is one administrative unit while it stood. Its Period is the days this
// programme knows it by this name and kind.
type Unit struct {
	Rule
	Key        UnitKey
	Code       string // of the statistics office; given again after it ended
	Name       string // without its kind
	Kind       UnitKind
	Parent     UnitKey
	Successors []UnitKey // where its people went when it ended; several where it was split
}

// Title is the kind and the name: "xã Chi Lăng".
func (u Unit) Title() string { return string(u.Kind) + " " + u.Name }

func newUnitKey(code string, from time.Time) UnitKey {
	return UnitKey(code + "@" + from.Format(time.DateOnly))
}

// Code is the statistics code in the key.
func (k UnitKey) Code() string { c, _, _ := strings.Cut(string(k), "@"); return c }

// Unit finds a unit, standing or not.
func (p *Programme) Unit(key UnitKey) (Unit, bool) {
	i, ok := p.byKey[key]
	if !ok {
		return Unit{}, false
	}
	return p.units[i], true
}

// UnitAt finds the unit that had a code at a moment.
func (p *Programme) UnitAt(code string, at time.Time) (Unit, bool) {
	for _, i := range p.byCode[code] {
		if p.units[i].Holds(at) {
			return p.units[i], true
		}
	}
	return Unit{}, false
}

// Units are all units standing at a moment, in the order of the file.
func (p *Programme) Units(at time.Time) []Unit { return holding(p.units, at) }

// Children are the units directly under one, standing at a moment.
func (p *Programme) Children(key UnitKey, at time.Time) []Unit {
	var cs []Unit
	for _, k := range p.children[key] {
		if u := p.units[p.byKey[k]]; u.Holds(at) {
			cs = append(cs, u)
		}
	}
	return cs
}

// Below is a unit and everything under it that stands at a moment. The unit
// itself is always there, so that an old record keeps its place; an unknown
// key has nothing below it.
func (p *Programme) Below(key UnitKey, at time.Time) []UnitKey {
	if _, ok := p.byKey[key]; !ok {
		return nil
	}
	keys := []UnitKey{key}
	for i := 0; i < len(keys); i++ {
		for _, u := range p.Children(keys[i], at) {
			keys = append(keys, u.Key)
		}
	}
	return keys
}

// Ancestors are the units above one, the nearest first.
func (p *Programme) Ancestors(key UnitKey) []Unit {
	var up []Unit
	u, ok := p.Unit(key)
	for ok && u.Parent != "" {
		if u, ok = p.Unit(u.Parent); ok {
			up = append(up, u)
		}
	}
	return up
}

// IsCommune tells whether a unit is of the lowest rank: commune, ward, town.
func (p *Programme) IsCommune(key UnitKey) bool {
	u, ok := p.Unit(key)
	return ok && u.Kind.Rank() == 2
}

// Label is a unit as people tell it from its namesakes: "xã Chi Lăng, huyện
// Tràng Định". The province is left out: everybody is in it.
func (p *Programme) Label(key UnitKey) string {
	u, ok := p.Unit(key)
	if !ok {
		return ""
	}
	label := u.Title()
	if above, ok := p.Unit(u.Parent); ok && above.Kind != Province {
		label += ", " + above.Title()
	}
	return label
}

// Heirs are the units in which a unit's people are at a moment: itself while
// it stands, else its successors, and theirs.
func (p *Programme) Heirs(key UnitKey, at time.Time) []UnitKey {
	u, ok := p.Unit(key)
	if !ok {
		return nil
	}
	if u.Holds(at) || u.To.IsZero() || at.Before(u.To) {
		return []UnitKey{key}
	}
	var heirs []UnitKey
	for _, next := range u.Successors {
		for _, h := range p.Heirs(next, at) {
			if !slices.Contains(heirs, h) {
				heirs = append(heirs, h)
			}
		}
	}
	return heirs
}

// indexUnits makes the maps of the unit tree, and gives a unit that ended
// without naming its successors (a district) those of the units under it.
func (p *Programme) indexUnits() {
	p.byKey = make(map[UnitKey]int, len(p.units))
	p.byCode = make(map[string][]int, len(p.units))
	p.children = make(map[UnitKey][]UnitKey)
	for i, u := range p.units {
		p.byKey[u.Key] = i
		p.byCode[u.Code] = append(p.byCode[u.Code], i)
		if u.Parent != "" {
			p.children[u.Parent] = append(p.children[u.Parent], u.Key)
		}
	}
	for i := range p.units {
		u := &p.units[i]
		if u.To.IsZero() || len(u.Successors) > 0 {
			continue
		}
		for _, k := range p.children[u.Key] {
			for _, s := range p.units[p.byKey[k]].Successors {
				if !slices.Contains(u.Successors, s) {
					u.Successors = append(u.Successors, s)
				}
			}
		}
	}
}
