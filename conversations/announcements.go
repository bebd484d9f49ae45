package conversations

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// Notices about announcements: their subject is the announcement.
const (
	noticeSecond   = "ann_second"   // a second officer is asked
	noticeApproved = "ann_approved" // … and agreed
	noticeReturned = "ann_returned" // … or did not
)

// announcementsShown is how many announcements an officer sees at once.
const announcementsShown = 8

// announcements are an officer's: what is being sent and what was, how far it
// is, and what can be done about it.
func announcements() *Flow {
	return &Flow{
		ID: announcementsFlow, Version: 1, Sure: true,
		Steps: []*Step{
			{ID: "list", Needed: func(t *T) bool { return t.Get("ann") == "" }, Load: loadAnnouncements, Ask: askAnnouncements, Choices: announcementChoices, Answer: answerAnnouncements},
			{ID: "card", Load: loadAnnouncement, Ask: askAnnouncement, Choices: announcementActs, Answer: answerAnnouncement},
			{ID: "why", Needed: never, Load: loadAnnouncement, Parse: parseLine, Answer: answerWhyReturned, Prose: true},
			{ID: "answered", Needed: never, Load: loadAnswerers, Ask: askAnswerers, Choices: answererChoices, Answer: answerAnswerers},
			{ID: "sure", Needed: never, Load: loadAnnouncement, Ask: askSureOf, Choices: yesNo, Answer: answerSureOf},
		},
		Commit: commitAnnouncement,
	}
}

func loadAnnouncements(t *T) (any, error) {
	v, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	if len(announcesFor(v)) == 0 {
		return []storage.Announcement(nil), nil
	}
	all, err := t.reads.Announcements(t.Ctx, t.announcedIn(v, t.Now), announcementsShown)
	if err != nil {
		return nil, fmt.Errorf("conversations: announcements: %w", err)
	}
	return all, nil
}

func askAnnouncements(t *T) (string, locales.Data) {
	var lines []string
	for _, a := range t.Loaded.([]storage.Announcement) {
		lines = append(lines, t.Text("anns.line", dataOf("date", date(a.Created), "text", clip(firstLine(a.Text), 60), "state", t.stateOf(a))))
	}
	if len(lines) == 0 {
		return "anns.none", nil
	}
	return "anns.list", dataOf("lines", strings.Join(lines, "\n"))
}

func announcementChoices(t *T) []bot.Choice {
	cs := []bot.Choice{t.choice("new", "anns.new")}
	for _, a := range t.Loaded.([]storage.Announcement) {
		cs = append(cs, bot.Choice{ID: idText(a.ID), Label: clip(firstLine(a.Text), 30)})
	}
	return append(cs, t.choice(choiceMenu, "choice.menu"))
}

func answerAnnouncements(t *T, v string) error {
	who, err := t.Viewer()
	if err != nil {
		return err
	}
	if len(announcesFor(who)) == 0 {
		t.close()
		t.Tell("officer.only")
		return nil
	}
	if v == "new" {
		return t.open(announceFlow, nil)
	}
	t.Set("ann", v)
	t.goTo("card")
	return nil
}

type announcementView struct {
	storage.Announcement
	counts []storage.RecipientCount
	author string
	role   string   // the office in which this officer decides about it
	may    []string // what they can do about it
	trail  []string // what was done about it, by whom, in words
	people int      // who answered, of those this officer may call
}

// loadAnnouncement reads an announcement with what the officer may do about
// it as things are now.
func loadAnnouncement(t *T) (any, error) {
	var v announcementView
	who, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	id, err := textID(t.Get("ann"))
	if err != nil || len(announcesFor(who)) == 0 {
		return v, nil
	}
	a, err := t.reads.Announcement(t.Ctx, id)
	role, mine := t.mayAnnounce(who, a.Unit)
	if errors.Is(err, storage.ErrNotFound) || err == nil && !mine {
		return v, nil
	}
	if err != nil {
		return nil, fmt.Errorf("conversations: announcement: %w", err)
	}
	v.Announcement, v.role = a, role
	if v.counts, err = t.reads.CountRecipients(t.Ctx, id); err != nil {
		return nil, fmt.Errorf("conversations: recipients: %w", err)
	}
	if v.author, err = t.personName(a.Author); err != nil {
		return nil, err
	}
	if v.trail, err = t.trailOf(a); err != nil {
		return nil, err
	}
	if _, v.people, err = t.reads.Answerers(t.Ctx, id, inChargeOf(who), 0, 0); err != nil {
		return nil, fmt.Errorf("conversations: answerers: %w", err)
	}
	for _, act := range []string{"answered", "approve", "return", "withdraw", "pause", "resume", "cancel", "look", "edit", "again"} {
		if announcementActions[act].allowed(a, who.Person.ID) && (act != "answered" || v.people > 0) {
			v.may = append(v.may, act)
		}
	}
	return v, nil
}

