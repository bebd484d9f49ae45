package telegram

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"ocopbot/bot"
)

// atOnce bounds how many people's updates a poll handles at the same time.
const atOnce = 64

// remembered bounds how many updates of one person are handled while their
// confirmation is only a poll away: all that are not confirmed come again if
// the program dies, and a handler need know no more than the last eight of a
// person again. Behind an update that waits for another try nothing can be
// confirmed, and nobody is held up.
const remembered = 8

// lanes handles fetched updates: those of one person one after another, those
// of different people side by side. An update that fails is tried again, with
// growing pauses, before that person's next; nobody else waits for it.
type lanes struct {
	c     *Channel
	h     bot.Handler
	turns context.Context // of the turns themselves
	open  context.Context // ends when no new turn may begin
	slots chan struct{}
	done  sync.WaitGroup

	mu        sync.Mutex
	last      int64              // the highest id fetched; 0 before the first
	fetched   map[int64]fetched  // by id, until confirmed
	waiting   map[int64][]*entry // by chat, the first being handled
	changed   chan struct{}      // holds a token when an update was handled
	confirmed chan struct{}      // closed when some were confirmed
}

// fetched is an update that Telegram gives again until it is confirmed.
type fetched struct {
	chat    int64 // 0 for nobody's
	handled bool
}

type entry struct {
	id int64
	in bot.Incoming
}

func newLanes(turns, open context.Context, c *Channel, h bot.Handler) *lanes {
	return &lanes{
		c: c, h: h, turns: turns, open: open,
		slots:     make(chan struct{}, atOnce),
		fetched:   map[int64]fetched{},
		waiting:   map[int64][]*entry{},
		changed:   make(chan struct{}, 1),
		confirmed: make(chan struct{}),
	}
}

// take puts a fetched update in its person's lane, unless it is there already.
func (l *lanes) take(raw json.RawMessage) {
	var head struct {
		ID int64 `json:"update_id"`
	}
	if err := json.Unmarshal(raw, &head); err != nil || head.ID <= 0 {
		l.c.log.Error("telegram: an update without an id was dropped")
		return
	}
	l.mu.Lock()
	if _, known := l.fetched[head.ID]; known {
		l.mu.Unlock()
		return
	}
	l.fetched[head.ID] = fetched{}
	l.last = max(l.last, head.ID)
	l.mu.Unlock()

	var u update
	if err := u.parse(raw); err != nil {
		l.c.log.Error("telegram: an unreadable update was dropped", "update", head.ID)
		l.finish(head.ID)
		return
	}
	if u.Callback.ID != "" {
		l.c.answerTap(l.turns, u.Callback.ID)
	}
	in, ok := u.incoming()
	if !ok {
		l.finish(head.ID)
		return
	}
	chatID := u.private()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fetched[u.ID] = fetched{chat: chatID}
	l.waiting[chatID] = append(l.waiting[chatID], &entry{u.ID, in})
	if len(l.waiting[chatID]) == 1 {
		l.done.Go(func() { l.drive(chatID) })
	}
}

// drive handles what waits in one person's lane until it is empty.
func (l *lanes) drive(chatID int64) {
	for {
		l.mu.Lock()
		e := l.waiting[chatID][0]
		l.mu.Unlock()
		if !l.room(chatID) || !l.handle(e) {
			return // stopping: Telegram will deliver it again
		}
		l.finish(e.id)
		l.mu.Lock()
		rest := l.waiting[chatID][1:]
		if len(rest) == 0 {
			delete(l.waiting, chatID)
			l.mu.Unlock()
			return
		}
		l.waiting[chatID] = rest
		l.mu.Unlock()
	}
}

// room waits until one more update of a person may be handled; false if it
// stopped before.
func (l *lanes) room(chatID int64) bool {
	for {
		l.mu.Lock()
		free, confirmed := l.due(chatID) < remembered, l.confirmed
		l.mu.Unlock()
		if free {
			return true
		}
		select {
		case <-confirmed:
		case <-l.open.Done():
			return false
		}
	}
}

// handle tries an update until it is handled; false if it stopped before.
func (l *lanes) handle(e *entry) bool {
	p := pause{first: l.c.o.FirstPause}
	for {
		begun, err := l.try(e.in)
		if !begun {
			return false
		}
		if err == nil {
			return true
		}
		l.c.log.Error("telegram: an update was not handled and will be tried again",
			"update", e.id, "from", e.in.From.Masked(), "error", err)
		e.in.Redelivery = true
		if !p.wait(l.open, nil) {
			return false
		}
	}
}

// try runs one turn when a slot is free.
func (l *lanes) try(in bot.Incoming) (begun bool, err error) {
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	case <-l.open.Done():
	}
	if l.open.Err() != nil {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(l.turns, turnTime)
	defer cancel()
	reply, err := l.c.handle(ctx, l.h, in)
	if err == nil {
		err = l.c.deliver(ctx, l.h, in.From, reply)
	}
	return true, err
}

// finish notes that an update is done with.
func (l *lanes) finish(id int64) {
	l.mu.Lock()
	f := l.fetched[id]
	f.handled = true
	l.fetched[id] = f
	l.mu.Unlock()
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// offset is the lowest id not yet handled: what Telegram may forget lies below
// it. It is 0 when nothing was fetched yet.
func (l *lanes) offset() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == 0 {
		return 0
	}
	return l.unhandled()
}

// unhandled is the lowest id not yet handled. l.mu is held.
func (l *lanes) unhandled() int64 {
	lowest := l.last + 1
	for id, f := range l.fetched {
		if !f.handled {
			lowest = min(lowest, id)
		}
	}
	return lowest
}

// due counts a person's updates that the next poll confirms. l.mu is held.
func (l *lanes) due(chatID int64) (n int) {
	offset := l.unhandled()
	for id, f := range l.fetched {
		if f.chat == chatID && id < offset {
			n++
		}
	}
	return n
}

// confirm notes that Telegram has forgotten all below offset.
func (l *lanes) confirm(offset int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range l.fetched {
		if id < offset {
			delete(l.fetched, id)
		}
	}
	close(l.confirmed)
	l.confirmed = make(chan struct{})
}

// forget starts over at whatever id comes next. All must have been confirmed.
func (l *lanes) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.fetched) == 0 {
		l.last = 0
	}
}

// settle waits until everything taken is handled, at most for d.
func (l *lanes) settle(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	for l.busy() {
		select {
		case <-l.changed:
		case <-t.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

func (l *lanes) busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting) > 0
}

// wait waits for the turns under way, at most for d.
func (l *lanes) wait(d time.Duration) {
	ended := make(chan struct{})
	go func() {
		l.done.Wait()
		close(ended)
	}()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ended:
	case <-t.C:
		l.c.log.Error("telegram: turns did not end in time and were left")
	}
}
