package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/outbox"
	"ocopbot/bot/sms"
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
	store, err := openExisting(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
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
	channels, done, err := sendingChannels(s)
	if err != nil {
		return err
	}
	defer done()
	texts, err := locales.New()
	if err != nil {
		return err
	}
	sending := conversations.Sending{Outlets: outbox.Outlets(channels, s.refuseNumber()), Refuse: s.refuseNumber(), Approval: s.AnnounceApproval}
	engine := conversations.New(prog, texts, store).Sends(sending)
	if err := engine.Fits(a); err != nil {
		return settingError{fmt.Errorf("%s: text: %w", c.File, err)}
	}
	f, err := engine.Foresee(ctx, a, now)
	if err != nil {
		return err
	}
	if err := printForecast(out.out, engine, sending, a, f); err != nil || c.DryRun {
		return err
	}
	if f.Total == 0 {
		return settingError{fmt.Errorf("%s: nobody is in this audience", c.File)}
	}
	a.ID, a.Size = storage.NewID(now), f.Total
	if len(picture) > 0 {
		if picture, err = outbox.SmallPicture(picture); err != nil {
			return settingError{fmt.Errorf("%s: picture: %w", c.File, err)}
		}
		// No provider holds it: it is here.
		a.Picture = storage.Picture{Channel: "file", Provider: strconv.FormatInt(int64(a.ID), 36)}
	}
	return queue(ctx, store, prog, a, picture, out)
}

// queue stores the announcement and writes down everybody it is for.
func queue(ctx context.Context, store *records, prog *ocop.Programme, a storage.Announcement, picture []byte, out streams) error {
	put := func(tx storage.Tx) error { return tx.PutAnnouncement(a) }
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
	bars := mpb.New(mpb.WithOutput(out.err), mpb.WithWidth(60))
	bar := bars.AddBar(int64(a.Size), mpb.PrependDecorators(decor.Name("queued "), decor.CountersNoUnit("%d / %d")), mpb.AppendDecorators(decor.Percentage()))
	_, err := outbox.Plan(ctx, store, prog, a.ID, time.Now(), func(planned int) {
		bar.SetTotal(int64(max(a.Size, planned)), false)
		bar.SetCurrent(int64(planned))
	})
	bar.SetTotal(-1, true)
	bars.Wait()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out.out, "Announcement %d is queued; `ocopbot serve` sends it.\n", a.ID)
	return err
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

func printForecast(out io.Writer, e *conversations.Engine, sending conversations.Sending, a storage.Announcement, f conversations.Forecast) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "audience\t%d people\n", f.Total)
	for _, o := range sending.Outlets {
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

type announceExportCmd struct {
	ID   int64  `arg:"" help:"The announcement."`
	File string `arg:"" help:"The file to write: number, text."`
}

const exportBatch = 1000

// Run writes the numbers of those whom only a bulk order reaches, with the
// text, as things are now: who refused meanwhile is left out.
func (c *announceExportCmd) Run(ctx context.Context, s *Settings, out streams) (err error) {
	store, err := openExisting(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	prog, err := ocop.Load(s.Programme)
	if err != nil {
		return settingError{err}
	}
	a, err := store.Announcement(ctx, storage.ID(c.ID))
	if errors.Is(err, storage.ErrNotFound) {
		return settingError{errors.New("there is no such announcement")}
	}
	if err != nil {
		return err
	}
	channels, done, err := sendingChannels(s)
	if err != nil {
		return err
	}
	defer done()
	texts, err := locales.New()
	if err != nil {
		return err
	}
	outlets := outbox.Outlets(channels, s.refuseNumber())
	engine := conversations.New(prog, texts, store).Sends(conversations.Sending{Outlets: outlets, Refuse: s.refuseNumber()})
	f, err := os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // it is full of phone numbers
	if err != nil {
		return settingError{err}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	n, err := exportBooked(ctx, store, engine, outlets, a, csv.NewWriter(f))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out.out, "%d numbers are in %s.\n", n, c.File)
	return err
}

func exportBooked(ctx context.Context, store *records, engine *conversations.Engine, outlets []conversations.Outlet, a storage.Announcement, w *csv.Writer) (n int, err error) {
	carriers, caps := map[string]storage.Carrier{}, map[string]bot.Caps{}
	for _, o := range outlets {
		carriers[o.Caps.Name], caps[o.Caps.Name] = o.Carrier, o.Caps
	}
	now := time.Now()
	for after := storage.ID(0); ; {
		all, err := store.Recipients(ctx, a.ID, after, exportBatch)
		if err != nil {
			return n, err
		}
		var keys []storage.RecipientKey
		for _, r := range all {
			after = r.Person
			if r.State == storage.RecipientHeld && r.Why == string(ocop.HoldBooked) {
				keys = append(keys, storage.RecipientKey{Announcement: a.ID, Person: r.Person})
			}
		}
		for part := range slices.Chunk(keys, 64) {
			ds, err := store.Deliveries(ctx, part, now)
			if err != nil {
				return n, err
			}
			for _, d := range ds {
				way := d.Reach.Way(a.Class, carriers, a.Audience.Channels, now)
				if way.Hold != string(ocop.HoldBooked) {
					continue // refused since, say
				}
				m := engine.Announcement(a, d.Reach.Lang, caps[way.Addr.Channel()])
				if err := w.Write([]string{way.Addr.ID(), sms.Plain(m.Text)}); err != nil {
					return n, err
				}
				n++
			}
		}
		if len(all) < exportBatch {
			w.Flush()
			return n, w.Error()
		}
	}
}

type announceImportCmd struct {
	ID   int64  `arg:"" help:"The announcement."`
	File string `arg:"" type:"existingfile" help:"The result: number, then sent or failed."`
}

// Run notes what the carrier says became of the numbers that were exported.
func (c *announceImportCmd) Run(ctx context.Context, s *Settings, out streams) (err error) {
	store, err := openExisting(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	f, err := os.Open(c.File)
	if err != nil {
		return settingError{err}
	}
	defer f.Close()
	rows := csv.NewReader(f)
	rows.FieldsPerRecord = -1
	sent, failed, wrong := 0, 0, 0
	for line := 1; ; line++ {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return settingError{fmt.Errorf("%s: %w", c.File, err)}
		}
		state, addr, why := bookedResult(row)
		if why == "" {
			err = store.SettleBooked(ctx, storage.ID(c.ID), addr, state, time.Now())
			if errors.Is(err, storage.ErrNotFound) {
				why = "this number was not exported for the announcement"
			} else if err != nil {
				return err
			}
		}
		switch {
		case why != "":
			wrong++
			fmt.Fprintf(out.err, "%s: line %d: %s\n", c.File, line, why)
		case state == storage.RecipientSent:
			sent++
		default:
			failed++
		}
	}
	_, err = fmt.Fprintf(out.out, "%d sent, %d failed, %d lines wrong and left out.\n", sent, failed, wrong)
	return err
}
