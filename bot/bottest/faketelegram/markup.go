package faketelegram

import (
	"bytes"
	"encoding/json"
)

// markup reads and checks reply_markup as the Bot API does.
func (m *Message) markup(raw string) error {
	if raw == "" {
		return nil
	}
	var in struct {
		Inline         *[][]Button `json:"inline_keyboard"`
		Keyboard       *[][]Key    `json:"keyboard"`
		RemoveKeyboard *bool       `json:"remove_keyboard"`
		Resize         bool        `json:"resize_keyboard"`
		OneTime        bool        `json:"one_time_keyboard"`
		Placeholder    string      `json:"input_field_placeholder"`
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(raw)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return bad("can't parse reply keyboard markup JSON object")
	}
	given := 0
	for _, there := range []bool{in.Inline != nil, in.Keyboard != nil, in.RemoveKeyboard != nil} {
		if there {
			given++
		}
	}
	if given != 1 {
		return bad("object expected as reply markup")
	}
	switch {
	case in.RemoveKeyboard != nil:
		if !*in.RemoveKeyboard {
			return bad("remove_keyboard must be true")
		}
		m.RemoveKeyboard = true
	case in.Inline != nil:
		m.Buttons = *in.Inline
		return checkButtons(m.Buttons)
	case in.Keyboard != nil:
		m.Keyboard = *in.Keyboard
		return checkKeys(m.Keyboard)
	}
	return nil
}

func checkButtons(rows [][]Button) error {
	total := 0
	for _, row := range rows {
		total += len(row)
		if len(row) == 0 || len(row) > 8 {
			return bad("a row has 1 to 8 buttons")
		}
		for _, b := range row {
			if b.Text == "" {
				return bad("inline keyboard button text must be non-empty")
			}
			if (b.Data == "") == (b.URL == "") {
				return bad("inline button must have exactly one optional field")
			}
			if len(b.Data) > 64 {
				return bad("BUTTON_DATA_INVALID")
			}
		}
	}
	if total == 0 || total > 100 {
		return bad("reply markup is too long or empty")
	}
	return nil
}

func checkKeys(rows [][]Key) error {
	total := 0
	for _, row := range rows {
		total += len(row)
		if len(row) == 0 || len(row) > 12 {
			return bad("a row has 1 to 12 keys")
		}
		for _, k := range row {
			if k.Text == "" {
				return bad("keyboard button text must be non-empty")
			}
		}
	}
	if total == 0 || total > 300 {
		return bad("reply markup is too long or empty")
	}
	return nil
}
