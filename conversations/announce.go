package conversations

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/viet"
	"ocopbot/locales"
	"ocopbot/storage"
)

// announce is how an officer makes an announcement: what it is by law, who is
// told, the words, a picture, when; then it is seen as every channel shows it,
// tried on oneself, and handed in.
func announce() *Flow {
	steps := []*Step{
		{ID: "class", Choices: classChoices, Answer: answerClass},
		{ID: "reason", Needed: func(t *T) bool { return t.Get("class") == string(ocop.ServiceNotice) }, Choices: reasonChoices, Parse: parseLine},
	}
	steps = append(steps, audienceSteps()...)
	return &Flow{
		ID: announceFlow, Version: 1, Draft: true, Sure: true,
		Begin: func(t *T) error {
			if t.Get("text") != "" { // an edited copy begins with its summary
				t.Set(editing, "1")
			}
			return nil
		},
		Photo:  announcePhoto,
		Commit: commitAnnounce,
		Steps: append(steps,
			&Step{ID: "text", Parse: parseAnnouncement, Answer: answerText},
			&Step{ID: "english", Optional: true, Parse: parseAnnouncement},
			&Step{ID: "picture", Optional: true, Choices: noChoices},
			&Step{ID: "when", Choices: func(t *T) []bot.Choice { return []bot.Choice{t.choice("now", "ann.now")} }, Parse: parseSendTime},
			&Step{ID: summaryStep, Load: loadForecast, Ask: askForecast, Choices: forecastChoices, Answer: answerForecast},
			&Step{ID: fieldStep, Needed: never, Choices: announceFields, Answer: answerField},
		),
	}
}

// classChoices: an invitation to a fair is advertising unless the officer
// says, with a reason, that it is not.
func classChoices(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, c := range ocop.Classes {
		cs = append(cs, t.choice(string(c), "ann.class_"+string(c)))
	}
	return cs
}

func answerClass(t *T, v string) error {
	t.Set("class", v)
	t.Set("reason", "")
	_, i := t.flows[announceFlow].step("class")
	if ocop.Class(v) == ocop.ServiceNotice && t.Get(editing) != "" {
		t.goTo("reason")
		return nil
	}
	return t.goOn(i)
}

// serviceReasons are why a message is no advertising.
var serviceReasons = []string{"own", "duty", "training"}

func reasonChoices(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, r := range serviceReasons {
		cs = append(cs, t.choice(r, "ann.reason_"+r))
	}
	return cs
}

// reason is the legal reason in the words that are recorded: Vietnamese, for
// whoever checks them.
func (t *T) reason() string {
	say := func(key string) string { return t.texts.Text(locales.Vietnamese, "", key, nil) }
	switch ocop.Class(t.Get("class")) {
	case ocop.Advertising:
		return say("ann.why_advert")
	case ocop.Bulletin:
		return say("ann.why_bulletin")
	}
	for _, r := range serviceReasons {
		if t.Get("reason") == r {
			return say("ann.reason_" + r)
		}
	}
	return t.Get("reason")
}

const (
	shortestAnnouncement = 10
	longestAnnouncement  = 3000 // characters, so that it fits one Telegram message with what the law adds
)

// parseAnnouncement takes the words, which have to fit every channel they may
// go by.
func parseAnnouncement(t *T, text string) (string, *Note) {
	n := utf8.RuneCountInString(text)
	switch {
	case n < shortestAnnouncement:
		return "", &Note{Key: "ann.text_short"}
	case n > longestAnnouncement:
		return "", &Note{Key: "engine.too_long"}
	}
	a := storage.Announcement{Class: ocop.Class(t.Get("class")), Text: text, Audience: storage.Audience{Channels: strings.Fields(t.Get("channels"))}}
	var long *TooLong
	if errors.As(t.Fits(a), &long) {
		n := note("ann.text_long", "over", strconv.Itoa(long.Over), "channel", t.channelName(long.Channel))
		return "", &n
	}
	return text, nil
}

// TooLong is a text that a channel cannot show whole.
type TooLong struct {
	Channel bot.Caps
	Over    int // characters, with what the law adds
}

// Error implements error.
func (e *TooLong) Error() string {
	return fmt.Sprintf("%d characters too long for %s, with what the law adds", e.Over, e.Channel.Name)
}

// Fits tells whether an announcement's words fit every channel they may go
// by; else *TooLong.
func (e *Engine) Fits(a storage.Announcement) error {
	for _, o := range e.sending.Outlets {
		if !o.Caps.Paged || len(a.Audience.Channels) > 0 && !slices.Contains(a.Audience.Channels, o.Caps.Name) {
			continue
		}
		on := &T{Engine: e, S: NewSession(""), Caps: o.Caps} // without accents, as announcements go out by SMS
		for _, lang := range locales.Languages {
			if over := on.width(e.Announcement(a, lang, o.Caps).Text) - o.Caps.Longest; over > 0 {
				return &TooLong{o.Caps, over}
			}
		}
	}
	return nil
}

