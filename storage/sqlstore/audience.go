package sqlstore

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// conditions is SQL being written: each value becomes a parameter.
type conditions struct {
	args []any
}

// arg is the parameter that holds v.
func (c *conditions) arg(v any) string {
	c.args = append(c.args, v)
	return "$" + strconv.Itoa(len(c.args))
}

// among tests whether a column is one of some texts; empty if there are none,
// which asks for nothing.
func among[S ~string](c *conditions, column string, all []S) string {
	if len(all) == 0 {
		return ""
	}
	return inList(c.arg(joined(all)), column)
}

// both joins conditions, of which empty ones ask for nothing.
func both(all ...string) string {
	all = slices.DeleteFunc(all, func(s string) bool { return s == "" })
	return strings.Join(all, " AND ")
}

func either(all ...string) string { return "(" + strings.Join(all, " OR ") + ")" }

// audience is the one place where an audience becomes SQL: a condition on the
// persons p.
func (c *conditions) audience(a storage.Audience, now time.Time) string {
	return both("p.erased = 0", among(c, "p.lang", a.Languages), c.channels(a.Channels), c.signedUp(a), c.capacity(a, now))
}

func (c *conditions) signedUp(a storage.Audience) string {
	if a.Gathering == 0 {
		return ""
	}
	return `EXISTS (SELECT 1 FROM signups u WHERE ` + both("u.person = p.id", "u.gathering = "+c.arg(a.Gathering), among(c, "u.state", a.Attendance)) + `)`
}

func (c *conditions) channels(names []string) string {
	if len(names) == 0 {
		return ""
	}
	var any []string
	for _, n := range names {
		any = append(any, "r.addr LIKE "+c.arg(n+":%"))
	}
	return `EXISTS (SELECT 1 FROM routes r WHERE r.person = p.id AND r.dead = 0 AND ` + either(any...) + `)`
}

// capacity is what somebody has to be: a producer with a product such as is
// asked for, or an officer. Where no role is named, what else is asked for
// tells: only products have a group, but everybody has a place.
func (c *conditions) capacity(a storage.Audience, now time.Time) string {
	officers := slices.DeleteFunc(slices.Clone(a.Roles), func(r string) bool { return r == storage.RoleProducer })
	switch {
	case len(a.Roles) > 0:
		var any []string
		if len(officers) < len(a.Roles) {
			any = append(any, c.producer(a))
		}
		if len(officers) > 0 {
			any = append(any, c.officer(officers, a.Within, now))
		}
		return either(any...)
	case a.OfProducts():
		return c.producer(a)
	case len(a.Within) > 0:
		return either(c.producer(a), c.officer(nil, a.Within, now), among(c, "p.unit", a.Within))
	}
	return ""
}

// producer: registered an idea, or belongs to the organisation that did.
func (c *conditions) producer(a storage.Audience) string {
	kind := among(c, "g.kind", a.Kinds)
	if kind != "" {
		kind = `EXISTS (SELECT 1 FROM organisations g WHERE g.id = i.organisation AND ` + kind + `)`
	}
	product := both("i.stage <> 'withdrawn'", among(c, "i.unit", a.Within), among(c, "i.product_group", a.Groups),
		among(c, "i.key_product", a.KeyProducts), among(c, "i.stage", a.Stages), kind, stars(a.Stars))
	return either(
		`EXISTS (SELECT 1 FROM ideas i WHERE i.person = p.id AND `+product+`)`,
		`EXISTS (SELECT 1 FROM members m JOIN ideas i ON i.organisation = m.organisation WHERE m.person = p.id AND `+product+`)`)
}

// stars are those of the latest evaluation that was published.
func stars(wanted []int) string {
	if len(wanted) == 0 {
		return ""
	}
	var list []string
	for _, n := range wanted {
		list = append(list, strconv.Itoa(n))
	}
	return fmt.Sprintf(`EXISTS (SELECT 1 FROM evaluations e JOIN rounds d ON d.id = e.round
		WHERE e.idea = i.id AND d.published <> 0 AND e.stars IN (%s) AND NOT EXISTS (
			SELECT 1 FROM evaluations l JOIN rounds k ON k.id = l.round WHERE l.idea = i.id AND k.published > d.published))`,
		strings.Join(list, ", "))
}

func (c *conditions) officer(roles []string, units []ocop.UnitKey, now time.Time) string {
	at := c.arg(ms(now))
	return `EXISTS (SELECT 1 FROM officers o WHERE ` + both("o.person = p.id", "o.since <= "+at,
		"(o.until = 0 OR o.until > "+at+")", among(c, "o.role", roles), among(c, "o.unit", units)) + `)`
}
