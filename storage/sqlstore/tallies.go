package sqlstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// Tallies counts the records of all units for a span: one statement for each
// group of figures, never a row at a time.
func (s *Store) Tallies(ctx context.Context, c storage.Counting) ([]storage.Tally, error) {
	var all []storage.Tally
	for _, count := range []func(context.Context, storage.Counting) ([]storage.Tally, error){
		s.tallyIdeas, s.tallyResults, s.tallyCertificates, s.tallyProducers, s.tallyRequests,
		s.tallyGatherings, s.tallyAttendance,
	} {
		some, err := count(ctx, c)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// tally reads rows of a unit, the name of a count, and the count.
func (s *Store) tally(ctx context.Context, what, query string, args ...any) ([]storage.Tally, error) {
	return list(ctx, s, what, func(row scanner) (t storage.Tally, err error) {
		err = row.Scan(&t.Unit, &t.Count, &t.N)
		return t, err
	}, query, args...)
}

// tallyIdeas: an idea that was returned twice in the span is one.
func (s *Store) tallyIdeas(ctx context.Context, c storage.Counting) ([]storage.Tally, error) {
	return s.tally(ctx, "count ideas", `
		SELECT i.unit, '`+ocop.CountIdeasReceived+`', COUNT(*) FROM ideas i WHERE i.registered >= $1 AND i.registered < $2 GROUP BY i.unit
		UNION ALL
		SELECT i.unit, CASE e.kind WHEN 'accepted' THEN '`+ocop.CountIdeasAccepted+`' ELSE '`+ocop.CountIdeasReturned+`' END, COUNT(DISTINCT e.idea)
		FROM events e JOIN ideas i ON i.id = e.idea
		WHERE e.kind IN ('accepted', 'returned') AND e.at >= $1 AND e.at < $2 GROUP BY i.unit, e.kind`, ms(c.From), ms(c.To))
}

// values are rows of constants for a WITH: their columns have the types given,
// which PostgreSQL does not guess of parameters. None at all is a row that
// nothing equals.
func values(args *[]any, types []string, rows [][]any) string {
	if len(rows) == 0 {
		row := make([]any, len(types))
		rows = [][]any{row}
	}
	var b strings.Builder
	b.WriteString("(VALUES ")
	for i, row := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		for j, v := range row {
			*args = append(*args, v)
			sep := ", "
			if j == 0 {
				sep = "("
			}
			b.WriteString(sep + "CAST($" + strconv.Itoa(len(*args)) + " AS " + types[j] + ")")
		}
		b.WriteString(")")
	}
	return b.String() + ")"
}

// forever is later than any decision.
var forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// bounds of a period as they are stored.
func bounds(p ocop.Period) (from, to int64) {
	if p.To.IsZero() {
		p.To = forever
	}
	return ms(p.From), ms(p.To)
}

// recognising are the rules by which decisions recognise, as a table.
func recognising(args *[]any, c storage.Counting) string {
	var rows [][]any
	for _, r := range c.Recognised {
		from, to := bounds(r.Period)
		rows = append(rows, []any{r.Level, r.Stars, from, to})
	}
	return `rules (level, stars, since, until) AS ` + values(args, []string{"TEXT", "BIGINT", "BIGINT", "BIGINT"}, rows)
}

const byRule = `u.level = r.level AND u.stars = e.stars AND e.decided >= u.since AND e.decided < u.until`

// tallyResults: a product that was decided upon several times in the span is
// one, with the most stars it was recognised for. What only a screening
// council gave recognises nothing and is no failure either.
func (s *Store) tallyResults(ctx context.Context, c storage.Counting) ([]storage.Tally, error) {
	args := []any{ms(c.From), ms(c.To)}
	query := `WITH ` + recognising(&args, c) + `, products AS (
			SELECT i.unit AS unit, e.idea AS idea, MAX(CASE WHEN u.stars IS NULL THEN 0 ELSE e.stars END) AS best, MAX(e.stars) AS most
			FROM evaluations e JOIN rounds r ON r.id = e.round JOIN ideas i ON i.id = e.idea LEFT JOIN rules u ON ` + byRule + `
			WHERE e.decision <> '' AND e.decided >= $1 AND e.decided < $2 GROUP BY i.unit, e.idea)
		SELECT unit, '` + ocop.CountProductsEvaluated + `', COUNT(*) FROM products GROUP BY unit
		UNION ALL SELECT unit, '` + ocop.CountProductsFailed + `', COUNT(*) FROM products WHERE most = 0 GROUP BY unit
		UNION ALL SELECT unit, '` + ocop.CountStars + `' || CAST(best AS TEXT), COUNT(*) FROM products WHERE best > 0 GROUP BY unit, best
		UNION ALL SELECT unit, '` + ocop.CountProductsNew + `', COUNT(*) FROM products p WHERE best > 0 AND NOT EXISTS (
			SELECT 1 FROM evaluations e JOIN rounds r ON r.id = e.round JOIN rules u ON ` + byRule + `
			WHERE e.idea = p.idea AND e.decision <> '' AND e.decided < $1) GROUP BY unit`
	return s.tally(ctx, "count results", query, args...)
}

// tallyCertificates: of a product the latest recognition counts, unless it
// was revoked since.
func (s *Store) tallyCertificates(ctx context.Context, c storage.Counting) ([]storage.Tally, error) {
	args := []any{ms(c.To)}
	query := `WITH ` + recognising(&args, c)
	for _, w := range []struct {
		name    string
		periods []ocop.Period
	}{{"valid", c.Valid}, {"lapsing", c.Lapsing}} {
		var rows [][]any
		for _, p := range w.periods {
			from, to := bounds(p)
			rows = append(rows, []any{from, to})
		}
		query += `, ` + w.name + ` (since, until) AS ` + values(&args, []string{"BIGINT", "BIGINT"}, rows)
	}
	within := func(window string) string {
		return `EXISTS (SELECT 1 FROM ` + window + ` w WHERE c.decided >= w.since AND c.decided < w.until)`
	}
	query += `, certificates AS (
			SELECT i.unit AS unit, e.idea AS idea, MAX(e.decided) AS decided
			FROM evaluations e JOIN rounds r ON r.id = e.round JOIN ideas i ON i.id = e.idea JOIN rules u ON ` + byRule + `
			WHERE e.decision <> '' AND e.decided < $1 GROUP BY i.unit, e.idea),
		standing AS (SELECT c.unit AS unit, c.decided AS decided FROM certificates c WHERE ` + within("valid") + `
			AND NOT EXISTS (SELECT 1 FROM events v WHERE v.idea = c.idea AND v.kind = 'revoked' AND v.at >= c.decided AND v.at < $1))
		SELECT unit, '` + ocop.CountCertificatesValid + `', COUNT(*) FROM standing GROUP BY unit
		UNION ALL SELECT c.unit, '` + ocop.CountCertificatesLapsing + `', COUNT(*) FROM standing c WHERE ` + within("lapsing") + ` GROUP BY c.unit`
	return s.tally(ctx, "count certificates", query, args...)
}

// tallyProducers: those with an idea that was accepted and not withdrawn, as
// it was at the end of the span.
func (s *Store) tallyProducers(ctx context.Context, c storage.Counting) ([]storage.Tally, error) {
	return s.tally(ctx, "count producers", `SELECT o.unit, '`+ocop.CountProducers+`' || o.kind, COUNT(*) FROM organisations o
		WHERE o.kind <> '' AND EXISTS (
			SELECT 1 FROM ideas i JOIN events e ON e.idea = i.id WHERE i.organisation = o.id AND e.kind = 'accepted' AND e.at < $1
			AND NOT EXISTS (SELECT 1 FROM events w WHERE w.idea = i.id AND w.kind = 'withdrawn' AND w.at < $1))
		GROUP BY o.unit, o.kind`, ms(c.To))
}

func (s *Store) tallyRequests(ctx context.Context, c storage.Counting) ([]storage.Tally, error) {
	return s.tally(ctx, "count requests", fmt.Sprintf(`SELECT q.unit, '%s', COUNT(*) FROM requests q
		WHERE q.at < $1 AND (q.closed = 0 OR q.closed >= $1) GROUP BY q.unit`, ocop.CountRequestsOpen), ms(c.To))
}

// tallyGatherings: those that were not called off and have begun.
func (s *Store) tallyGatherings(ctx context.Context, c storage.Counting) ([]storage.Tally, error) {
	return s.tally(ctx, "count gatherings", fmt.Sprintf(`SELECT g.unit, '%s', COUNT(*) FROM gatherings g
		WHERE g.state = 'open' AND g.starts >= $1 AND g.starts < $2 AND g.starts <= $3 GROUP BY g.unit`, ocop.CountEventsHeld),
		ms(c.From), ms(c.To), ms(c.Now))
}

// tallyAttendance: who came, and what producers told afterwards, which only
// those can who came. Where no unit is known of somebody they count in that of
// the gathering. A signup has all units it lies in; the first is its own.
func (s *Store) tallyAttendance(ctx context.Context, c storage.Counting) ([]storage.Tally, error) {
	type attendance struct {
		units                                         []ocop.UnitKey
		people, producers, revenue, contracts, buyers int64
	}
	rows, err := list(ctx, s, "count attendance", func(row scanner) (a attendance, err error) {
		err = row.Scan(split{&a.units}, &a.people, &a.producers, &a.revenue, &a.contracts, &a.buyers)
		return a, err
	}, `WITH came AS (
			SELECT CASE WHEN s.units = '' THEN '|' || g.unit || '|' ELSE s.units END AS units, s.people AS people, s.organisation AS organisation,
				s.revenue AS revenue, s.contracts AS contracts, s.buyers AS buyers
			FROM signups s JOIN gatherings g ON g.id = s.gathering
			WHERE g.state = 'open' AND g.starts >= $1 AND g.starts < $2 AND g.starts <= $3 AND (s.state = 'attended' OR s.answered > 0))
		SELECT units, CAST(SUM(people) AS BIGINT), COUNT(DISTINCT organisation), CAST(SUM(revenue) AS BIGINT), CAST(SUM(contracts) AS BIGINT), CAST(SUM(buyers) AS BIGINT)
		FROM came GROUP BY units ORDER BY units`, ms(c.From), ms(c.To), ms(c.Now))
	if err != nil {
		return nil, err
	}
	const million = 1_000_000
	var all []storage.Tally
	for _, a := range rows {
		for _, n := range []storage.Tally{
			{Count: ocop.CountEventsAttendance, N: a.people}, {Count: ocop.CountEventsProducers, N: a.producers},
			{Count: ocop.CountEventsRevenue, N: (a.revenue + million/2) / million}, {Count: ocop.CountEventsContracts, N: a.contracts},
			{Count: ocop.CountEventsBuyers, N: a.buyers},
		} {
			n.Unit = a.units[0]
			all = append(all, n)
		}
	}
	return all, nil
}
