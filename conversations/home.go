package conversations

import (
	"errors"
	"fmt"
	"strings"

	"ocopbot/bot"
	"ocopbot/conversations/understand"
	"ocopbot/locales"
	"ocopbot/storage"
)

const (
	homeStep  = "menu"
	groupStep = "group" // what lies one tap below an entry of the menu
)

// home is the menu everybody comes back to.
func home() *Flow {
	return &Flow{ID: homeFlow, Version: homeVersion, Steps: []*Step{
		{
			ID:      homeStep,
			Load:    loadHome,
			Numbers: true,
			Ask: func(t *T) (string, locales.Data) {
				v := t.Loaded.(homeView)
				if v.draft != "" {
					return "home.menu_draft", dataOf("draft", v.draft)
				}
				if v.officer {
					return "home.menu_officer", dataOf("waiting", v.waiting)
				}
				return "home.menu", nil
			},
			Choices: func(t *T) []bot.Choice { return t.entries(t.Loaded.(homeView).menu()) },
			Below: func(t *T) []bot.Choice {
				var cs []bot.Choice
				for _, e := range t.Loaded.(homeView).menu() {
					cs = append(cs, t.entries(e.below)...)
				}
				return cs
			},
			Parse:  parseHome,
			Answer: answerHome,
		},
		{
			ID:      groupStep,
			Needed:  never,
			Load:    loadHome,
			Numbers: true,
			Choices: func(t *T) []bot.Choice {
				var cs []bot.Choice
				for _, e := range t.Loaded.(homeView).menu() {
					if e.id == t.Get(groupStep) {
						cs = t.entries(e.below)
					}
				}
				return append(cs, t.choice(choiceMenu, "choice.menu"))
			},
			Parse:  parseHome,
			Answer: answerHome,
		},
	}}
}

func loadHome(t *T) (any, error) {
	v := homeView{draft: t.draftTitle(), known: t.S.Consented()}
	if t.S.Person == 0 {
		return v, nil
	}
	who, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	v.admin, v.province = isAdmin(who), inProvince(who)
	v.calls = who.All || len(who.Units) > 0
	v.tells = len(announcesFor(who)) > 0
	if v.officer = isOfficer(who); v.officer {
		if _, v.waiting, err = t.reads.Inbox(t.Ctx, scope(who), 0, 1); err != nil {
			return nil, fmt.Errorf("conversations: inbox: %w", err)
		}
	}
	ideas, err := t.reads.IdeasOf(t.Ctx, t.S.Person)
	if err != nil {
		return nil, fmt.Errorf("conversations: ideas: %w", err)
	}
	v.ideas = len(ideas) > 0
	return v, nil
}

// draftTitle is what an unfinished form below the menu is called; empty when
// there is none.
func (t *T) draftTitle() string {
	for i := len(t.S.Frames) - 1; i > 0; i-- {
		fr := t.S.Frames[i]
		if f := t.flows[fr.Flow]; f == nil || !f.Draft {
			continue
		}
		for _, key := range []string{"product", "title"} {
			if p := fr.get(key); p != "" {
				return clip(p, 40)
			}
		}
		if n := fr.get("number"); n != "" {
			return n
		}
		return t.Text("home.draft_untitled", nil)
	}
	return ""
}

// parseHome takes a form number typed where nothing was asked.
func parseHome(t *T, text string) (string, *Note) {
	_, _, err := t.numbered(text)
	if isReportNumber(text) {
		_, err = t.reportNumbered(text)
	}
	switch {
	case err == nil:
		return "number " + text, nil
	case looksLikeNumber(text) && errors.Is(err, storage.ErrNotFound):
		n := note("status.unknown", "typed", clip(text, 20))
		return "", &n
	}
	return "", &Note{Key: "engine.not_understood"}
}

