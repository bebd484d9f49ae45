package conversations

import (
	"regexp"
	"strconv"
	"strings"

	"ocopbot/bot/ocop"
)

// written is «3 = 12»: the number of a figure, and what is said of it.
var written = regexp.MustCompile(`^(?:(?:so|chi tieu|muc|dong) )?(\d{1,2}) ?(?:=|:|la | ) ?([\d.,+-].*)$`)

// parseFigures takes «3 = 12».
func parseFigures(t *T, text string) (string, *Note) {
	lines := t.Loaded.(reportView).lines
	m := written.FindStringSubmatch(plain(text))
	if m == nil {
		return "", &Note{Key: "report.figures_wrong"}
	}
	n, _ := strconv.Atoi(m[1]) // two digits at most, by the pattern
	if n < 1 || n > len(lines) {
		wrong := note("report.no_figure", "n", m[1], "last", strconv.Itoa(len(lines)))
		return "", &wrong
	}
	value, wrong := parseAmount(m[2], lines[n-1].Unit)
	if wrong != nil {
		return "", wrong
	}
	return lines[n-1].ID + "=" + value, nil
}

const mostAmount = 1_000_000_000

var thousands = regexp.MustCompile(`^(?:[1-9]\d{0,2}(?:[., ]\d{3})+|0|[1-9]\d*)$`)

// parseAmount takes a whole number, with or without the dots of thousands and
// the unit: «12», «1.250», «12 sản phẩm». What is counted in triệu đồng may be
// said as people say money: «1,5 tỷ».
func parseAmount(text string, unit ocop.Text) (string, *Note) {
	said, counted := plain(text), plain(unit.VI)
	digits := strings.TrimSpace(strings.TrimSuffix(said, counted))
	if !thousands.MatchString(digits) && counted == "trieu dong" && moneyUnit.MatchString(said) {
		dong, wrong := parseMoney(said)
		if wrong != nil {
			return "", &Note{Key: "report.value_wrong"}
		}
		n, _ := strconv.ParseInt(dong, 10, 64) // as parsed
		digits = strconv.FormatInt((n+500_000)/1_000_000, 10)
	}
	if !thousands.MatchString(digits) {
		return "", &Note{Key: "report.value_wrong"}
	}
	n, err := strconv.ParseInt(strings.NewReplacer(".", "", ",", "", " ", "").Replace(digits), 10, 64)
	if err != nil || n > mostAmount {
		return "", &Note{Key: "report.value_wrong"}
	}
	return strconv.FormatInt(n, 10), nil
}

// moneyUnit is a unit of money said with the number.
var moneyUnit = regexp.MustCompile(`\d ?(ty|ti|trieu|tr|nghin|ngan|dong)\b`)
