package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/conversations"
	"ocopbot/locales"
	"ocopbot/storage"
)

type eventCmd struct {
	Import eventImportCmd `cmd:"" help:"Make the events of a file, or bring those that are there to what it says."`
}

type eventImportCmd struct {
	File   string `arg:"" type:"existingfile" help:"One event or a list of them, as YAML or CSV: code, kind, title, place, from, to, deadline, seats."`
	DryRun bool   `help:"Show what would be made and changed, and how many are told; store nothing."`
}

// importedEvent is an event of a file beside the one that is there.
type importedEvent struct {
	was, now storage.Gathering
	picture  []byte   // nil: as it was
	changes  []string // of one that is there
	told     int      // people who hear of them
}

// Run makes or changes all events of the file in one transaction, or none.
// What a file says already is not said again: importing it twice does nothing.
func (c *eventImportCmd) Run(ctx context.Context, s *Settings, out streams) (err error) {
	prog, err := ocop.Load(s.Programme)
	if err != nil {
		return settingError{err}
	}
	texts, err := locales.New()
	if err != nil {
		return err
	}
	now := time.Now()
	engine := conversations.New(prog, texts, nil) // reads no records for what is asked of it
	events, err := eventsFrom(c.File, engine, prog, now)
	if err != nil {
		return settingError{err}
	}
	store, err := openExisting(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	all, err := compareEvents(ctx, store, engine, c.File, events, now)
	if err != nil {
		return err
	}
	if !c.DryRun {
		if err := storeEvents(ctx, store, engine, all, now); errors.Is(err, storage.ErrConflict) {
			return errors.New("somebody changed one of these events at this moment; nothing is stored, import the file again")
		} else if err != nil {
			return err
		}
	}
	return printEvents(out.out, all, c.DryRun)
}

// compareEvents sees what is there of each event, and says everything that
// does not go with it.
func compareEvents(ctx context.Context, store *records, engine *conversations.Engine, path string, events []fileEvent, now time.Time) ([]importedEvent, error) {
	wrong := complaints{path: path}
	var all []importedEvent
	for _, e := range events {
		wrong.lines = e.lines
		was, err := store.GatheringByCode(ctx, e.Code)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return nil, err
		}
		a, err := store.Attendance(ctx, was.ID)
		if err != nil {
			return nil, err
		}
		i := importedEvent{was: was, now: over(was, e.Gathering, now)}
		for _, m := range engine.Misfits(i.now, conversations.Least(was, a)) {
			key := m.Field
			if k, ok := fileKeys[key]; ok {
				key = k
			}
			wrong.bad(key, "%s", engine.English(m.Note))
		}
		if was.State == storage.GatheringCancelled {
			wrong.bad("code", "%s was cancelled; another event needs another code", e.Code)
		}
		if today := now.In(ocop.Local).Format(time.DateOnly); !was.From.Equal(e.From) && e.From.Format(time.DateOnly) < today {
			wrong.bad("from", "%s is past", e.From.Format(time.DateOnly))
		}
		if i.picture, err = newPicture(ctx, store, was, e.picture); err != nil {
			return nil, err
		}
		if was.ID != 0 {
			what, told := conversations.GatheringChanges(was, i.now)
			if i.changes = what; told {
				i.told = a.Live
			}
			if i.picture != nil {
				i.changes = append(i.changes, "picture")
			}
		}
		all = append(all, i)
	}
	if err := wrong.err(); err != nil {
		return nil, settingError{err}
	}
	return all, nil
}

// over is an event of a file on top of the one that is there.
func over(was, e storage.Gathering, now time.Time) storage.Gathering {
	e.ID, e.State, e.Created, e.By, e.Chosen, e.Picture = was.ID, was.State, was.Created, was.By, was.Chosen, was.Picture
	if was.ID == 0 {
		e.State, e.Created = storage.GatheringOpen, now
	}
	return e
}

// newPicture is the file's picture if it is another than the one kept.
func newPicture(ctx context.Context, store *records, was storage.Gathering, picture []byte) ([]byte, error) {
	if len(picture) == 0 || !was.Picture {
		return picture, nil
	}
	kept, err := store.GatheringPicture(ctx, was.ID)
	if err != nil && !errors.Is(err, storage.ErrNotFound) || bytes.Equal(kept, picture) {
		return nil, err
	}
	return picture, nil
}

func storeEvents(ctx context.Context, store *records, engine *conversations.Engine, all []importedEvent, now time.Time) error {
	return store.Write(ctx, func(tx storage.Tx) error {
		for n, i := range all {
			if i.was.ID == 0 {
				i.now.ID = storage.NewID(now.Add(time.Duration(n) * time.Millisecond))
			} else if _, err := tx.Gathering(i.was.ID); err != nil { // locked: nobody signs up meanwhile
				return err
			}
			if wrong, err := conversations.Shrinks(tx, i.was, i.now); err != nil {
				return err
			} else if len(wrong) > 0 {
				return fmt.Errorf("%s: %s: %w", i.now.Code, wrong[0].Field, storage.ErrConflict)
			}
			if _, err := engine.PutGathering(tx, i.was, i.now, 0, "program", now); err != nil {
				return fmt.Errorf("%s: %w", i.now.Code, err)
			}
			if i.picture != nil {
				if err := tx.PutGatheringPicture(i.now.ID, i.picture); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func printEvents(out io.Writer, all []importedEvent, dry bool) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, i := range all {
		what := "unchanged"
		switch {
		case i.was.ID == 0:
			what = "new"
		case len(i.changes) > 0:
			what = fmt.Sprintf("changed: %s; %d people are told", strings.Join(i.changes, ", "), i.told)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", i.now.Code, i.now.Title, what)
	}
	if dry {
		fmt.Fprintln(w, "Nothing is stored: this was a dry run.")
	}
	return w.Flush()
}
