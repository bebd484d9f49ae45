package redisstore

import (
	"context"
	"sync"

	"github.com/redis/go-redis/v9"
)

// line is a connection that many share: what is asked for many people while
// Redis answers somebody else goes there together and comes back together,
// with a fraction of the system calls, which are most of what a call costs. A
// single person waits for nobody. How long an answer may take is left to the
// client's deadlines: a context with a timer for each call would be a sixth of
// what a turn allocates.
type line func() (*redis.AutoPipeliner, error)

func newLine(rdb *redis.Client) line { return sync.OnceValues(rdb.AutoPipeline) }

// get is the connection, opened when it is first used.
func (l line) get(ctx context.Context) (*redis.AutoPipeliner, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return l()
}
