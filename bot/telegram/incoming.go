package telegram

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/viet"
)

// update holds what is read of an update. The library's Update has some
// thousand fields, and reading it costs several times as much.
type update struct {
	ID       int64 `json:"update_id"`
	Message  message
	Callback struct {
		ID      string
		From    user
		Data    string
		Message struct{ Chat chat } // the rest may be inaccessible when it is old
	} `json:"callback_query"`
	Member struct {
		From user
		Chat chat
		Date int64
		New  struct{ Status string } `json:"new_chat_member"`
	} `json:"my_chat_member"`
}

type user struct {
	ID    int64
	IsBot bool   `json:"is_bot"`
	Lang  string `json:"language_code"`
}

type chat struct {
	ID   int64
	Type string
}

type message struct {
	ID      int64 `json:"message_id"`
	From    user
	Chat    chat
	Date    int64
	Text    string
	Caption string
	Album   string `json:"media_group_id"`
	Photo   []struct {
		ID            string `json:"file_id"`
		Size          int64  `json:"file_size"`
		Width, Height int64
	}
	Contact *struct {
		Phone  string `json:"phone_number"`
		UserID int64  `json:"user_id"`
	}

	Sticker   present
	Voice     present
	Audio     present
	Video     present
	VideoNote present `json:"video_note"`
	Animation present // comes with a document too
	Document  *document
	Venue     present // comes with a location too
	Location  present
	Poll      present
	Dice      present
	Game      present
	Story     present
}

// document is a file that was sent as one.
type document struct {
	ID   string `json:"file_id"`
	Name string `json:"file_name"`
	MIME string `json:"mime_type"`
	Size int64  `json:"file_size"`
}

// present notes that a field is there without reading it.
type present bool

// UnmarshalJSON implements json.Unmarshaler.
func (p *present) UnmarshalJSON(b []byte) error {
	*p = string(b) != "null"
	return nil
}

var errJunk = errors.New("not an update of the Bot API")

// parse reads an update over whatever u held. It keeps nothing of b.
func (u *update) parse(b []byte) error {
	*u = update{}
	if err := json.Unmarshal(b, u); err != nil || u.ID <= 0 {
		return errJunk // json's error would quote what people wrote
	}
	return nil
}

// private is the chat in which the update happened, 0 if it is not one person
// alone with the bot.
func (u *update) private() int64 {
	c := u.Message.Chat
	switch {
	case u.Callback.ID != "":
		c = u.Callback.Message.Chat
		if c.ID == 0 { // a private chat has the person's id
			return u.Callback.From.ID
		}
	case u.Member.Chat.ID != 0:
		c = u.Member.Chat
	}
	if c.Type != "private" {
		return 0
	}
	return c.ID
}

// incoming is what the update means to the bot; false for what deserves a
// wise silence: edits, groups, channels, other bots, reactions, service notes.
func (u *update) incoming() (bot.Incoming, bool) {
	chatID := u.private()
	if chatID == 0 {
		return bot.Incoming{}, false
	}
	in := bot.Incoming{ID: strconv.FormatInt(u.ID, 10), From: address(chatID)}
	switch {
	case u.Callback.ID != "":
		in.Kind = bot.Tap
		in.Ref, in.Choice = parseData(u.Callback.Data)
		in.Lang = u.Callback.From.Lang
		in.At = time.Now().UTC() // Telegram does not say when
		return in, !u.Callback.From.IsBot
	case u.Member.Chat.ID != 0:
		in.Lang = u.Member.From.Lang
		in.At = time.Unix(u.Member.Date, 0).UTC()
		switch u.Member.New.Status {
		case "kicked", "left":
			in.Kind = bot.Blocked
		case "member":
			in.Kind = bot.Unblocked
		}
		return in, in.Kind != 0
	}
	m := &u.Message
	in.Lang = m.From.Lang
	in.MessageID = strconv.FormatInt(m.ID, 10)
	in.At = time.Unix(m.Date, 0).UTC()
	return in, m.fill(&in) && !m.From.IsBot
}

// fill adds what the message says; false if it says nothing to a bot.
func (m *message) fill(in *bot.Incoming) bool {
	switch {
	case m.Text != "":
		in.Kind = bot.Text
		in.Text, in.Deeplink = command(viet.Clean(m.Text))
	case len(m.Photo) > 0:
		in.Kind = bot.Photo
		in.Text = viet.Clean(m.Caption)
		in.File = m.photo()
	case m.Contact != nil:
		if m.Contact.UserID != m.From.ID || m.Contact.Phone == "" {
			in.Kind, in.What = bot.Unsupported, "contact" // somebody else's
			break
		}
		in.Kind, in.Phone = bot.Contact, m.Contact.Phone
	case m.Document != nil && !bool(m.Animation):
		in.Kind = bot.Document
		in.Text = viet.Clean(m.Caption)
		in.File = bot.File{ID: m.Document.ID, Album: m.Album, Size: m.Document.Size, Name: viet.Clean(m.Document.Name), MIME: m.Document.MIME}
		if pictures[m.Document.MIME] && m.Document.Size < largestPhoto {
			in.Kind = bot.Photo // sent as a file, so that it keeps its size
		}
	default:
		in.Kind, in.What = bot.Unsupported, m.other()
		in.Text = viet.Clean(m.Caption)
		return in.What != ""
	}
	return true
}

// pictures are the kinds of files that are taken for pictures.
var pictures = map[string]bool{"image/jpeg": true, "image/png": true, "image/webp": true}

// largestPhoto keeps a picture well below the 20 MB getFile can fetch.
const largestPhoto = 10 << 20

// photo is the largest of the sizes Telegram made that is below largestPhoto.
func (m *message) photo() bot.File {
	best := m.Photo[0]
	for _, p := range m.Photo[1:] {
		if p.Size < largestPhoto && p.Width*p.Height > best.Width*best.Height {
			best = p
		}
	}
	return bot.File{ID: best.ID, Album: m.Album, Size: best.Size}
}

// other names what else a message can hold.
func (m *message) other() string {
	for _, o := range []struct {
		there present
		name  string
	}{
		{m.Sticker, "sticker"}, {m.Voice, "voice"}, {m.Audio, "audio"}, {m.Video, "video"},
		{m.VideoNote, "video"}, {m.Animation, "animation"},
		{m.Venue, "location"}, {m.Location, "location"}, {m.Poll, "poll"}, {m.Dice, "dice"},
		{m.Game, "game"}, {m.Story, "story"},
	} {
		if o.there {
			return o.name
		}
	}
	return ""
}

var deeplinkShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// command strips the bot's name from "/help@our_bot" and takes the code from
// "/start CODE". Any other text comes back as it is.
func command(text string) (string, string) {
	if !strings.HasPrefix(text, "/") {
		return text, ""
	}
	word, rest, spaced := strings.Cut(text, " ")
	word, _, _ = strings.Cut(word, "@")
	if word == "/start" {
		if deeplinkShape.MatchString(rest) {
			return word, rest
		}
		return word, ""
	}
	if spaced {
		word += " " + rest
	}
	return word, ""
}

func address(chatID int64) bot.Address {
	return bot.NewAddress(Name, strconv.FormatInt(chatID, 10))
}
