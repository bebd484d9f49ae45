package conversations

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// score records a council's points for one idea. They are the officers' alone
// until the decision is recorded and the round published.
func score() *Flow {
	return &Flow{
		ID: scoreFlow, Version: 1, Draft: true, Sure: true,
		Steps: []*Step{
			{ID: "level", Load: loadForOfficer, Choices: levelChoices},
			{ID: "round", Load: loadForOfficer, Counts: true, Parse: parseRound, Answer: answerRound},
			{ID: "a", Load: loadForOfficer, Ask: askPart("a"), Counts: true, Parse: parsePart("a")},
			{ID: "b", Load: loadForOfficer, Ask: askPart("b"), Counts: true, Parse: parsePart("b")},
			{ID: "c", Load: loadForOfficer, Ask: askPart("c"), Counts: true, Parse: parsePart("c")},
			{ID: "remarks", Optional: true, Parse: parseLine},
			{ID: "confirm", Load: loadForOfficer, Ask: askScore, Choices: yesNo, Answer: confirmed},
		},
		Commit: commitScore,
	}
}

// answerRound notes which points of that round the officer knows of: points
// that somebody else records meanwhile are not overwritten unseen.
func answerRound(t *T, v string) error {
	t.Set("round", v)
	seen, err := t.evaluated()
	if err != nil {
		return err
	}
	t.Set("seen", strconv.Itoa(seen.Version))
	if seen.ID != 0 {
		t.Tell("score.has", "round", v, "a", seen.A.In(t.S.Lang), "b", seen.B.In(t.S.Lang), "c", seen.C.In(t.S.Lang), "total", seen.Total().In(t.S.Lang))
	}
	_, i := t.flows[scoreFlow].step("round")
	return t.goOn(i)
}

// evaluated is the idea's evaluation in the round that was named; none has
// Version 0.
func (t *T) evaluated() (storage.Evaluation, error) {
	i, ok := t.Loaded.(storage.Idea)
	if !ok || i.ID == 0 {
		return storage.Evaluation{}, nil
	}
	evaluations, err := t.reads.Evaluations(t.Ctx, i.ID)
	if err != nil {
		return storage.Evaluation{}, fmt.Errorf("conversations: evaluations: %w", err)
	}
	for _, ev := range evaluations {
		r, err := t.reads.Round(t.Ctx, ev.Round)
		if err != nil {
			return storage.Evaluation{}, fmt.Errorf("conversations: round: %w", err)
		}
		if roundName(r) == t.Get("round") && r.Level == t.Get("level") {
			return ev, nil
		}
	}
	return storage.Evaluation{}, nil
}

// loadForOfficer checks at every question that the officer still is one.
func loadForOfficer(t *T) (any, error) {
	i, v, err := t.actOn(t.Get("number"))
	if errors.Is(err, storage.ErrNotFound) {
		return storage.Idea{}, nil
	}
	if err != nil {
		return nil, err
	}
	if level := t.Get("level"); level != "" && !slices.Contains(t.councilLevels(v, i.Unit), level) {
		return storage.Idea{}, nil
	}
	t.Set("role", role(v))
	return i, nil
}

// councilLevels are the levels at which an idea of a unit is evaluated by a
// council that lies within the officer's own units.
func (t *T) councilLevels(v storage.Viewer, unit ocop.UnitKey) []string {
	var levels []string
	for _, l := range t.prog.Levels(t.Now) {
		if l.Does != ocop.ChecksForm && covers(v, t.council(unit, l.Level)) {
			levels = append(levels, l.Level)
		}
	}
	return levels
}

func levelChoices(t *T) []bot.Choice {
	who, err := t.Viewer()
	if err != nil {
		return nil // Load has just read it
	}
	var cs []bot.Choice
	for _, l := range t.councilLevels(who, t.Loaded.(storage.Idea).Unit) {
		cs = append(cs, bot.Choice{ID: l, Label: t.levelName(l)})
	}
	return cs
}

// parseRound takes "1" or "1/2026".
func parseRound(t *T, text string) (string, *Note) {
	seq, year, given := strings.Cut(strings.ReplaceAll(text, " ", ""), "/")
	n, err := strconv.Atoi(seq)
	y := t.Now.In(ocop.Local).Year()
	if given && err == nil {
		y, err = strconv.Atoi(year)
	}
	if err != nil || n < 1 || n > 20 || y < 2019 || y > t.Now.Year()+1 {
		return "", &Note{Key: "score.round_wrong"}
	}
	return fmt.Sprintf("%d/%d", n, y), nil
}

func (t *T) part(id string) ocop.Part {
	for _, p := range t.prog.Parts(t.Now) {
		if strings.EqualFold(p.ID, id) {
			return p
		}
	}
	return ocop.Part{}
}

