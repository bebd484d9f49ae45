package bottest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ocopbot/bot/bottest/readpaper"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// record says what is stored of what a line begins to ask: of "idea LS26-0001
// …" the idea as it stands. The rest of the line is what the story expects.
func (p *player) record(ctx context.Context, line string) (string, error) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return "", fmt.Errorf("%w: ! what is stored", ErrStory)
	}
	what, arg := words[0], ""
	if len(words) > 1 {
		arg = words[1]
	}
	switch what {
	case "kept":
		return p.recordKept(ctx)
	case "calls":
		return p.recordCalls(ctx)
	case "signups":
		return p.recordSignups(ctx, arg)
	case "file":
		return p.recordFile(line)
	case "report", "history":
		found, err := p.recordReport(ctx, words)
		return strings.Join(append(words[:min(4, len(words))], found), " "), err
	case "idea", "form", "events", "files", "readings", "evaluation":
		n, err := ocop.ParseFormNumber(arg)
		if err != nil {
			return "", fmt.Errorf("%w: %w", ErrStory, err)
		}
		i, err := p.store.IdeaByNumber(ctx, n)
		if errors.Is(err, storage.ErrNotFound) {
			return what + " " + arg + " none", nil
		}
		if err != nil {
			return "", err
		}
		found, err := p.recordIdea(ctx, what, i)
		return strings.TrimSpace(what + " " + arg + " " + found), err
	case "person", "consent", "notices", "orgs", "offices", "read":
		found, err := p.recordPerson(ctx, what, arg)
		return strings.TrimSpace(what + " " + arg + " " + found), err
	}
	return "", fmt.Errorf("%w: no record %q", ErrStory, what)
}

// recordSignups says who signed up for a gathering, and what became of it.
func (p *player) recordSignups(ctx context.Context, code string) (string, error) {
	g, err := p.store.GatheringByCode(ctx, code)
	if errors.Is(err, storage.ErrNotFound) {
		return "signups " + code + " none", nil
	}
	if err != nil {
		return "", err
	}
	all, err := p.store.Attendees(ctx, g.ID)
	var parts []string
	for _, a := range all {
		s := fmt.Sprintf("%d %q %s", a.Place, a.Name, a.State)
		if a.People > 1 {
			s += fmt.Sprintf(", %d people", a.People)
		}
		if a.Stall {
			s += ", stall"
		}
		if a.Result != nil {
			s += fmt.Sprintf(", %d đồng, %d contracts, %d buyers", a.Result.Revenue, a.Result.Contracts, a.Result.Buyers)
		}
		parts = append(parts, s)
	}
	return strings.TrimSpace("signups " + code + " " + strings.Join(parts, "; ")), err
}

func (p *player) recordIdea(ctx context.Context, what string, i storage.Idea) (string, error) {
	switch what {
	case "idea":
		s := fmt.Sprintf("%s %q, %s", i.Stage, i.Name, p.prog.Label(i.Unit))
		if i.WaitingLevel != "" {
			s += ", waits for " + i.WaitingLevel
		}
		return s, nil
	case "form":
		all := map[string]string{"group": i.Group, "key": i.KeyProduct, "existing": i.Existing}
		for k, v := range i.Fields {
			all[k] = v
		}
		var keys []string
		for k, v := range all {
			if v != "" {
				keys = append(keys, k)
			}
		}
		slices.Sort(keys)
		var parts []string
		for _, k := range keys {
			parts = append(parts, fmt.Sprintf("%s=%q", k, all[k]))
		}
		return strings.Join(parts, " "), nil
	case "events":
		events, err := p.store.Events(ctx, i.ID)
		var kinds []string
		for _, e := range events {
			kinds = append(kinds, string(e.Kind))
		}
		return strings.Join(kinds, ", "), err
	case "files":
		files, err := p.store.Files(ctx, i.ID)
		var states []string
		for _, f := range files {
			states = append(states, f.State)
		}
		return strings.Join(states, ", "), err
	case "readings":
		all, err := p.store.Readings(ctx, i.ID, 100)
		return fmt.Sprint(len(all)), err
	}
	evs, err := p.store.Evaluations(ctx, i.ID)
	var parts []string
	for _, e := range evs {
		parts = append(parts, fmt.Sprintf("%s proposed %d decided %d %q %q", e.Total(), e.Proposed, e.Stars, e.Decision, e.Reason))
	}
	return strings.Join(parts, "; "), err
}

