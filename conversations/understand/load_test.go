package understand

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestLoadRefusesBadDictionaries(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"[short]\nsp sản phẩm", "line 2"},
		{"[words]\n<a> b", "no ="},
		{"[help]\n<gì đó>", "<gì đó> is not among the words"},
		{"[help]\ntrợ giúp + ", "empty part"},
		{"[help]\n=", "mark without a phrase"},
		{"[helpp]\ntrợ giúp", "no intent is called"},
	} {
		if _, err := load(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.file, err, c.want)
		}
	}
}

// TestDictionaryIsClean: the dictionary is compared as it stands.
func TestDictionaryIsClean(t *testing.T) {
	if !norm.NFC.IsNormalString(phrases) || strings.ToLower(phrases[strings.Index(phrases, "[short]"):]) != phrases[strings.Index(phrases, "[short]"):] {
		t.Error("phrases.txt must be NFC and in small letters")
	}
	m := New()
	seen := map[Intent]bool{}
	for _, r := range m.rules {
		seen[r.intent] = true
	}
	for _, i := range intents {
		if !seen[i] {
			t.Errorf("no phrase for %s", i)
		}
	}
}

// TestEveryPhraseIsFound: what the dictionary says must lead where it says,
// unless an earlier line has the same words.
func TestEveryPhraseIsFound(t *testing.T) {
	m := New()
	for _, r := range m.rules {
		if strings.ContainsAny(r.phrase, "<+") {
			continue
		}
		if g := m.Understand(r.phrase); g.Intent == None {
			t.Errorf("line %d, %q: %+v", r.line+1, r.phrase, g)
		}
	}
}
