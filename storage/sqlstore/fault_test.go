package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"ocopbot/bot/bottest/servers"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
	"ocopbot/storage/sqlstore"
)

var now = time.Date(2026, 6, 18, 8, 30, 0, 0, ocop.Local)

// register commits a whole new registration.
func register(ctx context.Context, s *sqlstore.Store, key storage.Key) error {
	_, err := s.Commit(ctx, key, now, func(x storage.Tx) ([]byte, error) {
		p := storage.Person{ID: storage.NewID(now), Name: "An", Created: now}
		i := storage.Idea{ID: storage.NewID(now), Number: ocop.FormNumber{Prefix: "LS", Year: 2026}, Person: p.ID, Name: key.Session, Registered: now}
		return []byte("ok"), errors.Join(x.PutPerson(p), x.AddIdea(&i, p.ID), x.Notify(storage.Notice{ID: storage.NewID(now), Person: p.ID, At: now}))
	})
	return err
}

// wantIdeas checks that n ideas are stored, numbered without gaps.
func wantIdeas(t *testing.T, s *sqlstore.Store, n int) {
	t.Helper()
	_, total, err := s.Inbox(t.Context(), storage.Scope{All: true}, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if total != n {
		t.Errorf("%d ideas, want %d", total, n)
	}
	if _, err := s.IdeaByNumber(t.Context(), ocop.FormNumber{Prefix: "LS", Year: 2026, Seq: n}); n > 0 && err != nil {
		t.Errorf("the last number is not %d: %v", n, err)
	}
}

// TestCutAnywhere cuts the connection at every message of a commit: it fails
// as unavailable or, tried again, is done once.
func TestCutAnywhere(t *testing.T) {
	address := newDatabase(t)
	direct := openMigrated(t, address, nil)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := servers.NewProxy(t, u.Host)
	u.Host = proxy.Addr()
	s := openStore(t, u.String(), nil)
	if err := register(t.Context(), s, storage.Key{Session: "undisturbed"}); err != nil {
		t.Fatal(err)
	}
	ideas := 1
	for _, side := range []servers.Side{servers.FromClient, servers.FromServer} {
		before := proxy.Seen(side)
		if err := register(t.Context(), s, storage.Key{Session: fmt.Sprint("counted", side)}); err != nil {
			t.Fatal(err)
		}
		ideas++
		for n := range proxy.Seen(side) - before {
			key := storage.Key{Session: fmt.Sprint("cut", side, n), Turn: 1}
			proxy.CutAt(side, n+1)
			err := register(t.Context(), s, key)
			if err != nil && !errors.Is(err, storage.ErrUnavailable) {
				t.Errorf("cut at message %d of side %d: %v, want ErrUnavailable", n+1, side, err)
			}
			proxy.Heal()
			if err := register(t.Context(), s, key); err != nil {
				t.Errorf("again after a cut at message %d of side %d: %v", n+1, side, err)
			}
			ideas++
			wantIdeas(t, direct, ideas)
		}
	}
}

// TestServerDiesAndComesBack: the same Store goes on by itself.
func TestServerDiesAndComesBack(t *testing.T) {
	server := servers.Postgres(t)
	s := openMigrated(t, server.URL(), nil)
	try := func(n int) error {
		ctx, stop := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer stop()
		return register(ctx, s, storage.Key{Session: "s", Turn: n})
	}
	if err := register(t.Context(), s, storage.Key{Session: "s", Turn: 1}); err != nil {
		t.Fatal(err)
	}
	server.Freeze()
	if err := try(2); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("frozen: %v, want ErrUnavailable", err)
	}
	server.Thaw()
	server.Kill()
	if err := try(2); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("dead: %v, want ErrUnavailable", err)
	}
	if err := s.Ready(t.Context()); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("Ready: %v, want ErrUnavailable", err)
	}
	server.Start(t)
	if err := register(t.Context(), s, storage.Key{Session: "s", Turn: 2}); err != nil {
		t.Errorf("back: %v", err)
	}
	wantIdeas(t, s, 2)
}

func TestClosed(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			s, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: database(t), Log: quiet})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if err := register(t.Context(), s, storage.Key{}); !errors.Is(err, storage.ErrUnavailable) {
				t.Errorf("after Close: %v, want ErrUnavailable", err)
			}
		})
	}
}

