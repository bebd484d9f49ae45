package storagetest

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

var reportChecks = map[string]func(*testing.T, *world){
	"ReportLives":           reportLives,
	"ReportNumbers":         reportNumbers,
	"ReportVersions":        reportVersions,
	"ReportRows":            reportRows,
	"ReportRowsAtOnce":      reportRowsAtOnce,
	"ReportEditions":        reportEditions,
	"ReportOpenedOnce":      reportOpenedOnce,
	"ReportFilesStay":       reportFilesStay,
	"ReportForbiddenEvents": reportForbiddenEvents,
}

func (w *world) duty(unit ocop.UnitKey) storage.Duty {
	return storage.Duty{Obligation: "half-year", Period: "2026", Unit: unit}
}

// report opens the first edition of a duty.
func (w *world) report(p storage.Person, d storage.Duty) storage.Report {
	w.t.Helper()
	r := storage.Report{
		ID: w.id(), Duty: d, Edition: 1, Form: "ocop", From: w.now.AddDate(0, -6, 0), To: w.now, Due: w.now.Add(48 * time.Hour),
		Number: ocop.FormNumber{Prefix: "BC", Year: 2026}, Opened: w.now,
	}
	w.write(func(x storage.Tx) error { return x.AddReport(r, p.ID, storage.DistrictOfficer) })
	return must(w.Report(w.t.Context(), r.ID))(w.t)
}

// reports records an event of a report that may not fail.
func (w *world) reports(report storage.ID, kind ocop.ReportEventKind, change func(*storage.Report)) (after storage.Report) {
	w.t.Helper()
	w.write(func(x storage.Tx) (err error) {
		after, err = x.ReportHappens(storage.ReportEvent{Report: report, At: w.now, Kind: kind, Role: storage.DistrictOfficer}, -1, change)
		return err
	})
	return after
}

// file takes a draft to the moment it is filed.
func (w *world) file(report storage.ID) storage.Report {
	w.t.Helper()
	w.reports(report, ocop.ReportApproval, func(r *storage.Report) { r.ApprovedBy, r.Deputy = "Lý Văn Páo", true })
	return w.reports(report, ocop.ReportFiling, func(r *storage.Report) { r.Filed, r.Counted = w.now, w.now })
}

func reportLives(t *testing.T, w *world) {
	p := w.person("Páo", "telegram:1")
	d := w.duty(district)
	_, err := w.LatestReport(t.Context(), d)
	w.wants(err, storage.ErrNotFound)
	r := w.report(p, d)
	same(t, "state", r.State, ocop.ReportDraft)
	same(t, "version", r.Version, 1)
	same(t, "cut-off", r.To.Equal(w.now), true)
	same(t, "number of a draft", r.Number.Seq, 0)
	same(t, "filings while a draft", len(must(w.FilingsOf(t.Context(), d.Obligation, d.Period))(t)), 0)

	w.now = w.now.Add(72 * time.Hour)
	r = w.file(r.ID)
	same(t, "number", r.Number.String(), "BC26-0001")
	same(t, "late by", r.Late(), 24*time.Hour)
	filed := w.now
	same(t, "to receive", len(must(w.ReportsToReceive(t.Context()))(t)), 1)
	w.now = w.now.Add(time.Hour)
	date := ocop.Date(2026, 6, 20)
	r = w.reports(r.ID, ocop.ReportSigning, func(r *storage.Report) { r.SignNumber, r.SignDate, r.Signer = "15/BC-UBND", date, "Lý Văn Páo" })
	r = w.reports(r.ID, ocop.ReportReception, nil)
	same(t, "to receive when received", len(must(w.ReportsToReceive(t.Context()))(t)), 0)
	got := must(w.ReportByNumber(t.Context(), r.Number))(t)
	same(t, "state", got.State, ocop.ReportReceived)
	same(t, "signed", got.SignNumber+" "+got.Signer, "15/BC-UBND Lý Văn Páo")
	same(t, "date", got.SignDate.Equal(date), true)
	same(t, "approved by", got.ApprovedBy, "Lý Văn Páo")
	same(t, "for the head", got.Deputy, true)
	same(t, "changed", got.Changed.Equal(w.now), true)
	f := must(w.FilingsOf(t.Context(), d.Obligation, d.Period))(t)
	same(t, "filings", len(f), 1)
	same(t, "filing", f[0].Duty, d)
	same(t, "filed", f[0].Filed, true)
	same(t, "filed at", f[0].At.Equal(filed), true)
	same(t, "filings of another year", len(must(w.FilingsOf(t.Context(), d.Obligation, "2027"))(t)), 0)

	var kinds []ocop.ReportEventKind
	for _, e := range must(w.ReportEvents(t.Context(), r.ID))(t) {
		kinds = append(kinds, e.Kind)
	}
	sameList(t, "history", kinds, []ocop.ReportEventKind{ocop.ReportOpened, ocop.ReportApproval, ocop.ReportFiling, ocop.ReportSigning, ocop.ReportReception})
	mine := must(w.ReportsIn(t.Context(), []ocop.UnitKey{commune, district}))(t)
	same(t, "of the units", len(mine) == 1 && mine[0].ID == r.ID, true)
	same(t, "of another unit", len(must(w.ReportsIn(t.Context(), []ocop.UnitKey{commune}))(t)), 0)
}

