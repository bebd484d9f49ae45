package ocop

import (
	"time"

	"go.yaml.in/yaml/v3"
)

// readUnits reads units as [code, name, kind, parent code, [successor codes]].
func (p *Programme) readUnits(o *object) {
	var lines []int
	var parents []string
	var successors [][]string
	o.blocks("units", func(rule Rule, n *yaml.Node) {
		if n.Kind != yaml.SequenceNode || len(n.Content) < 3 || len(n.Content) > 5 {
			o.wrong(n.Line, "expected [code, name, kind, parent, [successors]]")
			return
		}
		u := Unit{Rule: rule, Code: n.Content[0].Value, Name: n.Content[1].Value, Kind: UnitKind(n.Content[2].Value)}
		u.Key = newUnitKey(u.Code, rule.From)
		if _, ok := kindsInEnglish[u.Kind]; !ok {
			o.wrong(n.Line, "%q is no kind of unit", u.Kind)
		}
		if rule.From.IsZero() {
			o.wrong(n.Line, "unit %s: its block needs from", u.Code)
		}
		parent, next := "", []string(nil)
		if len(n.Content) > 3 {
			parent = n.Content[3].Value
		}
		if len(n.Content) > 4 {
			next = o.textsOf(n.Content[4])
		}
		if parent == "" && u.Kind != Province {
			o.wrong(n.Line, "unit %s: parent missing", u.Code)
		}
		p.units = append(p.units, u)
		lines, parents, successors = append(lines, n.Line), append(parents, parent), append(successors, next)
	})
	unique(o.reader, lines, p.units)
	for i := range p.units {
		u := &p.units[i]
		if parents[i] != "" {
			if above, ok := p.unitByCode(parents[i], u.From); !ok {
				o.wrong(lines[i], "unit %s: its parent %s did not stand on %s", u.Code, parents[i], u.From.Format(time.DateOnly))
			} else if u.Parent = above.Key; above.Kind.Rank() >= u.Kind.Rank() {
				o.wrong(lines[i], "unit %s: its parent %s is no larger unit", u.Code, parents[i])
			} else if !above.To.IsZero() && (u.To.IsZero() || u.To.After(above.To)) {
				o.wrong(lines[i], "unit %s: its parent %s ends before it", u.Code, parents[i])
			}
		}
		for _, code := range successors[i] {
			next, ok := p.unitByCode(code, u.To)
			if u.To.IsZero() || !ok {
				o.wrong(lines[i], "unit %s: its successor %s does not stand on the day it ends", u.Code, code)
				continue
			}
			u.Successors = append(u.Successors, next.Key)
		}
		if !u.To.IsZero() && len(successors[i]) == 0 && u.Kind.Rank() == 2 {
			o.wrong(lines[i], "unit %s: ended without a successor", u.Code)
		}
	}
	p.indexUnits()
}

// unitByCode is UnitAt before the index is made.
func (p *Programme) unitByCode(code string, at time.Time) (Unit, bool) {
	for _, u := range p.units {
		if u.Code == code && u.Holds(at) {
			return u, true
		}
	}
	return Unit{}, false
}

func (u Unit) id() string { return u.Code }
