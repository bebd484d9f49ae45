package sms

import (
	"context"
	"errors"
	"time"

	"ocopbot/bot"
)

// The lanes of a gateway's rate: who waits for an answer goes first.
const (
	answerLane = iota
	noticeLane
	advertLane
)

// turnPatience is how long a message waits for its turn at a gateway before
// the next one is tried. It must leave time for the send within a turn.
const turnPatience = 5 * time.Second

// waitTurn waits until the rate of a gateway lets one more message go.
func (c *Channel) waitTurn(ctx context.Context, g Gateway, lane int) error {
	if g.Rate == 0 {
		return nil
	}
	wait, reserved, err := c.o.Pacer.Reserve(ctx, g.Name, lane, turnPatience)
	switch {
	case err != nil:
		return &bot.SendError{Code: bot.Unavailable, Err: err}
	case !reserved:
		return &bot.SendError{Code: bot.Limited, After: wait, Err: errors.New("the gateway's rate is used up")}
	case wait <= 0:
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return &bot.SendError{Code: bot.Unavailable, Err: ctx.Err()}
	}
}

// spend notes a message before it goes. The admins hear of a budget when nine
// tenths of it are gone: while it can still be raised, and while the warning
// itself can still go out.
func (c *Channel) spend(ctx context.Context, g Gateway, o Outgoing) error {
	today, err := c.o.Ledger.Add(ctx, o)
	near := func(n int) bool { return n*10 >= g.Budget*9 }
	switch {
	case errors.Is(err, ErrSpent):
		c.warn(ctx, Warning{Kind: BudgetSpent, Gateway: g.Name, Used: g.Budget, Most: g.Budget, At: o.At})
		return &bot.SendError{Code: bot.Exhausted, After: untilTomorrow(o.At), Err: errors.New("the gateway's budget of the day is spent")}
	case err != nil:
		return &bot.SendError{Code: bot.Unavailable, Err: err}
	case g.Budget > 0 && near(today) && !near(today-o.Segments):
		c.warn(ctx, Warning{Kind: BudgetSpent, Gateway: g.Name, Used: today, Most: g.Budget, At: o.At})
	}
	return nil
}

// untilTomorrow is the time to midnight in Vietnam.
func untilTomorrow(now time.Time) time.Duration {
	y, m, d := now.In(vietnam).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, vietnam).Sub(now)
}

// warn has the admins told. What cannot be noted now happens again.
func (c *Channel) warn(ctx context.Context, w Warning) {
	if err := c.o.Ledger.Warn(ctx, w); err != nil {
		c.log.Warn("sms: the admins cannot be warned", "kind", w.Kind, "gateway", w.Gateway, "error", err)
	}
}
