package ocop

import (
	"errors"
	"fmt"
	"strings"

	"ocopbot/bot/viet"
)

// What a phone number can be wrong in. All of them are ErrPhone.
var (
	ErrPhone        = errors.New("ocop: not a Vietnamese phone number")
	ErrPhoneLength  = fmt.Errorf("%w: too few or too many digits", ErrPhone)
	ErrPhonePrefix  = fmt.Errorf("%w: no operator or province has this prefix", ErrPhone)
	ErrPhoneForeign = fmt.Errorf("%w: another country's number", ErrPhone)
)

// PhoneKind says what can be done with a number.
type PhoneKind uint8

// The kinds of numbers.
const (
	NoPhone  PhoneKind = iota
	Mobile             // takes calls and SMS
	Landline           // takes calls only
)

// mobilePrefixes are the two digits behind the 0 that operators have been
// given for people's phones (numbering plan of Thông tư 22/2014/TT-BTTTT, and
// the operators' allocations since 2018).
const mobilePrefixes = "32 33 34 35 36 37 38 39 52 55 56 58 59 70 76 77 78 79 " +
	"81 82 83 84 85 86 87 88 89 90 91 92 93 94 96 97 98 99"

// areaCodes are the provinces' codes behind the 0, since the change of 2017
// (Quyết định 2036/QĐ-BTTTT, 21/11/2014). 205 is Lạng Sơn.
const areaCodes = "203 204 205 206 207 208 209 210 211 212 213 214 215 216 218 219 220 221 222 225 226 227 228 229 " +
	"232 233 234 235 236 237 238 239 24 251 252 254 255 256 257 258 259 260 261 262 263 269 " +
	"270 271 272 273 274 275 276 277 28 290 291 292 293 294 296 297 299"

// converted are the 11-digit mobile prefixes of before 15/9/2018 and what
// became of them (Quyết định 798/QĐ-BTTTT, 2016, and the plan of 2018).
var converted = map[string]string{
	"120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
	"123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
	"162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
	"186": "56", "188": "58", "199": "59",
}

// phoneWords are what people write before their number.
var phoneWords = []string{"so dien thoai", "dien thoai", "sdt", "dt", "tel", "phone", "zalo", "so"}

// ParsePhone reads a Vietnamese number as people type it and gives its E.164
// form, "+84912345678". It takes 0…, 84…, +84… and 0084…, spaces, dots,
// dashes and brackets, and the 11-digit mobile numbers of before 2018. Ten
// digits that begin with 084 are a VinaPhone number: the length decides.
func ParsePhone(text string) (string, error) {
	if len(text) > 64 {
		return "", ErrPhoneLength
	}
	plus := strings.Contains(text, "+")
	words := viet.Fold(text)
	for _, w := range phoneWords {
		if rest, ok := strings.CutPrefix(words, w+" "); ok {
			words = rest
			break
		}
	}
	digits := strings.ReplaceAll(words, " ", "")
	if digits == "" || !all(digits, isDigit) {
		return "", ErrPhone
	}
	national, err := nationalNumber(digits, plus)
	if err != nil {
		return "", err
	}
	if len(national) == 10 && national[0] == '1' {
		now, ok := converted[national[:3]]
		if !ok {
			return "", ErrPhonePrefix
		}
		national = now + national[3:]
	}
	e164 := "+84" + national
	if KindOfPhone(e164) == NoPhone {
		if len(national) != 9 && (len(national) != 10 || national[0] != '2') {
			return "", ErrPhoneLength
		}
		return "", ErrPhonePrefix
	}
	return e164, nil
}

// nationalNumber strips the country's code or the trunk 0.
func nationalNumber(digits string, plus bool) (string, error) {
	if rest, ok := strings.CutPrefix(digits, "00"); ok {
		digits, plus = rest, true
	}
	rest, ours := strings.CutPrefix(digits, "84")
	switch {
	case plus && !ours:
		return "", ErrPhoneForeign
	case plus:
		return strings.TrimPrefix(rest, "0"), nil // +84 (0)912 345 678
	case digits[0] == '0':
		return digits[1:], nil
	case ours && len(digits) >= 11:
		return rest, nil
	}
	return "", ErrPhoneLength
}

// KindOfPhone says what a number in E.164 form can be used for: notices go by
// SMS to Mobile only.
func KindOfPhone(e164 string) PhoneKind {
	n, ok := strings.CutPrefix(e164, "+84")
	if !ok || !all(n, isDigit) {
		return NoPhone
	}
	switch {
	case len(n) == 9 && isListed(mobilePrefixes, n[:2]):
		return Mobile
	case len(n) == 10 && (isListed(areaCodes, n[:2]) || isListed(areaCodes, n[:3])):
		return Landline
	}
	return NoPhone
}

func isListed(list, prefix string) bool {
	return strings.Contains(" "+list+" ", " "+prefix+" ")
}

// FormatPhone is a number as people in Vietnam read it: "0912 345 678" for a
// mobile, "0205 3812 345" for a landline. What is no such number stays as it
// is.
func FormatPhone(e164 string) string {
	n := strings.TrimPrefix(e164, "+84")
	switch KindOfPhone(e164) {
	case Mobile:
		return "0" + n[:3] + " " + n[3:6] + " " + n[6:]
	case Landline:
		area := 3
		if isListed(areaCodes, n[:2]) {
			area = 2
		}
		return "0" + n[:area] + " " + n[area:len(n)-3] + " " + n[len(n)-3:]
	}
	return e164
}
