package bot

import (
	"errors"
	"fmt"
	"time"
)

// SendCode is why a message could not be sent: a closed list, so that nobody
// has to read a provider's sentence to decide what to do next.
type SendCode string

// The reasons.
const (
	Unreachable SendCode = "unreachable" // blocked, deactivated, unknown: this address will not work again by itself
	Limited     SendCode = "limited"     // too fast; After says how long to wait
	Rejected    SendCode = "rejected"    // the provider refuses this message: sending it again will not help
	Unavailable SendCode = "unavailable" // the provider did not take it: 5xx, refused connection
	Unknown     SendCode = "unknown"     // no answer came: it may or may not have been sent
	Forbidden   SendCode = "forbidden"   // our own credentials are wrong
	Exhausted   SendCode = "exhausted"   // what may be spent is spent; After says when there is more
)

// SendError is what Channel.Send fails with. Its text carries no token and no
// phone number.
type SendError struct {
	Code  SendCode
	After time.Duration // for Limited and Exhausted: how long to wait
	Err   error
}

func (e *SendError) Error() string { return fmt.Sprintf("send: %s: %v", e.Code, e.Err) }
func (e *SendError) Unwrap() error { return e.Err }

// Retryable tells whether the same message may be accepted later.
func (e *SendError) Retryable() bool {
	switch e.Code {
	case Limited, Unavailable, Unknown, Forbidden, Exhausted:
		return true
	}
	return false
}

// AsSendError finds the SendError in err; an error of any other kind counts
// as Unknown, so that it is tried again rather than dropped.
func AsSendError(err error) *SendError {
	var se *SendError
	if errors.As(err, &se) {
		return se
	}
	return &SendError{Code: Unknown, Err: err}
}