func askPart(id string) func(*T) (string, locales.Data) {
	return func(t *T) (string, locales.Data) {
		p := t.part(id)
		return "score.part", dataOf("part", p.ID, "title", p.Name(t.S.Lang), "max", p.Max.In(t.S.Lang))
	}
}

func parsePart(id string) func(*T, string) (string, *Note) {
	return func(t *T, text string) (string, *Note) {
		s, err := ocop.ParseScore(text)
		most := t.part(id).Max
		if err != nil || s > most {
			n := note("score.part_wrong", "max", most.In(t.S.Lang))
			return "", &n
		}
		return s.String(), nil
	}
}

// points are the three parts and the stars their sum proposes.
func (t *T) points() (a, b, c ocop.Score, stars int) {
	a, _ = ocop.ParseScore(t.Get("a")) // parsed when they were typed
	b, _ = ocop.ParseScore(t.Get("b"))
	c, _ = ocop.ParseScore(t.Get("c"))
	return a, b, c, t.prog.Band(a+b+c, t.Now)
}

func askScore(t *T) (string, locales.Data) {
	a, b, c, stars := t.points()
	return "score.confirm", dataOf("number", t.Get("number"), "round", t.Get("round"), "level", t.levelName(t.Get("level")),
		"a", a.In(t.S.Lang), "b", b.In(t.S.Lang), "c", c.In(t.S.Lang), "total", (a + b + c).In(t.S.Lang), "stars", stars)
}

// confirmed commits on yes; on no the conversation closes, and nothing is written.
func confirmed(t *T, v string) error {
	if v == "yes" && t.Loaded.(storage.Idea).ID != 0 {
		t.S.Pending = true
		return nil
	}
	t.close()
	return nil
}

func commitScore(t *T, tx storage.Tx) (Outcome, error) {
	i, err := ideaIn(tx, t.Get("number"))
	if err != nil {
		return Outcome{}, err
	}
	var seq, year int
	if _, err := fmt.Sscanf(t.Get("round"), "%d/%d", &seq, &year); err != nil {
		return Outcome{}, fmt.Errorf("conversations: round: %w", err)
	}
	round, err := tx.RoundOf(year, seq, t.Get("level"), t.council(i.Unit, t.Get("level")), t.Now)
	if err != nil {
		return Outcome{}, err
	}
	a, b, c, stars := t.points()
	ev, err := tx.EvaluationIn(i.ID, round.ID)
	if errors.Is(err, storage.ErrNotFound) {
		ev = storage.Evaluation{ID: storage.NewID(t.Now), Idea: i.ID, Round: round.ID}
	} else if err != nil {
		return Outcome{}, err
	}
	if ev.Decision != "" {
		return Outcome{Notes: []Note{note("score.decided", "number", t.Get("number"))}}, nil
	}
	if strconv.Itoa(ev.Version) != t.Get("seen") && t.Get("seen") != "" {
		return t.lost(storage.ErrConflict)
	}
	ev.A, ev.B, ev.C, ev.Proposed, ev.Stars = a, b, c, stars, -1
	ev.Remarks, ev.At, ev.By = t.Get("remarks"), t.Now, t.S.Person
	ev.Version++
	if err := tx.PutEvaluation(ev); err != nil {
		return t.lost(err)
	}
	body := map[string]string{"round": t.Get("round"), "level": t.Get("level"), "a": a.String(), "b": b.String(), "c": c.String(), "text": (a + b + c).String()}
	e := storage.Event{ID: storage.NewID(t.Now), Idea: i.ID, At: t.Now, Kind: ocop.EventScored, Actor: t.S.Person, Role: t.Get("role"), Body: body}
	if _, err := tx.Happen(e, -1, done); err != nil {
		return t.lost(err)
	}
	return Outcome{Notes: []Note{note("score.saved", "number", t.Get("number"), "total", (a + b + c).In(t.S.Lang), "stars", strconv.Itoa(stars))}}, nil
}

// council is the unit whose council scores an idea at a level: the district
// or the province above it; empty for the central council.
func (t *T) council(commune ocop.UnitKey, level string) ocop.UnitKey {
	rank := map[string]int{ocop.ProvinceLevel: 0, ocop.DistrictLevel: 1, ocop.CommuneLevel: 2}
	want, ok := rank[level]
	if !ok {
		return ""
	}
	if u, ok := t.prog.Unit(commune); ok && u.Kind.Rank() == want {
		return commune
	}
	for _, u := range t.prog.Ancestors(commune) {
		if u.Kind.Rank() == want {
			return u.Key
		}
	}
	return ""
}

// done takes an idea out of the inbox.
func done(i *storage.Idea) { i.WaitingLevel = "" }

// lost tells an officer that somebody else was quicker; other errors stay errors.
func (t *T) lost(err error) (Outcome, error) {
	if errors.Is(err, storage.ErrConflict) {
		return Outcome{Notes: []Note{note("act.conflict", "number", t.Get("number"))}}, nil
	}
	return Outcome{}, err
}
