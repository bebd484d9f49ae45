package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

var commitChecks = map[string]func(*testing.T, *world){
	"CommitOnce":                   alone(commitOnce),
	"CommitOnceTogether":           together(commitOnce),
	"CommitOnceAtOnce":             alone(commitOnceAtOnce),
	"CommitOnceAtOnceTogether":     together(commitOnceAtOnce),
	"FailureLeavesNothing":         alone(failureLeavesNothing),
	"FailureLeavesNothingTogether": together(failureLeavesNothing),
	"PanicLeavesNothing":           panicLeavesNothing,
	"SwallowedErrorFails":          swallowedErrorFails,
	"NumbersWithoutGaps":           alone(numbersWithoutGaps),
	"NumbersWithoutGapsTogether":   together(numbersWithoutGaps),
	"WritableAndReadings":          writableAndReadings,
	"NoticesAreInOrder":            noticesAreInOrder,
	"OnePanicsOfMany":              onePanicsOfMany,
	"SeriesAreApart":               seriesAreApart,
	"TxSeesItsOwnWrites":           txSeesItsOwnWrites,
	"EndedContextDoesNothing":      endedContext,
}

// commits is one of the two ways to commit.
type commits func(ctx context.Context, key storage.Key, now time.Time, fn func(storage.Tx) ([]byte, error)) ([]byte, error)

func alone(check func(*testing.T, *world, commits)) func(*testing.T, *world) {
	return func(t *testing.T, w *world) { check(t, w, w.Commit) }
}

func together(check func(*testing.T, *world, commits)) func(*testing.T, *world) {
	return func(t *testing.T, w *world) { check(t, w, w.CommitTogether) }
}

func commitOnce(t *testing.T, w *world, commits commits) {
	p := w.person("An", "telegram:1")
	key := storage.Key{Session: "s1", Turn: 8}
	commit := func(key storage.Key) string {
		return string(must(commits(t.Context(), key, w.now, func(x storage.Tx) ([]byte, error) {
			i := w.draft(p, "Mật ong")
			err := x.AddIdea(&i, p.ID)
			return []byte(i.Number.String()), err
		}))(t))
	}
	same(t, "first", commit(key), "LS26-0001")
	same(t, "again", commit(key), "LS26-0001")
	same(t, "next turn", commit(storage.Key{Session: "s1", Turn: 9}), "LS26-0002")
	same(t, "other session", commit(storage.Key{Session: "s2", Turn: 8}), "LS26-0003")
	same(t, "ideas", len(must(w.IdeasOf(t.Context(), p.ID))(t)), 3)
}

func commitOnceAtOnce(t *testing.T, w *world, commits commits) {
	p := w.person("An", "telegram:1")
	key := storage.Key{Session: "s1", Turn: 8}
	var outcomes [12]string
	atOnce(len(outcomes), func(n int) {
		out, err := commits(t.Context(), key, w.now, func(x storage.Tx) ([]byte, error) {
			i := w.draft(p, fmt.Sprint("Mật ong ", n))
			err := x.AddIdea(&i, p.ID)
			return fmt.Appendf(nil, "%s by %d", i.Number, n), err
		})
		if err != nil {
			t.Errorf("Commit: %v", err)
		}
		outcomes[n] = string(out)
	})
	for _, o := range outcomes {
		same(t, "outcome", o, outcomes[0])
	}
	same(t, "ideas", len(must(w.IdeasOf(t.Context(), p.ID))(t)), 1)
}

var errRefused = errors.New("refused by the test")

func failureLeavesNothing(t *testing.T, w *world, commits commits) {
	p := w.person("An", "telegram:1")
	key := w.key()
	try := func(fail error) ([]byte, error) {
		return commits(t.Context(), key, w.now, func(x storage.Tx) ([]byte, error) {
			i := w.draft(p, "Mật ong")
			return []byte("done"), errors.Join(x.PutOfficer(storage.Officer{ID: w.id(), Person: p.ID, From: w.now}), x.AddIdea(&i, p.ID), fail)
		})
	}
	_, err := try(errRefused)
	w.wants(err, errRefused)
	same(t, "ideas", len(must(w.IdeasOf(t.Context(), p.ID))(t)), 0)
	same(t, "offices", len(must(w.OfficersOf(t.Context(), p.ID, w.now))(t)), 0)
	same(t, "the same key later", string(must(try(nil))(t)), "done")
	same(t, "number", must(w.IdeasOf(t.Context(), p.ID))(t)[0].Number.Seq, 1)
}

