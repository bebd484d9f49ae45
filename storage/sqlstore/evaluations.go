package sqlstore

import (
	"context"
	"fmt"

	"ocopbot/storage"
)

const evaluationColumns = `e.id, e.idea, e.round, e.a, e.b, e.c, e.proposed, e.stars, e.reason, e.remarks,
	e.decision, e.decided, e.signer, e.at, e.actor, e.version`

func scanEvaluation(row scanner) (e storage.Evaluation, err error) {
	err = row.Scan(&e.ID, &e.Idea, &e.Round, &e.A, &e.B, &e.C, &e.Proposed, &e.Stars, &e.Reason, &e.Remarks,
		&e.Decision, when{&e.Decided}, &e.Signer, when{&e.At}, refTo{&e.By}, &e.Version)
	return e, err
}

const evaluationsOfRound = `SELECT ` + evaluationColumns + ` FROM evaluations e WHERE e.round = $1 ORDER BY e.at, e.id`

// Evaluations lists the outcomes of an idea, round after round.
func (s *Store) Evaluations(ctx context.Context, idea storage.ID) ([]storage.Evaluation, error) {
	return list(ctx, s, "evaluations", scanEvaluation, `SELECT `+evaluationColumns+`
		FROM evaluations e JOIN rounds r ON r.id = e.round WHERE e.idea = $1 ORDER BY r.year, r.seq, e.at, e.id`, idea)
}

// EvaluationsOf lists the outcomes of a round.
func (s *Store) EvaluationsOf(ctx context.Context, round storage.ID) ([]storage.Evaluation, error) {
	return list(ctx, s, "evaluations", scanEvaluation, evaluationsOfRound, round)
}

func (x *tx) EvaluationsOf(round storage.ID) ([]storage.Evaluation, error) {
	return txList(x, scanEvaluation, evaluationsOfRound, round)
}

func (x *tx) Evaluation(id storage.ID) (storage.Evaluation, error) {
	return txGet(x, scanEvaluation, `SELECT `+evaluationColumns+` FROM evaluations e WHERE e.id = $1`, id)
}

func (x *tx) EvaluationIn(idea, round storage.ID) (storage.Evaluation, error) {
	return txGet(x, scanEvaluation, `SELECT `+evaluationColumns+` FROM evaluations e WHERE e.idea = $1 AND e.round = $2`, idea, round)
}

func (x *tx) PutEvaluation(e storage.Evaluation) error {
	n, err := x.exec(`INSERT INTO evaluations (id, idea, round, a, b, c, proposed, stars, reason, remarks,
			decision, decided, signer, at, actor, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		ON CONFLICT (id) DO UPDATE SET a = excluded.a, b = excluded.b, c = excluded.c, proposed = excluded.proposed,
			stars = excluded.stars, reason = excluded.reason, remarks = excluded.remarks, decision = excluded.decision,
			decided = excluded.decided, signer = excluded.signer, at = excluded.at, actor = excluded.actor,
			version = excluded.version
		WHERE evaluations.version = excluded.version - 1`,
		e.ID, e.Idea, e.Round, e.A, e.B, e.C, e.Proposed, e.Stars, e.Reason, e.Remarks,
		e.Decision, ms(e.Decided), e.Signer, ms(e.At), ref(e.By), e.Version)
	if err == nil && n == 0 {
		err = storage.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("sqlstore: evaluation: %w", err)
	}
	return nil
}
