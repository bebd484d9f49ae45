package conversations

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ocopbot/bot/viet"
)

// nothingSaid are the words that a text begins with which says that there was
// nothing: «không», «ko bán được gì», «chưa có ai».
var nothingSaid = []string{"khong", "ko", "k", "hok", "hong", "khg", "chua", "chang"}

// saysNothing tells a text, in plain letters and without figures, that answers
// «nothing» to a question how much or how many.
func saysNothing(said string) bool {
	words := strings.Fields(strings.Trim(said, " .,!"))
	return len(words) > 0 && slices.Contains(nothingSaid, words[0]) && !strings.ContainsAny(said, "123456789")
}

var (
	// amount is a sum with its unit among other words: "khoảng 50 triệu ạ",
	// "1 tỷ 200", "hơn 2 triệu rưỡi".
	amount = regexp.MustCompile(`^(?:[^\d/-]*[^\d/a-z-])?(\d[\d.,]*) ?(ty|ti|trieu|tr|cu|nghin|ngan|k)\b(?: ?(ruoi|\d{1,3})(?: ?(?:trieu|tr|nghin|ngan|dong|d|vnd|a|nhe))*[.!]?|[^\d/]*)$`)
	// glued is "50tr500".
	glued = regexp.MustCompile(`\b(\d+)(ty|ti|trieu|tr)(\d{1,3})\b`)
	// bareAmount is one in đồng.
	bareAmount = regexp.MustCompile(`^(?:(?:da|ban|duoc|dc|khoang|tam|chung|hon|gan|doanh|thu|la) )*(\d[\d.,]*) ?(?:dong|d|vnd)?(?: (?:a|nhe|thoi))?[.!]?$`)
	grouped    = regexp.MustCompile(`^\d{1,3}(?:[.,]\d{3})+$`)
)

// parseMoney reads an amount in đồng: "35 triệu", "khoảng 1,2 tỷ", "1 tỷ 200",
// "35.000.000", "không bán được gì". A bare number below 1000 is taken for
// triệu: nobody sells for 35 đồng. Three figures behind a dot or a comma are
// thousands, but of tỷ.
func parseMoney(text string) (string, *Note) {
	wrong := &Note{Key: "result.money_wrong"}
	said := glued.ReplaceAllString(plain(text), "$1 $2 $3")
	if saysNothing(said) {
		return "0", nil
	}
	units := map[string]float64{"ty": 1e9, "ti": 1e9, "trieu": 1e6, "tr": 1e6, "cu": 1e6, "nghin": 1e3, "ngan": 1e3, "k": 1e3}
	digits, unit, rest := "", 0.0, ""
	if m := amount.FindStringSubmatch(said); m != nil {
		digits, unit, rest = m[1], units[m[2]], m[3]
	} else if m := bareAmount.FindStringSubmatch(said); m != nil {
		digits = m[1]
	}
	digits = strings.TrimRight(digits, ".,")
	if grouped.MatchString(digits) && (unit != 1e9 || strings.Count(digits, ".")+strings.Count(digits, ",") > 1) {
		digits = strings.NewReplacer(".", "", ",", "").Replace(digits)
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(digits, ",", "."), 64)
	if err != nil {
		return "", wrong
	}
	switch {
	case unit == 0 && n < 1000:
		n *= 1e6
	case unit > 0:
		n *= unit
	}
	switch rest { // "1 tỷ 2", "1 tỷ 200": of the next lower unit
	case "":
	case "ruoi":
		n += unit / 2
	default:
		part, err := strconv.ParseFloat("0."+rest, 64)
		if err != nil {
			return "", wrong
		}
		n += part * unit
	}
	const most = 1e13
	if n > most {
		return "", wrong
	}
	return strconv.FormatInt(int64(n+0.5), 10), nil
}

// numerals are the numbers that are said in one word, and counted what comes
// behind one that is no name: «ba người», but «ba nhà tôi».
var (
	numerals = []string{"", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"}
	counted  = strings.Fields("nguoi ng chi anh me vo dua ban cho gian cai don hop thoa dai khach a")
)

// numeral is the number a word says, where the next one, if any, is counted;
// «bà» is none.
func numeral(word, next string) int {
	if next != "" && !slices.Contains(counted, viet.Fold(next)) {
		return 0
	}
	plainly := viet.Unaccent(word) == word
	for n, w := range numerals {
		if n > 0 && (word == w || plainly && word == viet.Unaccent(w)) {
			return n
		}
	}
	return 0
}

// oneNumber is a whole number, the only one among other words.
var oneNumber = regexp.MustCompile(`^[^\d-]*(?:-[^\d-]+)?\b(\d{1,3}(?:[.,]\d{3})+|\d{1,9})\b[^\d-]*$`)

// wholeNumber is the only number a text names, in figures or as its first word.
func wholeNumber(text string) (int, bool) {
	if m := oneNumber.FindStringSubmatch(plain(text)); m != nil {
		n, err := strconv.Atoi(strings.NewReplacer(".", "", ",", "").Replace(m[1]))
		return n, err == nil
	}
	words := wordsOf(text)
	for len(words) > 1 && slices.Contains([]string{"khoang", "chung", "duoc", "dc", "co", "ky"}, viet.Fold(words[0])) {
		words = words[1:]
	}
	if len(words) == 0 || strings.ContainsAny(text, "0123456789") {
		return 0, false
	}
	n := numeral(words[0], strings.Join(words[1:min(2, len(words))], ""))
	return n, n > 0
}

// wordsOf are a text's words in small letters, with their accents.
func wordsOf(text string) []string {
	return strings.Fields(strings.ToLower(strings.Trim(text, " .,!")))
}

// parseHowMany reads how many: "3", "khoảng 20", "1.200", "ba hợp đồng",
// "không". A number below nothing, a fraction and two numbers are none.
func parseHowMany(_ *T, text string) (string, *Note) {
	if saysNothing(plain(text)) {
		return "0", nil
	}
	if n, ok := wholeNumber(text); ok && n < 1_000_000 {
		return strconv.Itoa(n), nil
	}
	return "", &Note{Key: "result.count_wrong"}
}
