package sqlstore_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"ocopbot/storage"
	"ocopbot/storage/sqlstore"
)

type noticeJob struct{ ID storage.ID }

func (noticeJob) Kind() string { return "notice" }

type noticeWorker struct {
	river.WorkerDefaults[noticeJob]
	store *sqlstore.Store
	found chan error
}

// Work finds the notice: its job is not seen before it.
func (w *noticeWorker) Work(ctx context.Context, j *river.Job[noticeJob]) error {
	_, err := w.store.Notice(ctx, j.Args.ID)
	w.found <- err
	return nil
}

// TestJobQueueShares: the job queue migrates under the same lock, inserts in
// the same transaction and works on the same connections.
func TestJobQueueShares(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var client *river.Client[*sql.Tx]
			s := openStore(t, database(t), func(ctx context.Context, tx *sql.Tx, all []storage.Notice) error {
				for _, n := range all {
					if _, err := client.InsertTx(ctx, tx, noticeJob{n.ID}, nil); err != nil {
						return err
					}
				}
				return nil
			})
			var driver riverdriver.Driver[*sql.Tx] = riversqlite.New(s.DB())
			if s.Dialect() == sqlstore.Postgres {
				driver = riverdatabasesql.NewWithPgxListener(s.DB(), s.Pool())
			}
			err := s.Migrate(t.Context(), func(ctx context.Context, _ *sql.DB) error {
				m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: quiet})
				if err != nil {
					return err
				}
				_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			worker := &noticeWorker{store: s, found: make(chan error, 1)}
			workers := river.NewWorkers()
			river.AddWorker(workers, worker)
			client, err = river.NewClient(driver, &river.Config{
				Logger: quiet, Workers: workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 5}},
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := client.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			now := time.Now()
			p := storage.Person{ID: storage.NewID(now), Created: now}
			err = s.Write(t.Context(), func(x storage.Tx) error {
				if err := x.PutPerson(p); err != nil {
					return err
				}
				return x.Notify(storage.Notice{ID: storage.NewID(now), Person: p.ID, At: now})
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := <-worker.found; err != nil {
				t.Errorf("the job ran without its notice: %v", err)
			}
			if err := client.Stop(context.WithoutCancel(t.Context())); err != nil {
				t.Fatal(err)
			}
		})
	}
}