// announcePhoto takes the picture at any time while the announcement is made.
func announcePhoto(t *T, i int, f bot.File) error {
	fr := &t.S.Frames[i]
	fr.set("photo", f.ID)
	fr.set("photo_from", t.In.From.Channel())
	t.Tell("ann.photo_kept")
	if fr.Step == "picture" && fr == t.F() {
		_, at := t.flows[announceFlow].step("picture")
		return t.goOn(at)
	}
	return nil
}

var (
	whenClock = regexp.MustCompile(`\b(\d{1,2})\s*(?:[:hg]\s*(\d{2})?|giờ\s*(\d{2})?)`)
	whenDay   = regexp.MustCompile(`\b(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?\b`)
)

const whenLayout = "15:04 02/01/2006"

// parseSendTime reads a time of day and a day: «08:00 20/11/2026», «8h 20/11».
func parseSendTime(t *T, text string) (string, *Note) {
	text = strings.ToLower(text)
	if viet.Fold(text) == "ngay" || viet.Fold(text) == "gui ngay" {
		return "now", nil
	}
	day, clock := whenDay.FindStringSubmatch(text), whenClock.FindStringSubmatch(whenDay.ReplaceAllString(text, " "))
	if day == nil || clock == nil {
		return "", &Note{Key: "ann.when_wrong"}
	}
	year := day[3]
	if year == "" {
		year = strconv.Itoa(t.Now.In(ocop.Local).Year())
	}
	at, err := time.ParseInLocation("2/1/2006 15 4", fmt.Sprintf("%s/%s/%s %s %s", day[1], day[2], year, clock[1], "0"+clock[2]+clock[3]), ocop.Local)
	if err != nil {
		at, err = time.ParseInLocation("2/1/2006 15 04", fmt.Sprintf("%s/%s/%s %s %s", day[1], day[2], year, clock[1], clock[2]+clock[3]), ocop.Local)
	}
	if err != nil || !at.After(t.Now) || at.After(t.Now.AddDate(1, 0, 0)) {
		return "", &Note{Key: "ann.when_wrong"}
	}
	return at.Format(whenLayout), nil
}

// notBefore is when it is sent; zero: at once.
func (t *T) notBefore() time.Time {
	at, err := time.ParseInLocation(whenLayout, t.Get("when"), ocop.Local)
	if err != nil { // "now", or not asked yet
		return time.Time{}
	}
	return at
}

// composed is the announcement of the frame's answers, made in an office the
// officer holds now; ErrNotFound: they hold none.
func (t *T) composed() (storage.Announcement, error) {
	audience, err := t.audience()
	if err != nil {
		return storage.Announcement{}, err
	}
	v, err := t.Viewer()
	if err != nil {
		return storage.Announcement{}, err
	}
	units := announcesFor(v)
	if len(units) == 0 {
		return storage.Announcement{}, storage.ErrNotFound
	}
	role, _ := t.mayAnnounce(v, units[0])
	return t.answered(audience, role, units[0]), nil
}

// answered is an announcement of the frame's answers.
func (t *T) answered(audience storage.Audience, role string, unit ocop.UnitKey) storage.Announcement {
	return storage.Announcement{
		Author: t.S.Person, Role: role, Unit: unit, Class: ocop.Class(t.Get("class")), Reason: t.reason(), Audience: audience,
		Text: t.Get("text"), English: t.Get("english"), Picture: storage.Picture{Channel: t.Get("photo_from"), Provider: t.Get("photo")},
		Invites: Invites(t.Get("text")), NotBefore: t.notBefore(), State: storage.AnnouncementDraft, Created: t.Now, Version: 1,
	}
}

func announceFields(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, f := range []string{"class", "aud", "text", "english", "picture", "when"} {
		cs = append(cs, t.choice(f, "ann.field_"+f))
	}
	return append(cs, t.choice(summaryStep, "reg.edit_done"))
}

// What is done with a finished announcement.
const (
	doTry  = "try"
	doSend = "send"
)

func forecastChoices(t *T) []bot.Choice {
	send := t.choice(choiceSend, "ann.send")
	if v, ok := t.Loaded.(Forecast); ok && t.needsSecond(v.Total) {
		send = t.choice(choiceSend, "ann.hand_in")
	}
	return []bot.Choice{t.choice(doTry, "ann.try"), send, t.choice(choiceEdit, "reg.edit"), t.choice(choiceDrop, "reg.drop")}
}

