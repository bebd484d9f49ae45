package conversations

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/locales"
	"ocopbot/storage"
)

// smsDaysShown is how many days back an admin sees what SMS took.
const smsDaysShown = 7

// smsDays shows an admin what each gateway sent and cost on each day.
func smsDays() *Flow {
	return &Flow{ID: smsDaysFlow, Version: 1, Steps: []*Step{{
		ID:   "list",
		Load: loadSMSDays,
		Ask: func(t *T) (string, locales.Data) {
			days := t.Loaded.([]storage.SMSDay)
			if len(days) == 0 {
				return "smsdays.none", nil
			}
			var lines []string
			for _, d := range days {
				lines = append(lines, t.Text("smsdays.line", dataOf("day", shortDay(d.Day), "gateway", d.Gateway,
					"messages", t.count(int64(d.Messages)), "segments", t.count(int64(d.Segments)), "failed", t.count(int64(d.Failed)), "dong", t.count(d.Dong))))
			}
			return "smsdays.list", dataOf("lines", strings.Join(lines, "\n"))
		},
		Choices: func(t *T) []bot.Choice { return []bot.Choice{t.choice(choiceMenu, "choice.menu")} },
		Answer:  func(t *T, _ string) error { t.home(); return nil },
	}}}
}

func loadSMSDays(t *T) (any, error) {
	v, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	var days []storage.SMSDay
	if !isAdmin(v) {
		return days, nil
	}
	if days, err = t.reads.SMSDays(t.Ctx, t.Now.AddDate(0, 0, 1-smsDaysShown)); err != nil {
		return nil, fmt.Errorf("conversations: sms days: %w", err)
	}
	return days, nil
}

// count is a number as it is written in the session's language: 1.234.567.
func (t *T) count(n int64) string {
	mark := "."
	if t.S.Lang == locales.English {
		mark = ","
	}
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + mark + digits[i:]
	}
	return digits
}

// shortDay is 15/06 of 2026-06-15.
func shortDay(day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return d.Format("02/01")
}

// tellAlert tells an admin of what a channel noticed.
func (t *T) tellAlert(n storage.Notice, m bot.Message) (bot.Message, error) {
	a, err := t.reads.Alert(t.Ctx, n.Subject)
	if err != nil {
		return m, gone(err)
	}
	v, err := t.viewerOf(n.Person)
	if err != nil {
		return m, err
	}
	if !isAdmin(v) {
		return m, ErrMovedOn
	}
	t.say(&m, "notice.alert_"+a.Kind, dataOf("gateway", a.Gateway, "day", shortDay(a.Day), "number", a.Number,
		"used", t.count(int64(a.Used)), "most", t.count(int64(a.Most))))
	return m, nil
}

// isAdmin tells whether the viewer keeps the program running.
func isAdmin(v storage.Viewer) bool {
	return slices.ContainsFunc(v.Officers, func(o storage.Officer) bool { return o.Role == storage.Admin })
}
