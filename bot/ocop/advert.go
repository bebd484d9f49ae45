package ocop

import (
	"slices"
	"strings"
	"time"
)

// Class is what an announcement is before the law. Offering goods or services
// is advertising even without profit, so that an invitation to a trade fair
// is; news of one's own form and a reminder of a report are not (NĐ
// 91/2020/NĐ-CP, điều 3).
type Class string

// The classes.
const (
	Advertising   Class = "advert"   // only to who agreed to advertising
	ServiceNotice Class = "service"  // what the programme owes people
	Bulletin      Class = "bulletin" // news and examples, only to who asked for them
)

// Classes lists them, the most careful first.
var Classes = []Class{Advertising, ServiceNotice, Bulletin}

// NĐ 91/2020/NĐ-CP, điều 13: when and how often advertising may be sent to a
// number. The same holds here for every channel.
const (
	AdvertFrom  Clock = 7 * time.Hour
	AdvertUntil Clock = 22 * time.Hour
	AdvertsMost       = 3 // within AdvertsIn, of all announcements together
	AdvertsIn         = 24 * time.Hour
)

// Hold is why a message does not go, or not now.
type Hold string

// The holds. HoldHours and HoldLimit pass by themselves.
const (
	HoldConsent   Hold = "consent"   // never agreed, on this channel
	HoldRefused   Hold = "refused"   // agreed, and refused since
	HoldDoNotCall Hold = "donotcall" // on the list of those not to be called or written to
	HoldBrandname Hold = "brandname" // no gateway with a registered name
	HoldBooked    Hold = "booked"    // ordered from the carrier in bulk: goes out as a file
	HoldHours     Hold = "hours"     // too early or too late in the day
	HoldLimit     Hold = "limit"     // as many as are allowed have gone
)

// Standing is what the law asks about one address at the moment of sending.
type Standing struct {
	Phone     bool      // a phone number that is written to by SMS
	Agreed    time.Time // last time they agreed to this class, on this channel; zero: never
	Refused   time.Time // last time they refused it, or all advertising, anywhere; zero: never
	DoNotCall bool
	Brandname bool        // some gateway may carry advertising by SMS
	Booked    bool        // … but only what is ordered from it in bulk
	Adverts   []time.Time // when advertising went to the address of late
}

// Judge is the one place that says whether a message of a class may go to an
// address now. An empty hold: it may. With a hold, until is when it passes;
// zero: never by itself.
func (s Standing) Judge(class Class, now time.Time) (hold Hold, until time.Time) {
	if class == ServiceNotice {
		return "", time.Time{}
	}
	switch {
	case s.Agreed.IsZero() && s.Refused.IsZero():
		return HoldConsent, time.Time{}
	case !s.Agreed.After(s.Refused):
		return HoldRefused, time.Time{}
	case class == Bulletin: // which sells nothing, and was asked for
		return AdvertHours(now)
	case s.DoNotCall:
		return HoldDoNotCall, time.Time{}
	case s.Phone && !s.Brandname:
		return HoldBrandname, time.Time{}
	}
	if free := advertFree(s.Adverts, now); free.After(now) {
		return HoldLimit, NextWithin(free, AdvertFrom, AdvertUntil)
	}
	if s.Phone && s.Booked { // whose hours the carrier keeps
		return HoldBooked, time.Time{}
	}
	return AdvertHours(now)
}

// AdvertHours holds what comes too early or too late in the day.
func AdvertHours(now time.Time) (Hold, time.Time) {
	if at := NextWithin(now, AdvertFrom, AdvertUntil); at.After(now) {
		return HoldHours, at
	}
	return "", time.Time{}
}

// advertFree is the first moment at or after now at which one more keeps to
// the limit.
func advertFree(sent []time.Time, now time.Time) time.Time {
	sent = slices.SortedFunc(slices.Values(sent), time.Time.Compare)
	if len(sent) < AdvertsMost {
		return now
	}
	if free := sent[len(sent)-AdvertsMost].Add(AdvertsIn); free.After(now) {
		return free
	}
	return now
}

// AdvertMark stands at the very start of advertising (NĐ 91/2020/NĐ-CP, điều
// 13): once, whoever else put it there already.
const AdvertMark = "[QC] "

// AdvertText is a text with what the law wants around it: the mark first, how
// to refuse last. Each stands there once.
func AdvertText(text, refuse string) string {
	mark := strings.TrimSpace(AdvertMark)
	text = strings.TrimSpace(text)
	for len(text) >= len(mark) && strings.EqualFold(text[:len(mark)], mark) {
		text = strings.TrimSpace(text[len(mark):])
	}
	text = strings.TrimSpace(strings.TrimSuffix(text, refuse))
	return AdvertMark + text + "\n" + refuse
}
