package conversations

import (
	"errors"
	"strconv"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// gatheringMade is the form's gathering on top of what stood.
func (t *T) gatheringMade(g storage.Gathering) (storage.Gathering, error) {
	var err error
	g.Kind, g.Title, g.Place, g.Bring, g.Contact = storage.GatheringKind(t.Get("kind")), t.Get("title"), t.Get("place"), t.Get("bring"), t.Get("contact")
	if g.From, g.To, err = whenOf(t.Get("when")); err != nil {
		return g, err
	}
	if g.Deadline, err = textDay(t.Get("deadline")); err != nil {
		return g, err
	}
	g.Seats, _ = strconv.Atoi(t.Get("seats")) // as parsed
	g.Stalls = 0
	if g.Kind.Sells() {
		g.Stalls, _ = strconv.Atoi(t.Get("stalls")) // as parsed; empty: none
	}
	g.Unit = ocop.UnitKey(t.Get("unit"))
	g.Selects = t.Get("mode") == "select"
	g.Rule, _ = t.ParseRule(t.ruleAnswer(), t.Now) // parsed before
	g.Quotas = nil
	if g.Selects {
		g.Quotas, _ = t.ParseQuotas(t.Get("quotas"), t.Now) // parsed before
	}
	return g, nil
}

// codeSeries are the letters a kind's codes begin with.
var codeSeries = map[storage.GatheringKind]string{
	storage.Fair: "HC", storage.Conference: "HN", storage.Dialogue: "DT", storage.Training: "TH", storage.StudyTour: "TQ", storage.Other: "SK",
}

func commitMake(t *T, tx storage.Tx) (Outcome, error) {
	var was storage.Gathering
	if t.Get("id") != "" {
		id, err := textID(t.Get("id"))
		if err != nil {
			return Outcome{}, err
		}
		if was, err = tx.Gathering(id); err != nil {
			return Outcome{}, err
		}
		if strconv.Itoa(was.Version) != t.Get("version") || was.State != storage.GatheringOpen {
			return Outcome{Notes: []Note{note("make.conflict", "code", was.Code)}}, nil
		}
	}
	g, err := t.gatheringMade(was)
	if err != nil {
		return Outcome{}, err
	}
	if wrong, err := Shrinks(tx, was, g); err != nil {
		return Outcome{}, err
	} else if len(wrong) > 0 { // somebody came while the officer was writing
		return Outcome{Next: wrong[0].Field, Set: map[string]string{editing: "1"}, Notes: []Note{wrong[0].Note}}, nil
	}
	if was.ID == 0 {
		if g.Code, err = tx.NextCode(codeSeries[g.Kind]); err != nil {
			return Outcome{}, err
		}
		g.ID, g.State, g.Created, g.By = storage.NewID(t.Now), storage.GatheringOpen, t.Now, t.S.Person
	}
	changed, err := t.PutGathering(tx, was, g, t.S.Person, t.Get("role"), t.Now)
	if errors.Is(err, storage.ErrConflict) {
		return Outcome{Notes: []Note{note("make.conflict", "code", g.Code)}}, nil
	}
	if err != nil {
		return Outcome{}, err
	}
	if file := t.Get("picture"); file != "" {
		if err := tx.WantGatheringPicture(g.ID, t.Get("channel"), file); err != nil {
			return Outcome{}, err
		}
	}
	key, told := "make.done", ""
	switch {
	case was.ID != 0 && changed:
		key = "make.changed"
		if told, err = toldOf(tx, was, g); err != nil {
			return Outcome{}, err
		}
	case was.ID != 0:
		key = "make.unchanged"
	}
	return Outcome{Notes: []Note{note(key, "code", g.Code, "title", g.Title, "told", told)}}, nil
}

// toldOf is how many are told of a change; empty: nobody.
func toldOf(tx storage.Tx, was, now storage.Gathering) (string, error) {
	if _, told := GatheringChanges(was, now); !told {
		return "", nil
	}
	all, err := tx.Signups(now.ID)
	live := 0
	for _, s := range all {
		if s.Live() {
			live++
		}
	}
	if err != nil || live == 0 {
		return "", err
	}
	return strconv.Itoa(live), nil
}
