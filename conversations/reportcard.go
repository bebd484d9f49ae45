package conversations

import (
	"fmt"
	"strconv"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// reportState says how far a report is, with its number and days.
func (t *T) reportState(r storage.Report) (string, error) {
	data := dataOf("number", reportNumber(r), "at", t.moment(r.Filed), "late", "", "signed", r.SignNumber, "sign_date", "", "signer", r.Signer,
		"again", "", "text", "")
	if late := lateDays(r); late > 0 {
		data["late"] = strconv.Itoa(late)
	}
	if !r.SignDate.IsZero() {
		data["sign_date"] = date(r.SignDate)
	}
	if !r.Again.IsZero() {
		data["again"] = t.dayName(r.Again)
	}
	if r.State == ocop.ReportReturned || r.State == ocop.ReportDraft {
		text, err := t.lastReason(r)
		if err != nil {
			return "", err
		}
		data["text"] = text
	}
	return t.Text("report.state_"+string(r.State), data), nil
}

// moment is a day and an hour, as a receipt has them.
func (t *T) moment(at time.Time) string { return at.In(ocop.Local).Format("15:04 02/01/2006") }

// reportNumber is the number of a filed report, with its edition where there
// was an earlier one.
func reportNumber(r storage.Report) string {
	if r.Number.Seq == 0 {
		return ""
	}
	n := r.Number.String()
	if r.Edition > 1 {
		n += "/" + strconv.Itoa(r.Edition)
	}
	return n
}

// lateDays counts the days by which a report came too late.
func lateDays(r storage.Report) int {
	if r.Late() == 0 {
		return 0
	}
	return ocop.DaysBetween(r.Due.AddDate(0, 0, -1), r.Filed)
}

// lastReason is why a report was sent back last.
func (t *T) lastReason(r storage.Report) (string, error) {
	events, err := t.reads.ReportEvents(t.Ctx, r.ID)
	if err != nil {
		return "", fmt.Errorf("conversations: report events: %w", err)
	}
	for i := len(events) - 1; i >= 0; i-- {
		switch events[i].Kind {
		case ocop.ReportReturning, ocop.ReportRefused:
			return events[i].Body["text"], nil
		}
	}
	return "", nil
}

// askReportCard shows a report that has left its officer.
func askReportCard(t *T) (string, locales.Data) {
	v := t.Loaded.(reportView)
	if !v.mine() {
		return "report.not_yours", nil
	}
	t.Set("seen", strconv.Itoa(v.report.Version))
	text, err := t.reportText(v)
	if err != nil {
		text = "" // only names are missing
	}
	state, err := t.reportState(v.report)
	if err != nil {
		state = ""
	}
	return "report.card", dataOf("report", text, "state", state)
}

func reportCardChoices(t *T) []bot.Choice {
	v := t.Loaded.(reportView)
	var cs []bot.Choice
	if v.works && !v.owed.Withdrawn { // that can only be read
		switch v.report.State {
		case ocop.ReportOffered:
			cs = append(cs, t.choice("recall", "report.recall"))
		case ocop.ReportFiled, ocop.ReportSigned, ocop.ReportReceived:
			if v.report.SignNumber == "" {
				cs = append(cs, t.choice("sign", "report.sign"))
			} else {
				cs = append(cs, t.choice("sign", "report.sign_again"))
			}
			cs = append(cs, t.choice("edition", "report.correct"))
		case ocop.ReportReturned:
			cs = append(cs, t.choice("edition", "report.mend"))
		default:
			cs = append(cs, t.choice("write", "report.write"))
		}
	}
	return append(cs, t.paperChoices(v)...)
}

// paperChoices are what everybody can do with a report they may see: print it,
// look at what goes with it, leave.
func (t *T) paperChoices(v reportView) (cs []bot.Choice) {
	if t.Caps.Files && v.mine() {
		if v.report.State.HandedIn() {
			cs = append(cs, t.choice(printFlow, "letter.choice"))
		}
		if len(v.files) > 0 {
			cs = append(cs, t.choice("files", "report.see_files"))
		}
	}
	return append(cs, t.choice("list", "report.list"), t.choice(choiceMenu, "choice.menu"))
}

// takePaperChoice does what paperChoices offers; false: it is none of them.
func (t *T) takePaperChoice(v reportView, choice string) (bool, error) {
	switch choice {
	case "list":
		t.close()
		if t.F().Flow != reportsFlow {
			return true, t.open(reportsFlow, nil)
		}
	case printFlow:
		t.S.Notes = append(t.S.Notes, printedNotes(v.owed.Duty)...)
	case "files":
		t.tellReportFiles(v)
	default:
		return false, nil
	}
	return true, nil
}

func answerReportCard(t *T, v string) error {
	view := t.Loaded.(reportView)
	if done, err := t.takePaperChoice(view, v); done || err != nil {
		return err
	}
	if v == "write" {
		return t.writeOn(view)
	}
	if !view.works || view.owed.Withdrawn {
		t.close()
		t.Tell("report.not_yours")
		return nil
	}
	switch v {
	case "sign":
		t.Set("at", "signing")
		t.goTo("sign_number")
		return nil
	case "recall", "edition":
		return t.due(v)
	}
	return nil
}

// writeOn goes on with a draft.
func (t *T) writeOn(v reportView) error {
	if t.moved(v) {
		return nil
	}
	if len(v.form.Figures) > 0 {
		t.Set("at", "figures")
		t.goTo("figures")
		return nil
	}
	t.toTexts(v)
	t.goTo("text")
	return nil
}

// signerChoices offers who approved the report.
func signerChoices(t *T) []bot.Choice {
	if name := t.Loaded.(reportView).report.ApprovedBy; name != "" {
		return []bot.Choice{{ID: "approver", Label: clip(name, 40)}}
	}
	return nil
}

func answerSigner(t *T, v string) error {
	if v == "approver" {
		v = t.Loaded.(reportView).report.ApprovedBy
	}
	return keepIfWorks(t, v)
}

func askScan(t *T) (string, locales.Data) {
	return "report.scan", dataOf("number", t.Get("sign_number"), "date", t.Get("sign_date"), "signer", t.Get("signer"), "files", t.filesText(scans(t.Loaded.(reportView))))
}

// scans are the files of the signed copy.
func scans(v reportView) (files []storage.File) {
	for _, f := range v.files {
		if f.Purpose == storage.FileScan {
			files = append(files, f)
		}
	}
	return files
}

func scanChoices(t *T) []bot.Choice {
	if len(scans(t.Loaded.(reportView))) > 0 {
		return []bot.Choice{t.choice("done", "report.scan_done")}
	}
	return []bot.Choice{t.choice("done", "report.scan_paper")}
}

func answerScan(t *T, _ string) error {
	v := t.Loaded.(reportView)
	if !v.works {
		t.close()
		t.Tell("report.not_yours")
		return nil
	}
	t.keepDue(v)
	return t.due("sign")
}
