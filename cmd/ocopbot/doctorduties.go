package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ocopbot/bot/duties"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// mostOwnerless is how many units without an owner are named; of the rest the
// number is told.
const mostOwnerless = 15

// ownerless lists what has nobody to answer for it: what is due within a year
// of units without an officer, and, where neither the unit nor any above it has one,
// the ideas and calls that wait there.
func (r *report) ownerless(ctx context.Context, store *records, prog *ocop.Programme, officers []storage.Officer) {
	now := time.Now()
	works := map[ocop.UnitKey]bool{}
	for _, o := range officers {
		works[o.Unit] = works[o.Unit] || o.Works()
	}
	from, _ := duties.Window(prog, now)
	if first, err := store.FirstOffice(ctx); err != nil {
		r.check("duties", err)
		return
	} else if epoch := duties.Epoch(first, now).AddDate(0, 0, -1); epoch.After(from) {
		from = epoch
	}
	owed, err := duties.Load(ctx, store, prog, from, now.AddDate(1, 0, 0))
	if err == nil {
		err = r.ownerlessDuties(ctx, store, prog, owed, works)
	}
	if err != nil {
		r.check("duties", err)
	}
	r.ownerlessWork(ctx, store, prog, works)
	r.unnumbered(ctx, store, officers)
}

// unnumbered counts the officers of whom no telephone number is known: nobody
// can call them, and no SMS comes where they do not answer a reminder.
func (r *report) unnumbered(ctx context.Context, store *records, officers []storage.Officer) {
	known := map[storage.ID]bool{}
	without := 0
	for _, o := range officers {
		if known[o.Person] {
			continue
		}
		known[o.Person] = true
		p, err := store.Person(ctx, o.Person)
		if err != nil {
			r.check("officers", err)
			return
		}
		routes, err := store.Routes(ctx, o.Person)
		if err != nil {
			r.check("officers", err)
			return
		}
		if p.Phone == "" && !slices.ContainsFunc(routes, func(a storage.Route) bool { return a.Addr.Channel() == "tel" }) {
			without++
		}
	}
	if without > 0 {
		r.note("officers", fmt.Sprintf("of %d officers no telephone number is known: they cannot be called, nor reminded by SMS", without))
	}
}

func (r *report) ownerlessDuties(ctx context.Context, store *records, prog *ocop.Programme, owed []duties.Owed, works map[ocop.UnitKey]bool) error {
	closed, err := duties.Closed(ctx, store, owed)
	if err != nil {
		return err
	}
	listed := map[ocop.UnitKey]bool{}
	for _, o := range owed {
		if closed[o.Duty] || works[o.Unit] || listed[o.Unit] {
			continue
		}
		listed[o.Unit] = true
		if len(listed) <= mostOwnerless {
			r.note("duties", fmt.Sprintf("%s %s, due %s: %s has no officer", o.Title.EN, o.Period, o.Due.Format("02/01/2006"), prog.Label(o.Unit)))
		}
	}
	if more := len(listed) - mostOwnerless; more > 0 {
		r.note("duties", fmt.Sprintf("%d more units owe something and have no officer", more))
	}
	return nil
}

// ownerlessWork looks at what waits in units that no officer covers.
func (r *report) ownerlessWork(ctx context.Context, store *records, prog *ocop.Programme, works map[ocop.UnitKey]bool) {
	covered := func(unit ocop.UnitKey) bool {
		for _, above := range prog.Ancestors(unit) {
			if works[above.Key] {
				return true
			}
		}
		return works[unit]
	}
	const most = 500
	ideas, _, err := store.Inbox(ctx, storage.Scope{All: true}, 0, most)
	if err != nil {
		r.check("ideas", err)
		return
	}
	calls, err := store.Requests(ctx, storage.Scope{All: true}, most)
	if err != nil {
		r.check("calls", err)
		return
	}
	waiting := 0
	for _, i := range ideas {
		if !covered(i.Unit) {
			waiting++
		}
	}
	for _, q := range calls {
		if !covered(q.Unit) {
			waiting++
		}
	}
	if waiting > 0 {
		r.note("officers", fmt.Sprintf("%d ideas and calls wait where neither the unit nor any above it has an officer", waiting))
	}
}
