package outbox

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/conversations"
	"ocopbot/storage"
)

// Billed is a channel whose messages cost money by segment, and for which the
// law asks more: SMS.
type Billed interface {
	// Cost is what a message takes; 0 segments: nothing may carry it.
	Cost(m bot.Message) (segments int, dong int64)
	// Booked: advertising is handed to the carrier as a file.
	Booked() bool
}

// Outlets are the channels as announcements see them, by name. refuse is the
// number to which people text a refusal: without one the law lets no
// advertising go by SMS.
func Outlets(channels map[string]bot.Channel, refuse string) []conversations.Outlet {
	var all []conversations.Outlet
	for _, name := range slices.Sorted(maps.Keys(channels)) {
		o := conversations.Outlet{Caps: channels[name].Caps(), Carrier: storage.Carrier{Adverts: true}}
		if billed, ok := channels[name].(Billed); ok {
			segments, _ := billed.Cost(bot.Message{Text: ocop.AdvertMark, Advert: true})
			o.Carrier = storage.Carrier{Phone: true, Adverts: segments > 0 && refuse != "", Booked: billed.Booked()}
			o.Cost = billed.Cost
		}
		all = append(all, o)
	}
	return all
}

// waitAnnouncement waits for a slot of the lowest lane. A pause that began
// meanwhile is waited out too: slots that were given out before do not run
// against a channel that asked for one.
func (b *Outbox) waitAnnouncement(ctx context.Context, to bot.Address) error {
	for {
		if b.answered.take(to.Channel()) {
			if _, _, err := b.o.Limiter.Reserve(ctx, AnswerLane, to, b.o.pace.patience); err != nil {
				return fmt.Errorf("outbox: pace: %w", err)
			}
		}
		if err := b.waitSlot(ctx, AnnouncementLane, to); err != nil {
			return err
		}
		if !b.pauses.now(to.Channel()) {
			return nil
		}
	}
}

// Answered tells that an answer goes out by a channel right now, without
// having waited for a slot. It counts all the same: announcements make room
// for it.
func (b *Outbox) Answered(channel string) { b.answered.add(channel) }

// answered counts answers for which announcements have made no room yet. It
// costs an answer next to nothing, and one announcement's message at most one
// slot, so that a busy hour halves their pace and does not stop them.
type answered struct {
	mu sync.Mutex
	by map[string]int
}

// mostAnswered is about what flows off within a second.
const mostAnswered = 25

func (a *answered) add(channel string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by == nil {
		a.by = map[string]int{}
	}
	a.by[channel] = min(a.by[channel]+1, mostAnswered)
}

func (a *answered) take(channel string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by[channel] == 0 {
		return false
	}
	a.by[channel]--
	return true
}

// pauses are those this process was asked for.
type pauses struct {
	mu    sync.Mutex
	until map[string]time.Time // by the wall's clock
}

func (p *pauses) begin(channel string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.until == nil {
		p.until = map[string]time.Time{}
	}
	p.until[channel] = later(p.until[channel], time.Now().Add(d))
}

func (p *pauses) now(channel string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Before(p.until[channel])
}