// reportNumbers: no gaps, also when a filing is undone.
func reportNumbers(t *testing.T, w *world) {
	p := w.person("Páo", "telegram:1")
	units := []ocop.UnitKey{commune, commune2, district}
	drafts := make([]storage.Report, len(units))
	for n, u := range units {
		drafts[n] = w.report(p, w.duty(u))
		w.reports(drafts[n].ID, ocop.ReportApproval, nil)
	}
	failed := errors.New("of the test")
	file := func(n int, end error) error {
		return w.Write(t.Context(), func(x storage.Tx) error {
			_, err := x.ReportHappens(storage.ReportEvent{Report: drafts[n].ID, At: w.now, Kind: ocop.ReportFiling}, -1,
				func(r *storage.Report) { r.Filed = w.now })
			return errors.Join(err, end)
		})
	}
	w.wants(file(0, failed), failed)
	atOnce(len(units), func(n int) {
		if err := file(n, nil); err != nil {
			t.Errorf("file: %v", err)
		}
	})
	var numbers []string
	for _, r := range must(w.ReportsHandedIn(t.Context(), "half-year", "2026"))(t) {
		numbers = append(numbers, r.Number.String())
	}
	slices.Sort(numbers)
	sameList(t, "numbers", numbers, []string{"BC26-0001", "BC26-0002", "BC26-0003"})
}

// reportVersions: who acts on what they saw loses against who was quicker.
func reportVersions(t *testing.T, w *world) {
	p := w.person("Páo", "telegram:1")
	r := w.report(p, w.duty(district))
	offer := storage.ReportEvent{Report: r.ID, At: w.now, Kind: ocop.ReportOffer, Actor: p.ID}
	var won atomic.Int32
	atOnce(6, func(int) {
		err := w.Write(t.Context(), func(x storage.Tx) error { return must2(x.ReportHappens(offer, r.Version, nil)) })
		switch {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, storage.ErrConflict):
			t.Errorf("ReportHappens: %v", err)
		}
	})
	same(t, "won", won.Load(), 1)
	same(t, "events", len(must(w.ReportEvents(t.Context(), r.ID))(t)), 2)
}

