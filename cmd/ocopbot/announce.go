package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/outbox"
	"ocopbot/conversations"
	"ocopbot/locales"
	"ocopbot/storage"
)

type announceCmd struct {
	Send   announceSendCmd   `cmd:"" default:"withargs" help:"Tell many people what a file says; --dry-run only shows whom, and what it costs."`
	Export announceExportCmd `cmd:"" help:"Write text and numbers of what is ordered from the carrier in bulk."`
	Import announceImportCmd `cmd:"" help:"Read the carrier's result of what was exported."`
}

type announceSendCmd struct {
	File   string `arg:"" type:"existingfile" help:"The announcement, as YAML: class, reason, audience, text."`
	DryRun bool   `help:"Show audience, who is held back and why, and the cost; send nothing."`
	Again  bool   `help:"Send it even though the same was ordered within the last 24 hours."`
}

// Run checks the file, shows what would come of it and, unless that is all
// that is asked, queues it. What is wrong is said with its line, and nothing
// is sent.
func (c *announceSendCmd) Run(ctx context.Context, s *Settings, out streams) (err error) {
	prog, err := ocop.Load(s.Programme)
	if err != nil {
		return settingError{err}
	}
	now := time.Now()
	a, event, picture, err := announcementFrom(c.File, prog, now)
	if err != nil {
		return settingError{err}
	}
	open, err := openAnnouncing(ctx, s, prog)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, open.close()) }()
	store, engine := open.store, open.engine
	if event != "" {
		g, err := store.GatheringByCode(ctx, event)
		if errors.Is(err, storage.ErrNotFound) {
			return settingError{fmt.Errorf("%s: audience.event: there is no event %q", c.File, event)}
		}
		if err != nil {
			return err
		}
		a.Audience.Gathering = g.ID
	}
	if a.Invites != "" {
		if _, err := store.GatheringByCode(ctx, a.Invites); errors.Is(err, storage.ErrNotFound) {
			return settingError{fmt.Errorf("%s: text: there is no event %q", c.File, a.Invites)}
		} else if err != nil {
			return err
		}
	}
	if err := engine.Fits(a); err != nil {
		return settingError{fmt.Errorf("%s: text: %w", c.File, err)}
	}
	if len(picture) > 0 {
		if picture, err = outbox.SmallPicture(picture); err != nil {
			return settingError{fmt.Errorf("%s: picture: %w", c.File, err)}
		}
	}
	f, err := engine.Foresee(ctx, a, now)
	if err != nil {
		return err
	}
	if err := printForecast(out.out, engine, open.sending.Outlets, a, f); err != nil || c.DryRun {
		return err
	}
	if f.Total == 0 {
		return settingError{fmt.Errorf("%s: nobody is in this audience", c.File)}
	}
	if !c.Again {
		if err := notTwice(ctx, store, c.File, a, now); err != nil {
			return err
		}
	}
	a.ID, a.Size = storage.NewID(now), f.Total
	if len(picture) > 0 {
		// No provider holds it: it is here.
		a.Picture = storage.Picture{Channel: "file", Provider: strconv.FormatInt(int64(a.ID), 36)}
	}
	return queue(ctx, store, prog, a, picture, out)
}

// lookedThrough is how many announcements are compared with a new one.
const lookedThrough = 100

// notTwice refuses what was ordered a moment ago, by a command that was run
// twice, or run again because it had been interrupted.
func notTwice(ctx context.Context, store *records, path string, a storage.Announcement, now time.Time) error {
	all, err := store.Announcements(ctx, storage.Scope{All: true}, lookedThrough)
	if err != nil {
		return err
	}
	for _, old := range all {
		alive := old.State != storage.AnnouncementDraft && old.State != storage.AnnouncementCancelled
		same := old.Class == a.Class && old.Text == a.Text && old.English == a.English && old.NotBefore.Equal(a.NotBefore) && stored(old.Audience) == stored(a.Audience)
		if alive && same && now.Sub(old.Created) < 24*time.Hour {
			return settingError{fmt.Errorf("%s: the same was ordered at %s as announcement %d, and nobody gets it twice; with --again everybody does",
				path, old.Created.In(ocop.Local).Format(fileTime), old.ID)}
		}
	}
	return nil
}

