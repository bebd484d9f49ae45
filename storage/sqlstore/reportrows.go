package sqlstore

import (
	"context"
	"fmt"

	"ocopbot/storage"
)

func scanFigure(row scanner) (f storage.ReportFigure, err error) {
	err = row.Scan(&f.Report, &f.Figure, &f.Prefilled, &f.Value, &f.Reason, &f.Version, refTo{&f.By}, when{&f.At})
	return f, err
}

func scanText(row scanner) (t storage.ReportText, err error) {
	err = row.Scan(&t.Report, &t.Item, &t.Text, &t.Version, refTo{&t.By}, when{&t.At})
	return t, err
}

const (
	figureColumns   = `f.report, f.figure, f.prefilled, f.value, f.reason, f.version, f.actor, f.at`
	figuresOfReport = `SELECT ` + figureColumns + ` FROM report_figures f WHERE f.report = $1 ORDER BY f.figure`
	textColumns     = `x.report, x.item, x.text, x.version, x.actor, x.at`
	textsOfReport   = `SELECT ` + textColumns + ` FROM report_texts x WHERE x.report = $1 ORDER BY x.item`
)

// ReportFigures lists the figures of a report.
func (s *Store) ReportFigures(ctx context.Context, report storage.ID) ([]storage.ReportFigure, error) {
	return list(ctx, s, "report figures", scanFigure, figuresOfReport, report)
}

// FiguresHandedIn lists the figures of all reports that ReportsHandedIn lists.
func (s *Store) FiguresHandedIn(ctx context.Context, obligation, period string) ([]storage.ReportFigure, error) {
	return list(ctx, s, "figures handed in", scanFigure, `SELECT `+figureColumns+` FROM report_figures f
		WHERE f.report IN (SELECT r.id`+handedIn+`) ORDER BY f.report, f.figure`, obligation, period)
}

// ReportTexts lists the texts and answers of a report.
func (s *Store) ReportTexts(ctx context.Context, report storage.ID) ([]storage.ReportText, error) {
	return list(ctx, s, "report texts", scanText, textsOfReport, report)
}

// TextsHandedIn lists the texts and answers of all reports that
// ReportsHandedIn lists.
func (s *Store) TextsHandedIn(ctx context.Context, obligation, period string) ([]storage.ReportText, error) {
	return list(ctx, s, "texts handed in", scanText, `SELECT `+textColumns+` FROM report_texts x
		WHERE x.report IN (SELECT r.id`+handedIn+`) ORDER BY x.report, x.item`, obligation, period)
}

func (x *tx) ReportFigures(report storage.ID) ([]storage.ReportFigure, error) {
	return txList(x, scanFigure, figuresOfReport, report)
}

func (x *tx) ReportTexts(report storage.ID) ([]storage.ReportText, error) {
	return txList(x, scanText, textsOfReport, report)
}

func (x *tx) PutReportFigure(f storage.ReportFigure) error {
	n, err := x.exec(`INSERT INTO report_figures (report, figure, prefilled, value, reason, version, actor, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (report, figure) DO UPDATE SET prefilled = excluded.prefilled, value = excluded.value, reason = excluded.reason,
			version = excluded.version, actor = excluded.actor, at = excluded.at
		WHERE report_figures.version = excluded.version - 1 OR report_figures.version = 0`,
		f.Report, f.Figure, f.Prefilled, f.Value, f.Reason, f.Version, ref(f.By), ms(f.At))
	return written("figure", n, err)
}

func (x *tx) PutReportText(t storage.ReportText) error {
	n, err := x.exec(`INSERT INTO report_texts (report, item, text, version, actor, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (report, item) DO UPDATE SET text = excluded.text, version = excluded.version, actor = excluded.actor, at = excluded.at
		WHERE report_texts.version = excluded.version - 1`,
		t.Report, t.Item, t.Text, t.Version, ref(t.By), ms(t.At))
	return written("text", n, err)
}

// written is the outcome of writing a row of a report.
func written(what string, n int64, err error) error {
	if err == nil && n == 0 {
		err = storage.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("sqlstore: report %s: %w", what, err)
	}
	return nil
}
