package bottest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/conversations"
	"ocopbot/storage"
)

// command runs one of the operator's commands that stories need. They have
// the words of the program's own.
func (p *player) command(ctx context.Context, line string) error {
	words := strings.Fields(line)
	if len(words) > 2 && words[0] == "report" && words[1] == "filed" {
		return p.fileReport(ctx, flags(words[2:]))
	}
	if len(words) < 2 || words[0] != "officer" {
		return fmt.Errorf("%w: no command %q", ErrStory, line)
	}
	args := flags(words[2:])
	switch words[1] {
	case "invite":
		unit, ok := p.prog.UnitAt(args["unit"], p.clock.now())
		if !ok {
			return fmt.Errorf("%w: no unit %q", ErrStory, args["unit"])
		}
		p.code = conversations.NewCode()
		return p.store.Write(ctx, func(tx storage.Tx) error {
			return tx.PutInvite(storage.Invite{
				Hash: conversations.CodeHash(p.code), For: storage.InviteOfficer, Unit: unit.Key, Role: args["role"], Name: args["name"],
				Created: p.clock.now(), Expires: p.clock.now().Add(conversations.InviteLasts),
			})
		})
	case "dismiss":
		officers, err := p.store.Officers(ctx, p.clock.now())
		if err != nil {
			return err
		}
		for _, o := range officers {
			if o.Name == args["name"] {
				o.To = p.clock.now()
				return p.store.Write(ctx, func(tx storage.Tx) error { return tx.PutOfficer(o) })
			}
		}
		return fmt.Errorf("%w: no officer %q", ErrStory, args["name"])
	}
	return fmt.Errorf("%w: no command %q", ErrStory, line)
}

// flags reads "--unit 187 --name Lý Văn Páo".
func flags(words []string) map[string]string {
	args, name := map[string]string{}, ""
	for _, w := range words {
		if flag, ok := strings.CutPrefix(w, "--"); ok {
			name = flag
			continue
		}
		args[name] = strings.TrimSpace(args[name] + " " + w)
	}
	return args
}

// fileReport hands in what a unit owes, as if its conversation had been held:
// "--unit 187 --obligation year --period 2027", or of what was asked for last
// "--unit 187".
func (p *player) fileReport(ctx context.Context, args map[string]string) error {
	unit, ok := p.prog.UnitAt(args["unit"], p.clock.now())
	if !ok {
		return fmt.Errorf("%w: no unit %q", ErrStory, args["unit"])
	}
	now := p.clock.now()
	duty := storage.Duty{Obligation: args["obligation"], Period: args["period"], Unit: unit.Key}
	if duty.Obligation == "" {
		asked, err := p.store.DemandsSince(ctx, time.Time{})
		if err != nil || len(asked) == 0 {
			return fmt.Errorf("%w: nothing was asked for: %w", ErrStory, err)
		}
		duty.Obligation = asked[len(asked)-1].Obligation()
	}
	return p.store.Write(ctx, func(tx storage.Tx) error {
		r := storage.Report{ID: storage.NewID(now), Duty: duty, Edition: 1, Opened: now}
		if err := tx.AddReport(r, 0, storage.DistrictOfficer); err != nil {
			return err
		}
		for n, kind := range []ocop.ReportEventKind{ocop.ReportApproval, ocop.ReportFiling} {
			e := storage.ReportEvent{ID: storage.NewID(now.Add(time.Duration(n+1) * time.Millisecond)), Report: r.ID, At: now, Kind: kind, Role: storage.DistrictOfficer}
			if _, err := tx.ReportHappens(e, -1, func(r *storage.Report) { r.Filed, r.Counted = now, now }); err != nil {
				return err
			}
		}
		return nil
	})
}
