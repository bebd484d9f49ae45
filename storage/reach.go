package storage

import (
	"slices"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
)

// Way is how a person is told something, or why not.
type Way struct {
	Addr  bot.Address
	Hold  string    // empty: now; a law's hold, or a Why
	Until time.Time // when the hold passes; zero: never by itself
}

// Way finds the one address at which a person is told something of a class:
// of the preferred channel, else the last used one, among those that may be
// written to now; else the one that may be soonest. carriers are the channels
// there are; only, if not empty, those to be used.
func (r Reach) Way(class ocop.Class, carriers map[string]Carrier, only []string, now time.Time) Way {
	if r.Erased {
		return Way{Hold: WhyErased}
	}
	best := Way{Hold: WhyNoAddress}
	for _, route := range r.preferred() {
		channel := route.Addr.Channel()
		carrier, there := carriers[channel]
		if !there || !route.Dead.IsZero() || len(only) > 0 && !slices.Contains(only, channel) {
			continue
		}
		hold, until := r.standing(class, route.Addr, carrier).Judge(class, now)
		w := Way{route.Addr, string(hold), until}
		if hold == "" {
			return w
		}
		if best.Addr == "" || !until.IsZero() && (best.Until.IsZero() || until.Before(best.Until)) {
			best = w
		}
	}
	return best
}

// Agrees tells whether a person wants to be told things of a class at an
// address.
func (r Reach) Agrees(class ocop.Class, addr bot.Address) bool {
	s := r.standing(class, addr, Carrier{})
	return s.Agreed.After(s.Refused)
}

// preferred are the routes in the order they are to be tried.
func (r Reach) preferred() []Route {
	routes := slices.Clone(r.Routes)
	slices.SortStableFunc(routes, func(a, b Route) int {
		ap, bp := a.Addr.Channel() == r.Channel, b.Addr.Channel() == r.Channel
		switch {
		case ap && !bp:
			return -1
		case bp && !ap:
			return 1
		}
		return b.Used.Compare(a.Used)
	})
	return routes
}

// standing is what the law asks about one address. An agreement counts on the
// channel it was given on, a refusal everywhere.
func (r Reach) standing(class ocop.Class, addr bot.Address, c Carrier) ocop.Standing {
	s := ocop.Standing{Phone: c.Phone, Brandname: c.Adverts, Booked: c.Booked, DoNotCall: r.DoNotCall[addr], Adverts: r.Adverts[addr]}
	purpose := ForAdvertising
	if class == ocop.Bulletin {
		purpose = ForBulletin
	}
	for _, c := range r.Agreements {
		switch {
		case c.Given && c.Purpose == purpose && c.Addr.Channel() == addr.Channel():
			s.Agreed = latest(s.Agreed, c.At)
		case !c.Given && (c.Purpose == purpose || c.Purpose == ForAdvertising): // who refuses advertising wants no bulletin either
			s.Refused = latest(s.Refused, c.At)
		}
	}
	return s
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
