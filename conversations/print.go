package conversations

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/paper"
	"ocopbot/locales"
	"ocopbot/storage"
)

// printForm is "In phiếu" with several forms: which one?
func printForm() *Flow {
	return &Flow{ID: printFlow, Version: 1, Steps: []*Step{{
		ID:      "pick",
		Load:    loadOwnIdeas,
		Numbers: true,
		Choices: func(t *T) []bot.Choice {
			return append(ideaChoices(t.Loaded.([]storage.Idea)), t.choice(choiceMenu, "choice.menu"))
		},
		Parse: parseNumber,
		Answer: func(t *T, v string) error {
			t.close()
			return t.wishPrint(v)
		},
	}}}
}

// wishPrint hands over a form, filled in as far as it is, to be signed: the
// one that is named, or the only one there is.
func (t *T) wishPrint(arg string) error {
	number, how, err := t.whichForm(arg, printFlow)
	if err != nil || number == "" {
		return err
	}
	t.tellPrinted(number, how)
	return nil
}

// tellPrinted promises the file, which is made when the answer is rendered:
// officers get it as one they can edit, too.
func (t *T) tellPrinted(number string, how tie) {
	if !t.Caps.Files {
		t.Tell("print.no_files", "number", number)
		return
	}
	t.Tell("print.form", "number", number, "as", paper.PDF)
	if how == officerTie {
		t.Tell("print.form_edit", "number", number, "as", paper.DOCX)
	}
}

