// Package pacing is what every limiter of sending must meet, whether it
// shares out the pace in Redis or in one process.
package pacing

import (
	"context"
	"sync"
	"testing"
	"time"

	"ocopbot/bot"
)

// Limiter is what is tested.
type Limiter interface {
	Reserve(ctx context.Context, lane int, to bot.Address, patience time.Duration) (time.Duration, bool, error)
	Pause(ctx context.Context, channel string, d time.Duration) error
}

// Run tests what open makes, a limiter in which nothing was reserved yet. The
// channels c and d have a pace, others none. It is given in minutes, so that a slow machine changes no outcome.
func Run(t *testing.T, open func(t *testing.T, every time.Duration, burst int, chat time.Duration) Limiter) {
	t.Run("a burst goes at once and the rest one by one", func(t *testing.T) {
		l := tested{t, open(t, time.Minute, 3, 0)}
		for range 3 {
			l.wait(0, "c:1", 0, 0)
		}
		l.wait(0, "c:1", 0, time.Minute)
		l.wait(0, "c:1", time.Minute, 2*time.Minute)
		l.wait(0, "d:1", 0, 0) // another channel has a pace of its own
	})
	t.Run("a lower lane never delays a higher", func(t *testing.T) {
		l := tested{t, open(t, time.Minute, 1, 0)}
		for range 5 {
			l.reserve(2, "c:1")
		}
		l.wait(1, "c:1", 0, 0)
		l.wait(0, "c:1", 0, 0)
		// What the higher ones took is the lower one's loss: 7 slots are gone.
		l.wait(2, "c:1", 6*time.Minute, 7*time.Minute)
		// Lane 1 sees its own and lane 0's.
		l.wait(1, "c:1", time.Minute, 2*time.Minute)
	})
	t.Run("the lowest lane goes evenly", func(t *testing.T) {
		l := tested{t, open(t, time.Minute, 10, 0)}
		for range 4 { // two fifths of the burst
			l.wait(2, "c:1", 0, 0)
		}
		l.wait(2, "c:1", 0, time.Minute)
		for range 5 { // the rest is there for others
			l.wait(1, "c:1", 0, 0)
		}
	})
	t.Run("one chat has its own pace", func(t *testing.T) {
		l := tested{t, open(t, time.Microsecond, 100, time.Minute)}
		l.wait(1, "c:1", 0, 0)
		l.wait(1, "c:1", 0, time.Minute)
		l.wait(1, "c:2", 0, 0)
		l.wait(0, "c:1", 0, 0) // but an answer goes at once
	})
	t.Run("a pause holds up its channel only, for as long as asked", func(t *testing.T) {
		l := tested{t, open(t, time.Microsecond, 100, 0)}
		l.pause("c", 10*time.Minute)
		l.pause("c", time.Minute) // a shorter one does not end it
		l.wait(0, "c:1", 9*time.Minute, 10*time.Minute)
		l.wait(2, "c:2", 9*time.Minute, 10*time.Minute)
		l.wait(0, "d:1", 0, 0)
	})
	t.Run("a channel without a pace goes at once, but for its pauses", func(t *testing.T) {
		l := tested{t, open(t, time.Minute, 1, time.Minute)}
		for range 5 {
			l.wait(2, "e:1", 0, 0)
		}
		l.pause("e", 10*time.Minute)
		l.wait(1, "e:1", 9*time.Minute, 10*time.Minute)
		l.wait(2, "e:2", 9*time.Minute, 10*time.Minute)
	})
	t.Run("the impatient reserve nothing", func(t *testing.T) {
		l := tested{t, open(t, time.Minute, 1, 0)}
		l.wait(0, "c:1", 0, 0)
		for range 3 {
			wait, reserved, err := l.Reserve(t.Context(), 0, "c:1", time.Second)
			if err != nil || reserved || wait <= 0 || wait > time.Minute {
				t.Errorf("with a patience of 1 s: wait %v, reserved %v, %v", wait, reserved, err)
			}
		}
		l.wait(0, "c:1", 0, time.Minute)
	})
	t.Run("slots asked for at once are all different", func(t *testing.T) {
		const n = 50
		l := tested{t, open(t, time.Minute, 1, 0)}
		var mu sync.Mutex
		var wg sync.WaitGroup
		taken := map[time.Duration]int{}
		for range n {
			wg.Go(func() {
				wait := l.reserve(0, "c:1")
				mu.Lock()
				defer mu.Unlock()
				taken[(wait+time.Minute-1)/time.Minute]++ // the clock goes on: round up
			})
		}
		wg.Wait()
		for slot := range time.Duration(n) {
			if taken[slot] != 1 {
				t.Errorf("slot %d was given out %d times", slot, taken[slot])
			}
		}
	})
}

type tested struct {
	t *testing.T
	Limiter
}

func (l tested) reserve(lane int, to bot.Address) time.Duration {
	wait, reserved, err := l.Reserve(l.t.Context(), lane, to, 24*time.Hour)
	if err != nil || !reserved {
		l.t.Errorf("reserve a slot: %v, %v", reserved, err)
	}
	return wait
}

// wait reserves a slot and expects it more than after, at most until, from now.
func (l tested) wait(lane int, to bot.Address, after, until time.Duration) {
	l.t.Helper()
	got := l.reserve(lane, to)
	if until == 0 && got == 0 {
		return
	}
	if got <= after || got > until {
		l.t.Errorf("lane %d to %s: wait %v, want more than %v and at most %v", lane, to, got, after, until)
	}
}

func (l tested) pause(channel string, d time.Duration) {
	l.t.Helper()
	if err := l.Pause(l.t.Context(), channel, d); err != nil {
		l.t.Fatal(err)
	}
}