// stored is an audience as records keep it.
func stored(a storage.Audience) string {
	data, err := json.Marshal(a)
	if err != nil {
		return err.Error() // of texts and numbers: there is none
	}
	return string(data)
}

// queue stores the announcement and writes down everybody it is for. Whatever
// becomes of that, it is ordered once it is stored.
func queue(ctx context.Context, store *records, prog *ocop.Programme, a storage.Announcement, picture []byte, out streams) error {
	put := func(tx storage.Tx) error {
		if err := tx.PutAnnouncement(a); err != nil || a.State != storage.AnnouncementSending {
			return err
		}
		return tx.AddAnnouncementEvent(storage.AnnouncementEvent{Announcement: a.ID, At: a.Created, Kind: "order", Role: a.Role})
	}
	if len(picture) > 0 { // it is there before anybody looks for it
		a.State = storage.AnnouncementDraft
		if err := store.Write(ctx, put); err != nil {
			return err
		}
		if err := store.SetAnnouncementPicture(ctx, a.ID, a.Picture.Provider, picture); err != nil {
			return err
		}
		a.State = storage.AnnouncementSending
		a.Version++
	}
	if err := store.Write(ctx, put); err != nil {
		return err
	}
	b := newBar(out.err, "queued", a.Size)
	_, err := outbox.Plan(ctx, store, prog, a.ID, time.Now(), b.at)
	b.end(err != nil)
	if err != nil {
		return fmt.Errorf("announcement %d is ordered, though not everybody is written down yet; `ocopbot serve` goes on with it: %w", a.ID, err)
	}
	_, err = fmt.Fprintf(out.out, "Announcement %d is queued; `ocopbot serve` sends it.\n", a.ID)
	return err
}

// announcing is what announcements are made with: the records, and how things
// would go out by the channels of the settings.
type announcing struct {
	store   *records
	sending conversations.Sending
	engine  *conversations.Engine
	done    func()
}

func openAnnouncing(ctx context.Context, s *Settings, prog *ocop.Programme) (open announcing, err error) {
	texts, err := locales.New()
	if err != nil {
		return open, err
	}
	channels, done, err := sendingChannels(s)
	if err != nil {
		return open, err
	}
	store, err := openExisting(ctx, s)
	if err != nil {
		done()
		return open, err
	}
	sending := conversations.Sending{Outlets: outbox.Outlets(channels, s.refuseNumber()), Refuse: s.refuseNumber(), Approval: s.AnnounceApproval}
	return announcing{store, sending, conversations.New(prog, texts, store).Sends(sending), done}, nil
}

func (a announcing) close() error {
	a.done()
	return a.store.Close()
}

// sendingChannels are the channels of the settings, to know what they can do.
func sendingChannels(s *Settings) (all map[string]bot.Channel, done func(), err error) {
	all, done = map[string]bot.Channel{}, func() {}
	tg, err := newTelegram(s)
	if err != nil {
		return nil, done, err
	}
	if tg != nil {
		all[tg.Caps().Name] = tg
		done = tg.Close
	}
	texts, err := newSMS(s)
	if err != nil {
		done()
		return nil, func() {}, err
	}
	if texts != nil {
		all[texts.channel.Caps().Name] = texts.channel
	}
	return all, done, nil
}

func printForecast(out io.Writer, e *conversations.Engine, outlets []conversations.Outlet, a storage.Announcement, f conversations.Forecast) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "audience\t%d people\n", f.Total)
	for _, o := range outlets {
		langs := f.By[o.Caps.Name]
		for _, lang := range slices.Sorted(maps.Keys(langs)) {
			fmt.Fprintf(w, "by %s (%s)\t%d people\t", o.Caps.Name, lang, langs[lang])
			if o.Cost != nil {
				segments, dong := o.Cost(e.Announcement(a, lang, o.Caps))
				fmt.Fprintf(w, "%d segments each, %d in all, %d đồng", segments, segments*langs[lang], dong*int64(langs[lang]))
			}
			fmt.Fprintln(w)
		}
	}
	for _, why := range slices.Sorted(maps.Keys(f.Held)) {
		fmt.Fprintf(w, "held back: %s\t%d people\n", why, f.Held[why])
	}
	return w.Flush()
}
