package main

import (
	"context"
	"fmt"
	"strings"
)

// sms checks that the gateway can be reached, without sending anything.
func (r *report) sms(ctx context.Context, s *Settings) error {
	if s.SMS.Gateway == "" {
		r.note("sms", "SMS_GATEWAY is not set")
		return nil
	}
	m, err := newSMS(s)
	if err != nil {
		return err
	}
	r.check("sms gateway "+s.SMS.Gateway, m.channel.Check(ctx))
	if n := m.spool.Waiting(); n > 0 {
		r.note("sms", fmt.Sprintf("%d messages wait in %s for the database", n, s.SMS.Spool))
	}
	if s.SMS.Gateway == "android" && strings.Contains(s.SMS.URL, "/3rdparty/") {
		r.note("sms", "the cloud server reads every message: it should be your own")
	}
	if len(s.SMS.Callers) == 0 {
		r.note("sms", "SMS_CALLERS is not set: whoever has the secret may call, from anywhere")
	}
	return nil
}
