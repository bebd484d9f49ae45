package bottest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ocopbot/bot/bottest"
	"ocopbot/bot/sms"
)

// No transcript is left over of a story that is gone.
func TestSMSTranscriptsHaveTheirStory(t *testing.T) {
	told, err := filepath.Glob("../../conversations/testdata/sms/*.txt")
	if err != nil || len(told) == 0 {
		t.Fatal(told, err)
	}
	for _, path := range told {
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), "..", filepath.Base(path))); err != nil {
			t.Error(err)
		}
	}
}

// Every story is told by SMS too, or says why it cannot be.
func TestEveryStoryGoesBySMS(t *testing.T) {
	paths, err := filepath.Glob("../../conversations/testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		s, err := bottest.ReadStory(path)
		if err != nil {
			t.Fatal(err)
		}
		told := slices.Contains(s.Channels, bottest.OnSMS) || slices.Contains(s.Channels, bottest.OnBoth)
		if told == (s.NoSMS != "") {
			t.Errorf("%s: told by SMS: %v; why it is not: %q", s.Name, told, s.NoSMS)
		}
	}
}

var cost = regexp.MustCompile(`(?m)^< \((\w+) (\d+)\)$`)

// A whole registration, with the longest values there may be, takes no more
// than 16 messages both ways together, none of them in UCS-2, and every
// answer two at most.
func TestARegistrationCosts(t *testing.T) {
	const most, mostOfOne = 16, 2
	answers := []string{
		"dang ky", "1", "Hoang Thi " + strings.Repeat("Phuong ", 9) + "Mai",
		"Mat ong " + strings.Repeat("hoa rung ", 15) + "Bac Son", "thi tran That Khe",
	}
	story := "= person an\n"
	total := 0
	for _, a := range answers {
		n, _ := sms.Segments(a, true)
		total += n
		story += "> " + a + "\n"
	}
	s, err := bottest.ParseStory("longest", "channels: sms\n"+story+"! idea LS26-0001\n")
	if err != nil {
		t.Fatal(err)
	}
	said, err := bottest.Play(t.Context(), s, bottest.OnSMS, blank(t), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range cost.FindAllStringSubmatch(said, -1) {
		n, err := strconv.Atoi(m[2])
		if err != nil || m[1] != string(sms.GSM) || n > mostOfOne {
			t.Errorf("an answer takes %s %s (%v)", m[1], m[2], err)
		}
		total += n
	}
	if total > most || !strings.Contains(said, "Phieu so: LS26-0001") {
		t.Errorf("%d messages:\n%s", total, said)
	}
	t.Logf("%d messages both ways", total)
}
