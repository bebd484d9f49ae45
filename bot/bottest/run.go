package bottest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Run plays every story that the pattern finds, over every channel of each.
// With update the answers of the first channel, and those of SMS, are written
// into their files before the others are compared with them.
func Run(t *testing.T, pattern string, update bool) {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no stories at %s (%v)", pattern, err)
	}
	blank := filepath.Join(t.TempDir(), "blank.db")
	if err := Blank(t.Context(), blank); err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		s, err := ReadStory(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			for i, channel := range s.Channels {
				told, file := s, path
				if channel == OnSMS && i > 0 {
					told, file = s.BySMS(), SMSPath(path)
				}
				got, err := Play(t.Context(), told, channel, blank, t.TempDir())
				if err != nil {
					t.Errorf("%s: %v\n%s", channel, err, tail(got))
					continue
				}
				if err := compare(file, got, update && (i == 0 || file != path)); err != nil {
					t.Errorf("%s on %s: %v", file, channel, err)
				}
			}
		})
	}
}

// SMSPath is where the transcript of a story lies as it is told by SMS.
func SMSPath(story string) string {
	return filepath.Join(filepath.Dir(story), OnSMS, filepath.Base(story))
}

// compare shows how a transcript differs from its file, or writes it there.
func compare(file, got string, update bool) error {
	want, err := os.ReadFile(file)
	if err != nil && !update {
		return fmt.Errorf("%w; -update writes it", err)
	}
	if update && got != string(want) {
		return os.WriteFile(file, []byte(got), 0o644)
	}
	if d := Diff(string(want), got); d != "" {
		return fmt.Errorf("- the story, + what happened:\n%s", d)
	}
	return nil
}

// tail is the end of a transcript that broke off.
func tail(s string) string {
	const most = 25
	ls := strings.Split(strings.TrimRight(s, "\n"), "\n")
	return strings.Join(ls[max(0, len(ls)-most):], "\n")
}

// Diff shows where two texts differ, line by line with some lines around;
// empty if they are the same.
func Diff(want, got string) string {
	if want == got {
		return ""
	}
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	common := commonLines(a, b)
	var lines []string
	var changed []bool
	add := func(sign, text string, line int) {
		lines = append(lines, fmt.Sprintf("%4d %s %s", line, sign, text))
		changed = append(changed, sign != " ")
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			add(" ", a[i], i+1)
			i++
			j++
		case i < len(a) && (j == len(b) || common[i+1][j] >= common[i][j+1]):
			add("-", a[i], i+1)
			i++
		default:
			add("+", b[j], j+1)
			j++
		}
	}
	return strings.Join(around(lines, changed), "\n")
}

// commonLines counts, from every pair of places on, how many lines both texts
// still share.
func commonLines(a, b []string) [][]int {
	n := make([][]int, len(a)+1)
	for i := range n {
		n[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				n[i][j] = n[i+1][j+1] + 1
			} else {
				n[i][j] = max(n[i+1][j], n[i][j+1])
			}
		}
	}
	return n
}

// around keeps the changed lines and two on either side.
func around(lines []string, changed []bool) []string {
	const near = 2
	var kept []string
	last := -1
	for i, l := range lines {
		wanted := false
		for k := max(0, i-near); k <= min(len(lines)-1, i+near); k++ {
			wanted = wanted || changed[k]
		}
		if !wanted {
			continue
		}
		if last >= 0 && i > last+1 {
			kept = append(kept, "     …")
		}
		kept, last = append(kept, l), i
	}
	return kept
}
