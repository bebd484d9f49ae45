package sqlstore

import (
	"context"
	"time"

	"ocopbot/storage"
)

const day = 24 * time.Hour

// How long things are kept that are of no use afterwards.
const (
	keepCommits = storage.KeepDurable + 30*day // longer than any session may wait to finish one
	keepNotices = 365 * day                    // after they were settled
	keepDead    = 90 * day
	keepInvites = 30 * day // unused, after they expired
	keepInbound = 30 * day // after they were handled: known by then, should they come again
	keepSent    = 365 * day
	keepLinks   = 2 * day       // so many are counted against how many may be asked for
	keepRemind  = 3 * 365 * day // longer than the ladder of a duty that comes every other year
	keepTold    = 2 * 365 * day // who was sent what: NĐ 91/2020/NĐ-CP asks for a year at least
	keepPrints  = day           // of what was said, to know a machine by its repeating itself
	keepDays    = 3 * 365 * day
)

// Prune removes what has outlived its use: expired sessions, commits of
// sessions long gone, settled notices, dead letters, unused invites, counts
// of wrong codes, codes that tied a number, short messages that were handled or sent, and what says of
// reminders that they were sent.
func (s *Store) Prune(ctx context.Context, now time.Time) error {
	for _, p := range []struct {
		query  string
		before time.Time
	}{
		{`DELETE FROM sessions WHERE expires <= $1`, now},
		{`DELETE FROM commits WHERE at < $1`, now.Add(-keepCommits)},
		{`DELETE FROM notices WHERE state <> 'queued' AND done < $1`, now.Add(-keepNotices)},
		{`DELETE FROM dead WHERE at < $1`, now.Add(-keepDead)},
		{`DELETE FROM invites WHERE used = 0 AND expires < $1`, now.Add(-keepInvites)},
		{`DELETE FROM codes WHERE at < $1`, now.Add(-2 * codesLocked)},
		{`DELETE FROM inbound WHERE done <> 0 AND done < $1`, now.Add(-keepInbound)},
		{`UPDATE inbound SET print = 0 WHERE print <> 0 AND at < $1`, now.Add(-keepPrints)},
		{`UPDATE outbound SET print = 0 WHERE print <> 0 AND at < $1`, now.Add(-keepPrints)},
		{`DELETE FROM outbound WHERE at < $1`, now.Add(-keepSent)},
		{`DELETE FROM links WHERE at < $1`, now.Add(-keepLinks)},
		{`DELETE FROM reminder_sent WHERE at < $1`, now.Add(-keepRemind)},
		{`DELETE FROM adverts WHERE at < $1`, now.Add(-keepTold)},
		{`DELETE FROM recipients WHERE at < $1 AND announcement IN (SELECT id FROM announcements WHERE ended <> 0 AND ended < $1)`, now.Add(-keepTold)},
		{`DELETE FROM alerts WHERE at < $1`, now.Add(-keepSent)},
	} {
		if _, err := s.do(ctx, "prune", p.query, ms(p.before)); err != nil {
			return err
		}
	}
	_, err := s.do(ctx, "prune", `DELETE FROM sms_days WHERE day < $1`, dayOf(now.Add(-keepDays)))
	return err
}