func reportForbiddenEvents(t *testing.T, w *world) {
	p := w.person("Páo", "telegram:1")
	r := w.report(p, w.duty(district))
	happens := func(kind ocop.ReportEventKind) error {
		return w.Write(t.Context(), func(x storage.Tx) error {
			return must2(x.ReportHappens(storage.ReportEvent{Report: r.ID, At: w.now, Kind: kind}, -1, nil))
		})
	}
	w.wants(happens(ocop.ReportFiling), storage.ErrConflict)
	w.wants(happens(ocop.ReportFiling), ocop.ErrStage)
	w.wants(happens(ocop.ReportReception), storage.ErrConflict)
	w.file(r.ID)
	w.wants(happens(ocop.ReportEdited), storage.ErrConflict)
	w.wants(happens(ocop.ReportRefused), storage.ErrConflict)
	w.reports(r.ID, ocop.ReportReturning, func(r *storage.Report) { r.Again = w.now.AddDate(0, 0, 3) })
	w.wants(happens(ocop.ReportSigning), storage.ErrConflict)
	f := must(w.FilingsOf(t.Context(), "half-year", "2026"))(t)
	same(t, "a returned report is filed", f[0].Filed, false)
	same(t, "its state", f[0].State, string(ocop.ReportReturned))
}

func reportRows(t *testing.T, w *world) {
	p := w.person("Páo", "telegram:1")
	r := w.report(p, w.duty(district))
	figure := func(name string, version int, value int64) error {
		return w.Write(t.Context(), func(x storage.Tx) error {
			return x.PutReportFigure(storage.ReportFigure{Report: r.ID, Figure: name, Prefilled: 3, Value: value, Reason: "ghi sổ", Version: version, By: p.ID, At: w.now})
		})
	}
	w.must(figure("ideas", 1, 5))
	w.wants(figure("ideas", 1, 6), storage.ErrConflict)
	w.wants(figure("ideas", 3, 6), storage.ErrConflict)
	w.must(figure("ideas", 2, 6))
	w.must(figure("filled", 0, 9))
	w.must(figure("filled", 1, 10)) // over what the program had put there
	got := must(w.ReportFigures(t.Context(), r.ID))(t)
	same(t, "figures", len(got), 2)
	same(t, "figure", got[1].Figure, "ideas")
	same(t, "value", got[1].Value, 6)
	same(t, "prefilled", got[1].Prefilled, 3)
	same(t, "reason", got[1].Reason, "ghi sổ")
	same(t, "by", got[1].By, p.ID)
	text := func(version int, text string) error {
		return w.Write(t.Context(), func(x storage.Tx) error {
			return x.PutReportText(storage.ReportText{Report: r.ID, Item: "results", Text: text, Version: version, By: p.ID, At: w.now})
		})
	}
	w.must(text(1, "Tốt"))
	w.wants(text(1, "Xấu"), storage.ErrConflict)
	w.must(text(2, "Khá"))
	texts := must(w.ReportTexts(t.Context(), r.ID))(t)
	same(t, "texts", len(texts) == 1 && texts[0].Text == "Khá", true)
	same(t, "handed in while a draft", len(must(w.FiguresHandedIn(t.Context(), "half-year", "2026"))(t)), 0)
	same(t, "texts while a draft", len(must(w.TextsHandedIn(t.Context(), "half-year", "2026"))(t)), 0)
	w.file(r.ID)
	same(t, "handed in", len(must(w.FiguresHandedIn(t.Context(), "half-year", "2026"))(t)), 2)
	texts = must(w.TextsHandedIn(t.Context(), "half-year", "2026"))(t)
	same(t, "texts handed in", len(texts) == 1 && texts[0].Report == r.ID && texts[0].Text == "Khá", true)
}

