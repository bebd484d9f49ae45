package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/sms"
	"ocopbot/storage"
)

type announceExportCmd struct {
	ID   int64  `arg:"" help:"The announcement."`
	File string `arg:"" help:"The file to write: number, text."`
}

const exportBatch = 1000

// Run writes the numbers of those whom only a bulk order reaches, with the
// text, as things are now: who refused meanwhile, or has had as much
// advertising as is allowed, is left out. What is exported counts as sent until
// the carrier says that it was not.
func (c *announceExportCmd) Run(ctx context.Context, s *Settings, out streams) (err error) {
	prog, err := ocop.Load(s.Programme)
	if err != nil {
		return settingError{err}
	}
	open, err := openAnnouncing(ctx, s, prog)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, open.close()) }()
	a, err := open.store.Announcement(ctx, storage.ID(c.ID))
	if errors.Is(err, storage.ErrNotFound) {
		return settingError{errors.New("there is no such announcement")}
	}
	if err != nil {
		return err
	}
	if a.State == storage.AnnouncementCancelled {
		return settingError{errors.New("this announcement was cancelled")}
	}
	f, err := os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // it is full of phone numbers
	if err != nil {
		return settingError{err}
	}
	n, err := open.exportBooked(ctx, a, csv.NewWriter(f))
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(c.File)) // half a list is worse than none
	}
	_, err = fmt.Fprintf(out.out, "%d numbers are in %s.\n", n, c.File)
	return err
}

func (o announcing) exportBooked(ctx context.Context, a storage.Announcement, w *csv.Writer) (n int, err error) {
	carriers, caps := map[string]storage.Carrier{}, map[string]bot.Caps{}
	for _, out := range o.sending.Outlets {
		carriers[out.Caps.Name], caps[out.Caps.Name] = out.Carrier, out.Caps
	}
	now := time.Now()
	for after := storage.ID(0); ; {
		all, err := o.store.Recipients(ctx, a.ID, after, exportBatch)
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
			rows := make([][]string, len(part))
			err := o.store.Decide(ctx, part, now, func(i int, d storage.Delivery) *storage.Move {
				rows[i] = nil
				way := d.Reach.Way(a.Class, carriers, a.Audience.Channels, now)
				before := d.Recipient.Addr == way.Addr // exported: it counts already, perhaps as the last of the day
				if way.Hold != string(ocop.HoldBooked) && !(before && way.Hold == string(ocop.HoldLimit)) {
					return nil // refused since, say
				}
				m := o.engine.Announcement(a, d.Reach.Lang, caps[way.Addr.Channel()])
				rows[i] = []string{way.Addr.ID(), sms.Plain(m.Text)}
				if before {
					return nil
				}
				return &storage.Move{State: storage.RecipientHeld, Why: string(ocop.HoldBooked), Addr: way.Addr, Reserve: true}
			})
			if err != nil {
				return n, err
			}
			for _, row := range rows {
				if row == nil {
					continue
				}
				if err := w.Write(row); err != nil {
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

// separatorOf is what stands between the columns: where commas are decimal
// points, as in Vietnam, spreadsheets write semicolons.
func separatorOf(data []byte) rune {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	for _, sep := range ";\t" {
		if bytes.ContainsRune(line, sep) {
			return sep
		}
	}
	return ','
}

// Run notes what the carrier says became of the numbers that were exported.
func (c *announceImportCmd) Run(ctx context.Context, s *Settings, out streams) (err error) {
	store, err := openExisting(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if _, err := store.Announcement(ctx, storage.ID(c.ID)); errors.Is(err, storage.ErrNotFound) {
		return settingError{errors.New("there is no such announcement")}
	} else if err != nil {
		return err
	}
	data, err := os.ReadFile(c.File)
	if err != nil {
		return settingError{err}
	}
	rows := csv.NewReader(bytes.NewReader(data))
	rows.Comma, rows.FieldsPerRecord, rows.LazyQuotes = separatorOf(data), -1, true
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
