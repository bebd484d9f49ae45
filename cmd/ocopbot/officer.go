package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/conversations"
	"ocopbot/storage"
)

type officerCmd struct {
	Invite  officerInviteCmd  `cmd:"" help:"Print a one-time code (48 h) with which an officer links their chat."`
	List    officerListCmd    `cmd:"" help:"List the officers in office."`
	Dismiss officerDismissCmd `cmd:"" help:"End an officer's assignment now."`
}

type officerInviteCmd struct {
	Unit string `required:"" help:"Code of the unit in the programme, such as 187."`
	Role string `required:"" enum:"commune,district,province,department,leader,admin" help:"commune, district, province, department, leader (of any unit) or admin."`
	Name string `required:"" help:"The officer's name."`
}

// ranks are the units a role belongs to: 0 the province, 1 districts, 2 communes.
var ranks = map[string][]int{
	storage.CommuneOfficer: {2}, storage.DistrictOfficer: {1},
	storage.ProvinceOfficer: {0}, storage.DepartmentOfficer: {0}, storage.Admin: {0},
	storage.Leader: {0, 1, 2},
}

// Run stores an invite and prints its code, which is kept nowhere.
func (c *officerInviteCmd) Run(ctx context.Context, s *Settings, io streams) (err error) {
	prog, err := ocop.Load(s.Programme)
	if err != nil {
		return settingError{err}
	}
	now := time.Now()
	unit, ok := prog.UnitAt(c.Unit, now)
	if !ok {
		return settingError{fmt.Errorf("--unit: programme %s has no unit %q today; `ocopbot programme units` lists them", prog.Code, c.Unit)}
	}
	if !slices.Contains(ranks[c.Role], unit.Kind.Rank()) {
		return settingError{fmt.Errorf("--unit: %s is no unit for the role %q", unit.Title(), c.Role)}
	}
	store, err := openRecords(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := store.migrate(ctx); err != nil {
		return err
	}
	code := conversations.NewCode()
	inv := storage.Invite{
		Hash: conversations.CodeHash(code), For: storage.InviteOfficer, Unit: unit.Key, Role: c.Role, Name: c.Name,
		Created: now, Expires: now.Add(conversations.InviteLasts),
	}
	if err := store.Write(ctx, func(tx storage.Tx) error { return tx.PutInvite(inv) }); err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s\n", code)
	fmt.Fprintf(io.err, "For %s, %s, %s. Works once, until %s: send it to the bot, or open %s\n",
		c.Name, c.Role, prog.Label(unit.Key), inv.Expires.In(ocop.Local).Format("02/01/2006 15:04"), deepLink(ctx, s, code))
	return nil
}

// deepLink opens a chat with the bot and sends it code. The bot's name is
// Telegram's to tell; without an answer its place is left open.
func deepLink(ctx context.Context, s *Settings, code string) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if tg, err := newTelegram(s); err == nil && tg != nil {
		defer tg.Close()
		if link, err := tg.Link(ctx, code); err == nil {
			return link
		}
	}
	return "https://t.me/<bot>?start=" + code
}

type officerListCmd struct{}

// Run lists who is in office.
func (c *officerListCmd) Run(ctx context.Context, s *Settings, io streams) (err error) {
	prog, err := ocop.Load(s.Programme)
	if err != nil {
		return settingError{err}
	}
	store, err := openExisting(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	officers, err := store.Officers(ctx, time.Now())
	if err != nil {
		return err
	}
	if len(officers) == 0 { // what reads the list reads nothing
		fmt.Fprintln(io.err, "Nobody is in office; `ocopbot officer invite` makes a code for somebody.")
	}
	w := tabwriter.NewWriter(io.out, 0, 4, 2, ' ', 0)
	for _, o := range officers {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\tsince %s\n", o.ID, o.Name, o.Role, prog.Label(o.Unit), o.From.In(ocop.Local).Format("02/01/2006"))
	}
	return w.Flush()
}

type officerDismissCmd struct {
	ID int64 `arg:"" help:"The number that 'officer list' shows."`
}

// Run ends an assignment; what the officer did stays.
func (c *officerDismissCmd) Run(ctx context.Context, s *Settings, io streams) (err error) {
	store, err := openExisting(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	now := time.Now()
	officers, err := store.Officers(ctx, now)
	if err != nil {
		return err
	}
	for _, o := range officers {
		if o.ID == storage.ID(c.ID) {
			o.To = now
			if err := store.Write(ctx, func(tx storage.Tx) error { return tx.PutOfficer(o) }); err != nil {
				return err
			}
			_, err := fmt.Fprintf(io.out, "%s is no longer in office; what they did stays.\n", o.Name)
			return err
		}
	}
	return settingError{errors.New("no officer in office has this number; `ocopbot officer list` shows them")}
}
