package conversations

import (
	"strconv"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

// mostPhotos is how many pictures are taken in at once.
const mostPhotos = 5

// addPicture adds a picture to those kept under key; false: there are enough.
func (f *Frame) addPicture(key string, file bot.File) bool {
	ids := strings.Fields(f.get(key))
	if len(ids) >= mostPhotos {
		return false
	}
	f.set(key, strings.Join(append(ids, file.ID), " "))
	return true
}

// keepFormPhoto adds a picture to the form being supplemented. As long as it
// is not known which form that is, it is asked.
func keepFormPhoto(t *T, i int, f bot.File) error {
	t.resume(i)
	if t.Get("number") == "" {
		return t.open(photoFlow, map[string]string{"file": f.ID})
	}
	t.Set("file", f.ID)
	t.S.Pending = true
	return nil
}

// photo keeps pictures sent while no form is open: they belong to a form that
// was sent before.
func photo() *Flow {
	return &Flow{
		ID: photoFlow, Version: 1, Consent: true,
		Begin: beginSupplement,
		Photo: func(t *T, i int, f bot.File) error { // one more for the same form
			if !t.S.Frames[i].addPicture("file", f) {
				t.Tell("reg.photo_enough")
				return nil
			}
			t.Tell("reg.photo_kept")
			return nil
		},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			i, err := ideaIn(tx, t.Get("number"))
			if err != nil {
				return Outcome{}, err
			}
			return t.keepFiles(tx, i)
		},
		Steps: []*Step{
			{ID: "number", Needed: missingAlways("number"), Numbers: true, Load: loadOwnIdeas, Choices: func(t *T) []bot.Choice {
				return append(ideaChoices(t.Loaded.([]storage.Idea)), t.choice(choiceMenu, "choice.menu"))
			}, Parse: parseOwnNumber},
		},
	}
}

// mostKept is how many pictures of one idea are kept that were sent within 24
// hours: twice an album of ten. Each is a row of some hundred kilobytes.
const mostKept = 20

// keepFiles adds the pictures sent to a form that was sent before.
func (t *T) keepFiles(tx storage.Tx, i storage.Idea) (Outcome, error) {
	sent, err := tx.FilesSince(i.ID, t.Now.Add(-24*time.Hour))
	if err != nil {
		return Outcome{}, err
	}
	files := strings.Fields(t.Get("file"))
	if sent+len(files) > mostKept {
		return Outcome{Notes: []Note{note("photo.enough", "number", i.Number.String(), "most", strconv.Itoa(mostKept))}}, nil
	}
	for _, id := range files {
		f := storage.File{ID: storage.NewID(t.Now), Idea: i.ID, Person: t.S.Person, Channel: t.In.From.Channel(), Provider: id, State: storage.FileWanted, At: t.Now}
		if err := tx.AddFile(f); err != nil {
			return Outcome{}, err
		}
	}
	return Outcome{Notes: []Note{note("photo.kept", "number", i.Number.String())}}, nil
}
