package conversations

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// tellOfGathering is news of a signup: the notice's Subject is the signup, its
// kind the text's key. What is no longer true is not told.
func (t *T) tellOfGathering(n storage.Notice, m bot.Message) (bot.Message, error) {
	s, err := t.reads.Signup(t.Ctx, n.Subject)
	if err != nil {
		return m, gone(err)
	}
	g, err := t.reads.Gathering(t.Ctx, s.Gathering)
	if err != nil {
		return m, fmt.Errorf("conversations: notice: %w", err)
	}
	key := "notice." + n.Kind
	data := t.gatheringData(g)
	data["number"], data["who"], data["people"] = s.Place, s.Attendee, together(s)
	off := g.State == storage.GatheringCancelled
	switch n.Kind {
	case storage.NoticeCalledOff:
		if data["text"], err = t.reasonOff(g); err != nil {
			return m, err
		}
	case storage.NoticeResults:
		if off || s.Result != nil || !s.Seated() {
			return m, ErrMovedOn
		}
	case storage.NoticeReminder:
		if off || !s.Seated() || g.Begun(t.Now) {
			return m, ErrMovedOn
		}
		data["days"] = daysBetween(t.Now, g.From)
	case storage.NoticeChanged:
		if off || !s.Live() || g.Over(t.Now) {
			return m, ErrMovedOn
		}
		if data["changes"], err = t.changesAt(g, n.At); err != nil {
			return m, err
		}
	case storage.NoticeSelection:
		if off {
			return m, ErrMovedOn
		}
		switch s.State {
		case storage.SignupSelected, storage.SignupWaiting, storage.SignupRefused:
			key += "_" + s.State
		default:
			return m, ErrMovedOn
		}
	default:
		if off || !s.Seated() || g.Over(t.Now) {
			return m, ErrMovedOn
		}
	}
	t.say(&m, key, data)
	if t.Caps.Paged {
		return m, nil
	}
	m.Choices = []bot.Choice{t.choice("event/"+g.Code, "notice.choice_event")}
	if n.Kind == storage.NoticeResults {
		m.Choices = []bot.Choice{t.choice("result/"+g.Code, "notice.choice_result")}
	}
	return m, nil
}

// daysBetween counts the days from the day of one moment to that of another.
func daysBetween(from, to time.Time) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.In(ocop.Local).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(day(to).Sub(day(from)) / (24 * time.Hour))
}

// reasonOff is why a gathering was called off.
func (t *T) reasonOff(g storage.Gathering) (string, error) {
	events, err := t.reads.GatheringEvents(t.Ctx, g.ID)
	if err != nil {
		return "", fmt.Errorf("conversations: notice: %w", err)
	}
	for _, e := range events {
		if e.Kind == "cancelled" && e.Signup == 0 {
			return e.Body["text"], nil
		}
	}
	return "", nil
}

// toldChanges are what people are told of when it changes, in this order.
var toldChanges = []string{"title", "when", "place", "deadline", "bring", "contact"}

// changesAt names what one change changed, with what is true now.
func (t *T) changesAt(g storage.Gathering, at time.Time) (string, error) {
	events, err := t.reads.GatheringEvents(t.Ctx, g.ID)
	if err != nil {
		return "", fmt.Errorf("conversations: notice: %w", err)
	}
	var lines []string
	now := t.gatheringData(g)
	for _, e := range events {
		if e.Kind != "changed" || e.Signup != 0 || !e.At.Equal(at) {
			continue
		}
		for _, what := range toldChanges {
			if _, changed := e.Body[what]; changed && !slices.Contains(lines, what) {
				lines = append(lines, "• "+t.Text("make.field_"+what, nil)+": "+fmt.Sprint(now[what]))
			}
		}
	}
	return strings.Join(lines, "\n"), nil
}

// PutGathering records a gathering that is new or changed, and has everybody
// concerned told, once. who acts in an office, or is 0: the command line. It
// says whether anything was different from what was. ErrConflict: somebody
// else changed it meanwhile.
func (e *Engine) PutGathering(tx storage.Tx, was, now storage.Gathering, who storage.ID, role string, at time.Time) (changed bool, err error) {
	by := storage.GatheringEvent{ID: storage.NewID(at), At: at, Kind: "created", Actor: who, Role: role}
	now.Version = was.Version + 1
	if was.ID == 0 {
		return true, tx.PutGathering(now, by)
	}
	by.Kind, by.Body = "changed", differences(was, now)
	if len(by.Body) == 0 {
		return false, nil
	}
	if err := tx.PutGathering(now, by); err != nil {
		return false, err
	}
	if _, told := GatheringChanges(was, now); !told {
		return true, nil
	}
	return true, tellAll(tx, now, storage.NoticeChanged, fmt.Sprintf("change/%d", by.ID), at)
}

// callOffGathering cancels a gathering, and has everybody told who meant to come.
func callOffGathering(tx storage.Tx, g storage.Gathering, reason string, who storage.ID, role string, at time.Time) error {
	g.State = storage.GatheringCancelled
	g.Version++
	by := storage.GatheringEvent{ID: storage.NewID(at), At: at, Kind: "cancelled", Actor: who, Role: role, Body: map[string]string{"text": reason}}
	if err := tx.PutGathering(g, by); err != nil {
		return err
	}
	return tellAll(tx, g, storage.NoticeCalledOff, "off", at)
}

func tellAll(tx storage.Tx, g storage.Gathering, kind, what string, at time.Time) error {
	all, err := tx.Signups(g.ID)
	if err != nil {
		return err
	}
	for _, s := range all {
		if !s.Live() {
			continue
		}
		if err := tx.TellSignup(s, what, storage.Notice{Kind: kind, At: at}); err != nil {
			return err
		}
	}
	return nil
}

// GatheringChanges names what changed, and says whether people are told of it.
func GatheringChanges(was, now storage.Gathering) (what []string, told bool) {
	what = slices.Sorted(maps.Keys(differences(was, now)))
	return what, slices.ContainsFunc(what, func(w string) bool { return slices.Contains(toldChanges, w) })
}

// differences names what changed, with what it was.
func differences(was, now storage.Gathering) map[string]string {
	d := map[string]string{}
	if was.Title != now.Title {
		d["title"] = was.Title
	}
	if was.Place != now.Place {
		d["place"] = was.Place
	}
	if !was.From.Equal(now.From) || !was.To.Equal(now.To) {
		d["when"] = dayText(was.From, true) + " " + dayText(was.To, false)
	}
	if !was.Deadline.Equal(now.Deadline) {
		d["deadline"] = dayText(was.Deadline, false)
	}
	if was.Bring != now.Bring {
		d["bring"] = was.Bring
	}
	if was.Contact != now.Contact {
		d["contact"] = was.Contact
	}
	for what, pair := range map[string][2]any{
		"kind": {was.Kind, now.Kind}, "seats": {was.Seats, now.Seats}, "stalls": {was.Stalls, now.Stalls}, "unit": {was.Unit, now.Unit},
		"selects": {was.Selects, now.Selects}, "rule": {was.Rule, now.Rule}, "quotas": {was.Quotas, now.Quotas}, "state": {was.State, now.State},
	} {
		if a, b := fmt.Sprint(pair[0]), fmt.Sprint(pair[1]); a != b {
			d[what] = a
		}
	}
	return d
}