// TestDiskFull limits the file instead of the disk; SQLite answers the same.
func TestDiskFull(t *testing.T) {
	s := openMigrated(t, blank.File(t), nil)
	limit := func(pages int) {
		if _, err := s.DB().ExecContext(t.Context(), fmt.Sprint("PRAGMA max_page_count = ", pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // SQLite makes it the present size
	done := 0
	var err error
	for ; err == nil && done < 1000; done++ {
		err = register(t.Context(), s, storage.Key{Session: "s", Turn: done})
	}
	if !errors.Is(err, storage.ErrFull) {
		t.Fatalf("on a full disk: %v, want ErrFull", err)
	}
	wantIdeas(t, s, done-1)
	limit(1 << 20)
	if err := register(t.Context(), s, storage.Key{Session: "s", Turn: done - 1}); err != nil {
		t.Errorf("with room again: %v", err)
	}
	wantIdeas(t, s, done)
}

// TestLockedFile: another program holds SQLite's lock.
func TestLockedFile(t *testing.T) {
	file := newFile(t)
	s := openMigrated(t, file, nil)
	other, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.ExecContext(t.Context(), `BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	if err := register(ctx, s, storage.Key{Session: "s"}); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("locked: %v, want ErrUnavailable", err)
	}
	wantIdeas(t, s, 0) // reading goes on meanwhile
	if _, err := other.ExecContext(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if err := register(t.Context(), s, storage.Key{Session: "s"}); err != nil {
		t.Errorf("unlocked: %v", err)
	}
}

// TestDeadlockIsTriedAgain: two transactions that wait for each other both
// succeed in the end.
func TestDeadlockIsTriedAgain(t *testing.T) {
	s := openMigrated(t, blank.Database(t), nil)
	for n := range 2 {
		if err := register(t.Context(), s, storage.Key{Session: "s", Turn: n}); err != nil {
			t.Fatal(err)
		}
	}
	ideas, _, err := s.Inbox(t.Context(), storage.Scope{All: true}, 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	var both, done sync.WaitGroup
	both.Add(2)
	for n := range 2 {
		runs := 0
		done.Go(func() {
			err := s.Write(t.Context(), func(x storage.Tx) error {
				runs++
				note := func(i storage.Idea) error {
					_, err := x.Happen(storage.Event{Idea: i.ID, At: now, Kind: ocop.EventNoted}, -1, nil)
					return err
				}
				if err := note(ideas[n]); err != nil {
					return err
				}
				if runs == 1 { // both have their first row before either asks for its second
					both.Done()
					both.Wait()
				}
				return note(ideas[1-n])
			})
			if err != nil {
				t.Errorf("Write: %v", err)
			}
		})
	}
	done.Wait()
	for _, i := range ideas {
		got, err := s.Idea(t.Context(), i.ID)
		if err != nil || got.Version != 3 {
			t.Errorf("version %d, %v; want 3", got.Version, err)
		}
	}
}

func TestBadURL(t *testing.T) {
	_, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: "postgres://u:secret@host:notaport/db"})
	if err == nil {
		t.Fatal("accepted")
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the error tells the password: %v", err)
	}
}

// TestKindsOfServerErrors covers what cannot be brought about in a test.
func TestKindsOfServerErrors(t *testing.T) {
	for code, want := range map[string]error{
		"53100": storage.ErrFull, "53200": storage.ErrFull, "53300": storage.ErrUnavailable, "57P01": storage.ErrUnavailable,
		"57P03": storage.ErrUnavailable, "08006": storage.ErrUnavailable, "25006": storage.ErrUnavailable, "23505": storage.ErrConflict,
	} {
		cause := &pgconn.PgError{Code: code}
		err := sqlstore.Fault(fmt.Errorf("wrapped: %w", cause))
		if !errors.Is(err, want) || !errors.Is(err, cause) {
			t.Errorf("%s: %v, want %v", code, err, want)
		}
	}
	for _, code := range []string{"42601", "23503"} { // a mistake of ours is nobody else's
		err := sqlstore.Fault(&pgconn.PgError{Code: code})
		for _, kind := range []error{storage.ErrFull, storage.ErrUnavailable, storage.ErrConflict, storage.ErrNotFound} {
			if errors.Is(err, kind) {
				t.Errorf("%s: %v", code, err)
			}
		}
	}
}