func panicLeavesNothing(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = w.Write(t.Context(), func(x storage.Tx) error {
			i := w.draft(p, "Mật ong")
			if err := x.AddIdea(&i, p.ID); err != nil {
				t.Error(err)
			}
			panic("of the test")
		})
	}()
	same(t, "ideas", len(must(w.IdeasOf(t.Context(), p.ID))(t)), 0)
	same(t, "number", w.idea(p, "Rượu").Number.Seq, 1)
}

// swallowedErrorFails: what the database refused is not half committed
// because somebody looked away.
func swallowedErrorFails(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	i := w.idea(p, "Mật ong")
	err := w.Write(t.Context(), func(x storage.Tx) error {
		_ = x.PutPerson(storage.Person{ID: w.id(), Name: "Bình"})
		_ = x.AddFile(storage.File{ID: i.ID, Idea: i.ID, Person: p.ID})
		_ = x.AddFile(storage.File{ID: i.ID, Idea: i.ID, Person: p.ID})
		_, _ = x.Person(p.ID)
		return nil
	})
	w.wants(err, storage.ErrConflict)
	same(t, "files", len(must(w.Files(t.Context(), i.ID))(t)), 0)
}

func numbersWithoutGaps(t *testing.T, w *world, commits commits) {
	p := w.person("An", "telegram:1")
	const many = 50
	var kept atomic.Int32
	atOnce(many, func(n int) {
		_, err := commits(t.Context(), storage.Key{Session: fmt.Sprint("s", n), Turn: 1}, w.now, func(x storage.Tx) ([]byte, error) {
			i := w.draft(p, "Mật ong")
			if err := x.AddIdea(&i, p.ID); err != nil {
				return nil, err
			}
			if n%3 == 0 {
				return nil, errRefused
			}
			return nil, nil
		})
		switch {
		case err == nil:
			kept.Add(1)
		case n%3 != 0 || !errors.Is(err, errRefused):
			t.Errorf("Commit: %v", err)
		}
	})
	var numbers []int
	for _, i := range must(w.IdeasOf(t.Context(), p.ID))(t) {
		numbers = append(numbers, i.Number.Seq)
	}
	slices.Sort(numbers)
	same(t, "ideas", len(numbers), int(kept.Load()))
	for n, seq := range numbers {
		same(t, "number", seq, n+1)
	}
}

// onePanicsOfMany: a commit that panics does so for its own caller alone.
func onePanicsOfMany(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	var panicked atomic.Int32
	atOnce(30, func(n int) {
		defer func() {
			if recover() != nil {
				panicked.Add(1)
			}
		}()
		_, err := w.CommitTogether(t.Context(), storage.Key{Session: fmt.Sprint("s", n), Turn: 1}, w.now, func(x storage.Tx) ([]byte, error) {
			i := w.draft(p, "Mật ong")
			err := x.AddIdea(&i, p.ID)
			if n == 11 {
				panic("of the test")
			}
			return nil, err
		})
		if err != nil {
			t.Errorf("CommitTogether: %v", err)
		}
	})
	same(t, "panics", panicked.Load(), 1)
	same(t, "ideas", len(must(w.IdeasOf(t.Context(), p.ID))(t)), 29)
	same(t, "next number", w.idea(p, "Rượu").Number.Seq, 30)
}

