package conversations

import (
	"errors"
	"fmt"
	"slices"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/viet"
	"ocopbot/storage"
)

// supplement is "Bổ sung phiếu": the items of a form that was sent, filled in
// or corrected one at a time, in any order, on any day.
func supplement() *Flow {
	return &Flow{
		ID: supplementFlow, Version: 1, Draft: true, Consent: true,
		Begin:  beginSupplement,
		Photo:  keepFormPhoto,
		Commit: commitSupplement,
		Steps: []*Step{
			{ID: "number", Needed: missingAlways("number"), Numbers: true, Load: loadOwnIdeas,
				Choices: func(t *T) []bot.Choice {
					return append(ideaChoices(t.Loaded.([]storage.Idea)), t.choice(choiceMenu, "choice.menu"))
				}, Parse: parseOwnNumber, Answer: answerFormNumber},
			{ID: "item", Needed: listed, Load: loadForm, Ask: askItem, Choices: itemChoices, Answer: answerItem},
			{ID: "text", Load: loadForm, Ask: askItemText, Choices: itemTextChoices, Parse: parseItemText, Answer: answerItemText},
		},
	}
}

func missingAlways(key string) func(*T) bool {
	return func(t *T) bool { return t.Get(key) == "" }
}

// beginSupplement takes the only form there is; with none there is nothing to add to.
func beginSupplement(t *T) error {
	if t.Get("number") != "" {
		return t.pickItem()
	}
	v, err := loadOwnIdeas(t)
	if err != nil {
		return err
	}
	switch ideas := v.([]storage.Idea); len(ideas) {
	case 0:
		t.close()
		t.Tell("status.none")
	case 1:
		t.Set("number", ideas[0].Number.String())
		return t.pickItem()
	}
	return nil
}

func answerFormNumber(t *T, v string) error {
	t.Set("number", v)
	if err := t.pickItem(); err != nil {
		return err
	}
	_, i := t.flows[t.F().Flow].step("number")
	return t.goOn(i)
}

// loadForm reads the form and whether it still is the person's to change.
func loadForm(t *T) (any, error) {
	i, how, err := t.numbered(t.Get("number"))
	if err == nil && how == ownerTie {
		return i, nil
	}
	if err == nil || errors.Is(err, storage.ErrNotFound) {
		return storage.Idea{}, nil
	}
	return nil, err
}

// mainItems are the items of the chat's own short form, beside the paper
// form's a–i and tính mới.
var mainItems = []string{"product", "mat", "help", "new"}

func (t *T) itemIDs() []string {
	ids := slices.Clone(mainItems[:1])
	for _, it := range t.prog.FormItemsAt(t.Now) {
		ids = append(ids, it.ID)
	}
	return append(ids, mainItems[1:]...)
}

func (t *T) itemLabel(id string) string {
	if it, ok := t.prog.FormItem(id); ok {
		return it.Name(t.S.Lang)
	}
	return t.Text("field."+id, nil)
}

func itemValue(i storage.Idea, id string) string {
	switch id {
	case "product":
		return i.Name
	case "new":
		return i.Existing
	}
	return i.Fields[id]
}

func askItem(t *T) (string, map[string]any) {
	i := t.Loaded.(storage.Idea)
	if i.ID == 0 {
		return "sup.gone", nil
	}
	filled, all := 0, t.itemIDs()
	for _, id := range all {
		if itemValue(i, id) != "" {
			filled++
		}
	}
	return "sup.item", dataOf("number", i.Number.String(), "product", i.Name, "filled", filled, "all", len(all))
}

func itemChoices(t *T) []bot.Choice {
	i := t.Loaded.(storage.Idea)
	var cs []bot.Choice
	if i.ID != 0 {
		for _, id := range t.itemIDs() {
			label := t.itemLabel(id)
			if itemValue(i, id) != "" {
				label = "✓ " + label
			}
			cs = append(cs, bot.Choice{ID: id, Label: label})
		}
	}
	if i.ID != 0 && t.Caps.Files {
		cs = append(cs, t.choice(printFlow, "print.choice"))
	}
	return append(cs, t.choice("done", "sup.done"))
}

