package conversations

import (
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

// register is "Đăng ký ý tưởng": the first questions are the least a form
// needs, and from the phone number on it may be sent; the answers not given
// can follow on any later day.
func register() *Flow {
	return &Flow{
		ID: registerFlow, Version: 1, Draft: true, Consent: true, TakesNumber: true,
		Begin:  beginRegister,
		Photo:  keepPhoto,
		Commit: commitRegister,
		Steps: []*Step{
			{ID: "who", Needed: asksWho, Choices: whoChoices, Hears: hearsWho, Answer: answerWho},
			{ID: "name", Needed: missing("name"), Name: true, Ask: askName, Parse: parseName, Answer: answerName},
			{ID: "huy", Needed: has("huy?"), Ask: asked("reg.name_or_leave", "huy?"), Choices: nameOrLeave, Answer: answerNameOrLeave},
			{ID: "product", Needed: unsaid("product"), Choices: saidProduct, Parse: parseProduct, Answer: answerProduct},
			{ID: "two", Needed: has("second?"), Ask: asked("reg.two", "first?", "second?"), Choices: splitChoices, Answer: answerSplit},
			{ID: "place", Needed: unsaid("place"), Choices: placeChoices, Parse: parsePlace, Answer: answerPlace},
			{ID: "which", Needed: has("units?"), Choices: whichChoices, Parse: parseWhich, Answer: answerWhich},
			{ID: "phone", Needed: missing("phone"), Optional: true, Send: true, Contact: true, Parse: parsePhone},
			{ID: "org", Needed: has("orgs?"), Always: true, Optional: true, Send: true, Load: loadOrganisations, Choices: organisationChoices, Answer: answerOrganisation},
			{ID: "kind", Needed: missing("org"), Optional: true, Send: true, Choices: kindChoices, Answer: answerKind},
			{ID: "title", Needed: needsTitle, Optional: true, Send: true, Parse: parseProduct},
			{ID: "new", Optional: true, Send: true, Choices: newChoices},
			{ID: "group", Optional: true, Send: true, Choices: groupChoices},
			{ID: "mat", Optional: true, Send: true, Parse: parseLine},
			{ID: "help", Optional: true, Send: true, Choices: supportChoices, Parse: parseLine},
			{ID: "photo", Optional: true, Send: true, Needed: missing("photos"), Choices: noChoices},
			{ID: summaryStep, Ask: askSummary, Choices: summaryChoices, Answer: answerSummary},
			{ID: fieldStep, Needed: never, Choices: fieldChoices, Answer: answerField},
		},
	}
}

// asksWho: somebody who registered before may now register for another. Not
// asked for the second of two products named in one breath.
func asksWho(t *T) bool { return t.Get("known") != "" && t.Get("same") == "" }

// beginRegister fills in what is known of the person.
func beginRegister(t *T) error {
	t.takeSaid()
	if n := phoneOf(t.In.From); n != "" {
		t.Set("phone", n)
	}
	if t.Get("product") != "" {
		t.proposeGroup()
	}
	if t.S.Person == 0 {
		return nil
	}
	p, err := t.reads.Person(t.Ctx, t.S.Person)
	if err != nil {
		return err
	}
	if p.Name == "" {
		return nil
	}
	enough, err := t.enoughForms()
	if err != nil {
		return err
	}
	if enough {
		t.close()
		t.Tell("reg.enough", "most", strconv.Itoa(mostForms))
		return nil
	}
	t.Set("known", p.Name)
	t.Set("name", p.Name)
	if p.Phone != "" {
		t.Set("phone", p.Phone)
	}
	orgs, err := t.reads.OrganisationsOf(t.Ctx, p.ID)
	if err != nil {
		return err
	}
	if len(orgs) > 0 {
		t.Set("orgs?", "1")
		t.Set("last", string(orgs[0].Unit))
	}
	if len(orgs) == 1 { // theirs, should the form be sent before that is asked
		t.Set("org", idText(orgs[0].ID))
		t.Set("orgname", orgs[0].Name)
	}
	if t.Get("same") != "" && len(orgs) > 0 {
		t.Set("orgs?", "")
		t.Set("org", idText(orgs[0].ID))
		t.Set("orgname", orgs[0].Name)
		t.Set("place", string(orgs[0].Unit))
	}
	return nil
}

// mostForms is how many ideas one person registers within 24 hours: enough for
// a meeting of a whole village around one phone, too few to flood an officer's
// inbox. Officers, who register for people who come to them, have no limit.
const mostForms = 30

func (t *T) enoughForms() (bool, error) {
	ideas, err := t.reads.IdeasOf(t.Ctx, t.S.Person)
	if err != nil {
		return false, err
	}
	n := 0
	for _, i := range ideas {
		if i.Person == t.S.Person && t.Now.Sub(i.Registered) < 24*time.Hour {
			n++
		}
	}
	if n < mostForms {
		return false, nil
	}
	v, err := t.Viewer()
	return !isOfficer(v), err
}

func whoChoices(t *T) []bot.Choice {
	return []bot.Choice{
		{ID: "me", Label: t.Text("reg.who_me", locales.Data{"name": t.Get("known")})},
		t.choice("other", "reg.who_other"),
	}
}

// hearsWho: «cho tôi» and «của em» are one's own, «cho mẹ tôi» and «của anh Bảy»
// somebody else's; a bare «tôi» is enough.
func hearsWho(_ *T, text string) (string, bool) {
	words := strings.Fields(viet.Fold(text))
	if len(words) == 0 {
		return "", false
	}
	lead := len(words) > 1 && slices.Contains([]string{"cua", "cho", "for"}, words[0])
	if lead {
		words = words[1:]
	}
	own := slices.Contains([]string{"toi", "tui", "em", "minh", "chau", "me", "myself", "mine"}, words[0])
	switch {
	case own && (len(words) == 1 || words[1] == "a" || words[1] == "nhe"):
		return "me", true
	case lead:
		return "other", true
	}
	return "", false
}

// answerWho: one phone of a household serves several people.
func answerWho(t *T, v string) error {
	if v == "other" {
		t.Set("other", "1")
		t.Set("name", "")
		t.Set("phone", "")
		t.Set("orgs?", "")
		t.Set("org", "")
		t.goTo("name")
		return nil
	}
	_, i := t.flows[registerFlow].step("name")
	return t.goOn(i)
}

func answerName(t *T, v string) error {
	_, i := t.flows[registerFlow].step("name")
	if isRefusalWord(v) {
		t.Set("huy?", v)
		t.goTo("huy")
		return nil
	}
	t.Set("name", v)
	if t.Get(editing) != "" {
		return t.goOn(i)
	}
	return t.goOn(i + 1)
}

// askName asks for the name of whose product it is.
func askName(t *T) (string, locales.Data) {
	if t.Get("other") != "" {
		return "reg.name_other", nil
	}
	return "reg.name", nil
}

func nameOrLeave(t *T) []bot.Choice {
	return []bot.Choice{
		{ID: "yes", Label: t.Text("reg.name_is", locales.Data{"name": t.Get("huy?")})},
		t.choice("no", "reg.name_leave"),
	}
}

func answerNameOrLeave(t *T, v string) error {
	name := t.Get("huy?")
	t.Set("huy?", "")
	if v == "no" {
		t.goTo("name")
		return t.leave()
	}
	t.Set("name", name)
	_, i := t.flows[registerFlow].step("huy")
	return t.goOn(i)
}

// saidProduct offers what was named with the wish to register.
func saidProduct(t *T) []bot.Choice {
	if said := t.Get("said"); said != "" {
		return []bot.Choice{{ID: "said", Label: clip(said, 40)}}
	}
	return nil
}

// answerProduct notices two products in one answer, and asks rather than guesses.
func answerProduct(t *T, v string) error {
	_, i := t.flows[registerFlow].step("product")
	if v == "said" {
		v = t.Get("said")
	}
	first, second := splitProducts(v)
	t.Set("product", v)
	if second != "" && t.Get(editing) == "" {
		t.Set("first?", first)
		t.Set("second?", second)
		return t.goOn(i)
	}
	t.Set("first?", "")
	t.Set("second?", "")
	t.proposeGroup()
	return t.goOn(i + 1)
}

// splitProducts finds the two products of "mật ong và rượu men lá"; an empty
// second one means that there is one.
func splitProducts(text string) (first, second string) {
	for _, sep := range []string{"\n", ";", ", ", " và ", " va ", " + ", " & "} {
		a, b, found := strings.Cut(text, sep)
		a, b = strings.TrimSpace(a), strings.TrimSpace(b)
		if found && utf8.RuneCountInString(a) > 1 && utf8.RuneCountInString(b) > 1 {
			return a, b
		}
	}
	return text, ""
}

func splitChoices(t *T) []bot.Choice {
	return []bot.Choice{t.choice("two", "reg.two_yes"), t.choice("one", "reg.two_no")}
}

func answerSplit(t *T, v string) error {
	if v == "two" {
		t.Set("product", t.Get("first?"))
		t.Set("later", t.Get("second?"))
	}
	t.Set("first?", "")
	t.Set("second?", "")
	t.proposeGroup()
	_, i := t.flows[registerFlow].step("two")
	return t.goOn(i)
}

// proposeGroup reads group and key product off the product's name; an officer
// settles them.
func (t *T) proposeGroup() {
	t.Set("group?", "")
	t.Set("key", "")
	if g, ok := t.prog.ProposeGroup(t.Get("product"), t.Now); ok {
		t.Set("group?", g.ID)
	}
	if k, ok := t.prog.ProposeKeyProduct(t.Get("product")); ok {
		t.Set("key", k.ID)
	}
}

func loadOrganisations(t *T) (any, error) { return t.reads.OrganisationsOf(t.Ctx, t.S.Person) }

func organisationChoices(t *T) []bot.Choice {
	orgs, _ := t.Loaded.([]storage.Organisation)
	var cs []bot.Choice
	for _, o := range orgs {
		if o.Name != "" && len(cs) < 5 {
			cs = append(cs, bot.Choice{ID: idText(o.ID), Label: o.Name})
		}
	}
	return append(cs, t.choice("new", "reg.org_new"))
}

func answerOrganisation(t *T, v string) error {
	_, i := t.flows[registerFlow].step("org")
	if v == "new" {
		t.Set("org", "")
		return t.goOn(i)
	}
	t.Set("org", v)
	for _, o := range t.Loaded.([]storage.Organisation) {
		if idText(o.ID) == v {
			t.Set("orgname", o.Name)
		}
	}
	return t.goOn(i + 2)
}

func kindChoices(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, k := range t.prog.ProducerTypesAt(t.Now) {
		cs = append(cs, bot.Choice{ID: k.ID, Label: k.Name(t.S.Lang)})
	}
	return cs
}

func answerKind(t *T, v string) error {
	t.Set("kind", v)
	if k, ok := t.prog.ProducerType(v); ok && k.Advice(t.S.Lang) != "" {
		t.Tell("reg.kind_advice", "kind", v)
	}
	_, i := t.flows[registerFlow].step("kind")
	return t.goOn(i)
}

// needsTitle: a household goes by the person's name.
func needsTitle(t *T) bool {
	k := t.Get("kind")
	return k != "" && t.Get("org") == "" && k != ocop.Household && k != ocop.Unregistered
}

func newChoices(t *T) []bot.Choice {
	return []bot.Choice{t.choice("new", "reg.new_new"), t.choice("existing", "reg.new_existing")}
}

// groupChoices puts the proposed group first.
func groupChoices(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, g := range t.prog.GroupsAt(t.Now) {
		c := bot.Choice{ID: g.ID, Label: g.Name(t.S.Lang)}
		if g.ID == t.Get("group?") {
			c.Label = t.Text("reg.group_proposed", locales.Data{"group": c.Label})
			cs = append([]bot.Choice{c}, cs...)
			continue
		}
		cs = append(cs, c)
	}
	return cs
}

// supportKinds are the needs the form asks about most; others are typed.
var supportKinds = []string{"capital", "technique", "label", "market", "papers"}

func supportChoices(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, k := range supportKinds {
		cs = append(cs, t.choice(k, "support."+k))
	}
	return cs
}

// keepPhoto adds a picture to the form being filled in; mostPhotos are kept.
func keepPhoto(t *T, i int, f bot.File) error {
	fr := &t.S.Frames[i]
	if !fr.addPicture("photos", f) {
		t.Tell("reg.photo_enough")
		return nil
	}
	t.Tell("reg.photo_kept")
	if fr.Step == "photo" && fr == t.F() {
		fr.Step = summaryStep
	}
	return nil
}
