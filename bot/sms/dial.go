package sms

import (
	"errors"
	"net"
)

// refused tells that no connection was made, so that nothing was sent.
func refused(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}
