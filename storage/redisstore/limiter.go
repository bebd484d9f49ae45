package redisstore

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"ocopbot/bot"
)

// Pace is how fast one channel may be used.
type Pace struct {
	Every time.Duration // between two messages, on the long run
	Burst int           // messages that may go at once after a rest
	Chat  time.Duration // between two messages of one lane to one address; lane 0 is exempt
}

// Limiter shares out the paces of channels among all replicas. A channel without
// one is held up by its pauses only.
type Limiter struct {
	rdb      *redis.Client
	slots    line
	paces    map[string]Pace
	deadline time.Duration
}

// NewLimiter makes a limiter on rdb, which should come from Connect. The
// paces are by channel; all replicas must be given the same.
func NewLimiter(rdb *redis.Client, paces map[string]Pace) *Limiter {
	return &Limiter{rdb, newLine(rdb), paces, DefaultDeadline}
}

// Lanes is how many lanes a channel has; 0 goes first.
const Lanes = 3

// burst is what a lane may send at once: the lowest one, which has the most to
// say, less, as room for messages held up between their slot and the provider.
func (p Pace) burst(lane int) int {
	if lane == Lanes-1 {
		return (2*p.Burst + 4) / 5
	}
	return p.Burst
}

// reserve gives out the next free slot (a generic cell rate algorithm with
// one cell rate for every lane). A slot given to a lane counts for that lane
// and all lower ones, so a lower lane never delays a higher. A pause holds up
// everything. Beyond the patience nothing is reserved. All times are in
// microseconds of the server's clock, which is the one clock replicas share.
//
// KEYS: the channel's hash ("0".."2": when the lane's bucket is full again,
// "p": end of the pause), the address' next free moment.
// ARGV: lane, number of lanes, every, burst, chat, patience.
var reserve = redis.NewScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local lane, lanes, every = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local reach = (tonumber(ARGV[4]) - 1) * every
local from = math.max(now, tonumber(redis.call('HGET', KEYS[1], 'p') or 0))
local full = math.max(from, tonumber(redis.call('HGET', KEYS[1], lane) or 0))
local chat, slot = tonumber(ARGV[5]), math.max(from, full - reach)
if chat > 0 then slot = math.max(slot, tonumber(redis.call('GET', KEYS[2]) or 0)) end
if slot - now > tonumber(ARGV[6]) then return {0, slot - now} end
local last = 0
for l = lane, lanes - 1 do
  full = math.max(from, tonumber(redis.call('HGET', KEYS[1], l) or 0)) + every
  last = math.max(last, full)
  redis.call('HSET', KEYS[1], l, string.format('%.0f', full))
end
redis.call('PEXPIRE', KEYS[1], math.ceil((last - now) / 1000) + 1000)
if chat > 0 then
  local free = slot + chat
  redis.call('SET', KEYS[2], string.format('%.0f', free), 'PX', math.ceil((free - now) / 1000) + 1)
end
return {1, slot - now}`)

// Reserve takes the next slot of a lane for a message to an address, and says
// how long to wait for it. If that is longer than patience, nothing is
// reserved and the wait is only an estimate.
func (l *Limiter) Reserve(ctx context.Context, lane int, to bot.Address, patience time.Duration) (
	wait time.Duration, reserved bool, err error,
) {
	pace := l.paces[to.Channel()]
	chat := pace.Chat
	if lane == 0 {
		chat = 0 // somebody waits for it
	}
	line, err := l.slots.get(ctx)
	if err != nil {
		return 0, false, asStorageError("reserve a slot", err)
	}
	answer, err := reserve.Run(ctx, line, []string{paceKey(to.Channel()), chatKey(lane, to)},
		lane, Lanes, pace.Every.Microseconds(), pace.burst(lane), chat.Microseconds(),
		patience.Microseconds()).Int64Slice()
	if err != nil {
		return 0, false, asStorageError("reserve a slot", err)
	}
	return time.Duration(answer[1]) * time.Microsecond, answer[0] == 1, nil
}

// pause never shortens a longer pause.
var pause = redis.NewScript(`
local time = redis.call('TIME')
local till = time[1] * 1000000 + time[2] + tonumber(ARGV[1])
local set = tonumber(redis.call('HGET', KEYS[1], 'p') or 0)
if till > set then
  redis.call('HSET', KEYS[1], 'p', string.format('%.0f', till))
  local keep = math.ceil(ARGV[1] / 1000) + 1000
  if redis.call('PTTL', KEYS[1]) < keep then redis.call('PEXPIRE', KEYS[1], keep) end
end
return 1`)

// Pause lets nothing go by a channel for a while, as its provider asked.
func (l *Limiter) Pause(ctx context.Context, channel string, d time.Duration) error {
	ctx, cancel := deadline(ctx, l.deadline)
	defer cancel()
	err := pause.Run(ctx, l.rdb, []string{paceKey(channel)}, d.Microseconds()).Err()
	return asStorageError("pause a channel", err)
}

func chatKey(lane int, to bot.Address) string { return "chat:" + strconv.Itoa(lane) + ":" + string(to) }

func paceKey(channel string) string { return "pace:" + channel }
