package conversations

import (
	"slices"

	"ocopbot/bot"
)

// Groups of the menu. Their ids are no conversations'.
const (
	ideasGroup     = "ideas"
	reportingGroup = "reporting"
	moreGroup      = "more"
)

// homeView is what the menu depends on.
type homeView struct {
	officer  bool
	admin    bool
	province bool // sees the whole province
	tells    bool // makes announcements
	waiting  int  // ideas in the officer's inbox
	ideas    bool // has registered before
	draft    string
	calls    bool // is told whom to call
	known    bool // has consented, so that there is data about them
}

// entry is a line of the menu: a conversation, or a group of them.
type entry struct {
	id    string
	below []entry // of a group
}

// menu is what this person finds in the menu: seven lines at most, because a
// small phone shows no more at once, and an SMS holds no more. An officer's
// other work lies one tap below, or is typed.
func (v homeView) menu() []entry {
	draft := pick(v.draft != "", "continue")
	ideas := join(pick(true, registerFlow), pick(v.ideas || !v.officer, statusFlow), pick(v.ideas, supplementFlow))
	// Whom to ask is the guide's last line too.
	advice := join(pick(true, helpFlow), pick(v.draft == "", askFlow))
	events, mine := pick(true, gatheringsFlow), pick(v.known, mydataFlow)
	if !v.officer {
		return join(draft, ideas, advice, events, mine)
	}
	reporting := join(pick(true, reportsFlow), pick(v.province, progressFlow), pick(v.province, planFlow))
	more := join(pick(v.calls, callsFlow), pick(v.admin, smsDaysFlow), advice, mine)
	if v.draft != "" { // another form is less likely the next thing
		ideas, more = nil, join(ideas, more)
	}
	return join(draft, pick(true, inboxFlow), pick(true, dutiesFlow), group(reportingGroup, reporting), events,
		pick(v.tells, announcementsFlow), group(ideasGroup, ideas), group(moreGroup, more))
}

func pick(shown bool, id string) []entry {
	if !shown {
		return nil
	}
	return []entry{{id: id}}
}

// group puts entries one tap below; one alone needs no group.
func group(id string, below []entry) []entry {
	if len(below) < 2 {
		return below
	}
	return []entry{{id, below}}
}

func join(parts ...[]entry) []entry { return slices.Concat(parts...) }

func (t *T) entries(es []entry) []bot.Choice {
	var cs []bot.Choice
	for _, e := range es {
		cs = append(cs, t.choice(e.id, "home.choice_"+e.id))
	}
	return cs
}
