package conversations

import (
	"errors"
	"fmt"
	"strconv"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// tellOfReport is news of a report, to those who have to do with it: the kind
// is the text's key.
func (t *T) tellOfReport(n storage.Notice, m bot.Message) (bot.Message, error) {
	r, err := t.reads.Report(t.Ctx, n.Subject)
	if err != nil {
		return m, gone(err)
	}
	who, err := t.inOffice(n.Person)
	if err != nil {
		return m, err
	}
	t.viewer = &who
	v, err := t.reportOf(r.Duty, false)
	if err != nil {
		return m, err
	}
	if !v.mine() || v.owed.Withdrawn || n.Kind == "report_offered" && r.State != ocop.ReportOffered {
		return m, ErrMovedOn // of a withdrawn demand the units are told by its own notice
	}
	data := dataOf("title", t.reportTitle(v.owed), "number", reportNumber(r), "at", t.moment(r.Filed), "late", "", "again", "", "text", "",
		"signed", r.SignNumber, "signer", r.Signer)
	if late := lateDays(r); late > 0 {
		data["late"] = strconv.Itoa(late)
	}
	if !r.Again.IsZero() {
		data["again"] = t.dayName(r.Again)
	}
	if data["text"], err = t.lastReason(r); err != nil {
		return m, err
	}
	t.say(&m, "notice."+n.Kind, data)
	if t.Caps.Paged {
		return m, nil
	}
	m.Choices = []bot.Choice{t.choice("report/"+idText(r.ID), "notice.choice_report")}
	return m, nil
}

// takeReportNotice opens the report a notice's button names.
func (t *T) takeReportNotice(id string) error {
	report, err := textID(id)
	if err != nil {
		t.Tell("engine.old_button")
		return nil
	}
	r, err := t.reads.Report(t.Ctx, report)
	if errors.Is(err, storage.ErrNotFound) {
		t.Tell("engine.old_button")
		return nil
	}
	if err != nil {
		return fmt.Errorf("conversations: report: %w", err)
	}
	return t.openReport(r.Duty)
}
