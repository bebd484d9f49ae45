package conversations

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/bot/viet"
)

// Days as people type them: «20/12», «ngày 20 tháng 12», «thứ sáu tuần sau»,
// «mai», «10 ngày nữa».
var (
	dayMonth = regexp.MustCompile(`^(\d{1,2})(?:/|-|\.| thang | )(\d{1,2})(?:(?:/|-|\.| nam | )(\d{4}|\d{2}))?$`)
	inDays   = regexp.MustCompile(`^(?:in )?(\d{1,3}) (ngay|hom|tuan|days?|weeks?)(?: nua)?$`)
)

var namedDays = map[string]int{
	"hom nay": 0, "nay": 0, "today": 0, "mai": 1, "ngay mai": 1, "tomorrow": 1, "mot": 2, "ngay kia": 2, "hom qua": -1, "qua": -1, "yesterday": -1,
	"hom kia": -2,
}

var weekdays = map[string]time.Weekday{
	"thu hai": 1, "thu 2": 1, "t2": 1, "monday": 1, "thu ba": 2, "thu 3": 2, "t3": 2, "tuesday": 2, "thu tu": 3, "thu 4": 3, "t4": 3, "wednesday": 3,
	"thu nam": 4, "thu 5": 4, "t5": 4, "thursday": 4, "thu sau": 5, "thu 6": 5, "t6": 5, "friday": 5, "thu bay": 6, "thu 7": 6, "t7": 6, "saturday": 6,
	"chu nhat": 0, "cn": 0, "sunday": 0,
}

// dayOf finds the day a text names, as its first moment in Vietnam; ahead says
// whether a day without its year is the next one or the last. False: no day.
func dayOf(text string, now time.Time, ahead bool) (time.Time, bool) {
	typed := strings.Join(strings.Fields(viet.Fold(text)), " ")
	typed = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(typed, "truoc "), "den "), "het ")
	y, m, d := now.In(ocop.Local).Date()
	today := ocop.Date(y, m, d)
	if n, ok := namedDays[typed]; ok {
		return today.AddDate(0, 0, n), true
	}
	typed = strings.TrimPrefix(typed, "ngay ")
	if f := inDays.FindStringSubmatch(typed); f != nil && ahead {
		n, _ := strconv.Atoi(f[1]) // three digits, by the pattern
		if strings.HasPrefix(f[2], "tuan") || strings.HasPrefix(f[2], "week") {
			n *= 7
		}
		return today.AddDate(0, 0, n), true
	}
	switch typed {
	case "cuoi thang", "cuoi thang nay":
		return ocop.Date(y, m+1, 1).AddDate(0, 0, -1), ahead
	case "cuoi thang sau":
		return ocop.Date(y, m+2, 1).AddDate(0, 0, -1), ahead
	case "cuoi nam", "cuoi nam nay":
		return ocop.Date(y, time.December, 31), ahead
	}
	if at, ok := weekdayOf(typed, today, ahead); ok {
		return at, true
	}
	return writtenDay(typed, today, ahead)
}

// weekdayOf is the next such day of the week, or that of the next week.
func weekdayOf(typed string, today time.Time, ahead bool) (time.Time, bool) {
	name, next := strings.CutSuffix(typed, " tuan sau")
	name = strings.TrimSuffix(strings.TrimSuffix(name, " tuan nay"), " toi")
	w, ok := weekdays[name]
	if !ok {
		return time.Time{}, false
	}
	if !ahead {
		return today.AddDate(0, 0, -(int(today.Weekday())-int(w)+7)%7), true
	}
	if next { // weeks begin on Monday
		monday := today.AddDate(0, 0, 7-(int(today.Weekday())+6)%7)
		return monday.AddDate(0, 0, (int(w)+6)%7), true
	}
	return today.AddDate(0, 0, (int(w)-int(today.Weekday())+7)%7), true
}

func writtenDay(typed string, today time.Time, ahead bool) (time.Time, bool) {
	f := dayMonth.FindStringSubmatch(typed)
	if f == nil {
		return time.Time{}, false
	}
	d, _ := strconv.Atoi(f[1]) // two digits, by the pattern
	m, _ := strconv.Atoi(f[2])
	y := today.Year()
	switch len(f[3]) {
	case 4:
		y, _ = strconv.Atoi(f[3])
	case 2:
		y, _ = strconv.Atoi("20" + f[3])
	}
	at := ocop.Date(y, time.Month(m), d)
	if m < 1 || m > 12 || at.Day() != d {
		return at, false
	}
	if f[3] == "" && ahead && at.Before(today) {
		at = ocop.Date(y+1, time.Month(m), d)
	}
	if f[3] == "" && !ahead && at.After(today) {
		at = ocop.Date(y-1, time.Month(m), d)
	}
	return at, true
}

// parseDueDay takes a day from today on, within a year. Of a day that has just
// passed the year is asked.
func parseDueDay(t *T, text string) (string, *Note) {
	at, ok := dayOf(text, t.Now, true)
	switch days := ocop.DaysBetween(t.Now, at); {
	case !ok:
		return "", &Note{Key: "day.wrong"}
	case days < 0:
		return "", &Note{Key: "day.past"}
	case days > 366:
		return "", &Note{Key: "day.far"}
	case days > justPast:
		if last, ok := dayOf(text, t.Now, false); ok && last.Before(at) {
			n := note("day.which_year", "day", last.Format("2/1"), "next", at.Format("2/1/2006"))
			return "", &n
		}
	}
	return date(at), nil
}

// justPast: a day without its year that would be more days ahead than this has
// only just passed, and is rather a slip than a day of next year.
const justPast = 300

// parsePastDay takes a day up to today, of the last two years. Of a day that is
// soon to come the year is asked: «26/11», said on 25/11, is hardly a year ago.
func parsePastDay(t *T, text string) (string, *Note) {
	at, ok := dayOf(text, t.Now, false)
	switch days := ocop.DaysBetween(at, t.Now); {
	case !ok, days > 2*366:
		return "", &Note{Key: "day.wrong_past"}
	case days < 0:
		return "", &Note{Key: "day.future"}
	case days > justPast:
		if next, ok := dayOf(text, t.Now, true); ok && next.After(at) {
			n := note("day.which_year_past", "day", next.Format("2/1"), "last", at.Format("2/1/2006"))
			return "", &n
		}
	}
	return date(at), nil
}

// dayText is a day of the forms: "2026-12-12", with the hour if there is one.
func dayText(at time.Time, hour bool) string {
	if hour {
		return at.In(ocop.Local).Format("2006-01-02 15:04")
	}
	return at.In(ocop.Local).Format(time.DateOnly)
}

func textDay(s string) (time.Time, error) {
	layout := time.DateOnly
	if strings.Contains(s, " ") {
		layout = "2006-01-02 15:04"
	}
	at, err := time.ParseInLocation(layout, s, ocop.Local)
	if err != nil {
		return at, fmt.Errorf("conversations: day: %w", err)
	}
	return at, nil
}
