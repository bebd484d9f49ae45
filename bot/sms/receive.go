package sms

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"ocopbot/bot"
)

const (
	// atOnce is how many people are answered at the same time.
	atOnce = 16
	// turnTime bounds a turn and its sends; lease is longer, so that no other
	// process begins a message that is still being handled, and what a killed
	// one had begun is answered as soon as it is over.
	turnTime = 20 * time.Second
	lease    = 25 * time.Second
	// lookEvery is how often the inbox is looked into when nothing is heard of
	// it: another process may have kept something, or have died.
	lookEvery = time.Second
	// afterTrouble is the pause when something could not be handled now.
	afterTrouble = 2 * time.Second
)

// Receive works off the inbox until ctx ends: the messages of one person one
// after another in the order they came, those of several at once.
func (c *Channel) Receive(ctx context.Context, h bot.Handler) error {
	var working sync.WaitGroup
	defer working.Wait()
	free := make(chan struct{}, atOnce)
	for ctx.Err() == nil {
		claimed, err := c.o.Inbox.Claim(ctx, c.o.Now(), lease, atOnce-len(free))
		if err != nil && ctx.Err() == nil {
			c.log.Error("sms: the inbox cannot be read", "error", err)
		}
		for _, in := range claimed {
			free <- struct{}{}
			working.Go(func() {
				ok := c.handle(context.WithoutCancel(ctx), h, in)
				<-free
				if ok {
					c.wake()
				}
			})
		}
		pause := lookEvery
		if err != nil {
			pause = afterTrouble
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-c.came:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

func (c *Channel) wake() {
	select {
	case c.came <- struct{}{}:
	default:
	}
}

// handle runs one turn and sends its answer; false: it is to be tried again.
func (c *Channel) handle(ctx context.Context, h bot.Handler, in bot.Incoming) bool {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	err := c.turn(ctx, h, in)
	if err == nil {
		err = c.o.Inbox.Done(ctx, in.ID, c.o.Now())
	}
	if err == nil {
		return true
	}
	c.log.Error("sms: a message is not handled yet", "from", in.From.Masked(), "error", err)
	select {
	case <-time.After(afterTrouble):
	case <-ctx.Done():
	}
	if err := c.o.Inbox.Release(context.WithoutCancel(ctx), in.ID); err != nil {
		c.log.Warn("sms: a message waits for the end of its lease", "error", err)
	}
	return false
}

var errPanic = errors.New("sms: the handler panicked")

func (c *Channel) turn(ctx context.Context, h bot.Handler, in bot.Incoming) (err error) {
	defer func() {
		if v := recover(); v != nil {
			c.log.Error("sms: the handler panicked", "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	r, err := h.Handle(ctx, in)
	if err != nil {
		return err
	}
	for i, m := range r.Messages {
		if _, err := c.send(ctx, in.From, m, answerLane); err != nil {
			r.Messages, r.Sent = r.Messages[i:], i
			return h.Undelivered(ctx, in.From, r, err)
		}
	}
	return nil
}
