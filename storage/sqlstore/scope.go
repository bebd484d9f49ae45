package sqlstore

import (
	"strings"

	"ocopbot/storage"
)

// Lists go into a statement as one text, "|a|b|", and a column is in the list
// if replacing "|column|" changes the text: the one test of membership that
// is exact and the same on both databases. Indexes do not help it, so that it
// only narrows what another condition has found.

// inList tests whether a column is in the list that a parameter holds.
func inList(parameter, column string) string {
	return `REPLACE(` + parameter + `, '|' || ` + column + ` || '|', '') <> ` + parameter
}

// joined is such a text.
func joined[S ~string](all []S) string {
	if len(all) == 0 {
		return ""
	}
	var b strings.Builder
	for _, s := range all {
		b.WriteString("|" + string(s))
	}
	return b.String() + "|"
}

// inScope limits rows to a scope, given as the arguments $1 to $3.
func inScope(unit, level string) string {
	return `($1 OR ` + inList("$2", unit) + `) AND ($3 = '' OR ` + inList("$3", level) + `)`
}

func scopeArgs(sc storage.Scope, more ...any) []any {
	return append([]any{sc.All, joined(sc.Units), joined(sc.Levels)}, more...)
}
