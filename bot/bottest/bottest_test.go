package bottest_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"ocopbot/bot/bottest"
)

const small = `= person an
> chào
> [Không đồng ý]
! kept
`

func blank(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "blank.db")
	if err := bottest.Blank(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	return path
}

// What a story does not say is shown as a difference, and what it says wrong too.
func TestPlayShowsWhatHappened(t *testing.T) {
	s, err := bottest.ParseStory("small", small)
	if err != nil {
		t.Fatal(err)
	}
	var first string
	for _, channel := range []string{bottest.OnTelegram, bottest.OnTerminal} {
		got, err := bottest.Play(t.Context(), s, channel, blank(t), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = got
		}
		if d := bottest.Diff(first, got); d != "" {
			t.Errorf("%s says something else:\n%s", channel, d)
		}
	}
	d := bottest.Diff(small, first)
	for _, want := range []string{"+ < Chào anh/chị!", "+ < [Đồng ý] [Không đồng ý] [Xem rõ hơn]", "- ! kept", "+ ! kept 0 persons"} {
		if !strings.Contains(d, want) {
			t.Errorf("the difference does not show %q:\n%s", want, d)
		}
	}
}

// By SMS a story has inputs of its own, and what a screen asks after the form
// was sent is passed over.
func TestBySMS(t *testing.T) {
	s, err := bottest.ParseStory("s", "= person an\nsms > ocop\n> [Chào]\nsms >\n> (photo)\n> /start {code}\n< xin chào\n! kept\n")
	if err != nil {
		t.Fatal(err)
	}
	if d := bottest.Diff("= person an\n> ocop\n> {code}\n< xin chào\n! kept\n", s.BySMS().Text()); d != "" {
		t.Error(d)
	}
}

// A choice that is not offered cannot be chosen, on any channel.
func TestPlayRefusesWhatIsNotOffered(t *testing.T) {
	for _, channel := range bottest.Channels {
		s, err := bottest.ParseStory("wrong", "= person an\n> chào\n> [Gửi phiếu]\n")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bottest.Play(t.Context(), s, channel, blank(t), t.TempDir()); err == nil || !strings.Contains(err.Error(), "wrong:3") {
			t.Errorf("%s: %v", channel, err)
		}
	}
}

func TestParseStoryNamesTheLine(t *testing.T) {
	for _, text := range []string{"= person an\nhello", "channels: pigeon", "?"} {
		if _, err := bottest.ParseStory("s", text); !errors.Is(err, bottest.ErrStory) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestDiff(t *testing.T) {
	if d := bottest.Diff("a\nb", "a\nb"); d != "" {
		t.Errorf("the same differs: %s", d)
	}
	want := "   1   a\n   2 - b\n   2 + x\n   3   c\n   4   d"
	if d := bottest.Diff("a\nb\nc\nd\ne\nf", "a\nx\nc\nd\ne\nf"); d != want {
		t.Errorf("got\n%s\nwant\n%s", d, want)
	}
}
