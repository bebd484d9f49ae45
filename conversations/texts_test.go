package conversations

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/conversations/understand"
	"ocopbot/locales"
	"ocopbot/storage"
)

// madeFromRecords are the notes noteText makes itself: what they carry is not
// what their text is filled with.
var madeFromRecords = map[string]bool{"status.card": true, "ask.answer": true, "help.": true, "reg.kind_advice": true, "progress.calls": true, "events.visited": true, "gathering.picture": true, "gathering.poster": true, "guests.file": true}

// families are the keys built in the code from a beginning and a value: every
// value there is has its text.
func families(t *testing.T) map[string][]string {
	var stages, acts, textActs, told, commandNames []string
	for _, s := range ocop.Stages() {
		stages = append(stages, string(s))
	}
	for id, a := range officerActs {
		acts = append(acts, id)
		if a.text {
			textActs = append(textActs, id)
		}
		if a.told != "" {
			told = append(told, a.told)
		}
	}
	for _, c := range commands {
		commandNames = append(commandNames, c.vi)
	}
	intents := slices.DeleteFunc(constants(t, "understand", "Intent"), func(s string) bool { return s == string(understand.None) })
	all := map[string][]string{
		"stage.":              stages,
		"owed.":               stages,
		"event.":              constants(t, "../bot/ocop", "EventKind"),
		"wish.":               intents,
		"role.":               {storage.CommuneOfficer, storage.DistrictOfficer, storage.ProvinceOfficer, storage.DepartmentOfficer, storage.Leader, storage.Admin},
		"field.":              append(slices.Clone(mainItems), summaryFields...),
		"progress.choice_":    {"sheet", "letter"},
		"support.":            supportKinds,
		"reg.new_":            {"new", "existing"},
		"help.":               helpTopics,
		"help.choice_":        helpTopics,
		"home.choice_":        {ideasGroup, reportingGroup, moreGroup, planFlow, progressFlow, "continue", inboxFlow, callsFlow, smsDaysFlow, reportsFlow, dutiesFlow, announcementsFlow, registerFlow, statusFlow, supplementFlow, helpFlow, askFlow, mydataFlow},
		"weekday.":            {"0", "1", "2", "3", "4", "5", "6"},
		"report.state_":       constants(t, "../bot/ocop", "ReportState"),
		"report.short_":       constants(t, "../bot/ocop", "ReportState"),
		"act.":                acts,
		"act.done_":           acts,
		"act.text_":           textActs,
		"notice.alert_":       {storage.AlertBudget, storage.AlertLoop, storage.AlertFlood},
		"sms.begin":           {"", "_number"},
		"notice.":             append(told, noticeNews, noticeSecond, noticeApproved, noticeReturned, "demand_withdrawn", "report_offered", "report_refused", "report_filed", "report_signed", "report_received", "report_returned", "answered", "published", "escalated", "digest"),
		"command.":            commandNames,
		"ann.part_":           partIDs(),
		"ann.class_":          {string(ocop.Advertising), string(ocop.ServiceNotice), string(ocop.Bulletin)},
		"ann.reason_":         serviceReasons,
		"ann.field_":          {"class", "aud", "text", "english", "picture", "when"},
		"ann.came_":           {storage.SignupRegistered, storage.SignupWaiting, storage.SignupAttended},
		"anns.act_":           slices.Collect(maps.Keys(announcementActions)),
		"anns.done_":          becoming(func(a announcementAction) bool { return a.become != "" }),
		"anns.did_":           append(becoming(func(a announcementAction) bool { return a.become != "" }), "order", "hand_in"),
		"anns.sure_":          becoming(func(a announcementAction) bool { return a.sure }),
		"news.done_":          slices.Collect(maps.Keys(newsPurposes)),
		"told.state_":         {storage.AnnouncementDraft, storage.AnnouncementWaiting, storage.AnnouncementSending, storage.AnnouncementPaused, storage.AnnouncementCancelled, storage.AnnouncementDone},
		"told.count_":         {storage.RecipientSent, storage.RecipientQueued, storage.RecipientHeld, storage.RecipientFailed},
		"told.why_":           whys(t),
		"engine.unsupported_": {"voice", "contact", "document", bot.Flood}, // what a channel's users send most; the rest has one text
		"channel.":            {"tel", "telegram", "zalo", "terminal"},
	}
	maps.Copy(all, gatheringFamilies())
	all["notice."] = append(all["notice."], gatheringNotices...)
	all["home.choice_"] = append(all["home.choice_"], gatheringsFlow)
	return all
}

