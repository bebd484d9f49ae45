package conversations

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"ocopbot/bot"
	"ocopbot/bot/paper"
	"ocopbot/storage"
)

// Doors are the ways by which people who see a poster reach the bot.
type Doors struct {
	// Link is a link that opens a chat and sends payload; nil: there is none.
	Link func(ctx context.Context, payload string) (string, error)
	// Number takes short messages; empty: there is none. Those to a number that
	// is shared with others begin with Keyword, if it is not the usual one.
	Number, Keyword string
}

// With is the same engine that knows how it is reached.
func (e *Engine) With(d Doors) *Engine {
	with := *e
	with.doors = d
	return &with
}

// gatheringFile makes a file of a gathering, by the key of the note that
// carries it.
func (t *T) gatheringFile(key, code string) (string, *bot.Attachment, error) {
	v, err := t.gatheringOf(code)
	if err != nil {
		return "", nil, err
	}
	switch {
	case v.g.ID == 0:
		return t.Text("events.unknown", dataOf("code", code)), nil, nil
	case key == "gathering.picture":
		return t.gatheringPicture(v.g)
	case !v.holds:
		return t.Text("officer.only", nil), nil, nil
	case key == "gathering.poster":
		return t.poster(v.g)
	}
	return t.guestsFile(v)
}

func (t *T) gatheringPicture(g storage.Gathering) (string, *bot.Attachment, error) {
	data, err := t.reads.GatheringPicture(t.Ctx, g.ID)
	if errors.Is(err, storage.ErrNotFound) {
		return t.Text("gathering.no_picture", nil), nil, nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("conversations: picture: %w", err)
	}
	return g.Title, &bot.Attachment{Name: g.Code + ".jpg", MIME: "image/jpeg", Data: data}, nil
}

// poster is a code to scan, with the words for those who write short
// messages. Without a link the code is that message.
func (t *T) poster(g storage.Gathering) (string, *bot.Attachment, error) {
	words := cmp.Or(t.doors.Keyword, keywordUpper) + " DD " + g.Code
	var link string
	if t.doors.Link != nil {
		var err error
		link, err = t.doors.Link(t.Ctx, gatheringLink+g.Code)
		if err != nil && t.doors.Number == "" {
			return t.Text("gathering.poster_none", nil), nil, nil
		}
	}
	content := link
	lines := []string{t.daysOf(g) + ", " + g.Place, t.Text("gathering.poster_scan", dataOf("deadline", date(g.Deadline)))}
	if t.doors.Number != "" {
		lines = append(lines, t.Text("gathering.poster_sms", dataOf("words", words, "number", t.doors.Number)))
		if content == "" {
			content = "SMSTO:" + t.doors.Number + ":" + words
		}
	}
	if content == "" {
		return t.Text("gathering.poster_none", nil), nil, nil
	}
	if link != "" {
		words = "" // they stand on the poster; the code is the link
	}
	data, err := paper.QR(content, g.Title, lines...)
	if err != nil {
		return "", nil, fmt.Errorf("conversations: poster: %w", err)
	}
	return t.Text("gathering.poster", dataOf("code", g.Code, "link", link, "words", words)), &bot.Attachment{Name: g.Code + ".png", MIME: paper.PNG, Data: data}, nil
}
