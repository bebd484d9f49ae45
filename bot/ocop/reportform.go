package ocop

import (
	"slices"
	"strings"
	"time"
)

// ReportForm is what a report asks for: figures, then texts.
type ReportForm struct {
	Rule
	ID    string
	Title Text
	// FiledAt is the state from which a report counts as filed: ReportFiled,
	// ReportSigned or ReportReceived.
	FiledAt ReportState
	Figures []Figure
	Texts   []FormText
}

// Name is the form's title in a language.
func (f ReportForm) Name(lang string) string { return f.Title.In(lang) }

func (f ReportForm) id() string { return f.ID }

// Filed tells whether a report in a state counts as filed. Where no form says
// from when on, as of what was asked for ad hoc, handing in is enough.
func (f ReportForm) Filed(state ReportState) bool {
	order := []ReportState{ReportFiled, ReportSigned, ReportReceived}
	return slices.Contains(order, state) && slices.Index(order, state) >= slices.Index(order, f.FiledAt)
}

// Figure finds a figure of the form by its id.
func (f ReportForm) Figure(id string) (Figure, bool) {
	for _, g := range f.Figures {
		if g.ID == id {
			return g, true
		}
	}
	return Figure{}, false
}

// Figure is one number of a report, a whole one.
type Figure struct {
	ID         string
	Title      Text
	Definition Text
	Unit       Text   // what is counted
	Counts     string // what the records are asked: one of Counts; empty: it is written by hand
}

// Name is the figure's title in a language.
func (g Figure) Name(lang string) string { return g.Title.In(lang) }

// Money tells whether the figure is an amount of money: of the others the title
// says what is counted.
func (g Figure) Money() bool {
	switch g.Unit.VI {
	case "đồng", "nghìn đồng", "triệu đồng", "tỷ đồng":
		return true
	}
	return false
}

// FormText is one text of a report.
type FormText struct {
	ID    string
	Title Text
	Hint  Text // what to write
}

// Name is the text's title in a language.
func (f FormText) Name(lang string) string { return f.Title.In(lang) }

// What the records can be asked, over the span of a report or, of what lasts,
// at its end.
const (
	CountIdeasReceived       = "ideas-received"
	CountIdeasAccepted       = "ideas-accepted"
	CountIdeasReturned       = "ideas-returned"
	CountProductsEvaluated   = "products-evaluated"
	CountStars               = "stars-" // and 1 to 5
	CountProductsNew         = "products-new"
	CountProductsFailed      = "products-failed"
	CountProducers           = "producers-" // and the id of a producer type
	CountCertificatesValid   = "certificates-valid"
	CountCertificatesLapsing = "certificates-lapsing"
	CountRequestsOpen        = "requests-open"
	CountEventsHeld          = "events-held"       // by the unit that held them
	CountEventsAttendance    = "events-attendance" // by the unit of who came, as are the rest
	CountEventsProducers     = "events-producers"
	CountEventsRevenue       = "events-revenue" // million đồng, as told after a fair
	CountEventsContracts     = "events-contracts"
	CountEventsBuyers        = "events-buyers"
)

// CountLapsing is for how many months after the end of the span a certificate
// is among CountCertificatesLapsing that runs out.
const CountLapsing = 6

// counts tells whether the records can be asked that.
func (p *Programme) counts(what string) bool {
	switch what {
	case CountIdeasReceived, CountIdeasAccepted, CountIdeasReturned, CountProductsEvaluated, CountProductsNew,
		CountProductsFailed, CountCertificatesValid, CountCertificatesLapsing, CountRequestsOpen, CountEventsHeld,
		CountEventsAttendance, CountEventsProducers, CountEventsRevenue, CountEventsContracts, CountEventsBuyers:
		return true
	}
	if stars, ok := strings.CutPrefix(what, CountStars); ok {
		return len(stars) == 1 && "1" <= stars && stars <= "5"
	}
	if kind, ok := strings.CutPrefix(what, CountProducers); ok {
		return slices.ContainsFunc(p.producers, func(t ProducerType) bool { return t.ID == kind })
	}
	return false
}

// ReportForm is the form of an obligation that is due, by the rule that holds
// on the day it names; false for a task, which has none.
func (p *Programme) ReportForm(d Due) (ReportForm, bool) {
	for _, f := range p.reportForms {
		if f.ID == d.Obligation.Form && f.Holds(d.Named) {
			return f, true
		}
	}
	return ReportForm{}, false
}

// Span are the days a report's figures are of: from the day after the cut-off
// of the report it follows on, that of the year before, to its own cut-off, so
// that nothing falls between two reports. Where there was none it begins with
// the year.
func (p *Programme) Span(d Due) Period {
	span := Period{From: Date(d.Year, time.January, 1), To: d.CutOff.AddDate(0, 0, 1)}
	if before, ok := p.Due(d.Obligation.Follows, d.Year-1); ok {
		span.From = before.CutOff.AddDate(0, 0, 1)
	}
	return span
}

// Feeding are the obligations of the same year whose figures add up in this
// one.
func (p *Programme) Feeding(d Due) []Due {
	var ds []Due
	for _, o := range p.DueDates(d.Year) {
		if o.Obligation.Into == d.Obligation.ID {
			ds = append(ds, o)
		}
	}
	return ds
}

// Home is the unit that answers at a moment for the records of a unit: itself
// while it stands, else its first successor, so that what a split unit left
// behind is counted once.
func (p *Programme) Home(key UnitKey, at time.Time) UnitKey {
	if heirs := p.Heirs(key, at); len(heirs) > 0 {
		return heirs[0]
	}
	return key
}
