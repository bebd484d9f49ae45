package conversations

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// report is the writing of a report: its figures, its texts, what goes with
// it, and the handing in. The draft is the unit's, not the session's: what is
// written is stored at once, for every officer of the unit, and waits there.
func report() *Flow {
	at := func(stage string) func(*T) bool { return func(t *T) bool { return t.Get("at") == stage } }
	return &Flow{
		ID: reportFlow, Version: 1, Sure: true,
		Begin: beginReport,
		Photo: takeReportPhoto, Document: takeReportDocument,
		Steps: []*Step{
			{ID: "card", Needed: at("card"), Load: loadReport, Ask: askReportCard, Choices: reportCardChoices, Answer: answerReportCard},
			{ID: "figures", Needed: at("figures"), Load: loadReport, Ask: askFigures, Choices: figureChoices, Parse: parseFigures, Answer: answerFigures},
			{ID: "value", Needed: has("figure"), Load: loadReportTexts, Ask: askValue, Counts: true, Parse: parseValue, Answer: answerValue},
			{ID: "reason", Needed: has("value"), Load: loadReportTexts, Ask: askReason, Parse: parseReason, Answer: answerReason, Prose: true},
			{ID: "text", Needed: at("texts"), Load: loadReportTexts, Ask: askReportText, Choices: reportTextChoices, Parse: parseReportText, Answer: answerReportText, Prose: true},
			{ID: "attach", Needed: at("texts"), Load: loadReportTexts, Ask: askAttach, Choices: attachChoices, Answer: answerAttach},
			{ID: "summary", Needed: at("summary"), Load: loadReport, Ask: askReportSummary, Choices: reportSummaryChoices, Answer: answerReportSummary},
			{ID: "approver", Needed: at("approver"), Load: loadReportTexts, Parse: parseName, Answer: answerApprover},
			{ID: "approver_as", Needed: at("approver"), Load: loadReportTexts, Choices: headChoices, Answer: answerApproverAs},
			{ID: "sign_number", Needed: at("signing"), Load: loadReportTexts, Parse: parseDecision, Answer: keepIfWorks},
			{ID: "sign_date", Needed: at("signing"), Load: loadReportTexts, Parse: parsePastDay, Answer: keepIfWorks},
			{ID: "signer", Needed: at("signing"), Load: loadReportTexts, Choices: signerChoices, Parse: parseName, Answer: answerSigner},
			{ID: "signer_as", Needed: at("signing"), Load: loadReportTexts, Choices: headChoices, Answer: keepIfWorks},
			{ID: "scan", Needed: at("signing"), Load: loadReportTexts, Ask: askScan, Choices: scanChoices, Answer: answerScan},
		},
		Commit: commitReport,
	}
}

// beginReport finds where to begin: at the figures of a draft, at the
// questions of what was asked for ad hoc, or at a report that has left.
func beginReport(t *T) error {
	v, err := t.reportOf(t.frameDuty(), false)
	if err != nil {
		return err
	}
	var items []string
	for _, x := range v.texts {
		items = append(items, x.ID)
	}
	t.Set("items", strings.Join(items, " "))
	switch {
	case !v.works:
		t.close()
		t.Tell("report.not_yours")
		return nil
	case !v.open():
		t.Set("at", "card")
	case len(v.form.Figures) > 0:
		t.Set("at", "figures")
	default:
		t.toTexts(v)
	}
	return nil
}

// keepIfWorks keeps an answer of whoever still does the unit's work.
func keepIfWorks(t *T, v string) error {
	if !t.Loaded.(reportView).works {
		t.close()
		t.Tell("report.not_yours")
		return nil
	}
	t.Set(t.F().Step, v)
	_, i := t.flows[reportFlow].step(t.F().Step)
	return t.goOn(i)
}

// due makes the commit due that does act.
func (t *T) due(act string) error {
	t.Set("act", act)
	t.S.Pending = true
	return nil
}

// moved goes to the card when the report is no draft any more: a colleague
// handed it in meanwhile.
func (t *T) moved(v reportView) bool {
	switch {
	case !v.works:
		t.close()
		t.Tell("report.not_yours")
	case !v.open():
		t.Set("at", "card")
		t.goTo("card")
		t.Tell("report.moved")
	default:
		return false
	}
	return true
}

func attachChoices(t *T) []bot.Choice { return []bot.Choice{t.choice("done", "report.attach_done")} }

