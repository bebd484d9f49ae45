package sqlstore

import (
	"context"
	"strings"
	"time"

	"ocopbot/bot/viet"
	"ocopbot/storage"
)

// Inbox lists the ideas that wait for somebody in scope, the longest waiting
// first, and how many there are in all.
func (s *Store) Inbox(ctx context.Context, scope storage.Scope, offset, limit int) ([]storage.Idea, int, error) {
	const waiting = ` FROM ideas i WHERE i.waiting_level <> '' AND `
	where := waiting + inScope("i.unit", "i.waiting_level")
	total := 0
	ideas, err := list(ctx, s, "inbox", func(row scanner) (i storage.Idea, err error) {
		err = row.Scan(append(ideaFields(&i), &total)...)
		return i, err
	}, `SELECT `+ideaColumns+`, COUNT(*) OVER ()`+where+` ORDER BY i.waiting_since, i.id LIMIT $4 OFFSET $5`,
		scopeArgs(scope, limit, offset)...)
	if err != nil || len(ideas) > 0 || offset == 0 && limit > 0 {
		return ideas, total, err
	}
	// Past the end there is no row to carry the total.
	total, err = get(ctx, s, "inbox", scalar[int], `SELECT COUNT(*)`+where, scopeArgs(scope)...)
	return nil, total, err
}

// Search lists ideas in scope of which some word begins with the text, or
// whose number's digits do, the newest first. The text may be typed anyhow.
func (s *Store) Search(ctx context.Context, scope storage.Scope, text string, limit int) ([]storage.Idea, error) {
	text = viet.Fold(text)
	if text == "" {
		return nil, nil
	}
	// Folded text is letters, digits and spaces: nothing LIKE would interpret.
	return list(ctx, s, "search", scanIdea, `SELECT `+ideaColumns+` FROM ideas i
		WHERE `+inScope("i.unit", "i.waiting_level")+` AND (' ' || i.fold LIKE $4 OR CAST(i.seq AS TEXT) = $5)
		ORDER BY i.registered DESC, i.id DESC LIMIT $6`,
		scopeArgs(scope, "% "+text+"%", strings.TrimLeft(text, "0"), limit)...)
}

// IdeasUntold lists ideas waiting at a level that its officers have not been
// told of, the longest waiting first.
func (s *Store) IdeasUntold(ctx context.Context, level string, limit int) ([]storage.Idea, error) {
	return list(ctx, s, "ideas untold", scanIdea, `SELECT `+ideaColumns+` FROM ideas i
		WHERE i.waiting_level <> '' AND i.waiting_level = $1 AND i.told = 0 ORDER BY i.waiting_since, i.id LIMIT $2`, level, limit)
}

// IdeasWaiting lists ideas that have waited at a level since before a moment,
// the longest first.
func (s *Store) IdeasWaiting(ctx context.Context, level string, before time.Time, limit int) ([]storage.Idea, error) {
	return list(ctx, s, "ideas waiting", scanIdea, `SELECT `+ideaColumns+` FROM ideas i
		WHERE i.waiting_level <> '' AND i.waiting_level = $1 AND i.waiting_since < $2
		ORDER BY i.waiting_since, i.id LIMIT $3`, level, ms(before), limit)
}

func (x *tx) MarkTold(ideas []storage.ID, at time.Time) ([]storage.ID, error) {
	return x.markTold(`UPDATE ideas SET told = $2 WHERE id = $1 AND told = 0`, ideas, at)
}

func (x *tx) MarkRequestsTold(requests []storage.ID, at time.Time) ([]storage.ID, error) {
	return x.markTold(`UPDATE requests SET told = $2 WHERE id = $1 AND told = 0`, requests, at)
}

func (x *tx) markTold(update string, ids []storage.ID, at time.Time) (fresh []storage.ID, err error) {
	for _, id := range ids {
		n, err := x.exec(update, id, ms(at))
		if err != nil {
			return nil, err
		}
		if n == 1 {
			fresh = append(fresh, id)
		}
	}
	return fresh, nil
}