func askAnnouncement(t *T) (string, locales.Data) {
	v := t.Loaded.(announcementView)
	if v.ID == 0 {
		return "anns.gone", nil
	}
	t.Set("version", strconv.Itoa(v.Version))
	lines := ""
	if len(v.counts) > 0 {
		lines = t.tally(v.counts)
	}
	state, when := t.stateOf(v.Announcement), ""
	if v.State == storage.AnnouncementWaiting && v.NotBefore.After(t.Now) {
		when = clockDay(v.NotBefore)
	}
	return "anns.card", dataOf("text", v.Text, "english", v.English, "picture", v.Picture.Provider != "", "state", state, "class", t.Text("ann.class_"+string(v.Class), nil),
		"reason", v.Reason, "author", v.author, "trail", strings.Join(v.trail, "\n"), "date", date(v.Created), "when", when,
		"audience", t.inWords(v.Audience), "size", v.Size, "lines", lines)
}

// stateOf is how far an announcement is. One that is ordered for later is not
// being sent yet.
func (t *T) stateOf(a storage.Announcement) string {
	if a.State == storage.AnnouncementSending && a.NotBefore.After(t.Now) {
		return t.Text("told.state_scheduled", dataOf("when", clockDay(a.NotBefore)))
	}
	return t.Text("told.state_"+a.State, nil)
}

// clockDay is a moment as officers type it.
func clockDay(at time.Time) string { return at.In(ocop.Local).Format(whenLayout) }

func announcementActs(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, act := range t.Loaded.(announcementView).may {
		cs = append(cs, t.choice(act, "anns.act_"+act))
	}
	return append(cs, t.choice("list", "anns.all"), t.choice(choiceMenu, "choice.menu"))
}

// announcementActions are what officers do about an announcement: who may, in
// which state, and what becomes of it. Those without become only show or open
// something.
var announcementActions = map[string]announcementAction{
	"approve":  {[]string{storage.AnnouncementWaiting}, -1, storage.AnnouncementSending, true},
	"return":   {[]string{storage.AnnouncementWaiting}, -1, storage.AnnouncementDraft, false},
	"withdraw": {[]string{storage.AnnouncementWaiting}, +1, storage.AnnouncementDraft, false},
	"pause":    {[]string{storage.AnnouncementSending}, 0, storage.AnnouncementPaused, false},
	"resume":   {[]string{storage.AnnouncementPaused}, 0, storage.AnnouncementSending, false},
	"cancel":   {[]string{storage.AnnouncementSending, storage.AnnouncementPaused}, 0, storage.AnnouncementCancelled, true},
	"answered": {nil, 0, "", false},
	"look":     {[]string{storage.AnnouncementSending, storage.AnnouncementPaused}, 0, "", false},
	"edit":     {[]string{storage.AnnouncementDraft}, 0, "", false},
	"again":    {[]string{storage.AnnouncementSending, storage.AnnouncementPaused, storage.AnnouncementCancelled, storage.AnnouncementDone}, 0, "", false},
}

type announcementAction struct {
	in     []string // states; nil: any
	author int      // +1: only its author, -1: anybody else, 0: everybody in charge
	become string
	sure   bool // cannot be undone: asked back, as a digit is soon typed
}

func (act announcementAction) allowed(a storage.Announcement, who storage.ID) bool {
	if act.author > 0 && a.Author != who || act.author < 0 && a.Author == who {
		return false
	}
	return act.in == nil || slices.Contains(act.in, a.State)
}

func answerAnnouncement(t *T, v string) error {
	if v == "list" {
		t.Set("ann", "")
		t.goTo("list")
		return nil
	}
	seen := t.Loaded.(announcementView)
	if !slices.Contains(seen.may, v) {
		t.Tell("engine.old_button")
		return nil
	}
	switch v {
	case "look":
		return nil
	case "answered":
		t.Set("page", "")
		t.goTo("answered")
		return nil
	case "edit", "again":
		return t.open(announceFlow, announceAnswers(seen.Announcement, t.Now))
	}
	t.Set("act", v)
	t.Set("role", seen.role)
	switch {
	case v == "return":
		t.goTo("why")
		return nil
	case announcementActions[v].sure:
		t.goTo("sure")
		return nil
	}
	t.S.Pending = true
	return nil
}

func askSureOf(t *T) (string, locales.Data) {
	v := t.Loaded.(announcementView)
	if v.ID == 0 {
		return "anns.gone", nil
	}
	waiting := v.Size // nobody is written down yet
	if len(v.counts) > 0 {
		waiting = 0
		for _, c := range v.counts {
			if c.State == storage.RecipientQueued {
				waiting += c.Count
			}
		}
	}
	return "anns.sure_" + t.Get("act"), dataOf("text", clip(firstLine(v.Text), 60), "count", waiting)
}

