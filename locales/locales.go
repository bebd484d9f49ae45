// Package locales holds every text people see, in Vietnamese and English, and
// finds one by its key.
//
// A key may have a shorter or different form for a kind of channel, written
// as the key with the form's name behind it: "idea.ask_name.sms". It decides
// nothing about who is told what.
package locales

import (
	"embed"
	"fmt"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed active.*.toml
var files embed.FS

// The languages, the default first.
const (
	Vietnamese = "vi"
	English    = "en"
)

// Languages lists them.
var Languages = []string{Vietnamese, English}

// Data fills the placeholders of a text.
type Data = map[string]any

// Texts finds texts by language, form and key. It is safe for concurrent use.
type Texts struct {
	byLang map[string]*i18n.Localizer
	known  map[string]map[string]bool // language → key
}

// New reads the embedded texts.
func New() (*Texts, error) {
	bundle := i18n.NewBundle(language.Vietnamese)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	t := &Texts{byLang: map[string]*i18n.Localizer{}, known: map[string]map[string]bool{}}
	for _, lang := range Languages {
		f, err := bundle.LoadMessageFileFS(files, "active."+lang+".toml")
		if err != nil {
			return nil, fmt.Errorf("locales: %s: %w", lang, err)
		}
		t.byLang[lang] = i18n.NewLocalizer(bundle, lang)
		t.known[lang] = make(map[string]bool, len(f.Messages))
		for _, m := range f.Messages {
			t.known[lang][m.ID] = true
		}
	}
	return t, nil
}

// Text is the text of key in lang, in the given form if it has one, filled
// with data. A language that is not known counts as Vietnamese. A key that
// is missing comes back in brackets, which a test over all keys excludes.
func (t *Texts) Text(lang, form, key string, data Data) string {
	l, ok := t.byLang[lang]
	if !ok {
		lang = Vietnamese
		l = t.byLang[lang]
	}
	if form != "" && t.known[lang][key+"."+form] {
		key += "." + form
	}
	s, err := l.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data})
	if err != nil {
		return "[" + key + "]"
	}
	return s
}

// Has tells whether lang has a text for key.
func (t *Texts) Has(lang, key string) bool { return t.known[lang][key] }

// Keys lists the keys of lang, in no order.
func (t *Texts) Keys(lang string) []string {
	keys := make([]string, 0, len(t.known[lang]))
	for k := range t.known[lang] {
		keys = append(keys, k)
	}
	return keys
}
