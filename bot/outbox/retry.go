package outbox

import (
	"context"
	"log/slog"
	"time"

	"github.com/riverqueue/river/rivertype"
)

// retryPolicy tries again after 2 s, 4 s, 8 s … up to a cap: a minute for an
// answer, since somebody waits for it, half an hour for the rest. The gaps
// need no random part: the limiter spreads what comes at once.
type retryPolicy struct{}

func (retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	longest := longestGap
	if job.Queue == answersQueue {
		longest = time.Minute
	}
	return time.Now().Add(gap(len(job.Errors), longest))
}

// longestGap is the longest wait between two attempts nobody waits for.
const longestGap = 30 * time.Minute

// gap is the wait after the nth failure, from 0.
func gap(n int, longest time.Duration) time.Duration {
	return min(longest, 2*time.Second<<min(n, 20))
}

// quiet keeps the queue's own log to warnings: it would write a line for
// every attempt.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(warnings{log.Handler()}) }

type warnings struct{ slog.Handler }

func (h warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

func (h warnings) WithAttrs(as []slog.Attr) slog.Handler { return warnings{h.Handler.WithAttrs(as)} }

func (h warnings) WithGroup(name string) slog.Handler { return warnings{h.Handler.WithGroup(name)} }
