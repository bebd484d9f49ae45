package conversations

import (
	"fmt"
	"slices"
	"strings"

	"ocopbot/storage"
)

// trailShown is how much of what was done about an announcement is shown; by
// SMS, where what is to be read comes page by page, the last of it.
const trailShown = 6

// trailOf says who did what about an announcement, the latest last. That it
// was ordered, and nothing since, its head says already.
func (t *T) trailOf(a storage.Announcement) ([]string, error) {
	all, err := t.reads.AnnouncementEvents(t.Ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("conversations: announcement: %w", err)
	}
	if len(all) < 2 && a.Author != 0 {
		return nil, nil
	}
	shown := trailShown
	if t.Caps.Paged {
		shown = 1
	}
	var lines []string
	for _, e := range all[max(0, len(all)-shown):] {
		who, err := t.actorOf(e)
		if err != nil {
			return nil, err
		}
		lines = append(lines, t.Text("anns.did", dataOf("when", clockDay(e.At), "who", who, "what", t.Text("anns.did_"+e.Kind, nil), "why", clip(e.Text, 300))))
	}
	return lines, nil
}

// actorOf is who did it: by name, else by office.
func (t *T) actorOf(e storage.AnnouncementEvent) (string, error) {
	if e.Actor == 0 {
		return t.Text("anns.by_program", nil), nil
	}
	name, err := t.personName(e.Actor)
	if err == nil && name == "" {
		name = t.Text("role."+e.Role, nil)
	}
	return name, err
}

// whyReturned is who sent an announcement back last, and why.
func (t *T) whyReturned(a storage.Announcement) (who, why string, err error) {
	all, err := t.reads.AnnouncementEvents(t.Ctx, a.ID)
	if err != nil {
		return "", "", fmt.Errorf("conversations: announcement: %w", err)
	}
	for _, e := range slices.Backward(all) {
		if e.Kind == "return" {
			who, err = t.actorOf(e)
			return who, clip(e.Text, 300), err
		}
	}
	return "", "", ErrMovedOn
}

// whoHears is who hears what a second officer said: the author, or, when they
// left office meanwhile, the others who can go on with it.
func (t *T) whoHears(a storage.Announcement) (string, error) {
	all, err := t.announcersOf(a.Unit)
	if err != nil {
		return "", err
	}
	if slices.Contains(all, a.Author) {
		return idText(a.Author), nil
	}
	var ids []string
	for _, p := range all {
		if p != t.S.Person {
			ids = append(ids, idText(p))
		}
	}
	return strings.Join(ids, " "), nil
}

// answerWhyReturned takes the reason; the announcement goes back on the
// version the card showed.
func answerWhyReturned(t *T, text string) error {
	if !slices.Contains(t.Loaded.(announcementView).may, "return") { // somebody was faster
		t.goTo("card")
		t.Tell("anns.conflict")
		return nil
	}
	t.Set("why", text)
	return t.decided()
}

// decided has a second officer's word written down, and those told who are to
// hear it now.
func (t *T) decided() error {
	tell, err := t.whoHears(t.Loaded.(announcementView).Announcement)
	if err != nil {
		return err
	}
	t.Set("tell", tell)
	t.S.Pending = true // on the version the card showed
	return nil
}
