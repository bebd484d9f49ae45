package conversations

import (
	"fmt"
	"slices"
	"strings"

	"ocopbot/storage"
)

// mostVisits bounds how far back a history of fairs goes.
const mostVisits = 30

// fairsOf are the gatherings to which a product was brought, for its history,
// and those its producer went to otherwise; sold: with what was sold there,
// which is for the producer and those in charge.
func (t *T) fairsOf(i storage.Idea, sold bool) (with, others []string, err error) {
	visits, err := t.reads.Visits(t.Ctx, i.Person, []storage.ID{i.Organisation}, mostVisits)
	if err != nil {
		return nil, nil, fmt.Errorf("conversations: visits: %w", err)
	}
	for _, v := range visits {
		switch {
		case slices.Contains(v.Ideas, i.ID):
			with = append(with, t.visitText(v, sold))
		case v.Came():
			others = append(others, t.visitText(v, sold))
		}
	}
	return with, others, nil
}

// ownVisits are those that somebody or one of their producers came to.
func (t *T) ownVisits() ([]string, error) {
	orgs, err := t.reads.OrganisationsOf(t.Ctx, t.S.Person)
	if err != nil {
		return nil, fmt.Errorf("conversations: organisations: %w", err)
	}
	ids := make([]storage.ID, len(orgs))
	for i, o := range orgs {
		ids[i] = o.ID
	}
	visits, err := t.reads.Visits(t.Ctx, t.S.Person, ids, mostVisits)
	if err != nil {
		return nil, fmt.Errorf("conversations: visits: %w", err)
	}
	var lines []string
	for _, v := range visits {
		if v.Came() {
			lines = append(lines, t.visitText(v, true))
		}
	}
	return lines, nil
}

// visitsText tells where somebody has been, with what was sold.
func (t *T) visitsText() (string, error) {
	lines, err := t.ownVisits()
	return t.Text("events.visited", dataOf("lines", strings.Join(lines, "\n"))), err
}

func (t *T) visitText(v storage.Visit, sold bool) string {
	key := "signup.history_signed"
	data := dataOf("title", v.To.Title, "code", v.To.Code, "when", t.daysOf(v.To), "told", false)
	if v.Came() {
		key = "signup.history_came"
	}
	if r := v.Result; r != nil && sold {
		data["told"], data["revenue"], data["contracts"], data["buyers"] = true, inDong(r.Revenue), r.Contracts, r.Buyers
	}
	return t.Text(key, data)
}
