package outbox

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"ocopbot/bot"
	"ocopbot/storage"
)

// Editor is a channel whose messages can be changed after they were sent.
type Editor interface {
	// Edit puts m in the place of a message sent before. Its error is a
	// *bot.SendError.
	Edit(ctx context.Context, to bot.Address, id string, m bot.Message) error
}

// How often the progress of an announcement is shown: while people are being
// told, and while all wait for the morning.
const (
	watchOften  = 6 * time.Second
	watchSeldom = time.Minute
)

// watch shows how far an announcement is, and ends it when nobody waits. Its
// error puts the job off until the next look.
func (b *Outbox) watch(ctx context.Context, id storage.ID) error {
	a, err := b.o.Store.Announcement(ctx, id)
	if err != nil {
		return fmt.Errorf("outbox: watch: %w", err)
	}
	if _, edits := b.o.Channels[a.Watch.Addr.Channel()].(Editor); edits && a.Watch.Message == "" {
		return b.begin(ctx, a)
	}
	ended, err := b.o.Store.EndAnnouncement(ctx, id, b.o.Now())
	if err == nil && ended {
		a, err = b.o.Store.Announcement(ctx, id)
	}
	if err != nil {
		return fmt.Errorf("outbox: watch: %w", err)
	}
	tally, err := b.o.Store.CountRecipients(ctx, id)
	if err != nil {
		return fmt.Errorf("outbox: watch: %w", err)
	}
	if err := b.show(ctx, a, tally, ended); err != nil {
		return err
	}
	if a.State != storage.AnnouncementSending {
		return nil
	}
	pause := watchSeldom
	for _, t := range tally {
		if t.State == storage.RecipientSending || t.State == storage.RecipientQueued && t.Why == "" {
			pause = watchOften
		}
	}
	return river.JobSnooze(pause)
}

// begin shows for how many an announcement is, before it is looked at how far
// it got.
func (b *Outbox) begin(ctx context.Context, a storage.Announcement) error {
	counts, err := b.o.Store.CountRecipients(ctx, a.ID)
	if err != nil {
		return fmt.Errorf("outbox: watch: %w", err)
	}
	all := storage.RecipientCount{State: storage.RecipientQueued}
	for _, c := range counts {
		all.Count += c.Count
	}
	if err := b.show(ctx, a, []storage.RecipientCount{all}, false); err != nil {
		return err
	}
	return river.JobSnooze(watchOften)
}

// show changes the message that shows the progress, or sends it where there
// is none yet. A channel that cannot change a message tells the end only: who
// ordered the announcement was just told for how many it is.
func (b *Outbox) show(ctx context.Context, a storage.Announcement, tally []storage.RecipientCount, ended bool) error {
	if a.Watch.Addr == "" {
		return nil
	}
	ch := b.o.Channels[a.Watch.Addr.Channel()]
	if ch == nil {
		return nil
	}
	m, err := b.o.Render.Progress(ctx, a, tally, ch.Caps())
	if err != nil {
		return fmt.Errorf("outbox: watch: %w", err)
	}
	sum := sha256.Sum256([]byte(m.Text))
	w := a.Watch
	w.Hash = base64.RawURLEncoding.EncodeToString(sum[:9])
	if w.Hash == a.Watch.Hash {
		return nil
	}
	editor, edits := ch.(Editor)
	var se *bot.SendError
	switch {
	case w.Message != "" && edits:
		err = editor.Edit(ctx, w.Addr, w.Message, m)
	case edits || ended:
		w.Message, err = ch.Send(ctx, w.Addr, m)
		w.Message = cmp.Or(w.Message, "-") // not every channel names its messages
	default:
		return nil
	}
	if errors.As(err, &se) { // it is only shown: what counts is in the records
		b.o.Log.Warn("an announcement's progress is not shown", "to", w.Addr.Masked(), "error", se)
		return nil
	}
	if err := b.o.Store.SetWatch(ctx, a.ID, w); err != nil {
		return fmt.Errorf("outbox: watch: %w", err)
	}
	return nil
}

// fetchPicture has the picture ready before anybody is told.
func (b *Outbox) fetchPicture(ctx context.Context, a storage.Announcement) error {
	if a.Picture.Provider == "" {
		return nil
	}
	_, err := b.o.Store.AnnouncementPicture(ctx, a.ID)
	if !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	var small []byte // stays empty if it can never be had: the text goes without it
	if source, ok := b.o.Channels[a.Picture.Channel].(Fetcher); ok {
		data, _, err := source.Fetch(ctx, a.Picture.Provider, longestFetch)
		var failure *bot.SendError
		if errors.As(err, &failure) && failure.Retryable() {
			return failure
		}
		if err == nil {
			small, err = shrink(data)
		}
		if err != nil {
			b.o.Log.Error("an announcement goes without its picture", "error", err)
		}
	}
	if err := b.o.Store.SetAnnouncementPicture(ctx, a.ID, a.Picture.Provider, small); err != nil {
		return fmt.Errorf("outbox: picture: %w", err)
	}
	return nil
}

// pictures keeps those of the latest announcements, so that they are not read
// for every person.
type pictures struct {
	mu   sync.Mutex
	kept map[storage.Picture]*bot.Attachment
}

const picturesKept = 4

func (b *Outbox) picture(ctx context.Context, a storage.Announcement) (*bot.Attachment, error) {
	if a.Picture.Provider == "" {
		return nil, nil
	}
	b.pictures.mu.Lock()
	defer b.pictures.mu.Unlock()
	if p, ok := b.pictures.kept[a.Picture]; ok {
		return p, nil
	}
	data, err := b.o.Store.AnnouncementPicture(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("outbox: picture: %w", err)
	}
	if b.pictures.kept == nil || len(b.pictures.kept) >= picturesKept {
		b.pictures.kept = map[storage.Picture]*bot.Attachment{}
	}
	p := &bot.Attachment{Name: "tin.jpg", MIME: "image/jpeg", Data: data}
	b.pictures.kept[a.Picture] = p
	return p, nil
}
