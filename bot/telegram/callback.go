package telegram

import (
	"strconv"
	"strings"

	"ocopbot/bot"
)

// appendData writes the callback data of a choice, "session:askedAt:choice"
// with askedAt in base 36, escaped as inside a JSON string.
func appendData(b []byte, ref bot.Ref, choice string) []byte {
	b = appendEscaped(b, ref.Session)
	b = append(b, ':')
	b = strconv.AppendInt(b, int64(ref.AskedAt), 36)
	b = append(b, ':')
	return appendEscaped(b, choice)
}

// dataLength is the length of a choice's callback data in bytes.
func dataLength(ref bot.Ref, choice string) int {
	var number [16]byte
	return len(ref.Session) + len(strconv.AppendInt(number[:0], int64(ref.AskedAt), 36)) + len(choice) + 2
}

// parseData reads callback data back. Data that no message of ours carried
// gives an empty Ref, which nobody's session answers to.
func parseData(data string) (bot.Ref, string) {
	session, rest, ok := strings.Cut(data, ":")
	turn, choice, ok2 := strings.Cut(rest, ":")
	at, err := strconv.ParseInt(turn, 36, 32)
	if !ok || !ok2 || err != nil || at < 0 {
		return bot.Ref{}, ""
	}
	return bot.Ref{Session: session, AskedAt: int(at)}, choice
}