func answerItem(t *T, v string) error {
	switch v {
	case "done":
		t.close()
		return nil
	case printFlow:
		return t.wishPrint(t.Get("number"))
	}
	t.Set("item", v)
	t.goTo("text")
	return nil
}

func askItemText(t *T) (string, map[string]any) {
	i, id := t.Loaded.(storage.Idea), t.Get("item")
	hint := ""
	if it, ok := t.prog.FormItem(id); ok {
		hint = it.Hint(t.S.Lang)
	}
	now := itemValue(i, id)
	switch id {
	case "help":
		now = t.supportText(now)
	case "new":
		if now != "" {
			now = t.Text("reg.new_"+now, nil)
		}
	}
	return "sup.text", dataOf("label", t.itemLabel(id), "hint", hint, "now", clip(now, 200), "pick", id == "new")
}

func itemTextChoices(t *T) []bot.Choice {
	var cs []bot.Choice
	switch t.Get("item") {
	case "new":
		cs = newChoices(t)
	case "help":
		cs = supportChoices(t)
	}
	if t.Caps.Brief {
		cs = append(cs, t.choice("next", "choice.skip"))
	}
	return append(cs, t.choice("other", "sup.other"))
}

func parseItemText(t *T, text string) (string, *Note) {
	switch t.Get("item") {
	case "new":
		return "", &Note{Key: "engine.not_understood"}
	case "product":
		return parseProduct(t, text)
	}
	return parseLine(t, text)
}

func answerItemText(t *T, v string) error {
	switch v {
	case "other":
		t.Set("item", "")
		t.goTo("item")
		return nil
	case "next":
		return t.passItem()
	}
	t.Set("value", v)
	return t.finish()
}

// commitSupplement records a correction: the item, what it said and what it says.
func commitSupplement(t *T, tx storage.Tx) (Outcome, error) {
	number, item, value := t.Get("number"), t.Get("item"), t.Get("value")
	i, err := ideaIn(tx, number)
	if err != nil {
		return Outcome{}, err
	}
	if t.Get("file") != "" {
		o, err := t.keepFiles(tx, i)
		o.Next, o.Set = t.F().Step, map[string]string{"file": ""}
		return o, err
	}
	again := Outcome{Next: "item", Set: map[string]string{"item": "", "value": ""}}
	if next := t.nextItem(i, item); next != "" {
		again.Next, again.Set["item"] = "text", next
	}
	e := storage.Event{ID: storage.NewID(t.Now), Idea: i.ID, At: t.Now, Kind: ocop.EventCorrected, Actor: t.S.Person, Role: "producer",
		Body: map[string]string{"item": item, "was": itemValue(i, item), "now": value}}
	now, err := tx.Happen(e, -1, func(i *storage.Idea) { setItem(i, item, value) })
	if errors.Is(err, storage.ErrConflict) {
		again.Notes = []Note{note("sup.closed", "number", number)}
		return again, nil
	}
	if err != nil {
		return Outcome{}, fmt.Errorf("conversations: supplement: %w", err)
	}
	key := "sup.saved"
	if i.Stage == ocop.Returned && now.Stage == ocop.Registered {
		key = "sup.mended" // it is in the officers' inbox again
	}
	again.Notes = []Note{note(key, "number", number)}
	return again, nil
}

func setItem(i *storage.Idea, item, value string) {
	switch item {
	case "product":
		i.Name, i.Fold = value, viet.Fold(value)
	case "new":
		i.Existing = value
	default:
		if i.Fields == nil {
			i.Fields = map[string]string{}
		}
		i.Fields[item] = value
	}
}

// ideaIn finds an idea by its number inside a transaction.
func ideaIn(tx storage.Tx, number string) (storage.Idea, error) {
	n, err := ocop.ParseFormNumber(number)
	if err != nil {
		return storage.Idea{}, errors.Join(storage.ErrNotFound, err)
	}
	return tx.IdeaByNumber(n)
}