// printed is the form of a number as a file.
func (t *T) printed(n Note) (string, *bot.Attachment, error) {
	number := n.Args["number"]
	i, how, err := t.numbered(number)
	if errors.Is(err, storage.ErrNotFound) {
		return t.Text("status.unknown", dataOf("typed", number)), nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	if how == officerTie {
		v, err := t.Viewer()
		if err != nil {
			return "", nil, err
		}
		if !inCharge(v, i.Unit) { // the form has the phone number
			return t.Text("officer.only", nil), nil, nil
		}
		if err := t.logReading(i.ID, 0, "print"); err != nil {
			return "", nil, err
		}
	}
	form, err := t.onPaper().ideaForm(i)
	if err != nil {
		return "", nil, err
	}
	file, err := t.document(form.Document(), "phieu-"+i.Number.String(), n.Args["as"])
	return t.Text(n.Key, dataOf("number", number)), file, err
}

// onPaper is the turn in the language of official papers, as long as they may
// be, whatever the person and the channel speak.
func (t *T) onPaper() *T {
	vi, s := *t, *t.S
	s.Lang = locales.Vietnamese
	vi.S, vi.Caps.Form = &s, ""
	return &vi
}

// document makes a file of a document.
func (t *T) document(d paper.Document, name, as string) (*bot.Attachment, error) {
	write, ending := d.PDF, ".pdf"
	if as == paper.DOCX {
		write, ending = d.DOCX, ".docx"
	}
	var data []byte
	err := t.pressed(func() (err error) {
		data, err = write(t.Now)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &bot.Attachment{Name: name + ending, MIME: as, Data: data}, nil
}

// presses is how many documents are made at once: each takes some megabytes
// while it is.
const presses = 2

// pressed runs what makes a document when it is its turn.
func (t *T) pressed(work func() error) error {
	select {
	case t.press <- struct{}{}:
	case <-t.Ctx.Done():
		return fmt.Errorf("conversations: print: %w", context.Cause(t.Ctx))
	}
	defer func() { <-t.press }()
	if err := work(); err != nil {
		return fmt.Errorf("conversations: print: %w", err)
	}
	return nil
}

// ideaForm is the paper form of an idea (Biểu số 01, or 02 for a product that
// is made already), filled in from what was said; the rest stays to be written
// by hand. t is in the form's language.
func (t *T) ideaForm(i storage.Idea) (paper.Form, error) {
	owner, err := t.reads.Person(t.Ctx, i.Person)
	if err != nil {
		return paper.Form{}, fmt.Errorf("conversations: owner: %w", err)
	}
	org, err := t.reads.Organisation(t.Ctx, i.Organisation)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return paper.Form{}, fmt.Errorf("conversations: organisation: %w", err)
	}
	events, err := t.reads.Events(t.Ctx, i.ID)
	if err != nil {
		return paper.Form{}, fmt.Errorf("conversations: events: %w", err)
	}
	name, phone := owner.Name, owner.Phone
	if other := i.Fields["for"]; other != "" { // who it was registered for signs
		name, phone = other, i.Fields["for_phone"]
	}
	word := func(key string) string { return t.Text(key, nil) }
	field := func(key, value string) paper.Field { return paper.Field{Label: word(key), Value: value} }
	f := paper.Form{
		Code: word("paper.form_new"), Title: word("paper.form_title"), Under: word("paper.form_under_new"),
		Place: t.placeName(i.Unit), Year: t.Now.In(ocop.Local).Year(),
		Sign: []paper.Signature{
			{Title: word("paper.form_receiver"), How: word("paper.form_sign")},
			{Title: word("paper.form_producer"), How: word("paper.form_sign"), Name: name},
		},
		Foot: t.Text("paper.form_foot", dataOf("date", date(t.Now))),
	}
	if i.Existing == "existing" {
		f.Code, f.Under = word("paper.form_existing"), word("paper.form_under_existing")
	}
	received, office := "", ""
	for _, e := range events {
		if e.Kind == ocop.EventAccepted {
			received, office = date(e.At), t.Text("paper.form_office_of", dataOf("unit", t.unitName(string(i.Unit))))
		}
	}
	f.Office = []paper.Field{field("paper.form_number", i.Number.String()), field("paper.form_received", received), field("paper.form_office", office)}
	kind, group := "", ""
	if k, ok := t.prog.ProducerType(org.Kind); ok {
		kind = k.Name(t.S.Lang)
	}
	if g, ok := t.prog.Group(i.Group); ok {
		group = g.Name(t.S.Lang)
	}
	f.Parts = []paper.Part{
		{Title: word("paper.form_part_who"), Fields: []paper.Field{
			field("paper.form_name", name), field("paper.form_phone", ocop.FormatPhone(phone)), field("paper.form_org", org.Name), field("paper.form_kind", kind), field("paper.form_place", t.unitName(string(i.Unit))),
		}},
		{Title: word("paper.form_part_product"), Value: i.Name, Open: true},
	}
	for n := range f.Parts[0].Fields {
		f.Parts[0].Fields[n].Lines = 1
	}
	// What the chat asks beyond the paper form stands there if it was said.
	for _, also := range []paper.Field{field("paper.form_group", group), field("paper.form_material", i.Fields["mat"]), field("paper.form_help", t.supportText(i.Fields["help"]))} {
		if also.Value != "" {
			f.Parts[1].Fields = append(f.Parts[1].Fields, also)
		}
	}
	described := paper.Part{Title: word("paper.form_part_described")}
	var others []paper.Part
	for _, it := range t.prog.FormItemsAt(i.Registered) {
		label := it.Mark + ") " + it.Name(t.S.Lang)
		if len([]rune(it.Mark)) == 1 {
			described.Fields = append(described.Fields, paper.Field{Label: label, Value: i.Fields[it.ID]})
			continue
		}
		others = append(others, paper.Part{Title: it.Mark + ". " + strings.ToUpper(it.Name(t.S.Lang)), Value: i.Fields[it.ID], Open: true})
	}
	f.Parts = append(append(f.Parts, described), others...)
	return f, nil
}

// placeName is a unit's bare name, as a letter's date has it: "Hữu Liên".
func (t *T) placeName(key ocop.UnitKey) string {
	u, _ := t.prog.Unit(key)
	return u.Name
}
