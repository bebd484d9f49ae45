package conversations

import (
	"errors"
	"strconv"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/viet"
	"ocopbot/locales"
	"ocopbot/storage"
)

const (
	choiceEdit = "edit"
	choiceDrop = "drop"
)

// summaryFields are the answers shown and corrected in the summary, each
// under the step that asks it.
var summaryFields = []string{"product", "name", "place", "phone", "kind", "title", "new", "group", "mat", "help"}

func askSummary(t *T) (string, locales.Data) {
	var lines []string
	for _, f := range summaryFields {
		if v := t.shown(f); v != "" {
			lines = append(lines, "• "+t.Text("field."+f, nil)+": "+v)
		}
	}
	if n := len(strings.Fields(t.Get("photos"))); n > 0 {
		lines = append(lines, "• "+t.Text("field.photos", nil)+": "+strconv.Itoa(n))
	}
	return "reg.summary", dataOf("lines", strings.Join(lines, "\n"))
}

// shown is an answer as people read it.
func (t *T) shown(field string) string {
	v := t.Get(field)
	switch {
	case field == "title" && t.Get("org") != "":
		if t.Get("orgname") == t.Get("name") { // a household goes by the person
			return ""
		}
		return t.Get("orgname")
	case field == "place":
		return t.unitName(v)
	case field == "phone" && v != "":
		return ocop.FormatPhone(v)
	case field == "kind" && v != "":
		if k, ok := t.prog.ProducerType(v); ok {
			return k.Name(t.S.Lang)
		}
	case field == "new" && v != "":
		return t.Text("reg.new_"+v, nil)
	case field == "group":
		if v == "" {
			v = t.Get("group?")
		}
		if g, ok := t.prog.Group(v); ok {
			return g.Name(t.S.Lang)
		}
		return ""
	case field == "help":
		return t.supportText(v)
	}
	return v
}

// supportText is the label of an offered need, or what was typed.
func (t *T) supportText(v string) string {
	for _, k := range supportKinds {
		if k == v {
			return t.Text("support."+k, nil)
		}
	}
	return v
}

func summaryChoices(t *T) []bot.Choice {
	return []bot.Choice{
		t.choice(choiceSend, "reg.send"),
		t.choice(choiceEdit, "reg.edit"),
		t.choice(choiceDrop, "reg.drop"),
	}
}

func answerSummary(t *T, v string) error {
	switch v {
	case choiceSend:
		t.S.Pending = true
	case choiceEdit:
		t.goTo(fieldStep)
	case choiceDrop:
		return t.open(leaveFlow, nil)
	}
	return nil
}

func fieldChoices(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, f := range summaryFields {
		if f == "title" && !needsTitle(t) || f == "kind" && t.Get("org") != "" {
			continue
		}
		cs = append(cs, t.choice(f, "field."+f))
	}
	return append(cs, t.choice(summaryStep, "reg.edit_done"))
}

func answerField(t *T, v string) error {
	t.goTo(v)
	if v != summaryStep {
		t.Set(editing, "1")
	}
	return nil
}

