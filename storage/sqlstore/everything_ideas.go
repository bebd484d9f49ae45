package sqlstore

import (
	"context"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

type ownIdea struct {
	Number      string            `json:"number"`
	Name        string            `json:"name"`
	Unit        ocop.UnitKey      `json:"unit"`
	Registered  time.Time         `json:"registered"`
	Stage       ocop.Stage        `json:"stage"`
	Existing    string            `json:"new_or_existing"`
	Group       string            `json:"group"`
	KeyProduct  string            `json:"key_product"`
	Fields      map[string]string `json:"fields"`
	Events      []ownEvent        `json:"events"`
	Evaluations []ownEvaluation   `json:"evaluations"`
	Files       []ownFile         `json:"files"`
	Readings    []ownReading      `json:"read_by_officers"`
}

type ownEvent struct {
	At   time.Time         `json:"at"`
	Kind ocop.EventKind    `json:"kind"`
	Role string            `json:"by"`
	Body map[string]string `json:"body"`
}

type ownEvaluation struct {
	Year     int       `json:"year"`
	Round    int       `json:"round"`
	Level    string    `json:"level"`
	A        string    `json:"a"`
	B        string    `json:"b"`
	C        string    `json:"c"`
	Stars    int       `json:"stars"`
	Reason   string    `json:"reason"`
	Remarks  string    `json:"remarks"`
	Decision string    `json:"decision"`
	Decided  time.Time `json:"decided"`
}

type ownFile struct {
	At    time.Time `json:"at"`
	State string    `json:"state"`
	MIME  string    `json:"type"`
	Data  []byte    `json:"data,omitempty"` // base64, by encoding/json
}

type ownReading struct {
	At   time.Time `json:"at"`
	What string    `json:"what"`
}

// mostReadings bounds how many readings of an idea are listed.
const mostReadings = 1000

func (s *Store) ownIdeas(ctx context.Context, all *ownRecord, person storage.ID) error {
	ideas, err := s.IdeasOf(ctx, person)
	if err != nil {
		return err
	}
	for _, i := range ideas {
		own := ownIdea{Number: i.Number.String(), Name: i.Name, Unit: i.Unit, Registered: i.Registered, Stage: i.Stage,
			Existing: i.Existing, Group: i.Group, KeyProduct: i.KeyProduct, Fields: i.Fields}
		events, err := s.Events(ctx, i.ID)
		if err != nil {
			return err
		}
		for _, e := range events {
			if !e.Kind.Secret() {
				own.Events = append(own.Events, ownEvent{e.At, e.Kind, e.Role, e.Body})
			}
		}
		if own.Evaluations, err = s.publishedEvaluations(ctx, i.ID); err != nil {
			return err
		}
		if own.Stage == ocop.Decided && len(own.Evaluations) == 0 {
			own.Stage = ocop.Scored
		}
		if own.Files, err = list(ctx, s, "files", func(row scanner) (f ownFile, err error) {
			err = row.Scan(when{&f.At}, &f.State, &f.MIME, &f.Data)
			return f, err
		}, `SELECT at, state, mime, data FROM files WHERE idea = $1 ORDER BY at, id`, i.ID); err != nil {
			return err
		}
		readings, err := s.Readings(ctx, i.ID, mostReadings)
		if err != nil {
			return err
		}
		for _, r := range readings {
			own.Readings = append(own.Readings, ownReading{r.At, r.What})
		}
		all.Ideas = append(all.Ideas, own)
	}
	return nil
}

func (s *Store) publishedEvaluations(ctx context.Context, idea storage.ID) ([]ownEvaluation, error) {
	return list(ctx, s, "evaluations", func(row scanner) (o ownEvaluation, err error) {
		var a, b, c ocop.Score
		err = row.Scan(&o.Year, &o.Round, &o.Level, &a, &b, &c, &o.Stars, &o.Reason, &o.Remarks, &o.Decision, when{&o.Decided})
		o.A, o.B, o.C = a.String(), b.String(), c.String()
		return o, err
	}, `SELECT r.year, r.seq, r.level, e.a, e.b, e.c, e.stars, e.reason, e.remarks, e.decision, e.decided
		FROM evaluations e JOIN rounds r ON r.id = e.round
		WHERE e.idea = $1 AND r.published > 0 AND e.decision <> '' ORDER BY r.year, r.seq, e.id`, idea)
}
