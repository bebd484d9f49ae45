package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

const announcementColumns = `n.id, n.author, n.role, n.unit, n.class, n.reason, n.audience, n.text, n.english, n.picture_channel,
	n.picture_provider, n.not_before, n.state, n.epoch, n.size, n.approver, n.approved, n.reached, n.planned, n.replaces,
	n.watch, n.watch_message, n.watch_hash, n.created, n.began, n.ended, n.version, n.invites`

func scanAnnouncement(row scanner) (a storage.Announcement, err error) {
	var audience string
	err = row.Scan(&a.ID, refTo{&a.Author}, &a.Role, &a.Unit, &a.Class, &a.Reason, &audience, &a.Text, &a.English, &a.Picture.Channel,
		&a.Picture.Provider, when{&a.NotBefore}, &a.State, &a.Epoch, &a.Size, refTo{&a.Approver}, when{&a.Approved}, &a.Reached, when{&a.Planned}, refTo{&a.Replaces},
		&a.Watch.Addr, &a.Watch.Message, &a.Watch.Hash, when{&a.Created}, when{&a.Began}, when{&a.Ended}, &a.Version, &a.Invites)
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal([]byte(audience), &a.Audience); err != nil {
		return a, fmt.Errorf("sqlstore: audience: %w", err)
	}
	return a, nil
}

const announcementByID = `SELECT ` + announcementColumns + ` FROM announcements n WHERE n.id = $1`

// Announcement returns an announcement.
func (s *Store) Announcement(ctx context.Context, id storage.ID) (storage.Announcement, error) {
	return get(ctx, s, "announcement", scanAnnouncement, announcementByID, id)
}

func (x *tx) Announcement(id storage.ID) (storage.Announcement, error) {
	return txGet(x, scanAnnouncement, announcementByID, id)
}

// Announcements lists the announcements made in the units of a scope, the
// latest first.
func (s *Store) Announcements(ctx context.Context, scope storage.Scope, limit int) ([]storage.Announcement, error) {
	return list(ctx, s, "announcements", scanAnnouncement, `SELECT `+announcementColumns+` FROM announcements n
		WHERE ($1 OR `+inList("$2", "n.unit")+`) ORDER BY n.created DESC, n.id DESC LIMIT $3`, scope.All, joined(scope.Units), limit)
}

// PutAnnouncement inserts an announcement, or replaces one whose Version is
// one less. When it is to be sent, so is the job that does it.
func (x *tx) PutAnnouncement(a storage.Announcement) error {
	audience, err := json.Marshal(a.Audience)
	if err != nil {
		return fmt.Errorf("sqlstore: audience: %w", err)
	}
	n, err := x.exec(`INSERT INTO announcements (id, author, role, unit, class, reason, audience, text, english, picture_channel, picture_provider,
			not_before, state, epoch, size, approver, approved, reached, planned, replaces, watch, watch_message, watch_hash, created, began, ended, version, invites)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, 0, $18, $19, $20, '', $21, $22, $23, $24, $25)
		ON CONFLICT (id) DO UPDATE SET class = excluded.class, reason = excluded.reason, audience = excluded.audience, text = excluded.text,
			english = excluded.english, picture_channel = excluded.picture_channel, picture_provider = excluded.picture_provider,
			picture = CASE WHEN announcements.picture_provider = excluded.picture_provider THEN announcements.picture END,
			not_before = excluded.not_before, state = excluded.state, epoch = excluded.epoch, size = excluded.size, approver = excluded.approver,
			approved = excluded.approved, watch = excluded.watch, watch_message = excluded.watch_message, watch_hash = '',
			began = excluded.began, ended = excluded.ended, version = excluded.version, invites = excluded.invites
			WHERE announcements.version = excluded.version - 1`,
		a.ID, ref(a.Author), a.Role, a.Unit, a.Class, a.Reason, string(audience), a.Text, a.English, a.Picture.Channel, a.Picture.Provider,
		ms(a.NotBefore), a.State, a.Epoch, a.Size, ref(a.Approver), ms(a.Approved), ref(a.Replaces), a.Watch.Addr, a.Watch.Message,
		ms(a.Created), ms(a.Began), ms(a.Ended), a.Version, a.Invites)
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("sqlstore: announcement: %w", storage.ErrConflict)
	}
	if a.State != storage.AnnouncementSending {
		return nil
	}
	return x.announce(a)
}

