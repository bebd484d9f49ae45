package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/conversations"
	"ocopbot/locales"
	"ocopbot/storage"
	"ocopbot/storage/sqlstore"
)

// sheetRounds is how often the list of all units is asked for.
const sheetRounds = 5

// sheet measures how long an officer of the province waits for the reports of
// many units in one file: asked for in the chat, every figure read and the file
// written.
func (r *rig) sheet(ctx context.Context) (err error) {
	prog, err := manyUnits(r.dir)
	if err != nil {
		return err
	}
	texts, err := locales.New()
	if err != nil {
		return err
	}
	store, err := sqlstore.Open(ctx, sqlstore.Options{URL: filepath.Join(r.dir, "sheet.db"), Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := store.Migrate(ctx, nil); err != nil {
		return err
	}
	p := provincePhone{engine: conversations.New(prog, texts, store), now: time.Date(2026, 6, 17, 8, 1, 0, 0, ocop.Local)}
	if err := p.settle(ctx, store, prog); err != nil {
		return err
	}
	for _, file := range [][]string{{"sheet"}, {"letter", "head"}} {
		var took []time.Duration
		size := 0
		for range sheetRounds {
			begin := time.Now()
			if size, err = p.file(ctx, file...); err != nil {
				return err
			}
			took = append(took, time.Since(begin))
		}
		slices.Sort(took)
		kind := map[string]string{"sheet": "XLSX", "letter": "PDF and DOCX"}[file[0]]
		fmt.Printf("  the reports of %d units as %s, %d KB: %v (median), %v (worst)\n", minuteUnits, kind, size>>10,
			took[len(took)/2].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
	}
	return nil
}

// provincePhone is the phone of the province's officer.
type provincePhone struct {
	engine *conversations.Engine
	s      *conversations.Session
	now    time.Time
	turn   int
}

const provinceAddress bot.Address = "telegram:1"

// settle stores the officer, and a report of every unit with all its figures.
func (p *provincePhone) settle(ctx context.Context, store *sqlstore.Store, prog *ocop.Programme) error {
	province, _ := prog.UnitAt("20", p.now)
	person := storage.NewID(p.now)
	p.s = conversations.NewSession(locales.Vietnamese)
	p.s.Person, p.s.Turn, p.s.At = person, 1, p.now
	due, _ := prog.Due("report-0", p.now.Year())
	form, _ := prog.ReportForm(due)
	n := 0
	id := func() storage.ID {
		n++
		return storage.NewID(p.now.Add(time.Duration(n) * time.Millisecond))
	}
	all := []func(storage.Tx) error{func(tx storage.Tx) error {
		return errors.Join(tx.PutPerson(storage.Person{ID: person, Name: "Hoàng Văn Tỉnh", Lang: locales.Vietnamese, Created: p.now}),
			tx.PutRoute(storage.Route{Addr: provinceAddress, Person: person, Since: p.now, Used: p.now}),
			tx.PutOfficer(storage.Officer{ID: id(), Person: person, Unit: province.Key, Role: storage.ProvinceOfficer, From: p.now}))
	}}
	for _, u := range prog.Owing(due) {
		all = append(all, func(tx storage.Tx) error {
			report := id()
			d := storage.Duty{Obligation: "report-0", Period: fmt.Sprint(p.now.Year()), Unit: u.Key}
			if err := tx.AddReport(storage.Report{ID: report, Duty: d, Edition: 1, Form: form.ID, Opened: p.now}, person, storage.CommuneOfficer); err != nil {
				return err
			}
			for _, f := range form.Figures {
				if err := tx.PutReportFigure(storage.ReportFigure{Report: report, Figure: f.ID, Value: int64(n % 1000), At: p.now}); err != nil {
					return err
				}
			}
			for _, x := range form.Texts {
				text := "Các xã đã rà soát lại sản phẩm, hướng dẫn bà con hoàn thiện hồ sơ và nhãn mác, còn thiếu vốn mua máy sấy."
				if err := tx.PutReportText(storage.ReportText{Report: report, Item: x.ID, Text: text, Version: 1, At: p.now}); err != nil {
					return err
				}
			}
			for _, kind := range []ocop.ReportEventKind{ocop.ReportApproval, ocop.ReportFiling} {
				e := storage.ReportEvent{ID: id(), Report: report, At: p.now, Kind: kind, Actor: person, Role: storage.CommuneOfficer}
				if _, err := tx.ReportHappens(e, -1, func(r *storage.Report) { r.Filed, r.Counted = p.now, p.now }); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for batch := range slices.Chunk(all, 100) {
		err := store.Write(ctx, func(tx storage.Tx) error {
			for _, write := range batch {
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

// file asks for one of the files of the report that all handed in by one choice
// after the other, and is its size; of two, the larger one's.
func (p *provincePhone) file(ctx context.Context, choices ...string) (size int, err error) {
	if _, err := p.says(ctx, bot.Incoming{Kind: bot.Text, Text: "tiến độ báo cáo"}); err != nil {
		return 0, err
	}
	i := slices.IndexFunc(p.s.Offered, func(id string) bool { return strings.HasPrefix(id, "report-0|") })
	if i < 0 {
		return 0, fmt.Errorf("the report is not among %q", p.s.Offered)
	}
	if _, err := p.taps(ctx, p.s.Offered[i]); err != nil {
		return 0, err
	}
	var answer bot.Reply
	for _, choice := range choices {
		if answer, err = p.taps(ctx, choice); err != nil {
			return 0, err
		}
	}
	for _, m := range answer.Messages {
		if m.Attached != nil {
			size = max(size, len(m.Attached.Data))
		}
	}
	if size == 0 {
		return 0, fmt.Errorf("no file came with %q", choices)
	}
	return size, nil
}

func (p *provincePhone) taps(ctx context.Context, id string) (bot.Reply, error) {
	return p.says(ctx, bot.Incoming{Kind: bot.Tap, Choice: id, Ref: bot.Ref{Session: p.s.ID, AskedAt: p.s.AskedAt}})
}

func (p *provincePhone) says(ctx context.Context, in bot.Incoming) (bot.Reply, error) {
	p.turn++
	in.ID, in.From, in.At = fmt.Sprint(p.turn), provinceAddress, p.now
	return p.engine.Advance(ctx, p.s, &in, bot.Caps{Name: "telegram", Buttons: true, Files: true, Longest: 4096}, p.now, false)
}