func (p *player) recordPerson(ctx context.Context, what, name string) (string, error) {
	person, offices, err := p.store.Viewer(ctx, p.phone.address(name), p.clock.now())
	if errors.Is(err, storage.ErrNotFound) {
		return "none", nil
	}
	if err != nil {
		return "", err
	}
	var parts []string
	switch what {
	case "person":
		return fmt.Sprintf("%q %s %s", person.Name, ocop.FormatPhone(person.Phone), person.Lang), nil
	case "consent":
		all, err := p.store.Consents(ctx, person.ID)
		for _, c := range all {
			parts = append(parts, fmt.Sprintf("%s %t", c.Purpose, c.Given))
		}
		return strings.Join(parts, ", "), err
	case "read": // how often an officer was shown the person's name and number
		all, err := p.store.ReadingsOf(ctx, person.ID, 100)
		return fmt.Sprint(len(all)), err
	case "offices":
		for _, o := range offices {
			parts = append(parts, o.Role+" "+p.prog.Label(o.Unit))
		}
	case "orgs":
		all, err := p.store.OrganisationsOf(ctx, person.ID)
		for _, o := range all {
			parts = append(parts, strings.TrimSpace(fmt.Sprintf("%q %s", o.Name, o.Kind)))
		}
		slices.Sort(parts)
		return strings.Join(parts, ", "), err
	case "notices":
		rows, err := p.store.DB().QueryContext(ctx, `SELECT kind, state FROM notices WHERE person = $1 ORDER BY at, kind`, person.ID)
		if err != nil {
			return "", err
		}
		defer rows.Close()
		for rows.Next() {
			var kind, state string
			if err := rows.Scan(&kind, &state); err != nil {
				return "", err
			}
			parts = append(parts, kind+" "+state)
		}
		if err := rows.Err(); err != nil {
			return "", err
		}
	}
	if len(parts) == 0 {
		return "none", nil
	}
	return strings.Join(parts, ", "), nil
}

// recordKept counts everything personal there is.
func (p *player) recordKept(ctx context.Context) (string, error) {
	parts := []string{}
	for _, table := range []string{"persons", "routes", "consents", "ideas"} {
		var n int
		if err := p.store.DB().QueryRowContext(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
			return "", err
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, table))
	}
	return "kept " + strings.Join(parts, ", "), nil
}

func (p *player) recordCalls(ctx context.Context) (string, error) {
	all, err := p.store.Requests(ctx, storage.Scope{All: true}, 100)
	if err != nil {
		return "", err
	}
	parts := []string{}
	for _, r := range all {
		parts = append(parts, fmt.Sprintf("%s %q", p.prog.Label(r.Unit), r.Text))
	}
	if len(parts) == 0 {
		parts = append(parts, "none")
	}
	return "calls " + strings.Join(parts, "; "), nil
}

// recordFile tells whether the files that came last hold a text, each of them
// as a person reads it: file "Mai" true.
func (p *player) recordFile(line string) (string, error) {
	parts := strings.Split(line, `"`)
	if len(parts) != 3 {
		return "", fmt.Errorf(`%w: ! file "text" true`, ErrStory)
	}
	want, err := strconv.Unquote(`"` + parts[1] + `"`)
	if err != nil {
		return "", fmt.Errorf(`%w: ! file "text" true, with \t between the cells of a row: %w`, ErrStory, err)
	}
	all := len(p.files) > 0
	for _, f := range p.files {
		text, err := readpaper.Text(f.file, f.data)
		if err != nil {
			return "", err
		}
		all = all && strings.Contains(text, want)
	}
	return fmt.Sprintf("file %q %t", want, all), nil
}
