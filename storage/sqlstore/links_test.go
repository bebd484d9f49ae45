package sqlstore_test

import (
	"slices"
	"testing"

	"ocopbot/storage/sqlstore"
)

// TestJoinKnowsEveryColumn: whoever adds a table that says who adds it to what
// becomes the other's when two turn out to be one person.
func TestJoinKnowsEveryColumn(t *testing.T) {
	s := openMigrated(t, blank.File(t), nil)
	known := map[string]bool{}
	for _, c := range sqlstore.WhoColumns() {
		known[c.Table+"."+c.Column] = true
	}
	rows, err := s.DB().QueryContext(t.Context(), `SELECT m.name, f."from" FROM sqlite_master m, pragma_foreign_key_list(m.name) f
		WHERE m.type = 'table' AND f."table" = 'persons' ORDER BY m.name, f."from"`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		n++
		if !known[table+"."+column] {
			t.Errorf("%s.%s says who, and is not among whoColumns", table, column)
		}
		if !slices.Contains(sqlstore.Tables(), table) {
			t.Errorf("%s is in no backup", table)
		}
	}
	if err := rows.Err(); err != nil || n < 20 {
		t.Errorf("%d columns, %v", n, err)
	}
}
