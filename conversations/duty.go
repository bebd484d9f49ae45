package conversations

import (
	"errors"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/duties"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// duty shows what a unit owes once. A task is closed here, by the day it was
// done and a note.
func duty() *Flow {
	return &Flow{
		ID: dutyFlow, Version: 1,
		Steps: []*Step{
			{ID: "card", Load: loadDuty, Ask: askDuty, Choices: dutyChoices, Answer: answerDuty},
			{ID: "day", Parse: parsePastDay, Choices: func(t *T) []bot.Choice {
				return []bot.Choice{{ID: date(t.Now), Label: t.Text("duty.done_today", nil)}}
			}},
			{ID: "note", Load: loadDuty, Parse: parseLine, Prose: true, Choices: func(t *T) []bot.Choice {
				return []bot.Choice{t.choice("none", "duty.no_note")}
			}, Answer: answerNote},
		},
		Commit: commitTask,
	}
}

type dutyView struct {
	owed  duties.Owed
	open  bool
	works bool
}

func loadDuty(t *T) (any, error) {
	v, err := t.Viewer()
	if err != nil {
		return nil, err
	}
	d := t.frameDuty()
	if !works(v, d.Unit) && !leads(v, d.Unit) {
		return dutyView{}, nil
	}
	o, err := t.owedNow(d)
	if errors.Is(err, ErrMovedOn) {
		return dutyView{}, nil
	}
	return dutyView{o, err == nil, works(v, d.Unit)}, err
}

func askDuty(t *T) (string, locales.Data) {
	v := t.Loaded.(dutyView)
	if !v.open {
		return "duty.gone", nil
	}
	data := t.dutyData(v.owed)
	data["standing"] = t.dutyStanding(v.owed)
	data["cutoff"], data["questions"] = "", ""
	if !v.owed.CutOff.IsZero() && !v.owed.Task {
		data["cutoff"] = t.dayName(v.owed.CutOff)
	}
	if v.owed.Demand != nil {
		data["questions"] = numbered(v.owed.Demand.Questions)
	}
	return "duty.card", data
}

func dutyChoices(t *T) []bot.Choice {
	v := t.Loaded.(dutyView)
	var cs []bot.Choice
	if v.open && v.works && v.owed.Task {
		cs = append(cs, t.choice("day", "duty.done"))
	}
	if v.open && !v.owed.Task {
		cs = append(cs, t.choice(reportFlow, "duty.report"))
	}
	return append(cs, t.choice("back", "duty.back"), t.choice(choiceMenu, "choice.menu"))
}

func answerDuty(t *T, v string) error {
	if v == "day" && t.Loaded.(dutyView).works {
		t.goTo("day")
		return nil
	}
	if v == reportFlow {
		return t.openReport(t.frameDuty())
	}
	t.close()
	if t.F().Flow != dutiesFlow {
		return t.open(dutiesFlow, nil)
	}
	return nil
}

// answerNote ends it, for whoever still does the unit's work.
func answerNote(t *T, v string) error {
	if d := t.Loaded.(dutyView); !d.works || !d.open {
		t.close()
		t.Tell("duty.gone")
		return nil
	}
	if v != "none" {
		t.Set("note", v)
	}
	t.S.Pending = true
	return nil
}

// commitTask closes a task; of two who say so at once the first is kept.
func commitTask(t *T, tx storage.Tx) (Outcome, error) {
	day, err := time.ParseInLocation("02/01/2006", t.Get("day"), ocop.Local)
	if err != nil {
		return Outcome{}, err
	}
	d := storage.TaskDone{Duty: t.frameDuty(), Day: day, Note: t.Get("note"), By: t.S.Person, At: t.Now}
	err = tx.AddTaskDone(d)
	if errors.Is(err, storage.ErrConflict) {
		return Outcome{Notes: []Note{note("duty.gone")}}, nil
	}
	return Outcome{Notes: []Note{note("duty.closed", "date", t.Get("day"))}}, err
}
