package sqlstore

import (
	"fmt"
	"path/filepath"
	"testing"
)

// A connection to SQLite keeps a statement for its next run, also after a
// failure, not twice, and not without bound; and reads of one text that
// overlap do not disturb each other.
func TestPreparedStatements(t *testing.T) {
	s, err := Open(t.Context(), Options{URL: filepath.Join(t.TempDir(), "records.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx := t.Context()
	conn, err := s.write.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	kept := func() (idle map[string]sqliteStmt) {
		t.Helper()
		if err := conn.Raw(func(c any) error { idle = c.(*preparedConn).idle; return nil }); err != nil {
			t.Fatal(err)
		}
		return idle
	}
	if _, err := conn.ExecContext(ctx, `CREATE TABLE fruit (name TEXT PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	const insert = `INSERT INTO fruit (name) VALUES ($1)`
	for _, want := range []bool{true, false} {
		if _, err := conn.ExecContext(ctx, insert, "hồi"); (err == nil) != want {
			t.Fatalf("inserting: %v", err)
		}
	}
	if _, err := conn.ExecContext(ctx, insert, "na"); err != nil {
		t.Fatalf("after a failure: %v", err)
	}
	if kept()[insert] == nil {
		t.Error("a statement is not kept")
	}

	const read = `SELECT name FROM fruit ORDER BY name`
	outer, err := conn.QueryContext(ctx, read)
	if err != nil {
		t.Fatal(err)
	}
	pairs := 0
	for outer.Next() {
		inner, err := conn.QueryContext(ctx, read)
		if err != nil {
			t.Fatal(err)
		}
		for inner.Next() {
			pairs++
		}
		if err := inner.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := outer.Close(); err != nil || pairs != 4 {
		t.Errorf("%d pairs of 4: %v", pairs, err)
	}

	for n := range 2 * mostPrepared {
		var got int
		if err := conn.QueryRowContext(ctx, fmt.Sprintf(`SELECT %d`, n)).Scan(&got); err != nil || got != n {
			t.Fatalf("got %d: %v", got, err)
		}
	}
	if n := len(kept()); n != mostPrepared {
		t.Errorf("%d statements are kept", n)
	}
	if _, err := conn.ExecContext(ctx, `ALTER TABLE fruit ADD COLUMN stars INTEGER`); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(ctx, insert, "hồng"); err != nil {
		t.Errorf("after a change of the table: %v", err)
	}
}
