package conversations

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"ocopbot/storage"
)

var howToComeBy = regexp.MustCompile(`(?i)\bDD ([a-z]{2,4}) ?0*(\d{1,4})\b`)

// Invites is the code of the gathering that the words of an announcement invite
// to: they say how one signs up, "OCOP DD HC12". Who signs up to it has answered
// the announcement. Empty: they invite to nothing.
func Invites(text string) string {
	m := howToComeBy.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return strings.ToUpper(m[1]) + m[2]
}

// answerText takes the words of an announcement, unless they invite to
// something that does not exist.
func answerText(t *T, text string) error {
	if code := Invites(text); code != "" {
		_, err := t.reads.GatheringByCode(t.Ctx, code)
		if errors.Is(err, storage.ErrNotFound) {
			t.Tell("ann.no_event", "code", code)
			return nil
		}
		if err != nil {
			return fmt.Errorf("conversations: gathering: %w", err)
		}
	}
	t.Set("text", text)
	_, i := t.flows[announceFlow].step("text")
	return t.goOn(i)
}
