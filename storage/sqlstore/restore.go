package sqlstore

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"ocopbot/storage"
)

// ErrRestore is what Restore fails with when the backup or the database is
// not fit for it. Nothing was changed then.
var ErrRestore = errors.New("sqlstore: cannot restore")

// restoreBatch is how many rows go to the server at once.
const restoreBatch = 500

// Restore reads a backup into an empty database whose tables are of the
// backup's version, all or nothing, and enqueues the notices that were queued.
func (s *Store) Restore(ctx context.Context, r io.Reader) error {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return fmt.Errorf("%w: not a backup: %w", ErrRestore, err)
	}
	lines := json.NewDecoder(zip)
	err = s.once(ctx, func(x *tx) error {
		if s.dialect == Postgres {
			if _, err := x.exec(takesItsTime); err != nil {
				return err
			}
		}
		return x.restore(lines)
	})
	if err != nil && !errors.Is(err, ErrRestore) {
		err = fmt.Errorf("sqlstore: restore: %w", fault(err))
	}
	return err
}

func (x *tx) restore(lines *json.Decoder) error {
	var head backupHeader
	if err := lines.Decode(&head); err != nil || head.Format != backupFormat {
		return fmt.Errorf("%w: not a backup of this program", ErrRestore)
	}
	schema, err := txGet(x, scalar[int64], `SELECT MAX(version_id) FROM goose_db_version`)
	if err != nil {
		return err
	}
	if schema != head.Schema {
		return fmt.Errorf("%w: the backup's tables are of version %d, the database's of %d: restore with the program that made it, then upgrade",
			ErrRestore, head.Schema, schema)
	}
	for _, table := range tables {
		n, err := txGet(x, scalar[int], `SELECT COUNT(*) FROM `+table)
		if err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("%w: the database is not empty: %s has %d rows", ErrRestore, table, n)
		}
	}
	if err := x.restoreRows(lines); err != nil {
		return err
	}
	for _, table := range tables {
		n, err := txGet(x, scalar[int], `SELECT COUNT(*) FROM `+table)
		if err != nil {
			return err
		}
		if n != head.Rows[table] {
			return fmt.Errorf("%w: %s has %d rows, the backup was made of %d", ErrRestore, table, n, head.Rows[table])
		}
	}
	return x.enqueueAgain()
}

func (x *tx) restoreRows(lines *json.Decoder) error {
	insert := ""
	for {
		var line json.RawMessage
		err := lines.Decode(&line)
		if errors.Is(err, io.EOF) {
			return x.flush()
		}
		if err != nil {
			return fmt.Errorf("%w: the backup is damaged: %w", ErrRestore, err)
		}
		if line[0] == '{' {
			if insert, err = insertInto(line); err != nil {
				return err
			}
			continue
		}
		values, err := rowValues(line)
		if err != nil {
			return err
		}
		if err := x.later(insert, values...); err != nil {
			return err
		}
		if len(x.waiting) >= restoreBatch {
			if err := x.flush(); err != nil {
				return err
			}
		}
	}
}

// insertInto makes the statement for the rows of a table. Names come from the
// file, so that they are checked before they are SQL.
func insertInto(line []byte) (string, error) {
	var t backupTable
	if err := json.Unmarshal(line, &t); err != nil {
		return "", fmt.Errorf("%w: the backup is damaged: %w", ErrRestore, err)
	}
	if !slices.Contains(tables, t.Table) {
		return "", fmt.Errorf("%w: unknown table %q", ErrRestore, t.Table)
	}
	var parameters []string
	for i, c := range t.Columns {
		if c == "" || strings.Trim(c, "abcdefghijklmnopqrstuvwxyz_") != "" {
			return "", fmt.Errorf("%w: unknown column %q", ErrRestore, c)
		}
		parameters = append(parameters, "$"+strconv.Itoa(i+1))
	}
	return `INSERT INTO ` + t.Table + ` (` + strings.Join(t.Columns, ", ") + `) VALUES (` + strings.Join(parameters, ", ") + `)`, nil
}

func rowValues(line []byte) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, fmt.Errorf("%w: the backup is damaged: %w", ErrRestore, err)
	}
	values := make([]any, len(raw))
	for i, r := range raw {
		var err error
		switch r[0] {
		case '{':
			var b backupBytes
			err = json.Unmarshal(r, &b)
			values[i] = b.B64
		case '"':
			var s string
			err = json.Unmarshal(r, &s)
			values[i] = s
		case 't', 'f':
			values[i] = r[0] == 't'
		case 'n':
			values[i] = nil
		default:
			values[i], err = strconv.ParseInt(string(r), 10, 64)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: the backup is damaged: %w", ErrRestore, err)
		}
	}
	return values, nil
}

// enqueueAgain makes the jobs of the notices that still wait, and of the
// announcements that were being sent.
func (x *tx) enqueueAgain() error {
	if err := x.later(`UPDATE announcements SET epoch = epoch + 1 WHERE state = 'sending'`); err != nil {
		return err
	}
	sending, err := txList(x, scanAnnouncement, `SELECT `+announcementColumns+` FROM announcements n WHERE n.state = 'sending'`)
	if err != nil {
		return err
	}
	for _, a := range sending {
		if err := x.announce(a); err != nil {
			return err
		}
	}
	x.undelivered, err = txList(x, scanNotice, `SELECT `+noticeColumns+` FROM notices WHERE state = $1 ORDER BY at, id`, storage.NoticeQueued)
	return err
}