// reportRowsAtOnce: of those who write the same figure unseen one wins, and
// those who write others do not disturb each other.
func reportRowsAtOnce(t *testing.T, w *world) {
	p := w.person("Páo", "telegram:1")
	r := w.report(p, w.duty(district))
	var won atomic.Int32
	atOnce(8, func(n int) {
		name := "ideas"
		if n >= 4 {
			name = string(rune('a' + n))
		}
		err := w.Write(t.Context(), func(x storage.Tx) error {
			if _, err := x.ReportHappens(storage.ReportEvent{Report: r.ID, At: w.now, Kind: ocop.ReportEdited, Actor: p.ID}, -1, nil); err != nil {
				return err
			}
			return x.PutReportFigure(storage.ReportFigure{Report: r.ID, Figure: name, Value: int64(n), Version: 1, By: p.ID, At: w.now})
		})
		switch {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, storage.ErrConflict):
			t.Errorf("write: %v", err)
		}
	})
	same(t, "won", won.Load(), 5)
	same(t, "version", must(w.Report(t.Context(), r.ID))(t).Version, 6)
}

func reportEditions(t *testing.T, w *world) {
	p := w.person("Páo", "telegram:1")
	d := w.duty(district)
	first := w.file(w.report(p, d).ID)
	w.now = w.now.Add(time.Hour)
	second := storage.Report{ID: w.id(), Duty: d, Edition: 2, Form: "ocop", Number: first.Number, Opened: w.now}
	w.write(func(x storage.Tx) error { return x.AddReport(second, p.ID, "district") })
	same(t, "latest", must(w.LatestReport(t.Context(), d))(t).ID, second.ID)
	handedIn := func() storage.ID {
		all := must(w.ReportsHandedIn(t.Context(), d.Obligation, d.Period))(t)
		same(t, "handed in", len(all), 1)
		return all[0].ID
	}
	same(t, "handed in while the next is a draft", handedIn(), first.ID)
	after := w.file(second.ID)
	same(t, "number", after.Number, first.Number)
	same(t, "handed in", handedIn(), second.ID)
	same(t, "by its number", must(w.ReportByNumber(t.Context(), first.Number))(t).ID, second.ID)
	same(t, "editions", len(must(w.Editions(t.Context(), d))(t)), 2)
	same(t, "of the unit", len(must(w.ReportsIn(t.Context(), []ocop.UnitKey{district}))(t)), 1)
	same(t, "the next number", w.file(w.report(p, w.duty(commune)).ID).Number.Seq, 2)
}

func reportOpenedOnce(t *testing.T, w *world) {
	p := w.person("Páo", "telegram:1")
	var won atomic.Int32
	atOnce(4, func(int) {
		err := w.Write(t.Context(), func(x storage.Tx) error {
			return x.AddReport(storage.Report{ID: storage.NewID(w.now), Duty: w.duty(district), Edition: 1, Opened: w.now}, p.ID, "district")
		})
		switch {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, storage.ErrConflict):
			t.Errorf("AddReport: %v", err)
		}
	})
	same(t, "opened", won.Load(), 1)
}

// reportFilesStay: what went with a report is the office's, whoever sent it.
func reportFilesStay(t *testing.T, w *world) {
	p := w.person("Páo", "telegram:1")
	r := w.report(p, w.duty(district))
	scan := storage.File{ID: w.id(), Report: r.ID, Purpose: storage.FileScan, Person: p.ID, Channel: "telegram", Provider: "AgAC", State: storage.FileWanted, At: w.now}
	w.write(func(x storage.Tx) error { return x.AddFile(scan) })
	same(t, "wanted", len(must(w.FilesWanted(t.Context(), 9))(t)), 1)
	scan.State, scan.MIME, scan.Data = storage.FileStored, "image/jpeg", []byte{0xff, 0xd8}
	w.must(w.SetFile(t.Context(), scan))
	w.write(func(x storage.Tx) error { return x.Erase(p.ID, w.now) })
	files := must(w.ReportFiles(t.Context(), r.ID))(t)
	same(t, "files", len(files), 1)
	same(t, "purpose", files[0].Purpose, storage.FileScan)
	same(t, "data", len(must(w.File(t.Context(), scan.ID))(t).Data), 2)
	same(t, "events", len(must(w.ReportEvents(t.Context(), r.ID))(t)), 1)
}
