package sqlstore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/viet"
)

// partsWait is how long the pieces of a message wait for those that are
// missing. After that it goes on without them.
const partsWait = 10 * time.Minute

// missing stands where a piece of a message never came.
const missing = " … "

const partColumns = `gateway, addr, ref, total, seq, id, message, text, at`

func scanPart(row scanner) (in bot.Incoming, err error) {
	err = row.Scan(&in.Via, &in.From, &in.Part.Ref, &in.Part.Total, &in.Part.Seq, &in.ID, &in.MessageID, &in.Text, when{&in.At})
	return in, err
}

// keepPart stores a piece, and the message once all its pieces are there.
func (v Inbound) keepPart(ctx context.Context, in bot.Incoming) error {
	known, err := get(ctx, v.s, "keep part", scalar[int], `SELECT COUNT(*) FROM inbound WHERE id = $1`, in.ID)
	if err != nil || known > 0 {
		return err
	}
	other, err := get(ctx, v.s, "keep part", scalar[int], `SELECT COUNT(*) FROM sms_parts
		WHERE gateway = $1 AND addr = $2 AND ref = $3 AND total = $4 AND seq = $5 AND id <> $6`,
		in.Via, in.From, in.Part.Ref, in.Part.Total, in.Part.Seq, in.ID)
	if err != nil {
		return err
	}
	if other > 0 { // the number is in use again: the message before stays as it is
		if err := v.join(ctx, in, true); err != nil {
			return err
		}
	}
	_, err = v.s.do(ctx, "keep part", `INSERT INTO sms_parts (gateway, addr, ref, total, seq, id, message, text, at, arrived)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
		in.Via, in.From, in.Part.Ref, in.Part.Total, in.Part.Seq, in.ID, in.MessageID, in.Text, ms(in.At), ms(time.Now()))
	if err != nil {
		return err
	}
	return v.join(ctx, in, false)
}

// join makes one message of the pieces it shares with of: when all are there,
// or at once. Of two processes at it one finds nothing left.
func (v Inbound) join(ctx context.Context, of bot.Incoming, anyway bool) error {
	err := v.s.transact(ctx, func(x *tx) error {
		all := ` AND $4 <= (SELECT COUNT(*) FROM sms_parts WHERE gateway = $1 AND addr = $2 AND ref = $3 AND total = $4)`
		if anyway {
			all = ""
		}
		parts, err := txList(x, scanPart, `DELETE FROM sms_parts
			WHERE gateway = $1 AND addr = $2 AND ref = $3 AND total = $4`+all+` RETURNING `+partColumns,
			of.Via, of.From, of.Part.Ref, of.Part.Total)
		if err != nil || len(parts) == 0 {
			return err
		}
		return x.keepJoined(parts)
	})
	if err != nil {
		return fmt.Errorf("sqlstore: join parts: %w", err)
	}
	return nil
}

// keepJoined stores the message by the id of its first piece. Those of the
// others are kept as handled, so that a piece that comes again is known.
func (x *tx) keepJoined(parts []bot.Incoming) error {
	bySeq := make([]*bot.Incoming, parts[0].Part.Total)
	for i, p := range parts {
		bySeq[p.Part.Seq-1] = &parts[i]
	}
	var whole *bot.Incoming
	var text strings.Builder
	for _, p := range bySeq {
		switch {
		case p == nil:
			if !strings.HasSuffix(text.String(), missing) {
				text.WriteString(missing)
			}
			continue
		case whole == nil:
			whole = p
		default:
			err := x.later(keepMessage, p.ID, p.From, p.Via, p.MessageID, "", "part", 0, ms(p.At), time.Now().UnixNano(), ms(time.Now()))
			if err != nil {
				return err
			}
		}
		text.WriteString(p.Text)
	}
	said := viet.Clean(text.String())
	return x.later(keepMessage, whole.ID, whole.From, whole.Via, whole.MessageID, said, "", fingerprint(whole.From, said),
		ms(whole.At), time.Now().UnixNano(), 0)
}

// joinLate hands on messages of which a piece never came.
func (v Inbound) joinLate(ctx context.Context, now time.Time) error {
	late, err := list(ctx, v.s, "late parts", func(row scanner) (in bot.Incoming, err error) {
		err = row.Scan(&in.Via, &in.From, &in.Part.Ref, &in.Part.Total)
		return in, err
	}, `SELECT gateway, addr, ref, total FROM sms_parts GROUP BY gateway, addr, ref, total HAVING MIN(arrived) < $1`, ms(now.Add(-partsWait)))
	if err != nil {
		return err
	}
	for _, in := range late {
		if err := v.join(ctx, in, true); err != nil {
			return err
		}
	}
	return nil
}
