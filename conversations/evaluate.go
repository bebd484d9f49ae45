package conversations

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// score records a council's points for one idea. They are the officers' alone
// until the decision is recorded and the round published.
func score() *Flow {
	return &Flow{
		ID: scoreFlow, Version: 1, Draft: true,
		Steps: []*Step{
			{ID: "level", Load: loadForOfficer, Choices: levelChoices},
			{ID: "round", Load: loadForOfficer, Parse: parseRound},
			{ID: "a", Load: loadForOfficer, Ask: askPart("a"), Parse: parsePart("a")},
			{ID: "b", Load: loadForOfficer, Ask: askPart("b"), Parse: parsePart("b")},
			{ID: "c", Load: loadForOfficer, Ask: askPart("c"), Parse: parsePart("c")},
			{ID: "remarks", Optional: true, Parse: parseLine},
			{ID: "confirm", Load: loadForOfficer, Ask: askScore, Choices: yesNo, Answer: confirmed},
		},
		Commit: commitScore,
	}
}

// loadForOfficer checks at every question that the officer still is one.
func loadForOfficer(t *T) (any, error) {
	i, v, err := t.actOn(t.Get("number"))
	if errors.Is(err, storage.ErrNotFound) {
		return storage.Idea{}, nil
	}
	t.Set("role", role(v))
	return i, err
}

