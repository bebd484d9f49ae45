package main

import (
	"io"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// bar shows how far something is that takes a while, where somebody looks.
type bar struct {
	all   *mpb.Progress
	bar   *mpb.Bar
	total int
}

func newBar(out io.Writer, name string, total int, more ...mpb.ContainerOption) *bar {
	all := mpb.New(append(more, mpb.WithOutput(out), mpb.WithWidth(60))...)
	// Begun without a total: one that has its total from the beginning ends
	// when that is reached, and never before.
	b := all.AddBar(0, mpb.PrependDecorators(decor.Name(name+" "), decor.CountersNoUnit("%d / %d")), mpb.AppendDecorators(decor.Percentage()))
	b.SetTotal(int64(total), false)
	return &bar{all, b, total}
}

// at shows that n are done, which may be more than were expected.
func (b *bar) at(n int) {
	b.bar.SetTotal(int64(max(b.total, n)), false)
	b.bar.SetCurrent(int64(n))
}

// end leaves the bar standing where it is: all done, be they fewer than were
// expected, unless something failed.
func (b *bar) end(failed bool) {
	if failed {
		b.bar.Abort(false)
	} else {
		b.bar.SetTotal(-1, true)
	}
	b.all.Wait()
}
