package telegram

import (
	"unicode/utf8"

	"ocopbot/bot"
)

// removeKeyboard goes with every message that offers nothing. Nobody notes
// which chat has a contact button open (the channel keeps no state), and on a
// chat without a keyboard it does nothing.
const removeKeyboard = `{"remove_keyboard":true}`

// markup is the reply_markup of a message, as JSON.
//
// A message can carry buttons below it or a keyboard instead of the letters,
// not both. The button that shares a phone number exists on keyboards only, so
// a message with Contact gets a keyboard with its choices as plain keys, whose
// labels come back as text. It is a one-time keyboard: it folds away once
// used, and the next message without choices removes it.
func markup(b []byte, m bot.Message) []byte {
	switch {
	case m.Contact != "":
		b = append(b, `{"keyboard":[[{"text":`...)
		b = appendString(b, m.Contact)
		b = append(b, `,"request_contact":true}]`...)
		for _, row := range rows(m.Choices) {
			b = append(b, ',')
			b = appendRow(b, row, nil)
		}
		return append(b, `],"resize_keyboard":true,"one_time_keyboard":true}`...)
	case len(m.Choices) > 0:
		b = append(b, `{"inline_keyboard":[`...)
		for i, row := range rows(m.Choices) {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendRow(b, row, &m.Ref)
		}
		return append(b, `]}`...)
	}
	return append(b, removeKeyboard...)
}

// appendRow writes one row of buttons, with callback data if ref is not nil.
func appendRow(b []byte, row []bot.Choice, ref *bot.Ref) []byte {
	b = append(b, '[')
	for i, c := range row {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"text":`...)
		b = appendString(b, c.Label)
		if ref != nil {
			b = append(b, `,"callback_data":"`...)
			b = append(appendData(b, *ref, c.ID), '"')
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// Letters a button can show on a narrow phone when two or three share a row.
const (
	lettersOfTwo   = 16
	lettersOfThree = 9
)

// rows lays choices out: short labels two or three in a row, long ones alone.
func rows(choices []bot.Choice) [][]bot.Choice {
	out := make([][]bot.Choice, 0, len(choices))
	for len(choices) > 0 {
		n := inRow(choices)
		out = append(out, choices[:n])
		choices = choices[n:]
	}
	return out
}

// inRow is how many of the choices the next row takes.
func inRow(choices []bot.Choice) int {
	short := func(n, letters int) bool {
		if n > len(choices) {
			return false
		}
		for _, c := range choices[:n] {
			if utf8.RuneCountInString(c.Label) > letters {
				return false
			}
		}
		return true
	}
	switch {
	case len(choices) == 4 && short(4, lettersOfTwo):
		return 2 // two and two look better than three and one
	case short(3, lettersOfThree):
		return 3
	case short(2, lettersOfTwo):
		return 2
	}
	return 1
}
