package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"ocopbot/bot"
	"ocopbot/conversations"
	"ocopbot/storage"
)

// Pictures and documents.
const (
	photoKind    = "photo"
	longestFetch = 20 << 20 // bytes: what Telegram lets bots download
	photoTimeout = 90 * time.Second
)

type photoWorker struct {
	river.WorkerDefaults[photoArgs]
	outbox *Outbox
}

// Timeout is longer than a message's: it is a download over a village's line.
func (w *photoWorker) Timeout(*river.Job[photoArgs]) time.Duration { return photoTimeout }

// Work fetches a file from its provider and stores it: a picture made small, a
// document as it is.
func (w *photoWorker) Work(ctx context.Context, job *river.Job[photoArgs]) error {
	b := w.outbox
	f, err := b.o.Store.File(ctx, job.Args.ID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil // erased
	}
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	if f.State != storage.FileWanted {
		return nil
	}
	if b.o.Now().Sub(f.At) > giveUp {
		return b.refuse(ctx, f, outcomeExpired)
	}
	fetch := b.fetchSmall
	if f.MIME != "" {
		fetch = b.fetchDocument
	}
	data, failure, err := fetch(ctx, f)
	switch {
	case failure != nil && failure.Code == bot.Limited:
		return river.JobSnooze(failure.After)
	case failure != nil:
		return failure
	case err != nil:
		return b.refuse(ctx, f, err.Error())
	}
	f.State, f.MIME, f.Data = storage.FileStored, cmp.Or(f.MIME, "image/jpeg"), data
	b.count(photoKind, f.Channel, outcomeStored)
	return b.finishFile(ctx, f)
}

// Why a file cannot be had.
var (
	errNoFetcher   = errors.New(outcomeNoRoute)
	errUnfetchable = errors.New("unfetchable")
)

// fetchSmall gets a picture from its provider and makes it small.
func (b *Outbox) fetchSmall(ctx context.Context, f storage.File) ([]byte, *bot.SendError, error) {
	data, failure, err := b.fetch(ctx, f, longestFetch)
	if failure != nil || err != nil {
		return nil, failure, err
	}
	data, err = shrink(data)
	return data, nil, err
}

// fetchDocument gets a document from its provider and looks whether it is one.
func (b *Outbox) fetchDocument(ctx context.Context, f storage.File) ([]byte, *bot.SendError, error) {
	data, failure, err := b.fetch(ctx, f, conversations.LargestDocument)
	if failure != nil || err != nil {
		return nil, failure, err
	}
	return data, nil, checkDocument(data, f.MIME)
}

// fetch gets a file from its provider. failure is one that may pass; err says
// why it can never be had.
func (b *Outbox) fetch(ctx context.Context, f storage.File, limit int64) (data []byte, failure *bot.SendError, err error) {
	source, ok := b.o.Channels[f.Channel].(Fetcher)
	if !ok {
		return nil, nil, errNoFetcher
	}
	data, _, err = source.Fetch(ctx, f.Provider, limit)
	if errors.As(err, &failure) && failure.Retryable() {
		return nil, failure, nil
	}
	if err != nil {
		return nil, nil, errUnfetchable
	}
	return data, nil, nil
}

func (b *Outbox) refuse(ctx context.Context, f storage.File, why string) error {
	f.State, f.Why = storage.FileRefused, why
	b.count(photoKind, f.Channel, outcomeRefused)
	return b.finishFile(ctx, f)
}

func (b *Outbox) finishFile(ctx context.Context, f storage.File) error {
	err := b.o.Store.SetFile(ctx, f)
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrConflict) {
		return nil // erased, or settled by another attempt
	}
	if err != nil {
		return fmt.Errorf("outbox: finish a file: %w", err)
	}
	return nil
}

// wanted makes a job for every file that is to be fetched. That a file gets
// two jobs does no harm.
func (b *Outbox) wanted(ctx context.Context, _ time.Time) error {
	files, err := b.o.Store.FilesWanted(ctx, photoBatch)
	if err != nil {
		return fmt.Errorf("outbox: pictures: %w", err)
	}
	if len(files) == 0 {
		return nil
	}
	jobs := make([]river.InsertManyParams, len(files))
	for i, f := range files {
		jobs[i].Args = photoArgs{f.ID}
	}
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	if _, err := b.client.InsertMany(ctx, jobs); err != nil {
		return fmt.Errorf("outbox: enqueue pictures: %w", err)
	}
	return nil
}

// photoBatch bounds what one tick enqueues; the rest comes a minute later.
const photoBatch = 500
