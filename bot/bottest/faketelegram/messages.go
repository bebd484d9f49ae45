package faketelegram

import (
	"bytes"
	"image"
	_ "image/jpeg" // formats sendPhoto takes
	_ "image/png"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Message is something a person received.
type Message struct {
	ID             int64
	Text           string // or the caption
	Buttons        [][]Button
	Keyboard       [][]Key
	RemoveKeyboard bool
	File           *File
	Answer         bool // it came as the answer to a webhook
	Edited         bool // it stands in the place of an earlier one of the same ID
	At             time.Time
}

// Button stands below a message.
type Button struct {
	Text string `json:"text"`
	Data string `json:"callback_data"`
	URL  string `json:"url"`
}

// Key is a key of a keyboard shown instead of the letters.
type Key struct {
	Text           string `json:"text"`
	RequestContact bool   `json:"request_contact"`
}

// File is what came with a message.
type File struct {
	Photo bool // else a document
	Name  string
	Data  []byte
}

// Labels are the texts of the buttons and keys, row by row.
func (m Message) Labels() [][]string {
	var out [][]string
	for _, row := range m.Buttons {
		var labels []string
		for _, b := range row {
			labels = append(labels, b.Text)
		}
		out = append(out, labels)
	}
	for _, row := range m.Keyboard {
		var labels []string
		for _, k := range row {
			labels = append(labels, k.Text)
		}
		out = append(out, labels)
	}
	return out
}

// recipient finds the person and checks that the bot may write.
func (s *Server) recipient(q *request) (*Person, error) {
	raw := q.params["chat_id"]
	if raw == "" {
		return nil, bad("chat_id is empty")
	}
	id, err := strconv.ParseInt(raw, 10, 64)
	p := s.people[id]
	switch {
	case err != nil || p == nil || !p.met:
		return nil, bad("chat not found")
	case p.deactivated:
		return nil, &apiError{code: 403, text: "Forbidden: user is deactivated"}
	case p.blocked:
		return nil, &apiError{code: 403, text: "Forbidden: bot was blocked by the user"}
	}
	if wait := s.o.Limits.take(&s.bucket, &p.bucket, time.Now()); wait > 0 && !q.answer {
		s.limited++
		return nil, &apiError{code: 429, text: "Too Many Requests: retry after " + strconv.Itoa(wait), after: wait}
	}
	return p, nil
}

func (s *Server) sendMessage(q *request) (any, error) {
	text := strings.TrimSpace(q.params["text"])
	if text == "" {
		return nil, bad("message text is empty")
	}
	if units(text) > 4096 {
		return nil, bad("message is too long")
	}
	return s.send(q, Message{Text: text})
}

func (s *Server) sendPhoto(q *request) (any, error) {
	f, ok := q.files["photo"]
	if !ok {
		return nil, bad("there is no photo in the request")
	}
	if len(f.data) > 10<<20 {
		return nil, &apiError{code: 413, text: "Request Entity Too Large"}
	}
	cfg, _, err := image.DecodeConfig(bytes.NewReader(f.data))
	if err != nil {
		return nil, bad("IMAGE_PROCESS_FAILED")
	}
	if cfg.Width+cfg.Height > 10000 || cfg.Width > 20*cfg.Height || cfg.Height > 20*cfg.Width {
		return nil, bad("PHOTO_INVALID_DIMENSIONS")
	}
	return s.send(q, Message{File: &File{Photo: true, Name: f.name, Data: f.data}})
}

func (s *Server) sendDocument(q *request) (any, error) {
	f, ok := q.files["document"]
	if !ok {
		return nil, bad("there is no document in the request")
	}
	if len(f.data) == 0 {
		return nil, bad("file must be non-empty")
	}
	if len(f.data) > 50<<20 {
		return nil, &apiError{code: 413, text: "Request Entity Too Large"}
	}
	return s.send(q, Message{File: &File{Name: f.name, Data: f.data}})
}

// send gives m to the person.
func (s *Server) send(q *request, m Message) (any, error) {
	if m.File != nil {
		m.Text = strings.TrimSpace(q.params["caption"])
		if units(m.Text) > 1024 {
			return nil, bad("message caption is too long")
		}
	}
	if err := m.markup(q.params["reply_markup"]); err != nil {
		return nil, err
	}
	p, err := s.recipient(q)
	if err != nil {
		return nil, err
	}
	s.nextID++
	m.ID, m.Answer, m.At = s.nextID, q.answer, now()
	p.received = append(p.received, m)
	p.changed.wake()
	s.idle.wake()
	return map[string]any{
		"message_id": m.ID, "date": m.At.Unix(), "text": m.Text,
		"chat": map[string]any{"id": p.ID, "type": "private"},
	}, nil
}

// editMessageText changes a message the person has. They hear of it anew.
func (s *Server) editMessageText(q *request) (any, error) {
	p, err := s.recipient(q)
	if err != nil {
		return nil, err
	}
	m := Message{Text: strings.TrimSpace(q.params["text"]), Edited: true, At: now()}
	if m.Text == "" || units(m.Text) > 4096 {
		return nil, bad("message text is empty or too long")
	}
	if raw := q.params["reply_markup"]; raw != "" {
		if err := m.markup(raw); err != nil {
			return nil, err
		}
		if m.Keyboard != nil || m.RemoveKeyboard {
			return nil, bad("inline keyboard expected")
		}
	}
	if m.ID, err = strconv.ParseInt(q.params["message_id"], 10, 64); err != nil {
		return nil, bad("message identifier is not specified")
	}
	was := -1
	for i, r := range p.received {
		if r.ID == m.ID {
			was = i
		}
	}
	switch {
	case was < 0 || p.received[was].File != nil:
		return nil, bad("message to edit not found")
	case p.received[was].Text == m.Text && reflect.DeepEqual(p.received[was].Buttons, m.Buttons):
		return nil, &apiError{code: 400, text: "Bad Request: message is not modified", fault: true}
	}
	p.received = append(p.received, m)
	p.changed.wake()
	s.idle.wake()
	return map[string]any{"message_id": m.ID, "date": m.At.Unix(), "text": m.Text, "chat": map[string]any{"id": p.ID, "type": "private"}}, nil
}

// file is something getFile can name.
type file struct {
	path string
	data []byte
	size int64 // as told; the data may be shorter
}

// largestDownload is what bots can fetch, https://core.telegram.org/bots/api#getfile.
const largestDownload = 20 << 20

func (s *Server) getFile(q *request) (any, error) {
	id := q.params["file_id"]
	f, ok := s.files[id]
	if !ok {
		return nil, bad("wrong file_id or the file is temporarily unavailable")
	}
	if f.size > largestDownload {
		return nil, bad("file is too big")
	}
	return map[string]any{"file_id": id, "file_unique_id": "u" + id, "file_size": f.size, "file_path": f.path}, nil
}

func (s *Server) serveFile(w http.ResponseWriter, path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		if f.path == path {
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write(f.data) // whoever hung up does not want it
			return
		}
	}
	http.NotFound(w, nil)
}
