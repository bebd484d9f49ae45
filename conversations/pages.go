package conversations

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"ocopbot/bot"
	"ocopbot/bot/viet"
	"ocopbot/locales"
)

// nextPage shows the next page of what was said last, when that is asked for
// and there is one. The notes and the question stay as they are.
func (t *T) nextPage() (r bot.Reply, turned bool, err error) {
	if !t.Caps.Paged || t.In.Kind != bot.Text {
		return r, false, nil
	}
	typed := viet.Fold(t.In.Text)
	n := numberOf(t.In.Text, typed)
	if n != 9 && n != 0 && typed != "xem tiep" && typed != "tiep" {
		return r, false, nil
	}
	t.repair()
	before, err := t.render()
	if err != nil || len(before.Messages) == 0 {
		return r, false, err
	}
	shown := before.Messages[len(before.Messages)-1]
	if shown.More == "" || n >= 0 && n != shown.MoreKey {
		return r, false, nil
	}
	t.S.Page++
	r, err = t.render()
	return r, true, err
}

// page is the page of m that is to be shown: all of it where it fits.
func (t *T) page(m bot.Message) bot.Message {
	if !t.Caps.Paged || t.width(m.Numbered()) <= t.longest() {
		return m
	}
	if t.F().Flow == consentFlow && m.Accents { // it is agreed to as a whole, so that it is shown as a whole
		plain, s := *t, *t.S
		s.Accents, m.Accents, plain.S = false, false, &s
		return plain.page(m)
	}
	pages := t.pages(m)
	p := pages[min(t.S.Page, len(pages)-1)]
	p.Ref, p.Contact, p.Sure, p.Advert, p.Accents = m.Ref, m.Contact, m.Sure, m.Advert, m.Accents
	return p
}

// pages cuts a message between lines, or between words where a line is too
// long for a page. Choices keep their numbers, and follow the text.
func (t *T) pages(m bot.Message) []bot.Message {
	key := 9
	if len(m.Choices) >= key { // it would be a choice's
		key = 0
	}
	more := bot.Message{More: t.Text("choice.more", nil), MoreKey: key}
	room := t.longest() - t.width(more.Numbered()) - 1
	pages := []bot.Message{{}}
	last := func() *bot.Message { return &pages[len(pages)-1] }
	turn := func() {
		first := last().First + len(last().Choices)
		last().More, last().MoreKey = more.More, more.MoreKey
		pages = append(pages, bot.Message{First: first})
	}
	for _, line := range t.broken(m.Text, room) {
		if p := last(); p.Text == "" {
			p.Text = line
			continue
		}
		if longer := last().Text + "\n" + line; t.width(longer) <= room {
			last().Text = longer
			continue
		}
		turn()
		last().Text = line
	}
	for _, c := range m.Choices {
		longer := *last()
		longer.Choices = append(longer.Choices[:len(longer.Choices):len(longer.Choices)], c)
		if t.width(longer.Numbered()) > room {
			turn()
		}
		last().Choices = append(last().Choices, c)
	}
	for i := range pages {
		pages[i].Text = strings.TrimSpace(pages[i].Text)
	}
	return pages
}

// broken are the lines of text, those that are too long for a page broken
// between words.
func (t *T) broken(text string, room int) []string {
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		part := ""
		for _, word := range strings.Fields(line) {
			for t.width(word) > room { // no word is that long
				head := string([]rune(word)[:room/2])
				lines, word = append(lines, head), word[len(head):]
			}
			if part != "" && t.width(part)+1+t.width(word) > room {
				lines, part = append(lines, part), ""
			}
			part = strings.TrimSpace(part + " " + word)
		}
		lines = append(lines, part)
	}
	return lines
}

// accented tells whether a plain channel keeps the accents for this person.
func (t *T) accented() bool { return t.S.Accents && t.Caps.Accented > 0 }

// longest is the width that is not to be exceeded.
func (t *T) longest() int {
	if t.accented() {
		return t.Caps.Accented
	}
	return t.Caps.Longest
}

// width is the length of a text as the channel counts it. With accents a
// letter takes a UTF-16 unit. Without them each takes one place, and the signs
// that the GSM alphabet keeps in its extension (3GPP TS 23.038, 6.2.1.1) two.
func (t *T) width(text string) int {
	if t.accented() {
		n := 0
		for _, r := range text {
			n += utf16.RuneLen(r)
		}
		return n
	}
	if !t.Caps.Plain {
		return utf8.RuneCountInString(text)
	}
	n := 0
	for _, r := range viet.Unaccent(text) {
		n++
		if strings.ContainsRune(`^{}[]~\|€`, r) {
			n++
		}
	}
	return n
}

// say makes a notice's text. By a channel with pages it fits one, which it has
// to: nobody asked for it, so that nobody can ask it to go on. Who has accents
// does without them before anything is cut; then the longest of what is filled
// in is.
func (t *T) say(m *bot.Message, key string, data locales.Data) {
	m.Text = t.Text(key, data)
	if t.Caps.Paged && t.width(m.Text) > t.longest() {
		t.S.Accents, m.Accents = false, false
	}
	for t.Caps.Paged {
		over, longest, text := t.width(m.Text)-t.longest(), "", ""
		for name, v := range data {
			if s, ok := v.(string); ok && (len(s) > len(text) || len(s) == len(text) && name < longest) {
				longest, text = name, s
			}
		}
		const least = 20 // letters; a shorter one is a number, a day, a name
		letters := len([]rune(text))
		if over <= 0 || letters <= least {
			return
		}
		data[longest] = clip(text, max(least, letters-over-len("...")))
		m.Text = t.Text(key, data)
	}
}
