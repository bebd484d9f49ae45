package conversations

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/viet"
	"ocopbot/locales"
	"ocopbot/storage"
)

// Forecast is what would come of an announcement if it were sent now.
type Forecast struct {
	Total int
	By    map[string]map[string]int // people told, by channel and language
	Held  map[string]int            // people not told, by why
}

// forecastBatch is how many people are looked at in one go.
const forecastBatch = 1000

// Foresee counts who would be told an announcement, and how, and why others
// would not. What only waits for its hour is counted as told.
func (e *Engine) Foresee(ctx context.Context, a storage.Announcement, now time.Time) (Forecast, error) {
	f := Forecast{By: map[string]map[string]int{}, Held: map[string]int{}}
	carriers := e.sending.carriers()
	for after := storage.ID(0); ; {
		people, err := e.reads.Reaches(ctx, a.Audience, after, forecastBatch, now)
		if err != nil {
			return f, fmt.Errorf("conversations: audience: %w", err)
		}
		for _, p := range people {
			after = p.Person
			f.Total++
			w := p.Way(a.Class, carriers, a.Audience.Channels, now)
			if w.Hold != "" && w.Until.IsZero() {
				f.Held[w.Hold]++
				continue
			}
			lang := p.Lang
			if a.English == "" {
				lang = locales.Vietnamese
			}
			channel := w.Addr.Channel()
			if f.By[channel] == nil {
				f.By[channel] = map[string]int{}
			}
			f.By[channel][lang]++
		}
		if len(people) < forecastBatch {
			return f, nil
		}
	}
}

func loadForecast(t *T) (any, error) {
	a, err := t.composed()
	if err != nil {
		return nil, err
	}
	return t.Foresee(t.Ctx, a, t.Now)
}

// askForecast shows everything that was answered, how many are told by which
// channel at what cost, and the words exactly as each channel shows them.
func askForecast(t *T) (string, locales.Data) {
	f := t.Loaded.(Forecast)
	a, err := t.composed()
	if err != nil { // it was just loaded
		return "officer.only", nil
	}
	when := t.Text("ann.now", nil)
	if !a.NotBefore.IsZero() {
		when = t.Get("when")
	}
	return "ann.summary", dataOf("class", t.Text("ann.class_"+string(a.Class), nil), "reason", a.Reason, "audience", t.inWords(a.Audience),
		"when", when, "picture", a.Picture.Provider != "", "count", f.Total, "lines", t.forecastLines(a, f))
}

func (t *T) forecastLines(a storage.Announcement, f Forecast) string {
	var b strings.Builder
	for _, o := range t.sending.Outlets {
		langs := f.By[o.Caps.Name]
		for _, lang := range slices.Sorted(maps.Keys(langs)) {
			m := t.Announcement(a, lang, o.Caps)
			b.WriteString("\n" + t.costLine(o, m, langs[lang]) + "\n" + shownBy(o.Caps, m) + "\n")
		}
	}
	if len(f.Held) > 0 {
		b.WriteString("\n" + t.Text("ann.held", nil))
		for _, why := range slices.Sorted(maps.Keys(f.Held)) {
			b.WriteString("\n   " + t.why(why) + ": " + strconv.Itoa(f.Held[why]))
		}
	}
	return strings.TrimSpace(b.String())
}

// costLine is how many a channel tells, and what that costs.
func (t *T) costLine(o Outlet, m bot.Message, people int) string {
	if o.Cost == nil {
		return t.Text("ann.by_channel", dataOf("channel", t.channelName(o.Caps), "count", people))
	}
	segments, dong := o.Cost(m)
	return t.Text("ann.by_billed", dataOf("channel", t.channelName(o.Caps), "count", people, "segments", segments, "all", segments*people, "money", inDong(dong*int64(people))))
}

// shownBy is a message exactly as a channel shows it.
func shownBy(c bot.Caps, m bot.Message) string {
	text := m.Text
	for _, ch := range m.Choices {
		text += " [" + ch.Label + "]"
	}
	if len(m.Choices) > 0 {
		text = strings.Replace(text, " [", "\n[", 1)
	}
	if c.Plain {
		text = viet.Unaccent(text)
	}
	return text
}

// inDong is an amount in đồng as it is written in Vietnam: 1.234.500.
func inDong(dong int64) string {
	s := strconv.FormatInt(dong, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}
