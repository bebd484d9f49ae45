//go:build !race

package conversations

import (
	"slices"
	"strings"
	"testing"
)

// The walks go to thousands of places in one goroutine: the race detector has
// nothing to find here, and would take half an hour. `make test` runs them
// without it.

func TestWalkEveryStep(t *testing.T) {
	w, producer, officer := newWalk(t)
	w.start("telegram:1", 0)
	w.start("telegram:2", producer)
	w.start("telegram:3", officer)
	w.exhaust()
	w.caps.Forgeable, w.seen, w.left = true, map[string]bool{}, map[string]bool{} // before what cannot be undone, a proof is asked
	w.start("telegram:2", producer)
	w.start("telegram:3", officer)
	w.exhaust()
	for _, f := range w.engine.flows {
		for _, s := range f.Steps {
			if s.asks() && !w.asked[f.ID+"."+s.ID] {
				t.Errorf("no path leads to the question %s.%s", f.ID, s.ID)
			}
		}
	}
	t.Logf("%d places, %d questions", len(w.seen), len(w.asked))
	if *keepSessions {
		w.keepSessions()
	}
}

func TestWalkBySMS(t *testing.T) {
	w, producer, officer := newWalk(t)
	w.caps, w.paged = bySMS, map[string]bool{}
	w.start("telegram:1", 0)
	w.start("telegram:2", producer)
	w.start("telegram:3", officer)
	w.exhaust()
	w.seen, w.left = map[string]bool{}, map[string]bool{} // and all of it with accents
	w.accents = true
	w.start("telegram:2", producer)
	w.start("telegram:3", officer)
	w.exhaust()
	var paged []string
	for p := range w.paged {
		paged = append(paged, p)
	}
	slices.Sort(paged)
	t.Logf("%d places, %d answers in pages:\n%s", len(w.seen), len(paged), strings.Join(paged, "\n"))
}
