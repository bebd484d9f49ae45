package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"ocopbot/bot"
)

// How a poll ends: turns under way get lastTurns to finish, then what was
// handled is confirmed to Telegram within lastWord; together below the ten
// seconds a service has after SIGTERM.
const (
	lastTurns = 6 * time.Second
	lastWord  = 2 * time.Second
)

// settleTime is how long the next poll waits for turns under way. Telegram
// answers at once while an update is unconfirmed, so without it a slow turn
// would make the poll spin; new updates of other people wait at most this.
const settleTime = 250 * time.Millisecond

// held is how long an empty answer must have taken to be a poll that was held
// open. Some servers and proxies answer at once; the poll then slows itself.
const held = 100 * time.Millisecond

// quietTime is when a poll forgets its offset: after a week without updates
// Telegram continues at a random id, which may be lower.
const quietTime = 24 * time.Hour

// poll fetches and handles updates until ctx ends. It replaces the library's
// GetUpdatesChan, which confirms updates when it has fetched them and so loses
// them in a crash: here the offset moves only past what was handled. What came
// in behind an update that waits for another try is handled meanwhile, and is
// not handled again.
//
// Telegram returns the hundred oldest unconfirmed updates, so a hundred behind
// one that cannot be handled are as far as a poll can look.
func (c *Channel) poll(ctx context.Context, h bot.Handler) {
	c.unregister(ctx)
	turns, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	l := newLanes(turns, ctx, c, h)
	p := pause{first: c.o.FirstPause}
	conflict := false
	lastUpdate := time.Now()
	for ctx.Err() == nil {
		begun := time.Now()
		offset := l.offset()
		batch, err := c.getUpdates(ctx, offset, c.o.PollTimeout)
		if err != nil {
			if ctx.Err() != nil {
				break
			}
			if !isConflict(err) {
				c.log.Warn("telegram: polling failed, will try again", "error", err)
			} else if !conflict {
				c.log.Error("telegram: another program is polling with the same token, or has set a webhook; stop it, or give this one a bot of its own")
			}
			conflict = isConflict(err)
			p.wait(ctx, err)
			continue
		}
		p, conflict = pause{first: c.o.FirstPause}, false
		l.confirm(offset)
		for _, raw := range batch {
			l.take(raw)
		}
		if now := time.Now(); len(batch) > 0 {
			lastUpdate = now
		} else {
			if now.Sub(lastUpdate) > quietTime {
				lastUpdate = now
				l.forget()
			}
			if now.Sub(begun) < held {
				sleep(ctx, settleTime)
			}
		}
		l.settle(ctx, settleTime)
	}
	defer time.AfterFunc(lastTurns, abandon).Stop()
	l.wait(lastTurns + time.Second)
	c.confirm(ctx, l.offset())
}

// getUpdates holds a poll open for up to timeout.
func (c *Channel) getUpdates(ctx context.Context, offset int64, timeout time.Duration) ([]json.RawMessage, error) {
	params := tgbotapi.Params{"allowed_updates": allowedUpdates, "timeout": strconv.Itoa(int(timeout / time.Second))}
	params.AddNonZero64("offset", offset)
	result, err := c.request(ctx, timeout+c.o.SendTimeout, func(api *tgbotapi.BotAPI) (*tgbotapi.APIResponse, error) {
		return api.MakeRequest("getUpdates", params)
	})
	if err != nil {
		return nil, err
	}
	var batch []json.RawMessage
	if err := json.Unmarshal(result, &batch); err != nil {
		return nil, &bot.SendError{Code: bot.Unknown, Err: errors.New("telegram sent no list of updates")}
	}
	return batch, nil
}

// confirm tells Telegram what was handled, so that a restart does not get it
// again. When it fails the updates come twice, which handlers bear.
func (c *Channel) confirm(ctx context.Context, offset int64) {
	if offset == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWord)
	defer cancel()
	params := tgbotapi.Params{"offset": strconv.FormatInt(offset, 10), "limit": "1", "timeout": "0", "allowed_updates": allowedUpdates}
	if _, err := c.invoke(ctx, "getUpdates", params); err != nil {
		c.log.Warn("telegram: the last updates could not be confirmed and will come again", "error", err)
	}
}

func isConflict(err error) bool {
	var api *tgbotapi.Error
	return errors.As(err, &api) && api.Code == http.StatusConflict
}