// commitRegister writes the form: the person and their consent when they are
// new, the producer, and the idea with the next number.
func commitRegister(t *T, tx storage.Tx) (Outcome, error) {
	var o Outcome
	author, err := t.author(tx, &o)
	if err != nil {
		return Outcome{}, err
	}
	org, err := t.producer(tx, author)
	if err != nil {
		return Outcome{}, err
	}
	group := t.Get("group")
	if group == "" {
		group = t.Get("group?")
	}
	idea := storage.Idea{
		ID:           storage.NewID(t.Now),
		Number:       ocop.FormNumber{Prefix: t.prog.Prefix, Year: t.Now.In(ocop.Local).Year()},
		Person:       author.ID,
		Organisation: org,
		Unit:         ocop.UnitKey(t.Get("place")),
		Name:         t.Get("product"),
		Fold:         viet.Fold(t.Get("product")),
		Existing:     t.Get("new"),
		Group:        group,
		KeyProduct:   t.Get("key"),
		Fields:       map[string]string{},
		Registered:   t.Now,
		WaitingLevel: storage.CommuneOfficer,
		WaitingSince: t.Now,
		Session:      t.S.ID,
		Turn:         t.S.Turn,
	}
	for _, f := range []string{"mat", "help"} {
		if v := t.Get(f); v != "" {
			idea.Fields[f] = v
		}
	}
	if t.Get("other") != "" { // registered for somebody else, whose consent is owed
		idea.Fields[forOther], idea.Fields["for_phone"] = t.Get("name"), t.Get("phone")
	}
	for _, id := range strings.Fields(t.Get("photos")) {
		f := storage.File{ID: storage.NewID(t.Now), Idea: idea.ID, Person: author.ID, Channel: t.In.From.Channel(), Provider: id, State: storage.FileWanted, At: t.Now}
		if err := tx.AddFile(f); err != nil {
			return Outcome{}, err
		}
	}
	if t.Get("known") == "" && t.Get("other") == "" { // the first one
		if err := t.askNews(tx, author.ID); err != nil {
			return Outcome{}, err
		}
	}
	if err := tx.AddIdea(&idea, author.ID); err != nil {
		return Outcome{}, err
	}
	o.Person, o.Late = author.ID, idea.Number.String()
	o.Notes = append([]Note{note("reg.done", "number", idea.Number.String(), "product", idea.Name)}, o.Notes...)
	if t.Get("other") != "" {
		o.Notes = append(o.Notes, note("reg.done_other", "name", t.Get("name")))
	}
	if later := t.Get("later"); later != "" {
		o.Open, o.With = registerFlow, map[string]string{"product": later, "same": "1"}
		o.Notes = append(o.Notes, note("reg.next_product", "product", later))
	}
	return o, nil
}

// author is the person who registers, with name and phone as typed now. Of
// somebody one registers for, nothing but the form's own items is kept.
func (t *T) author(tx storage.Tx, o *Outcome) (storage.Person, error) {
	p, isNew, err := t.sender(tx)
	if err != nil {
		return p, err
	}
	before := p
	if t.Get("other") == "" {
		p.Name = t.Get("name")
		if phone := t.Get("phone"); phone != "" {
			p.Phone = phone
		}
		if p.Unit == "" {
			p.Unit = ocop.UnitKey(t.Get("place"))
		}
	}
	if isNew || p != before {
		if err := tx.PutPerson(p); err != nil {
			return p, err
		}
	}
	if isNew {
		if err := t.introduce(tx, p); err != nil {
			return p, err
		}
	}
	return t.ownNumber(tx, p, t.Get(vouched), o)
}

// producer is the organisation the idea belongs to, made when it is new.
func (t *T) producer(tx storage.Tx, author storage.Person) (storage.ID, error) {
	if id, err := textID(t.Get("org")); err == nil {
		return id, nil
	}
	name := t.Get("title")
	if name == "" {
		name = t.Get("name")
	}
	o := storage.Organisation{ID: storage.NewID(t.Now), Kind: t.Get("kind"), Name: name, Unit: ocop.UnitKey(t.Get("place")), Created: t.Now}
	if err := tx.PutOrganisation(o); err != nil {
		return 0, err
	}
	role := storage.Director
	if t.Get("other") != "" { // who registers for somebody else only helps
		role = storage.Helper
	}
	return o.ID, tx.PutMember(storage.Member{Organisation: o.ID, Person: author.ID, Role: role, Since: t.Now})
}

func idText(id storage.ID) string { return strconv.FormatInt(int64(id), 36) }

var errNoID = errors.New("conversations: not an id")

func textID(s string) (storage.ID, error) {
	n, err := strconv.ParseInt(s, 36, 64)
	if err != nil || n <= 0 {
		return 0, errNoID
	}
	return storage.ID(n), nil
}
