package locales_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template/parse"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"golang.org/x/text/unicode/norm"

	"ocopbot/locales"
)

// raw reads a language's file as it is written, key by key.
func raw(t *testing.T, lang string) map[string]string {
	t.Helper()
	b, err := os.ReadFile("active." + lang + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	if err := toml.Unmarshal(b, &texts); err != nil {
		t.Fatalf("%s: %v", lang, err)
	}
	return texts
}

// fields are the placeholders of a text; those in asked decide an {{if}}, so
// they may be absent.
func fields(t *testing.T, key, text string) (all, asked map[string]bool) {
	t.Helper()
	trees, err := parse.Parse(key, text, "", "")
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	all, asked = map[string]bool{}, map[string]bool{}
	var walk func(n parse.Node, into ...map[string]bool)
	walk = func(n parse.Node, into ...map[string]bool) {
		switch n := n.(type) {
		case *parse.ListNode:
			if n == nil {
				return
			}
			for _, c := range n.Nodes {
				walk(c, into...)
			}
		case *parse.ActionNode:
			walk(n.Pipe, into...)
		case *parse.PipeNode:
			for _, c := range n.Cmds {
				for _, a := range c.Args {
					walk(a, into...)
				}
			}
		case *parse.IfNode:
			walk(n.Pipe, all, asked)
			walk(n.List, all)
			walk(n.ElseList, all)
		case *parse.FieldNode:
			for _, m := range into {
				m[n.Ident[0]] = true
			}
		case *parse.TextNode:
		default:
			t.Errorf("%s: %q is more than a placeholder or a condition", key, n)
		}
	}
	if tree := trees[key]; tree != nil {
		walk(tree.Root, all)
	}
	return all, asked
}

// A shorter form is a language's own matter: one that has none shows the text.
func isForm(key string) bool { return strings.Count(key, ".") > 1 }

func TestEveryLanguageHasTheSameKeys(t *testing.T) {
	vi := raw(t, locales.Vietnamese)
	for _, lang := range locales.Languages {
		texts := raw(t, lang)
		for key := range vi {
			if _, ok := texts[key]; !ok && !isForm(key) {
				t.Errorf("%s: %s is missing", lang, key)
			}
		}
		for key := range texts {
			if _, ok := vi[key]; !ok && !isForm(key) {
				t.Errorf("%s: %s is not there in Vietnamese", lang, key)
			}
		}
	}
}

// A form such as "reg.name.sms" may leave out what its text says, but it is
// given nothing else.
func TestAFormHasItsText(t *testing.T) {
	for _, lang := range locales.Languages {
		texts := raw(t, lang)
		for key, text := range texts {
			parts := strings.Split(key, ".")
			if len(parts) < 3 {
				continue
			}
			base := strings.Join(parts[:2], ".")
			whole, ok := texts[base]
			if !ok {
				t.Errorf("%s: %s is a form of %s, which is missing", lang, key, base)
				continue
			}
			given, _ := fields(t, base, whole)
			used, _ := fields(t, key, text)
			for f := range used {
				if !given[f] {
					t.Errorf("%s: %s uses {{.%s}}, which %s does not have", lang, key, f, base)
				}
			}
		}
	}
}

func TestEveryLanguageHasTheSamePlaceholders(t *testing.T) {
	vi := raw(t, locales.Vietnamese)
	for _, lang := range locales.Languages {
		for key, text := range raw(t, lang) {
			want, wantAsked := fields(t, key, vi[key])
			got, gotAsked := fields(t, key, text)
			if !maps.Equal(want, got) || !maps.Equal(wantAsked, gotAsked) {
				t.Errorf("%s: %s has %v (of which optional %v), Vietnamese has %v (%v)",
					lang, key, names(got), names(gotAsked), names(want), names(wantAsked))
			}
		}
	}
}

func names(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

func TestEveryTextRenders(t *testing.T) {
	texts, err := locales.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range locales.Languages {
		for key, text := range raw(t, lang) {
			all, asked := fields(t, key, text)
			check := func(left ...string) {
				t.Helper()
				data := locales.Data{}
				for f := range all {
					if !slices.Contains(left, f) {
						data[f] = "⟨" + f + "⟩"
					}
				}
				got := texts.Text(lang, "", key, data)
				switch {
				case got == "" || got == "["+key+"]" || strings.Contains(got, "<no value>") || strings.Contains(got, "{{"):
					t.Errorf("%s: %s without %v gives %q", lang, key, left, got)
				case got != strings.TrimSpace(got):
					t.Errorf("%s: %s without %v has blanks around it: %q", lang, key, left, got)
				}
				for f := range data {
					if !asked[f] && len(left) == 0 && !strings.Contains(got, "⟨"+f+"⟩") {
						t.Errorf("%s: %s does not show %s: %q", lang, key, f, got)
					}
				}
			}
			check()
			for f := range asked {
				check(f)
			}
			check(names(asked)...)
		}
	}
}

var (
	condition = regexp.MustCompile(`\{\{(if [^}]*|else|end)\}\}`)
	value     = regexp.MustCompile(`\{\{[^}]*\}\}`)
	untidy    = regexp.MustCompile(`[ \t]\n|  |\t|\n\n\n| [,.;:?!)»]|[(«] |\.\.`)
)

func TestTextsAreTidy(t *testing.T) {
	for _, lang := range locales.Languages {
		for key, text := range raw(t, lang) {
			if text != strings.TrimSpace(text) {
				t.Errorf("%s: %s has blanks around it", lang, key)
			}
			if bad := untidy.FindString(value.ReplaceAllString(condition.ReplaceAllString(text, ""), "x")); bad != "" {
				t.Errorf("%s: %s has %q in it", lang, key, bad)
			}
			if !norm.NFC.IsNormalString(text) {
				t.Errorf("%s: %s is not composed (NFC)", lang, key)
			}
			if strings.Count(text, "«") != strings.Count(text, "»") {
				t.Errorf("%s: %s leaves a quotation open", lang, key)
			}
		}
	}
}

// People read on small screens, and by SMS pay for what they read: whoever
// needs more than this says it in two texts. The law's words need more.
func TestTextsAreShort(t *testing.T) {
	const longest = 320 // characters, placeholders not counted
	long := map[string]bool{"consent.full": true}
	for _, lang := range locales.Languages {
		for key, text := range raw(t, lang) {
			n := utf8.RuneCountInString(value.ReplaceAllString(condition.ReplaceAllString(text, ""), ""))
			if n > longest && !long[key] {
				t.Errorf("%s: %s has %d characters", lang, key, n)
			}
		}
	}
}

// A text that names a button says its label as it is written on it.
func TestQuotedLabelsAreLabels(t *testing.T) {
	quoted := regexp.MustCompile(`«(\p{Lu}[^»{]*)»`)
	for _, lang := range locales.Languages {
		texts := raw(t, lang)
		said := map[string]bool{}
		for _, text := range texts {
			said[text] = true
		}
		for key, text := range texts {
			for _, m := range quoted.FindAllStringSubmatch(text, -1) {
				if !said[m[1]] {
					t.Errorf("%s: %s names «%s», which no button says", lang, key, m[1])
				}
			}
		}
	}
}

func TestEnglishIsEnglish(t *testing.T) {
	same := map[string]bool{ // nothing to translate in these
		"act.card": true, "ask.answer": true, "status.event": true, "language.vi": true, "language.en": true,
		"channel.telegram": true, "channel.zalo": true, "letter.unit_text": true,
	}
	vi := raw(t, locales.Vietnamese)
	for key, text := range raw(t, locales.English) {
		if text == vi[key] && !same[key] {
			t.Errorf("%s is the same in Vietnamese: %q", key, text)
		}
	}
}

func TestText(t *testing.T) {
	texts, err := locales.New()
	if err != nil {
		t.Fatal(err)
	}
	vi := raw(t, locales.Vietnamese)
	for _, c := range []struct{ name, lang, form, key, want string }{
		{"Vietnamese", "vi", "", "choice.yes", vi["choice.yes"]},
		{"English", "en", "", "choice.yes", "Yes"},
		{"an unknown language counts as Vietnamese", "fr", "", "choice.yes", vi["choice.yes"]},
		{"no language counts as Vietnamese", "", "", "choice.yes", vi["choice.yes"]},
		{"a text without that form", "en", "telegraph", "choice.yes", "Yes"},
		{"a missing key shows", "en", "", "choice.perhaps", "[choice.perhaps]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := texts.Text(c.lang, c.form, c.key, nil); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	for _, lang := range locales.Languages {
		got, want := slices.Sorted(slices.Values(texts.Keys(lang))), slices.Sorted(maps.Keys(raw(t, lang)))
		if !slices.Equal(got, want) {
			t.Errorf("%s: %d keys known, %d in the file", lang, len(got), len(want))
		}
		for _, key := range want {
			if !texts.Has(lang, key) {
				t.Errorf("%s: %s is not known", lang, key)
			}
		}
	}
	if texts.Has("vi", "choice.perhaps") || texts.Has("fr", "choice.yes") {
		t.Error("what is not there is said to be")
	}
	if got, want := fmt.Sprint(texts.Text("en", "", "help.band", locales.Data{"stars": 3, "from": "50"})), "3 stars: from 50 points"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