// needsSecond tells whether so many people need a second officer's word.
func (t *T) needsSecond(people int) bool {
	return t.sending.Approval > 0 && people >= t.sending.Approval
}

func answerForecast(t *T, v string) error {
	switch v {
	case choiceEdit:
		t.goTo(fieldStep)
		return nil
	case choiceDrop:
		return t.open(leaveFlow, nil)
	}
	f := t.Loaded.(Forecast)
	if v == choiceSend && f.Total == 0 {
		t.Tell("ann.nobody")
		return nil
	}
	a, err := t.composed()
	if errors.Is(err, storage.ErrNotFound) {
		t.close()
		t.Tell("officer.only")
		return nil
	}
	if err != nil {
		return err
	}
	t.Set("do", doTry)
	if v == choiceSend {
		t.Set("do", doSend)
		t.Set("size", strconv.Itoa(f.Total))
		t.Set("seconds", "")
		if t.needsSecond(f.Total) {
			others, err := t.seconds(a.Unit)
			if err != nil {
				return err
			}
			if len(others) == 0 {
				t.Tell("ann.no_second", "people", strconv.Itoa(t.sending.Approval))
				return nil
			}
			for _, id := range others {
				t.Set("seconds", strings.TrimSpace(t.Get("seconds")+" "+idText(id)))
			}
		}
	}
	audience, err := json.Marshal(a.Audience)
	if err != nil {
		return fmt.Errorf("conversations: audience: %w", err)
	}
	t.Set("audience", string(audience)) // as the officer's rights are now
	t.Set("role", a.Role)
	t.Set("unit", string(a.Unit))
	t.S.Pending = true
	return nil
}

// commitAnnounce stores the announcement. One that is being sent already is
// left alone: what was edited since is a new one.
func commitAnnounce(t *T, tx storage.Tx) (Outcome, error) {
	var audience storage.Audience
	if err := json.Unmarshal([]byte(t.Get("audience")), &audience); err != nil {
		return Outcome{}, fmt.Errorf("conversations: audience: %w", err)
	}
	a := t.answered(audience, t.Get("role"), ocop.UnitKey(t.Get("unit")))
	a.ID = storage.NewID(t.Now)
	if id, err := textID(t.Get("ann")); err == nil {
		old, err := tx.Announcement(id)
		if err != nil {
			return Outcome{}, err
		}
		if old.State == storage.AnnouncementDraft {
			a.ID, a.Created, a.Version, a.Epoch = old.ID, old.Created, old.Version+1, old.Epoch
		} else {
			a.Replaces = old.ID
		}
	}
	if t.Get("do") == doTry {
		if err := tx.PutAnnouncement(a); err != nil {
			return Outcome{}, err
		}
		return Outcome{Next: summaryStep, Set: map[string]string{"ann": idText(a.ID), "do": "", "audience": ""}, Notes: []Note{note("ann.tried")}},
			tx.TryAnnouncement(a.ID, t.In.From)
	}
	size, err := strconv.Atoi(t.Get("size")) // our own number
	if err != nil {
		return Outcome{}, fmt.Errorf("conversations: size: %w", err)
	}
	a.Size = size
	a.Watch.Addr = t.In.From
	key, did := "ann.sent", "order"
	switch {
	case t.needsSecond(size):
		a.State = storage.AnnouncementWaiting
		key, did = "ann.handed_in", "hand_in"
	default:
		a.State, a.Began, a.Epoch = storage.AnnouncementSending, t.Now, a.Epoch+1
		if !a.NotBefore.IsZero() {
			key = "ann.scheduled"
		}
	}
	if err := tx.PutAnnouncement(a); err != nil {
		return Outcome{}, err
	}
	if err := tx.AddAnnouncementEvent(storage.AnnouncementEvent{Announcement: a.ID, At: t.Now, Kind: did, Actor: t.S.Person, Role: a.Role}); err != nil {
		return Outcome{}, err
	}
	for _, s := range strings.Fields(t.Get("seconds")) {
		second, err := textID(s)
		if err != nil {
			return Outcome{}, err
		}
		n := storage.Notice{ID: storage.NewID(t.Now), Person: second, Kind: noticeSecond, Subject: a.ID, State: storage.NoticeQueued, At: t.Now}
		if err := tx.Notify(n); err != nil {
			return Outcome{}, err
		}
	}
	return Outcome{
		Notes: []Note{note(key, "count", strconv.Itoa(size), "when", t.Get("when"))},
		Open:  announcementsFlow, With: map[string]string{"ann": idText(a.ID)},
	}, nil
}
