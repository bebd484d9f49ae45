package faketelegram

import (
	"math"
	"time"
)

// Limits are how many messages Telegram takes, https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this.
// A zero rate is no limit. Answers to webhooks count and are never refused:
// how Telegram treats them cannot be seen from outside.
type Limits struct {
	PerSecond float64 // messages of the bot
	Burst     float64
	Penalty   time.Duration // once exceeded, all are refused for so long

	PerChat   float64 // messages a second to one person
	ChatBurst float64
}

// TelegramLimits are those a bot meets in the wild.
var TelegramLimits = Limits{PerSecond: 30, Burst: 30, Penalty: 3 * time.Second, PerChat: 1, ChatBurst: 3}

// bucket is a token bucket.
type bucket struct {
	used  float64
	at    time.Time
	until time.Time // of a penalty
}

// drain forgets what has flowed off since.
func (b *bucket) drain(rate float64, now time.Time) {
	b.used = max(0, b.used-rate*now.Sub(b.at).Seconds())
	b.at = now
}

// take lets one message through, or says how many seconds to wait.
func (l Limits) take(all, chat *bucket, now time.Time) int {
	if now.Before(all.until) {
		return seconds(all.until.Sub(now))
	}
	if l.PerChat > 0 {
		chat.drain(l.PerChat, now)
		if chat.used+1 > l.ChatBurst {
			return seconds(time.Duration((chat.used + 1 - l.ChatBurst) / l.PerChat * float64(time.Second)))
		}
	}
	if l.PerSecond > 0 {
		all.drain(l.PerSecond, now)
		if all.used+1 > l.Burst {
			all.until = now.Add(l.Penalty)
			return seconds(l.Penalty)
		}
	}
	all.used++
	chat.used++
	return 0
}

func seconds(d time.Duration) int { return max(1, int(math.Ceil(d.Seconds()))) }
