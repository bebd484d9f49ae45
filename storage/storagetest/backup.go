package storagetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/storage"
)

var backupChecks = map[string]func(*testing.T, *world){
	"BackupAndRestore":     backupAndRestore,
	"RestoreOnlyIntoEmpty": restoreOnlyIntoEmpty,
	"DamagedBackup":        damagedBackup,
}

var parkChecks = map[string]func(*testing.T, *world){
	"Park": park,
}

func newAddr(channel, id string) bot.Address { return bot.NewAddress(channel, id) }

// Populate fills a store with something in every table, for checks of backups
// across stores.
func Populate(t *testing.T, o Opened) {
	w := &world{Opened: o, t: t, now: start}
	p, fresh, _ := w.full("Hoàng “Thị” Sen\n<&>", "+84987654321", "60316031")
	r := storage.Round{ID: w.id(), Year: 2026, Seq: 1, Level: "province"}
	w.write(func(x storage.Tx) error {
		return errors.Join(x.PutRound(r), x.PutEvaluation(storage.Evaluation{ID: w.id(), Idea: fresh.ID, Round: r.ID, A: 3425, Stars: -1, Version: 1}),
			x.AddFile(storage.File{ID: w.id(), Idea: fresh.ID, Person: p.ID, State: storage.FileWanted, At: w.now}))
	})
	report := w.report(p, w.duty(commune))
	w.write(func(x storage.Tx) error {
		return errors.Join(x.PutReportFigure(storage.ReportFigure{Report: report.ID, Figure: "ideas", Prefilled: 2, Value: 3, Reason: "ghi sổ", Version: 1, By: p.ID, At: w.now}),
			x.PutReportText(storage.ReportText{Report: report.ID, Item: "results", Text: "Tốt\nlắm", Version: 1, By: p.ID, At: w.now}),
			x.AddFile(storage.File{ID: w.id(), Report: report.ID, Purpose: storage.FileScan, Person: p.ID, State: storage.FileStored, Data: []byte{0, 255}, At: w.now}))
	})
	w.must(w.AddDead(t.Context(), storage.Dead{Addr: "telegram:…31", Kind: bot.Photo, Cause: "panic", At: w.now}))
	w.must(w.LogAccess(t.Context(), storage.Access{At: w.now, Person: p.ID, Idea: fresh.ID, What: "card"}))
}

// Dump is all that a store of records holds, one row a line.
func Dump(t *testing.T, o Opened) string {
	text := (&world{Opened: o, t: t}).dump()
	_, rows, _ := bytes.Cut([]byte(text), []byte("\n")) // the first line has the time
	return string(rows)
}

func backupAndRestore(t *testing.T, w *world) {
	Populate(t, w.Opened)
	stranger := session(2, "chưa đồng ý")
	stranger.Durable = false
	w.must(w.Sessions.Save(t.Context(), "telegram:9", 0, stranger))
	var b bytes.Buffer
	w.must(w.Backup(t.Context(), &b))
	queued := len(w.enqueued) - 1 // one was sent
	other := newWorld(t, w.open)
	w.must(other.Restore(t.Context(), bytes.NewReader(b.Bytes())))
	same(t, "what was restored", Dump(t, other.Opened), Dump(t, w.Opened))
	same(t, "enqueued again", len(other.enqueued), queued)
	_, err := other.Sessions.Load(t.Context(), "telegram:9")
	w.wants(err, storage.ErrNotFound)
	// Life goes on, with the next number.
	p, _, err := other.Viewer(t.Context(), "telegram:60316031", start)
	w.must(err)
	other.turn = 1000 // the keys of before are taken: commits are restored too
	same(t, "next number", other.idea(p, "Chè").Number.Seq, 3)
	_, err = json.Marshal(must(other.Everything(t.Context(), p.ID))(t))
	w.must(err)
}

func restoreOnlyIntoEmpty(t *testing.T, w *world) {
	Populate(t, w.Opened)
	var b bytes.Buffer
	w.must(w.Backup(t.Context(), &b))
	before := Dump(t, w.Opened)
	if err := w.Restore(t.Context(), &b); err == nil {
		t.Error("restored over what was there")
	}
	same(t, "what was there", Dump(t, w.Opened), before)
}

func damagedBackup(t *testing.T, w *world) {
	Populate(t, w.Opened)
	var b bytes.Buffer
	w.must(w.Backup(t.Context(), &b))
	whole := b.Bytes()
	other := newWorld(t, w.open)
	empty := Dump(t, other.Opened)
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 0x40
	for name, broken := range map[string][]byte{
		"empty": nil, "not a backup": []byte("PGDMP"), "cut short": whole[:len(whole)*2/3], "without its end": whole[:len(whole)-4], "damaged": flipped,
	} {
		if err := other.Restore(t.Context(), bytes.NewReader(broken)); err == nil {
			t.Errorf("%s: restored", name)
		}
		same(t, name+": left behind", Dump(t, other.Opened), empty)
	}
	w.must(other.Restore(t.Context(), bytes.NewReader(whole)))
}

func park(t *testing.T, w *world) {
	parked := func(addr bot.Address, turn int, data string) storage.Parked {
		return storage.Parked{Addr: addr, StoredSession: session(turn, data)}
	}
	stranger := parked("telegram:4", 1, "chưa đồng ý")
	stranger.Durable = false
	w.must(w.Sessions.Park(t.Context(), nil))
	w.must(w.Sessions.Park(t.Context(), []storage.Parked{parked("telegram:1", 5, "a"), parked("telegram:2", 2, "b"), stranger}))
	w.must(w.Sessions.Park(t.Context(), []storage.Parked{parked("telegram:1", 4, "older"), parked("telegram:2", 3, "newer")}))
	wantSession(t, w.Sessions, "telegram:1", session(5, "a"))
	wantSession(t, w.Sessions, "telegram:2", session(3, "newer"))
	wantNoSession(t, w.Sessions, "telegram:4")
	// What is parked outlives the fast store's own time.
	brief := parked("telegram:5", 1, "a week later")
	brief.Keep = time.Millisecond
	w.must(w.Sessions.Park(t.Context(), []storage.Parked{brief}))
	wantSession(t, w.Sessions, "telegram:5", session(1, "a week later"))
	w.must(w.Prune(t.Context(), time.Now().Add(time.Hour)))
	wantSession(t, w.Sessions, "telegram:5", session(1, "a week later"))
	w.must(w.Prune(t.Context(), time.Now().Add(2*storage.KeepDurable)))
	wantNoSession(t, w.Sessions, "telegram:5")
}
