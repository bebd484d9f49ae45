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
	keepRemind  = 3 * 365 * day // longer than the ladder of a duty that comes every other year
	keepTold    = 2 * 365 * day // who was sent what: NĐ 91/2020/NĐ-CP asks for a year at least
)

// Prune removes what has outlived its use: expired sessions, commits of
// sessions long gone, settled notices, dead letters, unused invites, counts
// of wrong codes, short messages that were handled or sent, and what says of
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
		{`DELETE FROM outbound WHERE at < $1`, now.Add(-keepSent)},
		{`DELETE FROM reminder_sent WHERE at < $1`, now.Add(-keepRemind)},
		{`DELETE FROM adverts WHERE at < $1`, now.Add(-keepTold)},
		{`DELETE FROM recipients WHERE at < $1 AND announcement IN (SELECT id FROM announcements WHERE ended <> 0 AND ended < $1)`, now.Add(-keepTold)},
	} {
		if _, err := s.do(ctx, "prune", p.query, ms(p.before)); err != nil {
			return err
		}
	}
	return nil
}