func answerHome(t *T, v string) error {
	t.goTo(homeStep)
	t.Set(groupStep, "")
	if number, ok := strings.CutPrefix(v, "number "); ok {
		return t.showStatus(number)
	}
	switch v {
	case "continue":
		t.close()
		return nil
	case ideasGroup, reportingGroup, moreGroup:
		t.Set(groupStep, v)
		t.goTo(groupStep)
		return nil
	case registerFlow:
		return t.wish(understand.Guess{Intent: understand.RegisterIdea})
	case statusFlow:
		return t.wish(understand.Guess{Intent: understand.Status})
	}
	return t.open(v, nil)
}

// wish starts the conversation a guess stands for.
func (t *T) wish(g understand.Guess) error {
	missed := t.S.Misses
	t.S.Misses = 0
	switch g.Intent {
	case understand.RegisterIdea:
		return t.wishRegister(g.Arg)
	case understand.Status:
		return t.showStatus(g.Arg)
	case understand.Help:
		return t.explain(t.topicNamed(t.In.Text))
	case understand.AskWhom:
		return t.whom(t.In.Text)
	case understand.CallMe:
		return t.open(callFlow, nil)
	case understand.MyData:
		return t.open(mydataFlow, nil)
	case understand.EraseData:
		return t.open(eraseFlow, nil)
	case understand.StopMessages:
		return t.open(stopFlow, nil)
	case understand.Language:
		return t.open(languageFlow, nil)
	case understand.PlanProgress:
		return t.province(planFlow)
	case understand.Progress:
		return t.province(progressFlow)
	case understand.Print:
		return t.wishPrint(g.Arg)
	case understand.Inbox:
		return t.officers(inboxFlow)
	case understand.Duties:
		return t.officers(dutiesFlow)
	case understand.Announce:
		return t.announcers(nil)
	case understand.Ack:
		return t.open(ackFlow, nil)
	case understand.Supplement, understand.Edit:
		return t.open(supplementFlow, nil)
	case understand.Events:
		return t.open(gatheringsFlow, nil)
	case understand.Report:
		return t.officers(reportsFlow)
	case understand.Cancel, understand.No:
		return t.leave()
	case understand.Back:
		return t.goBack()
	case understand.Restart:
		t.home()
	default: // a word such as «gửi», where there is nothing to send
		t.S.Misses = missed
		return t.missed(t.present())
	}
	return nil
}

// wishRegister starts a form, or leads back to the one that is open.
func (t *T) wishRegister(product string) error {
	for i, fr := range t.S.Frames {
		if fr.Flow == registerFlow {
			t.resume(i)
			if t.S.Consented() {
				t.Tell("reg.still_open")
			}
			return nil
		}
	}
	t.closeMenus()
	if err := t.open(registerFlow, nil); err != nil {
		return err
	}
	if product != "" {
		for i := range t.S.Frames {
			if t.S.Frames[i].Flow == registerFlow && t.S.Frames[i].get("product") == "" {
				t.S.Frames[i].set("said", product)
			}
		}
	}
	return nil
}

// closeMenus removes a menu that was shown over an open form.
func (t *T) closeMenus() {
	for len(t.S.Frames) > 1 && t.F().Flow == homeFlow {
		t.close()
	}
}

// province opens a conversation that is for those who see the whole province.
func (t *T) province(flow string) error {
	v, err := t.Viewer()
	if err != nil {
		return err
	}
	if !inProvince(v) {
		t.Tell("officer.only")
		return nil
	}
	return t.open(flow, nil)
}

// announcers opens the announcements, for who makes some.
func (t *T) announcers(with map[string]string) error {
	v, err := t.Viewer()
	if err != nil {
		return err
	}
	if len(announcesFor(v)) == 0 {
		t.Tell("officer.only")
		return nil
	}
	return t.open(announcementsFlow, with)
}

// officers opens a conversation that is for officers only.
func (t *T) officers(flow string) error {
	v, err := t.Viewer()
	if err != nil {
		return err
	}
	if !isOfficer(v) {
		t.Tell("officer.only")
		return nil
	}
	return t.open(flow, nil)
}
