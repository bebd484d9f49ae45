package sqlstore

import (
	"context"
	"fmt"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

const reportColumns = `r.id, r.obligation, r.period, r.unit, r.edition, r.form, r.state, r.version, r.since, r.until, r.due,
	r.prefix, r.year, r.seq, r.filed, r.counted, r.approved_by, r.deputy, r.sign_number, r.sign_date, r.signer, r.again, r.opened, r.changed`

func scanReport(row scanner) (r storage.Report, err error) {
	err = row.Scan(&r.ID, &r.Obligation, &r.Period, &r.Unit, &r.Edition, &r.Form, &r.State, &r.Version,
		when{&r.From}, when{&r.To}, when{&r.Due}, &r.Number.Prefix, &r.Number.Year, &r.Number.Seq,
		when{&r.Filed}, when{&r.Counted}, &r.ApprovedBy, &r.Deputy, &r.SignNumber, when{&r.SignDate}, &r.Signer,
		when{&r.Again}, when{&r.Opened}, when{&r.Changed})
	return r, err
}

const (
	reportByID   = `SELECT ` + reportColumns + ` FROM reports r WHERE r.id = $1`
	reportsOf    = `SELECT ` + reportColumns + ` FROM reports r WHERE r.obligation = $1 AND r.period = $2 AND r.unit = $3 ORDER BY r.edition`
	latestReport = `SELECT ` + reportColumns + ` FROM reports r WHERE r.obligation = $1 AND r.period = $2 AND r.unit = $3
		ORDER BY r.edition DESC LIMIT 1`
	// handedIn are the latest editions that left their units. PostgreSQL, which
	// does not know the parameters when it plans, makes a join of NOT EXISTS that
	// compares every unit with every other; this it looks up in the index.
	handedIn = ` FROM reports r WHERE r.obligation = $1 AND r.period = $2 AND r.filed > 0
		AND r.edition = (SELECT MAX(l.edition) FROM reports l WHERE l.obligation = r.obligation AND l.period = r.period
			AND l.unit = r.unit AND l.filed > 0)`
)

// Report returns a report; who may see it is the caller's to check.
func (s *Store) Report(ctx context.Context, id storage.ID) (storage.Report, error) {
	return get(ctx, s, "report", scanReport, reportByID, id)
}

// LatestReport is the latest edition of what a unit reports for a duty.
func (s *Store) LatestReport(ctx context.Context, d storage.Duty) (storage.Report, error) {
	return get(ctx, s, "report", scanReport, latestReport, d.Obligation, d.Period, d.Unit)
}

// Editions lists all editions of what a unit reports for a duty.
func (s *Store) Editions(ctx context.Context, d storage.Duty) ([]storage.Report, error) {
	return list(ctx, s, "editions", scanReport, reportsOf, d.Obligation, d.Period, d.Unit)
}

// ReportByNumber returns the latest edition of a number.
func (s *Store) ReportByNumber(ctx context.Context, n ocop.FormNumber) (storage.Report, error) {
	return get(ctx, s, "report", scanReport, `SELECT `+reportColumns+` FROM reports r
		WHERE r.prefix = $1 AND r.year = $2 AND r.seq = $3 AND r.seq > 0 ORDER BY r.edition DESC LIMIT 1`, n.Prefix, n.Year, n.Seq)
}

// ReportsHandedIn lists the latest edition of each unit that left it, for an
// obligation and a period.
func (s *Store) ReportsHandedIn(ctx context.Context, obligation, period string) ([]storage.Report, error) {
	return list(ctx, s, "reports handed in", scanReport,
		`SELECT `+reportColumns+handedIn+` ORDER BY r.unit`, obligation, period)
}

// ReportsIn lists the latest editions of all duties of these units, the
// latest period first.
func (s *Store) ReportsIn(ctx context.Context, units []ocop.UnitKey) ([]storage.Report, error) {
	return list(ctx, s, "reports", scanReport, `SELECT `+reportColumns+` FROM reports r WHERE `+inList("$1", "r.unit")+`
		AND NOT EXISTS (SELECT 1 FROM reports l WHERE l.obligation = r.obligation AND l.period = r.period AND l.unit = r.unit
			AND l.edition > r.edition) ORDER BY r.opened DESC, r.id DESC`, joined(units))
}

// ReportsToReceive lists the reports that were handed in and wait for whoever
// receives them, the oldest first.
func (s *Store) ReportsToReceive(ctx context.Context) ([]storage.Report, error) {
	return list(ctx, s, "reports to receive", scanReport, `SELECT `+reportColumns+` FROM reports r WHERE r.state IN ('filed', 'signed')
		AND NOT EXISTS (SELECT 1 FROM reports l WHERE l.obligation = r.obligation AND l.period = r.period AND l.unit = r.unit
			AND l.edition > r.edition AND l.filed > 0) ORDER BY r.filed, r.id`)
}

// FilingsOf tells how far the units are with an obligation in a period, by the
// latest edition each handed in. Units that handed in nothing are not there.
func (s *Store) FilingsOf(ctx context.Context, obligation, period string) ([]storage.Filing, error) {
	// Read every minute of many units: only what a filing says.
	return list(ctx, s, "filings", func(row scanner) (f storage.Filing, err error) {
		r := storage.Report{Duty: storage.Duty{Obligation: obligation, Period: period}}
		err = row.Scan(&r.Unit, &r.State, when{&r.Filed}, when{&r.Counted})
		return storage.Filing{Duty: r.Duty, State: string(r.State), At: r.Filed, Filed: r.IsFiled()}, err
	}, `SELECT r.unit, r.state, r.filed, r.counted`+handedIn+` ORDER BY r.unit`, obligation, period)
}

// ReportEvents lists what happened to a report, in that order.
func (s *Store) ReportEvents(ctx context.Context, report storage.ID) ([]storage.ReportEvent, error) {
	return list(ctx, s, "report events", func(row scanner) (e storage.ReportEvent, err error) {
		err = row.Scan(&e.ID, &e.Report, when{&e.At}, &e.Kind, refTo{&e.Actor}, &e.Role, toPairs{&e.Body})
		return e, err
	}, `SELECT id, report, at, kind, actor, role, body FROM report_events WHERE report = $1 ORDER BY seq`, report)
}

func (x *tx) Report(id storage.ID) (storage.Report, error) {
	return txGet(x, scanReport, reportByID, id)
}

func (x *tx) LatestReport(d storage.Duty) (storage.Report, error) {
	return txGet(x, scanReport, latestReport, d.Obligation, d.Period, d.Unit)
}

func (x *tx) AddReport(r storage.Report, actor storage.ID, role string) error {
	x.concerns(actor)
	state, err := ocop.NextReport("", ocop.ReportOpened)
	if err != nil {
		return fmt.Errorf("sqlstore: add report: %w", err)
	}
	n, err := x.exec(`INSERT INTO reports (id, obligation, period, unit, edition, form, state, version, since, until, due,
			prefix, year, seq, filed, counted, approved_by, sign_number, sign_date, signer, again, opened, changed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $11, $12, $13, 0, 0, '', '', 0, '', 0, $14, $14)
		ON CONFLICT (obligation, period, unit, edition) DO NOTHING`,
		r.ID, r.Obligation, r.Period, r.Unit, r.Edition, r.Form, state, ms(r.From), ms(r.To), ms(r.Due),
		r.Number.Prefix, r.Number.Year, r.Number.Seq, ms(r.Opened))
	if err == nil && n == 0 {
		err = storage.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("sqlstore: add report: %w", err)
	}
	return x.addReportEvent(storage.ReportEvent{
		ID: storage.NewID(r.Opened), Report: r.ID, At: r.Opened, Kind: ocop.ReportOpened, Actor: actor, Role: role,
	}, 1)
}

func (x *tx) addReportEvent(e storage.ReportEvent, seq int) error {
	body, err := pairs(e.Body)
	if err != nil {
		return err
	}
	return x.later(`INSERT INTO report_events (id, report, seq, at, kind, actor, role, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.ID, e.Report, seq, ms(e.At), e.Kind, ref(e.Actor), e.Role, body)
}

// ReportHappens takes the report's row first: whatever is written about the
// report in the same transaction cannot race another's.
func (x *tx) ReportHappens(e storage.ReportEvent, version int, change func(*storage.Report)) (storage.Report, error) {
	x.concerns(e.Actor)
	if e.ID == 0 {
		e.ID = storage.NewID(e.At)
	}
	for range attempts {
		was, err := x.Report(e.Report)
		if err != nil {
			return was, fmt.Errorf("sqlstore: report: %w", err)
		}
		if version >= 0 && version != was.Version {
			return was, fmt.Errorf("sqlstore: report: version %d, not %d: %w", was.Version, version, storage.ErrConflict)
		}
		now, err := reported(was, e, change)
		if err != nil {
			return was, err
		}
		done, err := x.replaceReport(now, was.Version)
		if err != nil {
			return was, fmt.Errorf("sqlstore: report: %w", err)
		}
		if !done {
			continue
		}
		if err := x.addReportEvent(e, now.Version); err != nil {
			return was, err
		}
		if e.Kind == ocop.ReportFiling && now.Number.Seq == 0 && now.Number.Prefix != "" {
			err = x.numberReport(&now)
		}
		return now, err
	}
	return storage.Report{}, fmt.Errorf("sqlstore: report: %w", storage.ErrConflict)
}

// reported is the report after the event.
func reported(was storage.Report, e storage.ReportEvent, change func(*storage.Report)) (storage.Report, error) {
	state, err := ocop.NextReport(was.State, e.Kind)
	if err != nil {
		return was, fmt.Errorf("sqlstore: report: %w: %w", storage.ErrConflict, err)
	}
	now := was
	if change != nil {
		change(&now)
	}
	now.ID, now.Duty, now.Edition, now.Form, now.Opened = was.ID, was.Duty, was.Edition, was.Form, was.Opened
	now.State, now.Version, now.Changed = state, was.Version+1, e.At
	return now, nil
}

func (x *tx) replaceReport(r storage.Report, version int) (bool, error) {
	n, err := x.exec(`UPDATE reports SET state = $3, version = $4, since = $5, until = $6, due = $7, prefix = $8, year = $9, seq = $10,
			filed = $11, counted = $12, approved_by = $13, sign_number = $14, sign_date = $15, signer = $16, again = $17, changed = $18, deputy = $19
		WHERE id = $1 AND version = $2`,
		r.ID, version, r.State, r.Version, ms(r.From), ms(r.To), ms(r.Due), r.Number.Prefix, r.Number.Year, r.Number.Seq,
		ms(r.Filed), ms(r.Counted), r.ApprovedBy, r.SignNumber, ms(r.SignDate), r.Signer, ms(r.Again), ms(r.Changed), r.Deputy)
	return n == 1, err
}

// numberReport takes the next number of a series; see AddIdea.
func (x *tx) numberReport(r *storage.Report) (err error) {
	r.Number.Seq, err = x.nextNumber(r.Number)
	if err != nil {
		return err
	}
	return x.later(`UPDATE reports SET seq = $2 WHERE id = $1`, r.ID, r.Number.Seq)
}
