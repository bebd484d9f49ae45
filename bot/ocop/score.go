package ocop

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Score is points in hundredths: a council's average of 87,25 is 8725.
type Score int64

// FullScore is the most a product can be given: 100 points.
const FullScore Score = 100_00

// ErrScore is what a score that cannot be read fails with.
var ErrScore = errors.New("ocop: not a score between 0 and 100 with at most two decimals")

// ParseScore reads points as people write them: "87", "87,25" or "87.5".
func ParseScore(s string) (Score, error) {
	whole, frac, dotted := strings.Cut(strings.Replace(strings.TrimSpace(s), ",", ".", 1), ".")
	if len(whole) > 3 || len(frac) > 2 || dotted && frac == "" {
		return 0, ErrScore
	}
	n, err := strconv.ParseUint(whole+(frac + "00")[:2], 10, 32)
	if err != nil || whole == "" || Score(n) > FullScore {
		return 0, ErrScore
	}
	return Score(n), nil
}

// String is the score as it is written in Vietnam, with a comma: "87,25",
// "87,5", "87".
func (s Score) String() string { return s.In("vi") }

// In is the score as it is written in a language.
func (s Score) In(lang string) string {
	sign := ""
	if s < 0 {
		sign, s = "-", -s
	}
	text := sign + strconv.FormatInt(int64(s/100), 10)
	if cents := int64(s % 100); cents != 0 {
		point := ","
		if strings.HasPrefix(lang, "en") {
			point = "."
		}
		text += point + strings.TrimRight(strconv.FormatInt(100+cents, 10)[1:], "0")
	}
	return text
}

// Part is one of the three parts of the points: A, B, C.
type Part struct {
	Rule
	ID    string // "A"
	Title Text
	Max   Score
}

// Name is the part's title in a language.
func (p Part) Name(lang string) string { return p.Title.In(lang) }

func (p Part) id() string { return p.ID }

// Band is the points that make a number of stars: AtLeast included, Below
// not, except that full points belong to the highest band.
type Band struct {
	Rule
	Stars   int
	AtLeast Score
	Below   Score
}

// Parts are the parts of the points at a moment.
func (p *Programme) Parts(at time.Time) []Part { return holding(p.parts, at) }

// Bands are the bands at a moment, the highest first.
func (p *Programme) Bands(at time.Time) []Band {
	bs := holding(p.bands, at)
	slices.SortFunc(bs, func(a, b Band) int { return b.Stars - a.Stars })
	return bs
}

// Band is the stars that a total stands for at a moment; 0 where no band
// holds it. It is a proposal: a star's mandatory criteria can fail a high
// total, and only the decided stars count.
func (p *Programme) Band(total Score, at time.Time) int {
	for _, b := range p.bands {
		if b.Holds(at) && total >= b.AtLeast && (total < b.Below || total == FullScore && b.Below == FullScore) {
			return b.Stars
		}
	}
	return 0
}

// What a level does with a product.
const (
	Recognises = "recognises" // its decision gives the stars
	Screens    = "screens"    // its council scores, another decides
	ChecksForm = "checks"     // looks through the dossier and reports, does not score
)

// The levels, from below.
const (
	CommuneLevel  = "commune"
	DistrictLevel = "district"
	ProvinceLevel = "province"
	CentralLevel  = "central"
)

// LevelRule is what one level does in a period.
type LevelRule struct {
	Rule
	Level   string // one of the levels
	Does    string // Recognises, Screens or ChecksForm
	Stars   []int  // that it recognises
	Forward Score  // a total from here on goes to the next level; 0: it forwards none by points
}

// Levels are the levels a product passes at a moment, from below.
func (p *Programme) Levels(at time.Time) []LevelRule { return holding(p.levels, at) }

// Level is who recognises a number of stars at a moment. Nobody recognises
// fewer than three.
func (p *Programme) Level(stars int, at time.Time) (LevelRule, bool) {
	for _, l := range p.levels {
		if l.Holds(at) && l.Does == Recognises && slices.Contains(l.Stars, stars) {
			return l, true
		}
	}
	return LevelRule{}, false
}

// LevelName is what a level is called in a language.
func (p *Programme) LevelName(level, lang string) string { return p.levelNames[level].In(lang) }

type validity struct {
	Rule
	months int
}

// ValidUntil is the first day on which a certificate issued on a day is no
// longer valid; zero where no rule holds.
func (p *Programme) ValidUntil(issued time.Time) time.Time {
	for _, v := range p.validMonths {
		if v.Holds(issued) {
			return addMonths(day(issued), v.months)
		}
	}
	return time.Time{}
}

// IssuedValid are the days on which certificates were issued that are valid on
// a day, itself among them.
func (p *Programme) IssuedValid(on time.Time) []Period {
	return p.issued(func(v validity) Period { return Period{v.firstValid(on), day(on).AddDate(0, 0, 1)} })
}

// IssuedLapsing are those of them whose certificates are no longer valid so
// many months later.
func (p *Programme) IssuedLapsing(on time.Time, months int) []Period {
	return p.issued(func(v validity) Period { return Period{v.firstValid(on), v.firstValid(addMonths(day(on), months))} })
}

// issued are days of issue as far as each rule of validity holds on them.
func (p *Programme) issued(under func(validity) Period) []Period {
	var days []Period
	for _, v := range p.validMonths {
		span := under(v)
		if span.From.Before(v.From) {
			span.From = v.From
		}
		if !v.To.IsZero() && v.To.Before(span.To) {
			span.To = v.To
		}
		if span.From.Before(span.To) {
			days = append(days, span)
		}
	}
	return days
}

// firstValid is the first day of issue that is valid on a day.
func (v validity) firstValid(on time.Time) time.Time {
	from := addMonths(day(on), -v.months).AddDate(0, 0, -3) // months differ by at most three days
	for !addMonths(from, v.months).After(day(on)) {
		from = from.AddDate(0, 0, 1)
	}
	return from
}

// LevelRules are what every level ever did, each with the days it holds.
func (p *Programme) LevelRules() []LevelRule { return p.levels }

// addMonths keeps to the last day of a shorter month: Bộ luật Dân sự 2015,
// điều 148 khoản 3. 29/2/2024 and 12 months is 28/2/2025.
func addMonths(t time.Time, months int) time.Time {
	y, m, d := t.Date()
	first := time.Date(y, m+time.Month(months), 1, 0, 0, 0, 0, Local)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(d, last)-1)
}
