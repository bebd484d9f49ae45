package viet

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Days are the days a text names, and the hour it says they begin at.
type Days struct {
	From, To time.Time // at midnight; the same day where only one is named
	Hour     bool      // an hour was said: From has it
}

var (
	clockTime = regexp.MustCompile(`\b(\d{1,2})\s?(?:gio|h|g)(?:\s?(\d{2})\b)?(?:\s?(sang|trua|chieu|toi)\b)?|\b(\d{1,2}):(\d{2})\b(?:\s?(sang|trua|chieu|toi)\b)?`)
	monthWord = regexp.MustCompile(`(\d{1,2}) ?thang (\d{1,2})(?:(?: nam|,)? (\d{4}))?`)
	until     = regexp.MustCompile(` (?:den het|den|toi|->|~) `)
	fullDate  = regexp.MustCompile(`^(\d{1,2})([/. -])(\d{1,2})([/. -])(\d{4}|\d{2})$`)
	shortDate = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})$`)
	twoDays   = regexp.MustCompile(`^(\d{1,2}(?:[/.]\d{1,2}(?:[/.]\d{2,4})?)?)-(\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?)$`)
	inDays    = regexp.MustCompile(`^(\d{1,2}) (ngay|tuan) (?:nua|sau|toi)$`)
	weekDay   = regexp.MustCompile(`^(?:thu (hai|ba|tu|nam|sau|bay|[2-7])|t([2-7])|(chu nhat|cn|cuoi tuan))(?: (nay|tuan nay|toi|tuan sau|tuan toi|sau))?$`)
	dayWords  = regexp.MustCompile(`\b(?:tu|ngay|vao|luc|hom|mung|mong|sang|chieu)\b`)
)

var weekDays = map[string]int{"hai": 1, "2": 1, "ba": 2, "3": 2, "tu": 3, "4": 3, "nam": 4, "5": 4, "sau": 5, "6": 5, "bay": 6, "7": 6}

// ParseDays reads the days of something to come as people type them, with or
// without accents: "12/12/2026", "12-14/12", "30/12/2026 đến 2/1/2027", "8h
// ngày 12 tháng 12", "thứ bảy tuần sau", "mai", "10 ngày nữa". What lacks its
// year is the next such day from now on; weeks begin on Monday. ok is false
// for anything else, and for a day no month has.
func ParseDays(text string, now time.Time) (d Days, ok bool) {
	text = strings.NewReplacer("–", "-", "—", "-", ",", " ", ";", " ", "(", " ", ")", " ").Replace(strings.ToLower(Unaccent(Clean(text))))
	text = " " + strings.Join(strings.Fields(text), " ") + " "
	hour, minute := -1, 0
	if m := clockIn(text); m != nil {
		h, mm, part := m[1]+m[4], m[2]+m[5], m[3]+m[6]
		hour, _ = strconv.Atoi(h)    // digits, by the pattern
		minute, _ = strconv.Atoi(mm) // or none
		if hour < 12 && (part == "chieu" || part == "toi") || hour == 1 && part == "trua" {
			hour += 12
		}
		if hour > 23 || minute > 59 {
			return d, false
		}
		text = strings.Replace(text, m[0], " ", 1)
	}
	text = monthWord.ReplaceAllStringFunc(text, func(s string) string {
		m := monthWord.FindStringSubmatch(s)
		if m[3] != "" {
			return m[1] + "/" + m[2] + "/" + m[3]
		}
		return m[1] + "/" + m[2]
	})
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	first, last, both := strings.Cut(until.ReplaceAllString(text, " \x00 "), "\x00")
	if d.From, d.To, ok = span(bare(text), today); !ok && both {
		if d.To, ok = oneDay(bare(last), today); ok {
			d.From, ok = startOf(bare(first), d.To, today)
		}
	}
	if !ok || d.To.Before(d.From) {
		return Days{}, false
	}
	if hour >= 0 {
		d.From, d.Hour = d.From.Add(time.Duration(hour)*time.Hour+time.Duration(minute)*time.Minute), true
	}
	return d, true
}

// clockIn finds a time of day and its parts. What begins a date is no minute:
// «8h 10-12/7», «8 giờ 12 tháng 12».
func clockIn(text string) []string {
	at := clockTime.FindStringSubmatchIndex(text)
	if at == nil {
		return nil
	}
	m := clockTime.FindStringSubmatch(text)
	if after := text[at[1]:]; m[2] != "" && m[3] == "" && len(after) > 0 &&
		(strings.ContainsRune("/-.", rune(after[0])) || strings.HasPrefix(after, " - ") || strings.HasPrefix(after, " thang ") || strings.HasPrefix(after, " den ")) {
		m[0] = text[at[0]:at[4]]
		m[2] = ""
	}
	return m
}

// bare is a text without the words that stand before days and say nothing.
func bare(text string) string {
	text = strings.ReplaceAll(strings.Join(strings.Fields(text), " "), " - ", "-")
	plain := strings.Join(strings.Fields(dayWords.ReplaceAllString(text, " ")), " ")
	if weekDay.MatchString(text) || inDays.MatchString(text) { // «thứ tư», «3 ngày nữa»
		return text
	}
	// «thứ bảy 12/12»: the date says it.
	if m := strings.Fields(plain); len(m) > 1 && strings.ContainsAny(m[len(m)-1], "/.-") {
		if w := strings.Join(m[:len(m)-1], " "); weekDay.MatchString(w) {
			return m[len(m)-1]
		}
	}
	return plain
}

// span reads one day, or two joined by a stroke.
func span(text string, today time.Time) (from, to time.Time, ok bool) {
	if from, ok = oneDay(text, today); ok {
		to = from
		if strings.HasPrefix(text, "cuoi tuan") {
			to = from.AddDate(0, 0, 1)
		}
		return from, to, true
	}
	if m := twoDays.FindStringSubmatch(text); m != nil {
		if to, ok = oneDay(m[2], today); ok {
			from, ok = startOf(m[1], to, today)
		}
		return from, to, ok
	}
	if first, last, both := strings.Cut(text, "-"); both {
		if to, ok = oneDay(last, today); ok {
			from, ok = startOf(first, to, today)
		}
	}
	return from, to, ok
}

// startOf reads the first of several days, whose month and year may be the
// last one's.
func startOf(text string, last, today time.Time) (time.Time, bool) {
	if n, err := strconv.Atoi(text); err == nil {
		return dayOf(last.Year(), int(last.Month()), n, today.Location())
	}
	if m := shortDate.FindStringSubmatch(text); m != nil {
		day, month := atoi(m[1]), atoi(m[2])
		d, ok := dayOf(last.Year(), month, day, today.Location())
		if ok && d.After(last) { // 30/12 - 2/1
			d, ok = dayOf(last.Year()-1, month, day, today.Location())
		}
		return d, ok
	}
	return oneDay(text, today)
}

func oneDay(text string, today time.Time) (time.Time, bool) {
	switch text {
	case "nay", "hom nay":
		return today, true
	case "mai", "ngay mai":
		return today.AddDate(0, 0, 1), true
	case "kia", "ngay kia", "mot":
		return today.AddDate(0, 0, 2), true
	}
	if m := fullDate.FindStringSubmatch(text); m != nil && m[2] == m[4] {
		year := atoi(m[5])
		if year < 100 {
			year += 2000
		}
		return dayOf(year, atoi(m[3]), atoi(m[1]), today.Location())
	}
	if m := shortDate.FindStringSubmatch(text); m != nil {
		d, ok := dayOf(today.Year(), atoi(m[2]), atoi(m[1]), today.Location())
		if !ok || d.Before(today) {
			d, ok = dayOf(today.Year()+1, atoi(m[2]), atoi(m[1]), today.Location())
		}
		return d, ok
	}
	if m := inDays.FindStringSubmatch(text); m != nil {
		n := atoi(m[1])
		if m[2] == "tuan" {
			n *= 7
		}
		return today.AddDate(0, 0, n), true
	}
	if m := weekDay.FindStringSubmatch(text); m != nil {
		n := weekDays[m[1]+m[2]]
		switch m[3] {
		case "chu nhat", "cn":
			n = 7
		case "cuoi tuan":
			n = 6
		}
		monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
		d := monday.AddDate(0, 0, n-1)
		switch m[4] {
		case "nay", "tuan nay":
			return d, !d.Before(today)
		case "tuan sau", "tuan toi", "sau":
			return d.AddDate(0, 0, 7), true
		}
		if !d.After(today) {
			d = d.AddDate(0, 0, 7)
		}
		return d, true
	}
	return time.Time{}, false
}

func dayOf(year, month, day int, in *time.Location) (time.Time, bool) {
	d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, in)
	return d, d.Day() == day && int(d.Month()) == month && year >= 2000 && year < 2100
}

func atoi(digits string) int {
	n, _ := strconv.Atoi(digits) // digits, by the patterns
	return n
}
