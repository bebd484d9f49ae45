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
	for n, line := range strings.Split(phrases, "\n") {
		if !norm.NFC.IsNormalString(line) || line != strings.ToLower(line) && line[0] != '#' {
			t.Errorf("line %d must be NFC and in small letters: %q", n+1, line)
		}
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
