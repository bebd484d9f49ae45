package paper

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopbot/bot/ocop"
)

// Letter is an official letter, laid out by NĐ 30/2020/NĐ-CP, phụ lục I: what
// is not known yet (its number, its date, who signs) is left open, to be
// filled in by hand.
type Letter struct {
	Above  string // the office above; may be empty
	Issuer string // who issues it, in capitals: "ỦY BAN NHÂN DÂN\nHUYỆN HỮU LŨNG"
	Number string // given by the office's registry; empty: not yet
	Symbol string // "BC-UBND"
	Place  string // "Lạng Sơn"
	Date   time.Time
	Year   int      // where Date is not known; 0: not known either
	Kind   string   // "BÁO CÁO"
	About  string   // what it is about, below its kind
	To     []string // "Kính gửi"; none for none
	Body   []Block
	Tables []Block  // on pages that lie across, behind the signature; none for none
	Copies []string // "Nơi nhận", without dashes and points
	// Sign is who signs, in capitals, a line each: "TM. ỦY BAN NHÂN DÂN",
	// "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH".
	Sign   []string
	Signer string // the name; empty: left open
}

// The words every official letter bears.
const (
	nation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto  = "Độc lập - Tự do - Hạnh phúc"
)

// headSize is that of the issuer and of the nation's name, which stand in one
// line each; the motto is one size larger.
const headSize = 12

// Document lays the letter out.
func (l Letter) Document() Document {
	title := l.Kind
	if l.About != "" {
		title += " " + l.About
	}
	blocks := append([]Block{l.head()}, l.subject()...)
	body := slices.Clone(l.Body)
	if n := len(body); n > 0 {
		if p, ok := body[n-1].(Par); ok { // the signature does not stand on a page alone
			p.Keep = true
			body[n-1] = p
		}
	}
	blocks = append(append(blocks, body...), l.foot())
	d := Document{Title: title, Author: strings.ReplaceAll(l.Issuer, "\n", " "), Sections: []Section{{Blocks: blocks}}}
	if len(l.Tables) > 0 {
		d.Sections = append(d.Sections, Section{Across: true, Blocks: l.Tables})
	}
	return d
}

// head is the issuer on the left and the nation on the right, with the number
// and the date below them.
func (l Letter) head() Table {
	var issuer Cell
	if l.Above != "" {
		issuer = append(issuer, Par{Runs: Plain(inHead(l.Above)), Align: Centre, Size: headSize})
	}
	issuer = append(issuer, Par{Runs: Bold(inHead(l.Issuer)), Align: Centre, Size: headSize, Rule: 0.4})
	state := Cell{
		{Runs: Bold(nation), Align: Centre, Size: headSize},
		{Runs: Bold(motto), Align: Centre, Size: headSize + 1, Rule: 1},
	}
	number := l.Number
	if len(number) == 1 {
		number = "0" + number
	}
	if number == "" {
		number = strings.Repeat("\u00a0", 8)
	}
	return Table{Widths: []float64{68, 97}, Whole: true, Rows: [][]Cell{
		{issuer, state},
		{
			{{Runs: Plain("Số: " + number + "/" + l.Symbol), Align: Centre, Size: 13, Before: 4}},
			{{Runs: Italic(l.Place + ", " + l.date()), Align: Centre, Size: 14, Before: 4}},
		},
	}}
}

// inHead breaks the lines of an issuer's name that are too long for the head's
// narrow column into two of about the same length, rather than leave a word
// behind.
func inHead(name string) string {
	const fits = 24 // capital letters of headSize
	lines := strings.Split(name, "\n")
	for i, line := range lines {
		words := strings.Fields(line)
		if len([]rune(line)) <= fits || len(words) < 2 {
			continue
		}
		for n := range words[1:] {
			if broken := strings.Join(words[:n+1], " ") + "\n" + strings.Join(words[n+1:], " "); longest(broken) < longest(lines[i]) {
				lines[i] = broken
			}
		}
	}
	return strings.Join(lines, "\n")
}

// longest is the length of the longest line.
func longest(text string) (n int) {
	for line := range strings.SplitSeq(text, "\n") {
		n = max(n, len([]rune(line)))
	}
	return n
}

// date is written with two digits for days, and for the first two months
// (phụ lục I, II.4).
func (l Letter) date() string {
	const open = "\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0"
	if l.Date.IsZero() {
		year := "20\u00a0\u00a0\u00a0\u00a0"
		if l.Year > 0 {
			year = fmt.Sprint(l.Year)
		}
		return "ngày" + open + "tháng" + open + "năm\u00a0" + year
	}
	return LongDate(l.Date)
}

// LongDate is a day as official letters write it: "ngày 05 tháng 6 năm 2021".
func LongDate(t time.Time) string {
	d := t.In(ocop.Local)
	month := fmt.Sprint(int(d.Month()))
	if d.Month() < time.March {
		month = "0" + month
	}
	return fmt.Sprintf("ngày\u00a0%02d tháng\u00a0%s năm\u00a0%d", d.Day(), month, d.Year())
}

// subject is the kind of letter, what it is about, and to whom it goes.
func (l Letter) subject() []Block {
	blocks := []Block{Par{Runs: Bold(l.Kind), Align: Centre, Before: 18, Keep: true}}
	if l.About != "" {
		blocks = append(blocks, Par{Runs: Bold(l.About), Align: Centre, Rule: 0.35, After: 10, Keep: true})
	}
	switch len(l.To) {
	case 0:
	case 1:
		blocks = append(blocks, Par{Runs: Plain("Kính gửi: " + l.To[0] + "."), Align: Centre, Before: 4, After: 10})
	default:
		blocks = append(blocks, Par{Runs: Plain("Kính gửi:"), Left: 30, Before: 4, Keep: true})
		for i, to := range l.To {
			end := Par{Runs: Plain("- " + to + ";"), Left: 45}
			if i == len(l.To)-1 {
				end.Runs, end.After = Plain("- "+to+"."), 10
			}
			blocks = append(blocks, end)
		}
	}
	return blocks
}

// foot is who gets a copy on the left, and who signs on the right.
func (l Letter) foot() Table {
	copies := Cell{{Runs: []Run{{Text: "Nơi nhận:", Bold: true, Italic: true}}, Size: 12}}
	for i, c := range l.Copies {
		end := ";"
		if i == len(l.Copies)-1 {
			end = "."
		}
		copies = append(copies, Par{Runs: Plain("- " + c + end), Size: 11})
	}
	var sign Cell
	for _, s := range l.Sign {
		sign = append(sign, Par{Runs: Bold(s), Align: Centre})
	}
	signer := l.Signer
	if signer == "" {
		signer = "\u00a0"
	}
	sign = append(sign, Par{Runs: Bold(signer), Align: Centre, Before: 75}) // room for signature and seal
	return Table{Widths: []float64{80, 85}, Whole: true, Rows: [][]Cell{{copies, sign}}}
}
