package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/vbauerster/mpb/v8"
)

// The bar ends with what was done, whether that is as much as was expected or
// not, and does not keep a command that failed or was interrupted from ending.
func TestBarEnds(t *testing.T) {
	for name, c := range map[string]struct {
		steps  []int
		failed bool
		want   string
	}{
		"all":         {[]int{4, 10}, false, "queued 10 / 10"},
		"fewer":       {[]int{4, 7}, false, "queued 7 / 7"},
		"more":        {[]int{4, 12}, false, "queued 12 / 12"},
		"none":        {nil, false, "queued 0 / 0"},
		"interrupted": {[]int{4}, true, "queued 4 / 10"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			b := newBar(&out, "queued", 10, mpb.WithAutoRefresh())
			for _, n := range c.steps {
				b.at(n)
			}
			b.end(c.failed)
			if last := out.String()[strings.LastIndex(out.String(), "queued"):]; !strings.HasPrefix(last, c.want) {
				t.Errorf("ends with %q, want %q", last, c.want)
			}
		})
	}
	var quiet bytes.Buffer // nobody looks
	b := newBar(&quiet, "queued", 10)
	b.at(10)
	b.end(false)
	if quiet.Len() > 0 {
		t.Errorf("says %q into a file", quiet.String())
	}
}
