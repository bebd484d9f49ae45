package conversations

import (
	"errors"
	"fmt"
	"slices"
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

// tellUnit tells a unit's officers and leaders of its report.
func (t *T) tellUnit(tx storage.Tx, r storage.Report, kind string) error {
	return t.tellOfficers(tx, r, r.Unit, kind, func(o storage.Officer) bool { return o.Works() || o.Role == storage.Leader })
}

// tellOffice tells the officers the report goes to.
func (t *T) tellOffice(tx storage.Tx, r storage.Report, kind string) error {
	if t.Get("office") == "" {
		return nil
	}
	return t.tellOfficers(tx, r, ocop.UnitKey(t.Get("office")), kind, storage.Officer.Works)
}

// tellOfficers tells those of a unit's officers that which picks, but not who
// is at the phone.
func (t *T) tellOfficers(tx storage.Tx, r storage.Report, unit ocop.UnitKey, kind string, which func(storage.Officer) bool) error {
	officers, err := tx.OfficersIn([]ocop.UnitKey{unit}, t.Now)
	if err != nil {
		return err
	}
	told := []storage.ID{t.S.Person}
	for _, o := range officers {
		if !which(o) || slices.Contains(told, o.Person) {
			continue
		}
		told = append(told, o.Person)
		n := storage.Notice{ID: storage.NewID(t.Now), Person: o.Person, Kind: kind, Subject: r.ID, State: storage.NoticeQueued, At: t.Now}
		if err := tx.Notify(n); err != nil {
			return err
		}
	}
	return nil
}
