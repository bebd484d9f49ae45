package outbox

import "github.com/prometheus/client_golang/prometheus"

// newMetrics counts the ends of attempts: what (notice, answer, photo), by
// which channel, and how it ended. No label tells who.
func newMetrics(r prometheus.Registerer) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "ocopbot", Subsystem: "outbox", Name: "attempts_total",
		Help: "Ended attempts to deliver or fetch, by kind, channel and outcome.",
	}, []string{"kind", "channel", "outcome"})
	if r != nil {
		r.MustRegister(c)
	}
	return c
}

// Outcomes that are no bot.SendCode.
const (
	outcomeSent    = "sent"
	outcomeDropped = "dropped"  // no longer wanted
	outcomeExpired = "expired"  // tried for too long
	outcomeNoRoute = "no_route" // no address left
	outcomeStored  = "stored"
	outcomeRefused = "refused" // a file that is no usable picture
)
