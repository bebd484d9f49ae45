package conversations

import (
	"slices"
	"strings"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// listed: all items of a form are shown to choose from, unless one is asked
// after the other.
func listed(t *T) bool { return t.Get("item") == "" || !t.Caps.Brief }

// nextItem is the first item of a form that is empty and was not passed over,
// where items are asked one at a time; done counts as filled. Empty: they are
// chosen from a list, or none is left.
func (t *T) nextItem(i storage.Idea, done string) string {
	if !t.Caps.Brief || i.ID == 0 {
		return ""
	}
	passed := append(strings.Fields(t.Get("passed")), done)
	items := slices.Clone(mainItems[1:])
	for _, it := range t.prog.FormItemsAt(t.Now) {
		items = append(items, it.ID)
	}
	for _, id := range items {
		if itemValue(i, id) == "" && !slices.Contains(passed, id) {
			return id
		}
	}
	return ""
}

// pickItem begins with the first item that is empty; where an officer sent
// the form back, with the list: they said what is to be mended.
func (t *T) pickItem() error {
	if !t.Caps.Brief {
		return nil
	}
	v, err := loadForm(t)
	if err != nil {
		return err
	}
	i := v.(storage.Idea)
	if i.Stage == ocop.Returned {
		return nil
	}
	t.Set("item", t.nextItem(i, ""))
	return nil
}

// passItem goes on to the next empty item.
func (t *T) passItem() error {
	t.Set("passed", strings.TrimSpace(t.Get("passed")+" "+t.Get("item")))
	t.Set("item", "")
	if err := t.pickItem(); err != nil {
		return err
	}
	t.goTo("text")
	if t.Get("item") == "" {
		t.goTo("item")
	}
	return nil
}
