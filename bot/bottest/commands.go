package bottest

import (
	"context"
	"fmt"
	"strings"

	"ocopbot/conversations"
	"ocopbot/storage"
)

// command runs one of the operator's commands that stories need. They have
// the words of the program's own.
func (p *player) command(ctx context.Context, line string) error {
	words := strings.Fields(line)
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
