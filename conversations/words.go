package conversations

import (
	"slices"
	"strings"

	"ocopbot/bot/viet"
)

// isRefusalWord tells the words that are also given names: Huy, Dung, Dũng.
// With the accents of hủy and dừng they are nobody's.
func isRefusalWord(text string) bool {
	switch strings.ToLower(text) {
	case "hủy", "huỷ", "dừng", "đừng":
		return false
	}
	switch viet.Fold(text) {
	case "huy", "dung":
		return true
	}
	return false
}

// isRefusal tells the words that refuse advertising where no dialog is open
// to be left: «HUY», «DUNG» are what the law has people answer with (NĐ
// 91/2020/NĐ-CP); «đúng» is none of them.
func isRefusal(text string) bool {
	switch strings.ToLower(text) {
	case "huy", "hủy", "huỷ", "dung", "dừng", "đừng":
		return true
	}
	return false
}

var (
	greetings = []string{"chao", "alo", "hello", "hi", "hey"}
	addressed = []string{"ban", "anh", "chi", "em", "a", "ad", "bot", "ca", "nha", "nhe", "may", "bac", "co", "chu"}
)

// isGreeting tells a text that says nothing but good day.
func isGreeting(text string) bool {
	words := strings.Fields(strings.TrimPrefix(viet.Fold(text), "xin "))
	if len(words) == 0 || len(words) > 4 || !slices.Contains(greetings, words[0]) {
		return false
	}
	for _, w := range words[1:] {
		if !slices.Contains(addressed, w) {
			return false
		}
	}
	return true
}

// plain is a text without accents and in lower case, with its signs: a minus
// counts.
func plain(text string) string {
	return strings.Join(strings.Fields(strings.ToLower(viet.Unaccent(text))), " ")
}