func seriesAreApart(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	for _, want := range []string{"LS26-0001", "LS26-0002", "LS27-0001", "HN26-0001", "LS26-0003"} {
		i := w.draft(p, "Mật ong")
		n := must(ocop.ParseFormNumber(want))(t)
		i.Number.Prefix, i.Number.Year = n.Prefix, n.Year
		w.write(func(x storage.Tx) error { return x.AddIdea(&i, p.ID) })
		same(t, "number", i.Number, n)
		same(t, "found", must(w.IdeaByNumber(t.Context(), n))(t).ID, i.ID)
	}
	_, err := w.IdeaByNumber(t.Context(), ocop.FormNumber{Prefix: "LS", Year: 2026, Seq: 4})
	w.wants(err, storage.ErrNotFound)
}

func txSeesItsOwnWrites(t *testing.T, w *world) {
	w.write(func(x storage.Tx) error {
		p := storage.Person{ID: w.id(), Name: "An", Created: w.now}
		w.must(x.PutPerson(p))
		w.must(x.PutRoute(storage.Route{Addr: "tel:+84912000111", Person: p.ID, Since: w.now}))
		same(t, "person", must(x.PersonAt("tel:+84912000111"))(t).Name, "An")
		i := w.draft(p, "Mật ong")
		w.must(x.AddIdea(&i, p.ID))
		same(t, "idea", must(x.IdeaByNumber(i.Number))(t).ID, i.ID)
		after := must(x.Happen(storage.Event{ID: w.id(), Idea: i.ID, At: w.now, Kind: ocop.EventAccepted}, 1, nil))(t)
		same(t, "version", must(x.Idea(i.ID))(t).Version, after.Version)
		_, err := x.PersonAt("tel:+84000000000")
		w.wants(err, storage.ErrNotFound)
		return nil // not finding somebody breaks nothing
	})
	_, _, err := w.Viewer(t.Context(), "tel:+84912000111", w.now)
	w.must(err)
}

func endedContext(t *testing.T, w *world) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	err := w.Write(ctx, func(x storage.Tx) error { return x.PutPerson(storage.Person{ID: 7}) })
	w.wants(err, context.Canceled)
	if errors.Is(err, storage.ErrUnavailable) {
		t.Error("the caller's own wish counts as an unavailable database")
	}
	_, err = w.Person(t.Context(), 7)
	w.wants(err, storage.ErrNotFound)
}

func writableAndReadings(t *testing.T, w *world) {
	w.must(w.Writable(t.Context()))
	w.must(w.Writable(t.Context()))
	p, officer := w.person("An", "telegram:1"), w.person("Cán", "telegram:2")
	read := storage.Access{At: w.now, Person: officer.ID, Subject: p.ID, What: "call"}
	w.must(w.LogAccess(t.Context(), read))
	got := must(w.ReadingsOf(t.Context(), p.ID, 10))(t)[0]
	same(t, "when", got.At.Equal(read.At), true)
	same(t, "subject", got.Subject, p.ID)
	same(t, "reader", got.Person, officer.ID)
	same(t, "read of the officer", len(must(w.ReadingsOf(t.Context(), officer.ID, 10))(t)), 0)
	i := w.idea(p, "Mật ong")
	w.write(func(x storage.Tx) error {
		err := x.AddFile(storage.File{ID: w.id(), Idea: i.ID, Person: p.ID, State: storage.FileWanted, At: w.now})
		same(t, "files of today", must(x.FilesSince(i.ID, w.now))(t), 1)
		same(t, "files of tomorrow", must(x.FilesSince(i.ID, w.now.Add(time.Second)))(t), 0)
		return err
	})
}

func noticesAreInOrder(t *testing.T, w *world) {
	p := w.person("An", "telegram:1")
	var ids []storage.ID
	w.write(func(x storage.Tx) error {
		for range 4 {
			n := storage.Notice{ID: w.id(), Person: p.ID, Kind: "accepted", At: w.now}
			ids = append(ids, n.ID)
			w.must(x.Notify(n))
		}
		return nil
	})
	for n, id := range ids {
		same(t, "overtakes", must(w.Overtakes(t.Context(), id, w.now))(t), n > 0)
	}
	for n, id := range ids {
		same(t, "overtakes then", must(w.Overtakes(t.Context(), id, w.now))(t), false)
		w.must(w.SettleNotice(t.Context(), ids[n], storage.NoticeSent, "", "telegram:1", "1", w.now))
	}
}
