package conversations

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// decide records the decision on an idea that was scored: its stars may be
// lower than the points propose, and then the reason is owed.
func decide() *Flow {
	return &Flow{
		ID: decideFlow, Version: 1, Draft: true, Sure: true,
		Steps: []*Step{
			{ID: "stars", Load: loadDecision, Ask: askStars, Choices: starChoices, Parse: parseStars, Answer: answerStars, Numbers: true},
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
	who, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	levels := t.councilLevels(who, i.Unit)
	for n := len(evaluations) - 1; n >= 0; n-- {
		if evaluations[n].Decision != "" {
			continue
		}
		round, err := t.reads.Round(t.Ctx, evaluations[n].Round)
		if err != nil {
			return nil, fmt.Errorf("conversations: round: %w", err)
		}
		if slices.Contains(levels, round.Level) {
			t.Set("level", round.Level)
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
	for stars := t.mostStars(ev); stars >= 3; stars-- {
		cs = append(cs, bot.Choice{ID: strconv.Itoa(stars), Label: t.Text("decide.n_stars", dataOf("stars", stars))})
	}
	return append(cs, t.choice("0", "decide.not_reached"))
}

// mostStars is what a decision can recognise: what the points propose, as far
// as it is the level's to give.
func (t *T) mostStars(ev storage.Evaluation) int {
	for _, l := range t.prog.Levels(t.Now) {
		if l.Level == t.Get("level") && len(l.Stars) > 0 {
			return min(ev.Proposed, slices.Max(l.Stars))
		}
	}
	return ev.Proposed
}

// parseStars takes the number of stars itself, where no list is numbered.
func parseStars(t *T, text string) (string, *Note) {
	for _, c := range starChoices(t) {
		if c.ID == text {
			return text, nil
		}
	}
	return "", &Note{Key: "engine.not_understood"}
}

func answerStars(t *T, v string) error {
	ev := t.Loaded.(storage.Evaluation)
	t.Set("evaluation", idText(ev.ID))
	t.Set("seen", strconv.Itoa(ev.Version)) // the points the decision is on
	t.Set("stars", v)
	t.Set("lower", "")
	if n, _ := strconv.Atoi(v); n < t.mostStars(ev) && ev.Proposed >= 3 { // v is one of the choices
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
	if ev.Decision != "" || strconv.Itoa(ev.Version) != t.Get("seen") {
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
	if _, err := tx.Happen(e, -1, done); err != nil {
		return t.lost(err)
	}
	return Outcome{Notes: []Note{note("decide.saved", "number", t.Get("number"))}}, nil
}
