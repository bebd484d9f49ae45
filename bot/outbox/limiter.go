package outbox

import (
	"context"
	"sync"
	"time"

	"ocopbot/bot"
)

// Pace is how fast one channel may be used.
type Pace struct {
	Every time.Duration // between two messages, on the long run
	Burst int           // messages that may go at once after a rest
	Chat  time.Duration // between two messages of one lane to one address; AnswerLane is exempt
}

// TelegramPace keeps below what Telegram allows: about 30 messages a second
// in all and one a second to one chat (core.telegram.org/bots/faq), with a burst
// a little below what it punishes.
var TelegramPace = Pace{Every: time.Second / 30, Burst: 25, Chat: time.Second}

// Paces are those of the channels by their names. One that is not among them
// keeps to its own limits: here only its pauses hold it up.
type Paces map[string]Pace

// burst is what a lane may send at once. The lowest one, which has the most to
// say, keeps to less: what is left is room for messages that were held up
// between their slot and the provider, who counts when they arrive.
func (p Pace) burst(lane int) int {
	if lane == Lanes-1 {
		return (2*p.Burst + 4) / 5
	}
	return p.Burst
}

// LocalLimiter shares out the pace within one process.
type LocalLimiter struct {
	paces Paces
	now   func() time.Time

	mu       sync.Mutex
	channels map[string]*lanes
	chats    map[chat]time.Time // when the next message may go; past ones are swept
	swept    time.Time
}

type chat struct {
	lane int
	to   bot.Address
}

// lanes is the state of one channel: when each lane's bucket is full again (a
// generic cell rate algorithm), and when its pause ends.
type lanes struct {
	full   [Lanes]time.Time
	paused time.Time
}

// NewLocalLimiter makes a limiter; a nil now is time.Now.
func NewLocalLimiter(p Paces, now func() time.Time) *LocalLimiter {
	if now == nil {
		now = time.Now
	}
	return &LocalLimiter{paces: p, now: now, channels: map[string]*lanes{}, chats: map[chat]time.Time{}}
}

// Reserve implements Limiter. A slot given to a lane counts for that lane and
// all lower ones.
func (l *LocalLimiter) Reserve(_ context.Context, lane int, to bot.Address, patience time.Duration) (
	wait time.Duration, reserved bool, err error,
) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	pace, state := l.paces[to.Channel()], l.channel(to.Channel())
	from := later(now, state.paused)
	reach := time.Duration(pace.burst(lane)-1) * pace.Every
	slot := later(from, later(from, state.full[lane]).Add(-reach))
	limited := lane != AnswerLane && pace.Chat > 0
	if limited {
		slot = later(slot, l.chats[chat{lane, to}])
	}
	wait = slot.Sub(now)
	if wait > patience {
		return wait, false, nil
	}
	for i := lane; i < Lanes; i++ {
		state.full[i] = later(from, state.full[i]).Add(pace.Every)
	}
	if limited {
		l.sweep(now)
		l.chats[chat{lane, to}] = slot.Add(pace.Chat)
	}
	return wait, true, nil
}

// Pause implements Limiter.
func (l *LocalLimiter) Pause(_ context.Context, channel string, d time.Duration) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	state := l.channel(channel)
	state.paused = later(state.paused, l.now().Add(d))
	return nil
}

func (l *LocalLimiter) channel(name string) *lanes {
	state, ok := l.channels[name]
	if !ok {
		state = &lanes{}
		l.channels[name] = state
	}
	return state
}

// sweep forgets chats that may be written to again, once a minute.
func (l *LocalLimiter) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Minute {
		return
	}
	l.swept = now
	for c, free := range l.chats {
		if !free.After(now) {
			delete(l.chats, c)
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
