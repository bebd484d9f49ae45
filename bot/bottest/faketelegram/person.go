package faketelegram

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Person is someone with Telegram on the phone. Everything a person does
// returns the id of the update it became, 0 if the bot does not ask for such.
type Person struct {
	ID   int64
	Lang string
	s    *Server

	// Below the server's lock.
	met         bool // has written to the bot, which may write back
	blocked     bool
	deactivated bool
	received    []Message
	read        int // how many Next has returned
	changed     signal
	bucket      bucket
	recent      []recent // what Again can deliver
}

// recent is an update a person caused, kept for Again.
type recent struct {
	pushed
	lane laneKey
}

const keptRecent = 16

// Person finds or makes the person with that id, whose app speaks lang.
func (s *Server) Person(id int64, lang string) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[id]
	if p == nil {
		p = &Person{ID: id, Lang: lang, s: s}
		s.people[id] = p
	}
	return p
}

func (p *Person) user() map[string]any {
	u := map[string]any{"id": p.ID, "is_bot": false, "first_name": "Người " + itoa(p.ID)}
	if p.Lang != "" {
		u["language_code"] = p.Lang
	}
	return u
}

func (p *Person) chat() map[string]any {
	return map[string]any{"id": p.ID, "type": "private", "first_name": "Người " + itoa(p.ID)}
}

// message pushes a message with the given content.
func (p *Person) message(kind string, content map[string]any) int64 {
	s := p.s
	s.mu.Lock()
	defer s.mu.Unlock()
	p.met = true
	s.nextID++
	m := map[string]any{"message_id": s.nextID, "from": p.user(), "chat": p.chat(), "date": now().Unix()}
	for k, v := range content {
		m[k] = v
	}
	return s.pushLocked(p.ID, kind, m)
}

// Says sends a text.
func (p *Person) Says(text string) int64 {
	return p.message("message", map[string]any{"text": text})
}

// Starts opens the chat, with the code of a deep link if code is not empty.
func (p *Person) Starts(code string) int64 {
	if code != "" {
		return p.Says("/start " + code)
	}
	return p.Says("/start")
}

// Wrote lets the bot write to the person, who wrote to it at some time before.
func (p *Person) Wrote() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.met = true
}

// Edits changes the last text sent.
func (p *Person) Edits(text string) int64 {
	return p.message("edited_message", map[string]any{"text": text, "edit_date": now().Unix()})
}

// SharesContact shares the person's own number.
func (p *Person) SharesContact(phone string) int64 { return p.SharesContactOf(p.ID, phone) }

// SharesContactOf shares somebody's number; a user of 0 is one Telegram does
// not know.
func (p *Person) SharesContactOf(user int64, phone string) int64 {
	contact := map[string]any{"phone_number": phone, "first_name": "Người"}
	if user != 0 {
		contact["user_id"] = user
	}
	return p.message("message", map[string]any{"contact": contact})
}

// Photo is a picture to send.
type Photo struct {
	Data    []byte
	Caption string
	Album   string // the same for all pictures of an album
	Size    int64  // as told to the bot; len(Data) if 0
}

// SendsPhoto sends a picture, in two sizes as Telegram makes them.
func (p *Person) SendsPhoto(photo Photo) int64 {
	if photo.Size == 0 {
		photo.Size = int64(len(photo.Data))
	}
	small := p.s.AddFile(photo.Data, min(photo.Size, 1500))
	large := p.s.AddFile(photo.Data, photo.Size)
	content := map[string]any{"photo": []map[string]any{
		{"file_id": small, "file_unique_id": "u" + small, "width": 90, "height": 60, "file_size": min(photo.Size, 1500)},
		{"file_id": large, "file_unique_id": "u" + large, "width": 1280, "height": 853, "file_size": photo.Size},
	}}
	if photo.Caption != "" {
		content["caption"] = photo.Caption
	}
	if photo.Album != "" {
		content["media_group_id"] = photo.Album
	}
	return p.message("message", content)
}

// SendsDocument sends a file of a name, as one.
func (p *Person) SendsDocument(name, mime string, data []byte) int64 {
	id := p.s.AddFile(data, int64(len(data)))
	return p.message("message", map[string]any{"document": map[string]any{
		"file_id": id, "file_unique_id": "u" + id, "file_name": name, "mime_type": mime, "file_size": len(data)}})
}

// AddFile puts a file on the server, of a size that may be a lie, and returns
// its id.
func (s *Server) AddFile(data []byte, size int64) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextID++
	id := fmt.Sprintf("AgACAgUAAxkBAAI%d", s.nextID)
	s.files[id] = file{path: fmt.Sprintf("photos/file_%d.jpg", s.nextID), data: data, size: size}
	return id
}

