package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/outbox"
	"ocopbot/storage"
	"ocopbot/storage/sqlstore"
)

// The province of the part minute.
const (
	minuteUnits = 700
	minuteYears = 10
)

// minuteObligations are due around the measured moment.
var minuteObligations = []string{"20/6", "25/6", "30/6", "5/7"}

// minute measures what a replica does each minute with nothing new to tell:
// what is owed, worked out of ten years of reports and reminders, on both
// databases.
func (r *rig) minute(ctx context.Context) error {
	prog, err := manyUnits(r.dir)
	if err != nil {
		return err
	}
	url, drop, err := r.newDatabase(ctx)
	if err != nil {
		return err
	}
	defer drop()
	return errors.Join(minuteOn(ctx, "SQLite", filepath.Join(r.dir, "minute.db"), prog), minuteOn(ctx, "PostgreSQL", url, prog))
}

func minuteOn(ctx context.Context, name, url string, prog *ocop.Programme) (err error) {
	queue, err := outbox.NewQueue(strings.HasPrefix(url, "postgres"))
	if err != nil {
		return err
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	store, err := sqlstore.Open(ctx, sqlstore.Options{URL: url, Enqueue: queue.Enqueue, Log: quiet})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := store.Migrate(ctx, queue.Migrate); err != nil {
		return err
	}
	now := time.Date(2026, 6, 17, 8, 1, 0, 0, ocop.Local)
	if err := decade(ctx, store, prog, now); err != nil {
		return err
	}
	box, err := outbox.New(outbox.Options{DB: store.DB(), Store: store, Programme: prog, Log: quiet, Now: func() time.Time { return now },
		Channels: map[string]bot.Channel{}})
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := box.Remind(ctx, now); err != nil { // the minute that tells
		return err
	}
	first := time.Since(begin)
	var took []time.Duration
	for range 30 {
		begin := time.Now()
		plan, err := box.Planned(ctx, now)
		if err != nil || len(plan) > 0 {
			return fmt.Errorf("%d things are still to be told: %w", len(plan), err)
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	fmt.Printf("  %d units, %d obligations, %d years, %s: a minute with nothing to tell %v (median), %v (worst); the one that told %v\n",
		minuteUnits, len(minuteObligations), minuteYears, name, took[len(took)/2].Round(100*time.Microsecond), took[len(took)-1].Round(100*time.Microsecond), first.Round(time.Millisecond))
	return nil
}

// manyUnits is the plan's programme with many wards of one town, which owe
// all there is.
func manyUnits(dir string) (*ocop.Programme, error) {
	data, err := os.ReadFile("bot/ocop/programmes/lang-son-2021.yaml")
	if err != nil {
		return nil, err
	}
	head, _, ok := strings.Cut(string(data), "\nobligations:\n")
	const before = "      # thành phố Lạng Sơn\n"
	if !ok || !strings.Contains(head, before) {
		return nil, errors.New("the programme's file has another shape")
	}
	var wards, owed strings.Builder
	for n := range minuteUnits {
		fmt.Fprintf(&wards, "      - [%05d, Phường số %d, phường, 178]\n", 90000+n, n)
	}
	owed.WriteString("\nobligations:\n  - source: kh-129\n    from: 2012-01-01\n    list:\n")
	for n, day := range minuteObligations {
		fmt.Fprintf(&owed, "      - {id: report-%d, title: {vi: Báo cáo, en: Report}, span: {vi: năm, en: year}, kinds: [phường], before: %s,"+
			" day_itself_late: yes, cut_off: 1, receiver: {vi: Sở, en: Department}, above: tỉnh, form: ocop, confirmed: yes}\n", n, day)
	}
	path := filepath.Join(dir, "many.yaml")
	if err := os.WriteFile(path, []byte(strings.Replace(head, before, before+wards.String(), 1)+owed.String()), 0o600); err != nil {
		return nil, err
	}
	return ocop.Load(path)
}

// decade stores officers, and what was filed, answered and told in ten years.
func decade(ctx context.Context, store *sqlstore.Store, prog *ocop.Programme, now time.Time) error {
	n := 0
	id := func() storage.ID {
		n++
		return storage.NewID(now.AddDate(-minuteYears-1, 0, 0).Add(time.Duration(n) * time.Millisecond))
	}
	var all []func(storage.Tx) error
	since := now.AddDate(-minuteYears-1, 0, 0)
	officers := map[ocop.UnitKey]storage.ID{}
	for _, u := range prog.Units(now) {
		if u.Kind != ocop.Ward {
			continue
		}
		p, office := id(), id()
		officers[u.Key] = p
		all = append(all, func(tx storage.Tx) error {
			return errors.Join(tx.PutPerson(storage.Person{ID: p, Lang: "vi", Created: since}),
				tx.PutOfficer(storage.Officer{ID: office, Person: p, Unit: u.Key, Role: storage.CommuneOfficer, From: since}))
		})
	}
	for year := now.Year() - minuteYears; year < now.Year(); year++ {
		for _, d := range prog.DueDates(year) {
			for _, u := range prog.Owing(d) {
				duty := storage.Duty{Obligation: d.Obligation.ID, Period: fmt.Sprint(year), Unit: u.Key}
				person, report, ids := officers[u.Key], id(), []storage.ID{id(), id(), id(), id(), id(), id(), id(), id()}
				filed := d.LastGood.Add(9 * time.Hour)
				all = append(all, func(tx storage.Tx) error { return oneYear(tx, duty, d.LastGood, filed, person, report, ids) })
			}
		}
	}
	const batch = 25
	for len(all) > 0 {
		some := all[:min(batch, len(all))]
		all = all[len(some):]
		err := store.Write(ctx, func(tx storage.Tx) error {
			for _, write := range some {
				if err := write(tx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// oneYear is a duty that was reminded of, answered and filed.
func oneYear(tx storage.Tx, duty storage.Duty, due, filed time.Time, person, report storage.ID, ids []storage.ID) error {
	for i, step := range []string{"T-30", "T-14", "T-7", "T-3", "T-1", "T-0"} {
		r := storage.ReminderSent{ID: ids[i], Duty: duty, Due: due, Step: step, Recipient: person, Notice: ids[i], At: filed.AddDate(0, 0, -7)}
		if _, err := tx.Remind(r); err != nil {
			return err
		}
	}
	if err := tx.AddAck(storage.Ack{Duty: duty, Officer: person, Step: "T-30", At: filed}); err != nil {
		return err
	}
	if err := tx.AddReport(storage.Report{ID: report, Duty: duty, Edition: 1, Opened: filed}, person, storage.CommuneOfficer); err != nil {
		return err
	}
	for i, kind := range []ocop.ReportEventKind{ocop.ReportApproval, ocop.ReportFiling} {
		e := storage.ReportEvent{ID: ids[6+i], Report: report, At: filed, Kind: kind, Actor: person, Role: storage.CommuneOfficer}
		if _, err := tx.ReportHappens(e, -1, func(r *storage.Report) { r.Filed, r.Counted = filed, filed }); err != nil {
			return err
		}
	}
	return nil
}
