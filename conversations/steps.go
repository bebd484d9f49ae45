package conversations

import (
	"strings"
	"unicode/utf8"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
)

// What steps of many conversations share: when they are asked, and how plain
// answers are taken.

const (
	longestName    = 80   // characters of a person's name
	longestProduct = 150  // of a product's or producer's
	longestText    = 1500 // of any other answer
)

func has(key string) func(*T) bool { return func(t *T) bool { return t.Get(key) != "" } }

// missing: asked as long as nothing is known, and again to correct it.
func missing(key string) func(*T) bool {
	return func(t *T) bool { return t.Get("known") == "" || t.Get(key) == "" }
}

func never(*T) bool { return false }

func asked(key string, fields ...string) func(*T) (string, locales.Data) {
	return func(t *T) (string, locales.Data) {
		d := locales.Data{}
		for _, f := range fields {
			d[strings.TrimSuffix(f, "?")] = t.Get(f)
		}
		return key, d
	}
}

func parseName(t *T, text string) (string, *Note) {
	text = strings.Join(strings.Fields(text), " ")
	n := utf8.RuneCountInString(text)
	if n < 2 || n > longestName || strings.ContainsAny(text, "0123456789@/:?") {
		return "", &Note{Key: "reg.name_wrong"}
	}
	return text, nil
}

func parseLine(t *T, text string) (string, *Note) {
	if utf8.RuneCountInString(text) > longestText {
		return "", &Note{Key: "engine.too_long"}
	}
	return text, nil
}

func parseProduct(t *T, text string) (string, *Note) {
	n := utf8.RuneCountInString(text)
	switch {
	case n < 2:
		return "", &Note{Key: "reg.product_short"}
	case n > longestProduct:
		return "", &Note{Key: "reg.product_long"}
	}
	return text, nil
}

func parsePhone(t *T, text string) (string, *Note) {
	p, err := ocop.ParsePhone(text)
	if err != nil {
		return "", &Note{Key: "reg.phone_wrong"}
	}
	return p, nil
}

func noChoices(*T) []bot.Choice { return nil }
