package sms

import "ocopbot/bot"

// The elements of a user data header that place a part (3GPP TS 23.040,
// 9.2.3.24.1 and 9.2.3.24.8).
const (
	concatShort = 0x00 // one byte of reference
	concatLong  = 0x08 // two
)

// partOf reads a user data header; zero for a whole message, and for a header
// that makes no sense.
func partOf(udh []byte) bot.Part {
	if len(udh) == 0 || int(udh[0]) != len(udh)-1 {
		return bot.Part{}
	}
	for rest := udh[1:]; len(rest) >= 2; {
		id, n := rest[0], int(rest[1])
		if len(rest) < 2+n {
			break
		}
		v := rest[2 : 2+n]
		rest = rest[2+n:]
		var p bot.Part
		switch {
		case id == concatShort && n == 3:
			p = bot.Part{Ref: int(v[0]), Total: int(v[1]), Seq: int(v[2])}
		case id == concatLong && n == 4:
			p = bot.Part{Ref: int(v[0])<<8 | int(v[1]), Total: int(v[2]), Seq: int(v[3])}
		default:
			continue
		}
		if p.Total < 2 || p.Seq < 1 || p.Seq > p.Total {
			return bot.Part{}
		}
		return p
	}
	return bot.Part{}
}