func (x *tx) AddAnnouncementEvent(e storage.AnnouncementEvent) error {
	if e.ID == 0 {
		e.ID = storage.NewID(e.At)
	}
	return x.later(`INSERT INTO announcement_events (id, announcement, at, kind, actor, role, text) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		e.ID, e.Announcement, ms(e.At), e.Kind, ref(e.Actor), e.Role, e.Text)
}

// AnnouncementEvents lists what was done about an announcement, the earliest first.
func (s *Store) AnnouncementEvents(ctx context.Context, id storage.ID) ([]storage.AnnouncementEvent, error) {
	return list(ctx, s, "announcement events", func(row scanner) (e storage.AnnouncementEvent, err error) {
		err = row.Scan(&e.ID, &e.Announcement, when{&e.At}, &e.Kind, refTo{&e.Actor}, &e.Role, &e.Text)
		return e, err
	}, `SELECT id, announcement, at, kind, actor, role, text FROM announcement_events WHERE announcement = $1 ORDER BY at, id`, id)
}

// announce enqueues the job that plans an announcement.
func (x *tx) announce(a storage.Announcement) error {
	if x.store.announce.Plan == nil {
		return nil
	}
	if err := x.flush(); err != nil {
		return err
	}
	if err := x.store.announce.Plan(x.ctx, x.sql, a.ID, a.Epoch, a.NotBefore); err != nil {
		return fmt.Errorf("sqlstore: enqueue announcement: %w", x.breaks(err))
	}
	return nil
}

// TryAnnouncement enqueues the job that sends an announcement to one address.
func (x *tx) TryAnnouncement(id storage.ID, to bot.Address) error {
	if x.store.announce.Try == nil {
		return nil
	}
	if err := x.flush(); err != nil {
		return err
	}
	if err := x.store.announce.Try(x.ctx, x.sql, id, to); err != nil {
		return fmt.Errorf("sqlstore: enqueue a trial: %w", x.breaks(err))
	}
	return nil
}

// AnnouncementPicture is the picture that goes along, as it was stored;
// ErrNotFound while it was not.
func (s *Store) AnnouncementPicture(ctx context.Context, id storage.ID) ([]byte, error) {
	data, err := get(ctx, s, "picture", scalar[[]byte], `SELECT picture FROM announcements WHERE id = $1`, id)
	if err == nil && len(data) == 0 {
		err = fmt.Errorf("sqlstore: picture: %w", storage.ErrNotFound)
	}
	return data, err
}

// SetAnnouncementPicture keeps the picture; one that cannot be had is given
// up with no data.
func (s *Store) SetAnnouncementPicture(ctx context.Context, id storage.ID, provider string, data []byte) error {
	_, err := s.do(ctx, "picture", `UPDATE announcements SET picture = $3,
		picture_provider = CASE WHEN $4 THEN '' ELSE picture_provider END WHERE id = $1 AND picture_provider = $2`,
		id, provider, data, len(data) == 0)
	return err
}

// SetWatch notes what the message that shows the progress shows now.
func (s *Store) SetWatch(ctx context.Context, id storage.ID, w storage.Watch) error {
	_, err := s.do(ctx, "watch", `UPDATE announcements SET watch = $2, watch_message = $3, watch_hash = $4 WHERE id = $1`,
		id, w.Addr, w.Message, w.Hash)
	return err
}

// EndAnnouncement marks an announcement as done when nobody waits any more;
// done tells whether it is.
func (s *Store) EndAnnouncement(ctx context.Context, id storage.ID, now time.Time) (done bool, err error) {
	n, err := s.do(ctx, "end announcement", `UPDATE announcements SET state = 'done', ended = $2, version = version + 1
		WHERE id = $1 AND state = 'sending' AND planned <> 0
			AND NOT EXISTS (SELECT 1 FROM recipients r WHERE r.announcement = $1 AND r.state IN ('queued', 'sending'))`, id, ms(now))
	return n == 1, err
}

// LastTold is what a person was told last by an announcement, since a time;
// ErrNotFound if nothing.
func (s *Store) LastTold(ctx context.Context, person storage.ID, since time.Time) (storage.Recipient, error) {
	return get(ctx, s, "last told", scanRecipient, `SELECT `+recipientColumns+` FROM recipients
		WHERE person = $1 AND state IN ('sending', 'sent', 'answered') AND at > $2 ORDER BY at DESC LIMIT 1`, person, ms(since))
}

// CountRecipients counts an announcement's recipients.
func (s *Store) CountRecipients(ctx context.Context, id storage.ID) ([]storage.RecipientCount, error) {
	return list(ctx, s, "tally", func(row scanner) (t storage.RecipientCount, err error) {
		err = row.Scan(&t.State, &t.Why, &t.Count, &t.Doubts)
		return t, err
	}, `SELECT state, why, COUNT(*), COALESCE(SUM(doubts), 0) FROM recipients WHERE announcement = $1 GROUP BY state, why ORDER BY state, why`, id)
}

// Answerers lists who answered an announcement and belongs to the units of a
// scope: lives there, has a product there or holds an office there. The
// earliest first, and how many there are.
func (s *Store) Answerers(ctx context.Context, id storage.ID, scope storage.Scope, offset, limit int) ([]storage.Answerer, int, error) {
	from := `FROM recipients r JOIN persons p ON p.id = r.person WHERE r.announcement = $1 AND r.state = 'answered' AND p.erased = 0 AND ($2
		OR ` + inList("$3", "p.unit") + `
		OR EXISTS (SELECT 1 FROM ideas i WHERE i.stage <> 'withdrawn' AND ` + inList("$3", "i.unit") + `
			AND (i.person = p.id OR EXISTS (SELECT 1 FROM members m WHERE m.organisation = i.organisation AND m.person = p.id)))
		OR EXISTS (SELECT 1 FROM officers o WHERE o.person = p.id AND o.until = 0 AND ` + inList("$3", "o.unit") + `))`
	units := joined(scope.Units)
	all, err := get(ctx, s, "answerers", scalar[int], `SELECT COUNT(*) `+from, id, scope.All, units)
	if err != nil {
		return nil, 0, err
	}
	some, err := list(ctx, s, "answerers", func(row scanner) (a storage.Answerer, err error) {
		err = row.Scan(&a.Person, &a.Name, &a.Phone, &a.Unit, when{&a.At})
		return a, err
	}, `SELECT p.id, p.name, p.phone, COALESCE(NULLIF(p.unit, ''), (SELECT i.unit FROM ideas i WHERE i.person = p.id ORDER BY i.id DESC LIMIT 1),
			(SELECT o.unit FROM officers o WHERE o.person = p.id AND o.until = 0 ORDER BY o.id LIMIT 1), ''), r.at `+from+` ORDER BY r.at, p.id LIMIT $4 OFFSET $5`,
		id, scope.All, units, limit, offset)
	return some, all, err
}

// CancelRecipients holds all who still wait for a cancelled announcement.
func (x *tx) CancelRecipients(id storage.ID, at time.Time) error {
	return x.later(`UPDATE recipients SET state = 'held', why = 'cancelled', at = $2 WHERE announcement = $1 AND state = 'queued'`, id, ms(at))
}

// AnswerRecipient notes that somebody answered what they were told;
// ErrNotFound if they were not.
func (x *tx) AnswerRecipient(id, person storage.ID, at time.Time) error {
	n, err := x.exec(`UPDATE recipients SET state = 'answered', at = $3
		WHERE announcement = $1 AND person = $2 AND state IN ('sent', 'sending', 'answered')`, id, person, ms(at))
	if err == nil && n == 0 {
		err = fmt.Errorf("sqlstore: answer: %w", storage.ErrNotFound)
	}
	return err
}

// AnswerInvitations notes that somebody signed up to what they were invited to.
func (x *tx) AnswerInvitations(gathering string, person storage.ID, at time.Time) error {
	return x.later(`UPDATE recipients SET state = 'answered', at = $3 WHERE person = $2 AND state IN ('sent', 'sending')
		AND announcement IN (SELECT id FROM announcements WHERE invites = $1)`, gathering, person, ms(at))
}

var errMovedOn = errors.New("sqlstore: the announcement moved on")