func answerAttach(t *T, _ string) error {
	if t.moved(t.Loaded.(reportView)) {
		return nil
	}
	t.Set("at", "summary")
	t.goTo("summary")
	return nil
}

// askReportSummary notes what it shows: that is what is handed in.
func askReportSummary(t *T) (string, locales.Data) {
	v := t.Loaded.(reportView)
	if !v.works || !v.open() {
		return "report.moved", nil
	}
	t.Set("seen", strconv.Itoa(v.report.Version))
	t.Set("pre", packed(v.sum.Figures))
	text, err := t.reportText(v)
	if err != nil {
		text = "" // only names are missing
	}
	return "report.summary", dataOf("report", text, "late", v.owed.Overdue(t.Now), "when", t.dutyWhen(v.owed))
}

// reportText is a report for reading.
func (t *T) reportText(v reportView) (string, error) {
	var lines []string
	for n, l := range v.lines {
		lines = append(lines, fmt.Sprintf("%d. %s", n+1, t.lineText(l)))
	}
	edits, err := t.editsText(v)
	var texts []string
	for _, x := range v.texts {
		text := x.Text
		if text == "" {
			text = t.Text("report.empty", nil)
		}
		texts = append(texts, strings.TrimRight(x.Title, "?:. ")+": "+clip(text, 400))
	}
	return t.Text("report.body", dataOf("title", t.reportTitle(v.owed), "lines", strings.Join(lines, "\n"), "edits", edits,
		"texts", strings.Join(texts, "\n"), "files", t.filesText(v.files))), err
}

func reportSummaryChoices(t *T) []bot.Choice {
	v := t.Loaded.(reportView)
	if !v.works || !v.open() {
		return []bot.Choice{t.choice("card", "report.see")}
	}
	var cs []bot.Choice
	switch leaders, err := t.leadersOf(v.owed.Unit); {
	case err != nil: // the next turn offers it
	case v.leads:
		cs = append(cs, t.choice("hand", "report.hand"))
	case len(leaders) > 0:
		cs = append(cs, t.choice("offer", "report.offer"))
	default:
		cs = append(cs, t.choice("hand", "report.hand"))
	}
	if len(v.lines) > 0 {
		cs = append(cs, t.choice("figures", "report.edit_figures"))
	}
	return append(cs, t.choice("texts", "report.edit_texts"), t.choice("later", "report.later"))
}

// leadersOf are the leaders of a unit in office now.
func (t *T) leadersOf(unit ocop.UnitKey) ([]storage.Officer, error) {
	all, err := t.reads.OfficersIn(t.Ctx, []ocop.UnitKey{unit}, t.Now)
	if err != nil {
		return nil, fmt.Errorf("conversations: leaders: %w", err)
	}
	return slices.DeleteFunc(all, func(o storage.Officer) bool { return o.Role != storage.Leader }), nil
}

func answerReportSummary(t *T, v string) error {
	view := t.Loaded.(reportView)
	if t.moved(view) {
		return nil
	}
	t.keepDue(view)
	switch v {
	case "offer":
		return t.due("offer")
	case "hand":
		if view.leads {
			who, err := t.Viewer()
			if err != nil {
				return err
			}
			t.Set("at", "approver")
			t.Set("approver", who.Person.Name)
			t.goTo("approver_as")
			return nil
		}
		t.Set("at", "approver")
		t.goTo("approver")
	case "figures":
		t.Set("at", "figures")
		t.goTo("figures")
	case "texts":
		t.toTexts(view)
		t.goTo("text")
	case "later":
		t.close()
		t.Tell("report.waits")
	}
	return nil
}

// keepDue notes by when and to whom the report is owed.
func (t *T) keepDue(v reportView) {
	t.Set("due", date(v.owed.Due))
	t.Set("office", string(v.owed.Office))
}

// answerApprover takes who approved it on paper.
func answerApprover(t *T, v string) error {
	if t.moved(t.Loaded.(reportView)) {
		return nil
	}
	t.Set("approver", v)
	t.goTo("approver_as")
	return nil
}

// asDeputy is said of who stands in for the head of a unit, and signs «KT.».
const asDeputy = "deputy"

// headChoices are what a leader who signs can be.
func headChoices(t *T) []bot.Choice {
	return []bot.Choice{t.choice("head", "report.as_head"), t.choice(asDeputy, "report.as_deputy")}
}

func answerApproverAs(t *T, v string) error {
	if t.moved(t.Loaded.(reportView)) {
		return nil
	}
	t.Set("as", v)
	return t.due("hand")
}
