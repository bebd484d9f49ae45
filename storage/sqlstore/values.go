package sqlstore

import (
	"encoding/json"
	"fmt"
	"time"

	"ocopbot/storage"
)

// ms is a time as it is stored: Unix milliseconds, 0 for the zero time.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// fromMS is its opposite, in UTC.
func fromMS(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// when scans a stored time.
type when struct{ t *time.Time }

// Scan implements sql.Scanner.
func (w when) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("sqlstore: a time stored as %T", v)
	}
	*w.t = fromMS(n)
	return nil
}

// ref is an ID as a foreign key is stored: null for none.
func ref(id storage.ID) any {
	if id == 0 {
		return nil
	}
	return int64(id)
}

// refTo scans it.
type refTo struct{ id *storage.ID }

// Scan implements sql.Scanner.
func (r refTo) Scan(v any) error {
	switch n := v.(type) {
	case nil:
		*r.id = 0
	case int64:
		*r.id = storage.ID(n)
	default:
		return fmt.Errorf("sqlstore: an id stored as %T", v)
	}
	return nil
}

// pairs are named texts as they are stored, as a JSON object.
func pairs(m map[string]string) (string, error) {
	if len(m) == 0 {
		return "{}", nil
	}
	b, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("sqlstore: %w", err)
	}
	return string(b), nil
}

// toPairs scans them. The map is never nil.
type toPairs struct{ m *map[string]string }

// Scan implements sql.Scanner.
func (p toPairs) Scan(v any) error {
	*p.m = map[string]string{}
	return fromJSON{p.m}.Scan(v)
}

// texts are a list of texts as it is stored, as a JSON array.
func texts[S ~string](all []S) (string, error) {
	if len(all) == 0 {
		return "[]", nil
	}
	b, err := json.Marshal(all)
	if err != nil {
		return "", fmt.Errorf("sqlstore: %w", err)
	}
	return string(b), nil
}

// toTexts scans it.
type toTexts[S ~string] struct{ all *[]S }

// Scan implements sql.Scanner.
func (t toTexts[S]) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("sqlstore: a list stored as %T", v)
	}
	*t.all = nil
	if err := json.Unmarshal([]byte(s), t.all); err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	return nil
}