// SendsSticker sends a sticker.
func (p *Person) SendsSticker() int64 { return p.Sends("sticker") }

// Sends sends something of the kind named as in the Bot API: "voice", "video",
// "document", "animation", "location", "venue", "poll", "dice", …
func (p *Person) Sends(kind string) int64 {
	content := map[string]any{kind: map[string]any{"file_id": "CAACAgUAAx" + kind}}
	switch kind {
	case "animation":
		content["document"] = map[string]any{"file_id": "CgACAgUAAx"}
	case "venue":
		content["location"] = map[string]any{"latitude": 21.85, "longitude": 106.76}
	}
	return p.message("message", content)
}

// Blocks blocks the bot: it learns so, and cannot write any more.
func (p *Person) Blocks() int64 { return p.member(true, "member", "kicked") }

// Unblocks lets the bot write again.
func (p *Person) Unblocks() int64 { return p.member(false, "kicked", "member") }

// Disappears deletes the account, of which nobody tells the bot.
func (p *Person) Disappears() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.deactivated = true
}

func (p *Person) member(blocked bool, from, to string) int64 {
	s := p.s
	s.mu.Lock()
	defer s.mu.Unlock()
	p.met, p.blocked = true, blocked
	status := func(st string) map[string]any {
		return map[string]any{"status": st, "user": map[string]any{"id": 1, "is_bot": true, "first_name": "OCOP"}}
	}
	return s.pushLocked(p.ID, "my_chat_member", map[string]any{
		"chat": p.chat(), "from": p.user(), "date": now().Unix(),
		"old_chat_member": status(from), "new_chat_member": status(to),
	})
}

// ErrNoButton is what Taps fails with when nothing on the screen has the
// label.
var ErrNoButton = errors.New("faketelegram: there is no such button")

// Taps touches the button with that label: on the newest message that has it,
// or on the keyboard shown instead of the letters, which says the label.
func (p *Person) Taps(label string) (int64, error) {
	for _, m := range slices.Backward(p.Received()) {
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Text == label && b.Data != "" {
					return p.TapsData(m, b.Data), nil
				}
			}
		}
		for _, row := range m.Keyboard {
			for _, k := range row {
				if k.Text == label && !k.RequestContact {
					return p.Says(label), nil
				}
			}
		}
	}
	return 0, fmt.Errorf("%w: %q", ErrNoButton, label)
}

// TapsData sends callback data, be it of a button of m or made up.
func (p *Person) TapsData(m Message, data string) int64 {
	s := p.s
	s.mu.Lock()
	defer s.mu.Unlock()
	p.met = true
	s.nextID++
	id := itoa(s.nextID)
	s.answered[id] = false
	return s.pushLocked(p.ID, "callback_query", map[string]any{
		"id": id, "from": p.user(), "chat_instance": "1", "data": data,
		"message": map[string]any{"message_id": m.ID, "date": m.At.Unix(), "chat": p.chat(), "text": m.Text},
	})
}

// UnansweredTaps counts the taps, of everybody, whose little clock still runs.
func (s *Server) UnansweredTaps() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, done := range s.answered {
		if !done {
			n++
		}
	}
	return n
}

// Received is all the person has got so far.
func (p *Person) Received() []Message {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return slices.Clone(p.received)
}

// Next waits for the next message not yet returned by Next.
func (p *Person) Next(ctx context.Context) (Message, error) {
	var m Message
	err := p.until(ctx, func() bool {
		if p.read == len(p.received) {
			return false
		}
		m = p.received[p.read]
		p.read++
		return true
	})
	return m, err
}

// Wait waits until the person has got n messages in all, and returns them.
func (p *Person) Wait(ctx context.Context, n int) ([]Message, error) {
	err := p.until(ctx, func() bool { return len(p.received) >= n })
	return p.Received(), err
}

// Unread returns what came since the last call of Next or Unread.
func (p *Person) Unread() []Message {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	fresh := slices.Clone(p.received[p.read:])
	p.read = len(p.received)
	return fresh
}

// until waits for cond, which is called with the lock held.
func (p *Person) until(ctx context.Context, cond func() bool) error {
	for {
		p.s.mu.Lock()
		if cond() {
			p.s.mu.Unlock()
			return nil
		}
		changed := p.changed.wait()
		p.s.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("faketelegram: person %d waited in vain after %d messages: %w", p.ID, len(p.Received()), ctx.Err())
		}
	}
}
