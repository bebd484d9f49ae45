package conversations

import "testing"

// A code typed by itself is known for one, whichever letters were drawn.
func TestEveryCodeLooksLikeOne(t *testing.T) {
	for range 1000 {
		if c := NewCode(); !looksLikeCode(c) {
			t.Fatalf("%s does not look like a code", c)
		}
	}
}
