package conversations

import (
	"encoding/json"
	"fmt"
	"strings"

	"ocopbot/bot"
	"ocopbot/locales"
)

// sureNotes are answers that must be seen to arrive: form numbers and
// whatever else is told only once.
var sureNotes = map[string]bool{
	"reg.done": true, "erase.done": true, "code.welcome": true, "invite.code": true, "sup.saved": true, "sup.mended": true, "answer.sent": true,
	"report.handed_in": true,
}

// noteText renders one note. Most are a text with its arguments; some are
// made from the records, so that the session need not hold them.
func (t *T) noteText(n Note) (string, *bot.Attachment, error) {
	switch n.Key {
	case "status.card":
		text, err := t.card(n.Args["number"])
		return text, nil, err
	case "reg.kind_advice":
		k, _ := t.prog.ProducerType(n.Args["kind"])
		return k.Advice(t.S.Lang), nil, nil
	case "mydata.file":
		return t.dataFile()
	case "print.form", "print.form_edit":
		return t.printed(n)
	case "plan.chart", "plan.brief", "progress.chart", "progress.sheet", "progress.letter", "progress.letter_edit":
		return t.provinceNote(n)
	case "letter.report_file", "letter.report_edit":
		return t.printedReport(n)
	case "report.file":
		return t.reportFile(n)
	case "progress.calls":
		text, err := t.callList(n)
		return text, nil, err
	case "gathering.picture", "gathering.poster", "guests.file":
		return t.gatheringFile(n.Key, n.Args["code"])
	case "events.visited":
		text, err := t.visitsText()
		return text, nil, err
	case "ask.answer":
		return t.whoAnswers(n.Args["topic"]), nil, nil
	}
	if topic, ok := strings.CutPrefix(n.Key, "help."); ok {
		return t.Text(n.Key, t.helpData(topic)), nil, nil
	}
	d := make(locales.Data, len(n.Args))
	for k, v := range n.Args {
		d[k] = v
	}
	if n.Key == "invite.code" || n.Key == "handover.code" {
		if t.S.secret == "" { // told again: only its hash is kept
			return t.Text("invite.told_once", nil), nil, nil
		}
		d["code"] = t.S.secret
	}
	return t.Text(n.Key, d), nil, nil
}

// dataFile is all that is kept about the person, as a file to take along.
func (t *T) dataFile() (string, *bot.Attachment, error) {
	all, err := t.reads.Everything(t.Ctx, t.S.Person)
	if err != nil {
		return "", nil, fmt.Errorf("conversations: everything: %w", err)
	}
	b, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return "", nil, fmt.Errorf("conversations: everything: %w", err)
	}
	return t.Text("mydata.file", nil), &bot.Attachment{Name: "ocop.json", MIME: "application/json", Data: b}, nil
}
