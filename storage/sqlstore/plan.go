package sqlstore

import (
	"context"

	"ocopbot/storage"
)

// PlanFigures lists what was entered of the plan's targets, the earliest day
// first; of one day the entry that came last is last.
func (s *Store) PlanFigures(ctx context.Context) ([]storage.PlanFigure, error) {
	return list(ctx, s, "plan figures", func(row scanner) (f storage.PlanFigure, err error) {
		err = row.Scan(&f.ID, &f.Target, &f.Value, when{&f.Day}, &f.Source, refTo{&f.By}, when{&f.At})
		return f, err
	}, `SELECT id, target, value, day, source, actor, at FROM plan_figures ORDER BY day, at, id`)
}

// PlanCounts counts what the records say of the plan's targets.
func (s *Store) PlanCounts(ctx context.Context, c storage.PlanCounting) (n storage.PlanCounts, err error) {
	from, to := bounds(c.Period)
	return get(ctx, s, "plan counts", func(row scanner) (n storage.PlanCounts, err error) {
		err = row.Scan(&n.ThreeStars, &n.FiveStars, &n.Organisations)
		return n, err
	}, `SELECT COUNT(DISTINCT e.idea), COUNT(DISTINCT CASE WHEN e.stars >= 5 THEN e.idea END),
			(SELECT COUNT(DISTINCT o.id) FROM organisations o JOIN ideas i ON i.organisation = o.id JOIN events v ON v.idea = i.id
				WHERE v.kind = 'accepted' AND i.stage NOT IN ('withdrawn', 'returned') AND `+inList("$3", "o.kind")+`)
		FROM evaluations e JOIN rounds r ON r.id = e.round JOIN ideas i ON i.id = e.idea
		WHERE e.stars >= 3 AND e.decision <> '' AND e.decided >= $1 AND e.decided < $2 AND r.published > 0
			AND i.stage NOT IN ('withdrawn', 'revoked')`, from, to, joined(c.Kinds))
}

// AddPlanFigure keeps an entry.
func (x *tx) AddPlanFigure(f storage.PlanFigure) error {
	x.concerns(f.By)
	return x.later(`INSERT INTO plan_figures (id, target, value, day, source, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		f.ID, f.Target, f.Value, ms(f.Day), f.Source, ref(f.By), ms(f.At))
}
