package sms

import "ocopbot/bot"

// Cost is what a message takes: segments, and đồng at the price of the first
// gateway that may carry it. What the gateway adds by itself counts: the
// carrier bills it. 0 and 0: no gateway may carry it.
func (c *Channel) Cost(m bot.Message) (segments int, dong int64) {
	gateways := c.carriers(m)
	if len(gateways) == 0 {
		return 0, 0
	}
	segments, _ = Segments(m.Numbered(), false)
	return segments, int64(segments) * gateways[0].Price
}

// Booked tells that advertising is ordered in bulk: the text and the numbers
// go out as a file, and nothing by Send.
func (c *Channel) Booked() bool {
	booked := false
	for _, g := range c.carriers(bot.Message{Advert: true}) {
		if !g.Booked {
			return false
		}
		booked = true
	}
	return booked
}
