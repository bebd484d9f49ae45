package sqlstore

import (
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// tables are all tables a backup holds, each after those it refers to. The
// job queue's are left out: its jobs follow from the queued notices.
var tables = []string{
	"persons", "routes", "consents", "organisations", "members", "counters", "ideas", "events", "rounds", "evaluations",
	"reports", "report_events", "report_figures", "report_texts", "files", "requests", "officers", "invites", "codes", "readings",
	"notices", "dead", "commits", "sessions", "inbound", "outbound", "demands", "extensions", "acks", "tasks_done", "reminder_sent",
	"gatherings", "gathering_codes", "signups", "signup_ideas", "gathering_events", "gathering_told",
	"announcements", "announcement_events", "recipients", "adverts", "do_not_call",
	"sms_parts", "sms_days", "alerts",
	"plan_figures",
	"pins", "links",
}

// tableRows is where a table's rows for a backup come from. Sessions of
// people who have not consented are not carried away.
func tableRows(table string) string {
	if table == "sessions" {
		return "sessions WHERE durable"
	}
	return table
}

const backupFormat = "ocopbot backup 1"

// backupHeader is the first line of a backup. Then, for each table, comes a
// line with its name and columns, and a line for each row: a JSON array whose
// bytes are {"b64": …}.
type backupHeader struct {
	Format string         `json:"format"`
	Schema int64          `json:"schema"` // version of the tables
	At     time.Time      `json:"at"`
	Rows   map[string]int `json:"rows"`
}

type backupTable struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
}

type backupBytes struct {
	B64 []byte `json:"b64"` // base64, by encoding/json
}

// Backup writes all records as gzip'd JSON lines, as they are at one moment,
// while the program runs on. It fits both databases.
func (s *Store) Backup(ctx context.Context, w io.Writer) (err error) {
	tx, err := s.snapshot(ctx)
	if err != nil {
		return fmt.Errorf("sqlstore: backup: %w", fault(err))
	}
	defer func() {
		if e := tx.Rollback(); err == nil && !errors.Is(e, sql.ErrTxDone) {
			err = e
		}
	}()
	zip := gzip.NewWriter(w)
	lines := json.NewEncoder(zip)
	lines.SetEscapeHTML(false)
	head := backupHeader{Format: backupFormat, At: time.Now().UTC(), Rows: map[string]int{}}
	if err := tx.QueryRowContext(ctx, `SELECT MAX(version_id) FROM goose_db_version`).Scan(&head.Schema); err != nil {
		return fmt.Errorf("sqlstore: backup: %w", fault(err))
	}
	for _, table := range tables {
		n, err := scalar[int](tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+tableRows(table)))
		if err != nil {
			return fmt.Errorf("sqlstore: backup: %w", fault(err))
		}
		head.Rows[table] = n
	}
	if err := lines.Encode(head); err != nil {
		return fmt.Errorf("sqlstore: backup: %w", err)
	}
	for _, table := range tables {
		if err := backUp(ctx, tx, table, lines); err != nil {
			return fmt.Errorf("sqlstore: backup of %s: %w", table, fault(err))
		}
	}
	if err := zip.Close(); err != nil {
		return fmt.Errorf("sqlstore: backup: %w", err)
	}
	return nil
}

// snapshot begins a transaction that sees one moment and changes nothing.
func (s *Store) snapshot(ctx context.Context) (*sql.Tx, error) {
	if s.dialect == SQLite {
		return s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	}
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, takesItsTime); err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return tx, nil
}

// takesItsTime lets a transaction on PostgreSQL wait for a slow reader or
// writer of the backup.
const takesItsTime = `SET LOCAL idle_in_transaction_session_timeout = 0`

func backUp(ctx context.Context, tx *sql.Tx, table string, lines *json.Encoder) (err error) {
	rows, err := tx.QueryContext(ctx, `SELECT * FROM `+tableRows(table))
	if err != nil {
		return err
	}
	defer func() {
		if e := rows.Close(); err == nil {
			err = e
		}
	}()
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	columns := make([]string, len(types))
	for i, t := range types {
		columns[i] = t.Name()
	}
	if err := lines.Encode(backupTable{table, columns}); err != nil {
		return err
	}
	values := make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			switch v := v.(type) {
			case []byte:
				values[i] = backupBytes{v}
			case int64:
				if types[i].DatabaseTypeName() == "BOOLEAN" { // SQLite has none
					values[i] = v != 0
				}
			}
		}
		if err := lines.Encode(values); err != nil {
			return err
		}
	}
	return rows.Err()
}