func answerSureOf(t *T, v string) error {
	if v == "no" {
		t.goTo("card")
		return nil
	}
	if t.Get("act") == "approve" {
		return t.decided()
	}
	t.S.Pending = true // on the version the card showed
	return nil
}

// announceAnswers are the answers an announcement was made of: editing begins
// with its summary.
func announceAnswers(a storage.Announcement, now time.Time) map[string]string {
	with := map[string]string{
		"ann": idText(a.ID), "class": string(a.Class), "text": a.Text, "english": a.English, "photo": a.Picture.Provider,
		"photo_from": a.Picture.Channel, "when": "now",
	}
	if a.NotBefore.After(now) {
		with["when"] = clockDay(a.NotBefore)
	}
	if a.Class == ocop.ServiceNotice {
		with["reason"] = a.Reason
	}
	maps.Copy(with, audienceAnswers(a.Audience))
	maps.DeleteFunc(with, func(_, v string) bool { return v == "" })
	return with
}

// commitAnnouncement does what was decided on the version the officer saw: of
// two who decide at once one wins, and the other is told.
func commitAnnouncement(t *T, tx storage.Tx) (Outcome, error) {
	act := t.Get("act")
	card := Outcome{Next: "card", Set: map[string]string{"act": "", "why": ""}}
	id, err := textID(t.Get("ann"))
	if err != nil {
		return Outcome{}, err
	}
	a, err := tx.Announcement(id)
	if err != nil {
		return Outcome{}, err
	}
	action := announcementActions[act]
	if strconv.Itoa(a.Version) != t.Get("version") || !action.allowed(a, t.S.Person) {
		card.Notes = []Note{{Key: "anns.conflict"}}
		return card, nil
	}
	did := storage.AnnouncementEvent{Announcement: a.ID, At: t.Now, Kind: act, Actor: t.S.Person, Role: t.Get("role"), Text: t.Get("why")}
	a.State = action.become
	a.Version++
	switch act {
	case "approve":
		a.Approver, a.Approved, a.Began = t.S.Person, t.Now, t.Now
		a.Epoch++
	case "resume":
		a.Epoch++
		a.Began = t.Now
	case "cancel":
		a.Ended = t.Now
		if err := tx.CancelRecipients(a.ID, t.Now); err != nil {
			return Outcome{}, err
		}
	}
	if err := tx.PutAnnouncement(a); err != nil {
		return Outcome{}, err
	}
	if err := tx.AddAnnouncementEvent(did); err != nil {
		return Outcome{}, err
	}
	if told := map[string]string{"approve": noticeApproved, "return": noticeReturned}[act]; told != "" {
		for _, s := range strings.Fields(t.Get("tell")) {
			who, err := textID(s)
			if err != nil {
				return Outcome{}, err
			}
			n := storage.Notice{ID: storage.NewID(t.Now), Person: who, Kind: told, Subject: a.ID, State: storage.NoticeQueued, At: t.Now}
			if err := tx.Notify(n); err != nil {
				return Outcome{}, err
			}
		}
	}
	done := "anns.done_" + act
	if a.State == storage.AnnouncementSending && a.NotBefore.After(t.Now) {
		done = "anns.done_scheduled"
	}
	card.Notes = []Note{note(done, "when", clockDay(a.NotBefore))}
	return card, nil
}

// tellOfAnnouncement is news of an announcement to the officers concerned.
func (t *T) tellOfAnnouncement(n storage.Notice, m bot.Message) (bot.Message, error) {
	a, err := t.reads.Announcement(t.Ctx, n.Subject)
	if errors.Is(err, storage.ErrNotFound) || err == nil && n.Kind == noticeSecond && a.State != storage.AnnouncementWaiting {
		return m, ErrMovedOn
	}
	if err != nil {
		return m, fmt.Errorf("conversations: announcement: %w", err)
	}
	data := dataOf("text", clip(firstLine(a.Text), 80), "count", a.Size, "when", "", "who", "", "why", "")
	if n.Kind == noticeReturned {
		who, why, err := t.whyReturned(a)
		if err != nil {
			return m, err
		}
		if t.Caps.Paged { // one message, or two: the whole is on the card
			why = clip(why, 120)
		}
		data["who"], data["why"] = who, why
	}
	if a.State == storage.AnnouncementSending && a.NotBefore.After(t.Now) {
		data["when"] = clockDay(a.NotBefore)
	}
	t.say(&m, "notice."+n.Kind, data)
	if t.Caps.Paged {
		return m, nil
	}
	m.Choices = []bot.Choice{t.choice("ann/"+idText(a.ID), "told.choice_open")}
	return m, nil
}