func partIDs() (ids []string) {
	for _, p := range audienceParts() {
		ids = append(ids, p.id)
	}
	return ids
}

// becoming are the acts that change an announcement.
func becoming(which func(announcementAction) bool) (acts []string) {
	for id, a := range announcementActions {
		if which(a) {
			acts = append(acts, id)
		}
	}
	return acts
}

// whys are the reasons why somebody is not told, or not yet, that have a text
// of their own; what a provider says more rarely shares one.
func whys(t *testing.T) []string {
	return append(constants(t, "../bot/ocop", "Hold"), storage.WhyCancelled, storage.WhyErased, storage.WhyNoAddress, storage.WhyExpired,
		storage.WhyUnsure, string(bot.Unreachable), string(bot.Rejected), "other")
}

// needed are the placeholders of a text.
func needed(text string) []string {
	var names []string
	for _, m := range regexp.MustCompile(`\{\{(?:if )?\.(\w+)\}\}`).FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

func TestEveryTextIsThereAndUsed(t *testing.T) {
	texts, err := locales.New()
	if err != nil {
		t.Fatal(err)
	}
	keys := texts.Keys(locales.Vietnamese)
	sections := map[string]bool{}
	for _, k := range keys {
		section, _, _ := strings.Cut(k, ".")
		sections[section] = true
	}
	used := map[string]bool{}
	want := func(key, by string) {
		used[key] = true
		if !texts.Has(locales.Vietnamese, key) && !madeFromRecords[key] {
			t.Errorf("%s is missing, used by %s", key, by)
		}
	}
	family := families(t)
	for _, begin := range slices.Sorted(maps.Keys(family)) {
		for _, v := range family[begin] {
			want(begin+v, "the values of "+begin)
		}
	}
	for _, f := range allFlows() {
		for _, s := range f.Steps {
			if s.Ask == nil && s.asks() {
				want(f.ID+"."+s.ID, "a step of its own name")
			}
		}
	}
	for _, u := range uses(t) {
		section, _, _ := strings.Cut(u.key, ".")
		switch {
		case !u.named && !sections[section]:
		case !u.begin:
			want(u.key, u.file)
		case family[u.key] == nil:
			t.Errorf("%s builds keys from %q, of which this test knows no values", u.file, u.key)
		}
	}
	for _, k := range keys {
		base := strings.Join(strings.SplitN(k, ".", 3)[:2], ".") // a form belongs to its text
		if !used[base] {
			t.Errorf("%s is used nowhere", k)
		}
	}
}

// A text is given what it shows, wherever the code says both in one place.
func TestEveryTextIsGivenItsData(t *testing.T) {
	raw := rawTexts(t, locales.Vietnamese)
	checked, family := 0, families(t)
	for _, u := range uses(t) {
		if !u.known || madeFromRecords[u.key] {
			continue
		}
		keys := []string{u.key}
		if u.begin {
			keys = nil
			for _, v := range family[u.key] {
				keys = append(keys, u.key+v)
			}
		}
		for _, key := range keys {
			checked++
			for _, name := range needed(raw[key]) {
				if !slices.Contains(u.given, name) {
					t.Errorf("%s: %s is not given %s", u.file, key, name)
				}
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d texts were seen with their data: the test no longer reads the code", checked)
	}
}

// Where a text says what can be typed, «quay lại», typing it works.
func TestQuotedWordsAreUnderstood(t *testing.T) {
	matcher := understand.New()
	quoted := regexp.MustCompile(`«(\p{Ll}[^»]*)»`)
	for _, lang := range locales.Languages {
		for key, text := range rawTexts(t, lang) {
			for _, m := range quoted.FindAllStringSubmatch(text, -1) {
				if g := matcher.Understand(m[1]); g.Intent == understand.None || g.Score < understand.Sure || !g.Whole {
					t.Errorf("%s: %s says to type «%s», which is understood as %+v", lang, key, m[1], g)
				}
			}
		}
	}
}

func rawTexts(t *testing.T, lang string) map[string]string {
	t.Helper()
	b, err := os.ReadFile("../locales/active." + lang + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	if err := toml.Unmarshal(b, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}