func levelChoices(t *T) []bot.Choice {
	var cs []bot.Choice
	for _, l := range t.prog.Levels(t.Now) {
		if l.Does != ocop.ChecksForm {
			cs = append(cs, bot.Choice{ID: l.Level, Label: t.levelName(l.Level)})
		}
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
	ev.A, ev.B, ev.C, ev.Proposed, ev.Stars = a, b, c, stars, -1
	ev.Remarks, ev.At, ev.By = t.Get("remarks"), t.Now, t.S.Person
	ev.Version++
	if err := tx.PutEvaluation(ev); err != nil {
		return t.lost(err)
	}
	body := map[string]string{"round": t.Get("round"), "level": t.Get("level"), "a": a.String(), "b": b.String(), "c": c.String(), "text": (a + b + c).String()}
	e := storage.Event{ID: storage.NewID(t.Now), Idea: i.ID, At: t.Now, Kind: ocop.EventScored, Actor: t.S.Person, Role: t.Get("role"), Body: body}
	if _, err := tx.Happen(e, -1, nil); err != nil {
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

// lost tells an officer that somebody else was quicker; other errors stay errors.
func (t *T) lost(err error) (Outcome, error) {
	if errors.Is(err, storage.ErrConflict) {
		return Outcome{Notes: []Note{note("act.conflict", "number", t.Get("number"))}}, nil
	}
	return Outcome{}, err
}

// decide records the decision on an idea that was scored: its stars may be
// lower than the points propose, and then the reason is owed.
func decide() *Flow {
	return &Flow{
		ID: decideFlow, Version: 1, Draft: true,
		Steps: []*Step{
			{ID: "stars", Load: loadDecision, Ask: askStars, Choices: starChoices, Answer: answerStars},
			{ID: "reason", Needed: has("lower"), Parse: parseLine},
			{ID: "decision", Parse: parseDecision},
			{ID: "date", Parse: parseDate},
			{ID: "signer", Parse: parseName},
			{ID: "confirm", Load: loadForOfficer, Ask: askDecision, Choices: yesNo, Answer: confirmed},
		},
		Commit: commitDecision,
	}
}

// loadDecision finds the evaluation that waits for its decision.
func loadDecision(t *T) (any, error) {
	v, err := loadForOfficer(t)
	if err != nil {
		return nil, err
	}
	i := v.(storage.Idea)
	if i.ID == 0 {
		return storage.Evaluation{}, nil
	}
	evaluations, err := t.reads.Evaluations(t.Ctx, i.ID)
	if err != nil {
		return nil, fmt.Errorf("conversations: evaluations: %w", err)
	}
	for n := len(evaluations) - 1; n >= 0; n-- {
		if evaluations[n].Decision == "" {
			return evaluations[n], nil
		}
	}
	return storage.Evaluation{}, nil
}

func askStars(t *T) (string, locales.Data) {
	ev := t.Loaded.(storage.Evaluation)
	if ev.ID == 0 {
		return "decide.nothing", nil
	}
	return "decide.stars", dataOf("number", t.Get("number"), "total", ev.Total().In(t.S.Lang), "proposed", ev.Proposed)
}

func starChoices(t *T) []bot.Choice {
	ev := t.Loaded.(storage.Evaluation)
	if ev.ID == 0 {
		return []bot.Choice{t.choice(choiceMenu, "choice.menu")}
	}
	var cs []bot.Choice
	for stars := max(ev.Proposed, 3); stars >= 3; stars-- {
		if stars <= ev.Proposed {
			cs = append(cs, bot.Choice{ID: strconv.Itoa(stars), Label: t.Text("decide.n_stars", dataOf("stars", stars))})
		}
	}
	return append(cs, t.choice("0", "decide.not_reached"))
}

func answerStars(t *T, v string) error {
	ev := t.Loaded.(storage.Evaluation)
	t.Set("evaluation", idText(ev.ID))
	t.Set("stars", v)
	t.Set("lower", "")
	if n, _ := strconv.Atoi(v); n < ev.Proposed && ev.Proposed >= 3 { // v is one of the choices
		t.Set("lower", "1")
	}
	return t.goOn(0)
}

// parseDecision takes a decision's number, which has a figure in it.
func parseDecision(t *T, text string) (string, *Note) {
	if !strings.ContainsAny(text, "0123456789") || utf8.RuneCountInString(text) > longestName {
		return "", &Note{Key: "decide.decision_wrong"}
	}
	return text, nil
}

func askDecision(t *T) (string, locales.Data) {
	stars := t.Text("decide.not_reached", nil)
	if v := t.Get("stars"); v != "0" {
		stars = t.Text("decide.n_stars", dataOf("stars", v))
	}
	return "decide.confirm", dataOf("number", t.Get("number"), "stars", stars, "decision", t.Get("decision"), "date", t.Get("date"), "signer", t.Get("signer"))
}

// parseDate takes 05/06/2026, 5-6-2026 or 5/6.
func parseDate(t *T, text string) (string, *Note) {
	text = strings.NewReplacer("-", "/", ".", "/", " ", "").Replace(text)
	if strings.Count(text, "/") == 1 {
		text += "/" + strconv.Itoa(t.Now.In(ocop.Local).Year())
	}
	d, err := time.ParseInLocation("2/1/2006", text, ocop.Local)
	if err != nil || d.After(t.Now) || d.Year() < 2019 {
		return "", &Note{Key: "decide.date_wrong"}
	}
	return d.Format("02/01/2006"), nil
}

func commitDecision(t *T, tx storage.Tx) (Outcome, error) {
	i, err := ideaIn(tx, t.Get("number"))
	if err != nil {
		return Outcome{}, err
	}
	id, err := textID(t.Get("evaluation"))
	if err != nil {
		return Outcome{}, err
	}
	ev, err := tx.Evaluation(id)
	if err != nil {
		return Outcome{}, err
	}
	if ev.Decision != "" {
		return Outcome{Notes: []Note{note("act.conflict", "number", t.Get("number"))}}, nil
	}
	ev.Stars, err = strconv.Atoi(t.Get("stars"))
	if err != nil {
		return Outcome{}, fmt.Errorf("conversations: stars: %w", err)
	}
	ev.Decided, err = time.ParseInLocation("02/01/2006", t.Get("date"), ocop.Local)
	if err != nil {
		return Outcome{}, fmt.Errorf("conversations: date: %w", err)
	}
	ev.Reason, ev.Decision, ev.Signer = t.Get("reason"), t.Get("decision"), t.Get("signer")
	ev.At, ev.By = t.Now, t.S.Person
	ev.Version++
	if err := tx.PutEvaluation(ev); err != nil {
		return t.lost(err)
	}
	body := map[string]string{"stars": t.Get("stars"), "decision": ev.Decision, "date": t.Get("date"), "text": t.Get("stars") + "★ " + ev.Decision}
	e := storage.Event{ID: storage.NewID(t.Now), Idea: i.ID, At: t.Now, Kind: ocop.EventDecided, Actor: t.S.Person, Role: t.Get("role"), Body: body}
	if _, err := tx.Happen(e, -1, nil); err != nil {
		return t.lost(err)
	}
	return Outcome{Notes: []Note{note("decide.saved", "number", t.Get("number"))}}, nil
}

// publish makes a round's results known: every owner hears at the same time.
func publish() *Flow {
	return &Flow{
		ID: publishFlow, Version: 1,
		Steps: []*Step{
			{ID: "round", Load: loadRounds, Ask: func(t *T) (string, locales.Data) {
				if len(t.Loaded.([]openRound)) == 0 {
					return "publish.none", nil
				}
				return "publish.round", nil
			}, Choices: func(t *T) []bot.Choice {
				var cs []bot.Choice
				for _, r := range t.Loaded.([]openRound) {
					cs = append(cs, bot.Choice{ID: idText(r.ID), Label: t.Text("publish.one", dataOf("round", roundName(r.Round), "level", t.levelName(r.Level), "decided", r.decided, "all", r.all))})
				}
				return append(cs, t.choice(choiceMenu, "choice.menu"))
			}},
			{ID: "confirm", Choices: yesNo, Answer: func(t *T, v string) error {
				if v == "yes" {
					who, err := t.Viewer()
					if err != nil {
						return err
					}
					id, err := textID(t.Get("round"))
					if err != nil {
						return err
					}
					r, err := t.reads.Round(t.Ctx, id)
					if err != nil {
						return fmt.Errorf("conversations: round: %w", err)
					}
					if !mayPublish(who) || !covers(who, r.Unit) {
						t.close()
						t.Tell("officer.only")
						return nil
					}
					t.Set("role", role(who))
					t.S.Pending = true
					return nil
				}
				t.close()
				return nil
			}},
		},
		Commit: commitPublish,
	}
}

// mayPublish: a round is the council's whole, not one unit's.
func mayPublish(v storage.Viewer) bool {
	for _, o := range v.Officers {
		if o.Role == storage.ProvinceOfficer || o.Role == storage.Admin || o.Role == storage.DistrictOfficer {
			return true
		}
	}
	return false
}

type openRound struct {
	storage.Round
	decided, all int
}

// loadRounds lists the rounds of this year and the last that are not published.
func loadRounds(t *T) (any, error) {
	who, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	var open []openRound
	if !mayPublish(who) {
		return open, nil
	}
	year := t.Now.In(ocop.Local).Year()
	for _, y := range []int{year, year - 1} {
		rounds, err := t.reads.Rounds(t.Ctx, y)
		if err != nil {
			return nil, fmt.Errorf("conversations: rounds: %w", err)
		}
		for _, r := range rounds {
			if !r.Published.IsZero() || !covers(who, r.Unit) {
				continue
			}
			evs, err := t.reads.EvaluationsOf(t.Ctx, r.ID)
			if err != nil {
				return nil, fmt.Errorf("conversations: evaluations: %w", err)
			}
			o := openRound{Round: r, all: len(evs)}
			for _, ev := range evs {
				if ev.Decision != "" {
					o.decided++
				}
			}
			open = append(open, o)
		}
	}
	return open, nil
}

func commitPublish(t *T, tx storage.Tx) (Outcome, error) {
	id, err := textID(t.Get("round"))
	if err != nil {
		return Outcome{}, err
	}
	r, err := tx.Round(id)
	if err != nil {
		return Outcome{}, err
	}
	if !r.Published.IsZero() {
		return Outcome{Notes: []Note{note("publish.already", "round", roundName(r))}}, nil
	}
	evs, err := tx.EvaluationsOf(id)
	if err != nil {
		return Outcome{}, err
	}
	for _, ev := range evs {
		if ev.Decision == "" {
			return Outcome{Notes: []Note{note("publish.undecided", "round", roundName(r))}}, nil
		}
	}
	r.Published = t.Now
	if err := tx.PutRound(r); err != nil {
		return Outcome{}, err
	}
	for _, ev := range evs {
		e := storage.Event{ID: storage.NewID(t.Now), Idea: ev.Idea, At: t.Now, Kind: ocop.EventPublished, Actor: t.S.Person, Role: t.Get("role"), Body: map[string]string{"round": roundName(r)}}
		i, err := tx.Happen(e, -1, nil)
		if errors.Is(err, storage.ErrConflict) { // withdrawn meanwhile: there is nobody to tell
			continue
		}
		if err != nil {
			return Outcome{}, err
		}
		if err := t.notify(tx, i, e.ID, "published"); err != nil {
			return Outcome{}, err
		}
	}
	return Outcome{Notes: []Note{note("publish.done", "round", roundName(r), "count", strconv.Itoa(len(evs)))}}, nil
}
