package conversations

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// commitReport writes what an officer did with their unit's report.
func commitReport(t *T, tx storage.Tx) (Outcome, error) {
	r, err := t.latest(tx)
	if err != nil {
		return Outcome{}, err
	}
	var o Outcome
	switch act := t.Get("act"); act {
	case "figure":
		o, err = t.commitFigure(tx, r)
	case "text":
		o, err = t.commitText(tx, r)
	case "file":
		o, err = t.commitFile(tx, r)
	case "offer":
		o, err = t.commitOffer(tx, r)
	case "hand":
		o, err = t.commitHand(tx, r)
	case "recall":
		o, err = t.commitRecall(tx, r)
	case "edition":
		o, err = t.commitEdition(tx, r)
	case "sign":
		o, err = t.commitSign(tx, r)
	default:
		return Outcome{}, fmt.Errorf("conversations: a report is not %q", act)
	}
	if errors.Is(err, storage.ErrConflict) { // somebody was quicker: it is shown as it is now
		o, err = Outcome{Next: t.F().Step, Notes: []Note{note("report.changed")}}, nil
	}
	if o.Set == nil {
		o.Set = map[string]string{}
	}
	o.Set["act"] = ""
	return o, err
}

// latest is the edition of the frame's duty that is at hand; none has ID 0.
func (t *T) latest(tx storage.Tx) (storage.Report, error) {
	r, err := tx.LatestReport(t.frameDuty())
	if errors.Is(err, storage.ErrNotFound) {
		return storage.Report{}, nil
	}
	return r, err
}

// drafted is the draft that is at hand, opened if there is none.
func (t *T) drafted(tx storage.Tx, r storage.Report) (storage.Report, error) {
	if r.ID != 0 {
		return r, nil
	}
	r, err := t.newEdition(tx, storage.Report{Duty: t.frameDuty()}, 1)
	if errors.Is(err, storage.ErrConflict) { // a colleague opened it
		return tx.LatestReport(t.frameDuty())
	}
	return r, err
}

// newEdition opens an edition after another.
func (t *T) newEdition(tx storage.Tx, before storage.Report, edition int) (storage.Report, error) {
	r := storage.Report{ID: storage.NewID(t.Now), Duty: before.Duty, Edition: edition, Number: before.Number, Opened: t.Now}
	if d, ok := t.dueOf(r.Duty); ok {
		form, _ := t.prog.ReportForm(d)
		span := t.prog.Span(d)
		r.Form, r.From, r.To = form.ID, span.From, span.To
	}
	if err := tx.AddReport(r, t.S.Person, t.officeIn(r.Duty)); err != nil {
		return r, err
	}
	return tx.Report(r.ID)
}

// officeIn is the role in which the officers of a duty's unit act.
func (t *T) officeIn(d storage.Duty) string {
	u, _ := t.prog.Unit(d.Unit)
	return [...]string{storage.ProvinceOfficer, storage.DistrictOfficer, storage.CommuneOfficer}[u.Kind.Rank()]
}

// happened records an event of the report by who is at the phone.
func (t *T) happened(tx storage.Tx, r storage.Report, kind ocop.ReportEventKind, role string, version int, body map[string]string, change func(*storage.Report)) (storage.Report, error) {
	e := storage.ReportEvent{ID: storage.NewID(t.Now), Report: r.ID, At: t.Now, Kind: kind, Actor: t.S.Person, Role: role, Body: body}
	return tx.ReportHappens(e, version, change)
}

// edit records an edit on what was at hand when fits looked at it. fits gives
// an outcome where the edit is not to be made; it may be asked more than once.
func (t *T) edit(tx storage.Tx, r storage.Report, body map[string]string, fits func(storage.Report) (*Outcome, error)) (storage.Report, *Outcome, error) {
	r, err := t.drafted(tx, r)
	const tries = 3
	for range tries {
		if err != nil {
			return r, nil, err
		}
		if o, err := fits(r); err != nil || o != nil {
			return r, o, err
		}
		var now storage.Report
		now, err = t.happened(tx, r, ocop.ReportEdited, t.officeIn(r.Duty), r.Version, body, nil)
		if err == nil {
			return now, nil, nil
		}
		if !errors.Is(err, storage.ErrConflict) || errors.Is(err, ocop.ErrStage) {
			return r, nil, err
		}
		r, err = tx.Report(r.ID) // a colleague wrote something else
	}
	return r, nil, storage.ErrConflict
}

func (t *T) commitFigure(tx storage.Tx, r storage.Report) (Outcome, error) {
	id := t.Get("figure")
	seen, _ := strconv.Atoi(t.Get("seen"))                 // our own number
	value, _ := strconv.ParseInt(t.Get("value"), 10, 64)   // parsed when it was typed
	prefilled, _ := strconv.ParseInt(t.Get("pre"), 10, 64) // our own number
	form, _ := t.figureOf(t.frameDuty(), id)
	next := Outcome{Next: "figures", Set: map[string]string{"figure": "", "value": "", "reason": "", "seen": ""}}
	body := map[string]string{"row": id, "was": t.Get("was"), "now": t.Get("value"), "reason": t.Get("reason")}
	r, other, err := t.edit(tx, r, body, func(r storage.Report) (*Outcome, error) {
		figures, err := tx.ReportFigures(r.ID)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(figures, func(f storage.ReportFigure) bool { return f.Figure == id && f.Version > 0 && f.Version != seen })
		if i < 0 {
			return nil, nil
		}
		who, err := tx.Person(figures[i].By)
		next.Notes = []Note{note("report.figure_conflict", "who", who.Name, "title", form.Name(t.S.Lang), "value", t.valued(form, figures[i].Value), "mine", t.amount(value))}
		return &next, err
	})
	if err != nil || other != nil {
		return next, err
	}
	next.Notes = []Note{note("report.figure_kept", "title", form.Name(t.S.Lang), "value", t.amount(value), "counts", form.Unit.In(t.S.Lang))}
	return next, tx.PutReportFigure(storage.ReportFigure{Report: r.ID, Figure: id, Prefilled: prefilled, Value: value, Reason: t.Get("reason"),
		Version: seen + 1, By: t.S.Person, At: t.Now})
}

// figureOf is a figure of the form a duty has.
func (t *T) figureOf(duty storage.Duty, id string) (ocop.Figure, bool) {
	d, ok := t.dueOf(duty)
	if !ok {
		return ocop.Figure{}, false
	}
	form, _ := t.prog.ReportForm(d)
	return form.Figure(id)
}

func (t *T) commitText(tx storage.Tx, r storage.Report) (Outcome, error) {
	item, text := t.Get("item"), t.Get("text")
	seen, _ := strconv.Atoi(t.Get("seen")) // our own number
	r, other, err := t.edit(tx, r, map[string]string{"row": item}, func(r storage.Report) (*Outcome, error) {
		texts, err := tx.ReportTexts(r.ID)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(texts, func(x storage.ReportText) bool { return x.Item == item && x.Version != seen })
		if i < 0 {
			return nil, nil
		}
		who, err := tx.Person(texts[i].By)
		return &Outcome{Next: "text", Set: map[string]string{"text": "", "mine": text}, Notes: []Note{note("report.text_conflict", "who", who.Name)}}, err
	})
	if err != nil {
		return Outcome{}, err
	}
	if other != nil {
		return *other, nil
	}
	o := Outcome{Next: "text", Set: map[string]string{"text": "", "mine": ""}, Notes: []Note{note("report.text_kept")}}
	if next := t.itemAfter(item); next != "" {
		o.Set["item"] = next
	} else {
		o.Next = "attach"
	}
	return o, tx.PutReportText(storage.ReportText{Report: r.ID, Item: item, Text: text, Version: seen + 1, By: t.S.Person, At: t.Now})
}

// itemAfter is the text that is asked after one; empty: it was the last.
func (t *T) itemAfter(item string) string {
	ids := strings.Fields(t.Get("items"))
	if i := slices.Index(ids, item); i >= 0 && i+1 < len(ids) {
		return ids[i+1]
	}
	return ""
}

// freeze writes down all figures as the summary showed them: those that nobody
// wrote are the program's.
func (t *T) freeze(tx storage.Tx, r storage.Report) error {
	d, ok := t.dueOf(r.Duty)
	if !ok {
		return nil
	}
	form, _ := t.prog.ReportForm(d)
	shown, err := unpacked(t.Get("pre"))
	if err != nil {
		return err
	}
	rows, err := tx.ReportFigures(r.ID)
	if err != nil {
		return err
	}
	for _, f := range form.Figures {
		if slices.ContainsFunc(rows, func(row storage.ReportFigure) bool { return row.Figure == f.ID && row.Version > 0 }) {
			continue
		}
		n := known(shown, f.ID)
		if err := tx.PutReportFigure(storage.ReportFigure{Report: r.ID, Figure: f.ID, Prefilled: n, Value: n, At: t.Now}); err != nil {
			return err
		}
	}
	return nil
}

// seen is the version that was shown.
func (t *T) seen() int {
	n, _ := strconv.Atoi(t.Get("seen")) // our own number
	return n
}

// summed is the draft a summary showed, and its version.
func (t *T) summed(tx storage.Tx, r storage.Report) (storage.Report, int, error) {
	if version := t.seen(); r.ID != 0 || version != 0 {
		return r, version, nil
	}
	r, err := t.drafted(tx, r) // nobody wrote anything: the figures are right as they are
	return r, 1, err
}

// commitOffer shows the draft to the unit's leaders, as it was seen.
func (t *T) commitOffer(tx storage.Tx, r storage.Report) (Outcome, error) {
	r, version, err := t.summed(tx, r)
	if err != nil {
		return Outcome{}, err
	}
	if r, err = t.happened(tx, r, ocop.ReportOffer, t.officeIn(r.Duty), version, nil, nil); err != nil {
		return Outcome{}, err
	}
	if err := t.freeze(tx, r); err != nil {
		return Outcome{}, err
	}
	err = t.tellOfficers(tx, r, r.Unit, "report_offered", func(o storage.Officer) bool { return o.Role == storage.Leader })
	return Outcome{Notes: []Note{note("report.offered")}}, err
}

// commitHand hands in a draft that was approved on paper, or by its officer
// who is the leader.
func (t *T) commitHand(tx storage.Tx, r storage.Report) (Outcome, error) {
	r, version, err := t.summed(tx, r)
	if err != nil {
		return Outcome{}, err
	}
	return t.handIn(tx, r, version, t.officeIn(r.Duty), t.freeze)
}

// handIn approves and files a report: the figures are in the receiver's hands.
// Who approved it, and as what, are the frame's.
// freeze completes its figures where that was not done before. The number comes
// last, for its series is locked from then on.
func (t *T) handIn(tx storage.Tx, r storage.Report, version int, role string, freeze func(storage.Tx, storage.Report) error) (Outcome, error) {
	approver := t.Get("approver")
	r, err := t.happened(tx, r, ocop.ReportApproval, role, version, map[string]string{"name": approver, "as": t.Get("as")},
		func(r *storage.Report) { r.ApprovedBy, r.Deputy = approver, t.Get("as") == asDeputy })
	if err != nil {
		return Outcome{}, err
	}
	if err := freeze(tx, r); err != nil {
		return Outcome{}, err
	}
	if err := errors.Join(t.tellUnit(tx, r, "report_filed"), t.tellOffice(tx, r, "report_filed")); err != nil {
		return Outcome{}, err
	}
	r, err = t.happened(tx, r, ocop.ReportFiling, role, -1, nil, func(r *storage.Report) {
		r.Filed, r.Due, r.Again = t.Now, dayIn(t.Get("due")).AddDate(0, 0, 1), time.Time{}
		t.countFiled(r, ocop.ReportFiled)
		if r.Number.Seq == 0 {
			r.Number = ocop.FormNumber{Prefix: ocop.ReportPrefix, Year: t.Now.In(ocop.Local).Year()}
		}
	})
	if err != nil {
		return Outcome{}, err
	}
	late := ""
	if n := lateDays(r); n > 0 {
		late = strconv.Itoa(n)
	}
	o := Outcome{Notes: []Note{note("report.handed_in", "number", reportNumber(r), "at", t.moment(r.Filed), "late", late)}}
	if t.Caps.Files { // to be signed at once
		o.Notes = append(o.Notes, printedNotes(r.Duty)...)
	}
	return o, nil
}

// countFiled notes since when a report counts as filed, by its form's rule.
func (t *T) countFiled(r *storage.Report, state ocop.ReportState) {
	var form ocop.ReportForm
	if d, ok := t.dueOf(r.Duty); ok {
		form, _ = t.prog.ReportForm(d)
	}
	if r.Counted.IsZero() && form.Filed(state) {
		r.Counted = t.Now
	}
}

// commitRecall takes back what no leader has answered yet.
func (t *T) commitRecall(tx storage.Tx, r storage.Report) (Outcome, error) {
	_, err := t.happened(tx, r, ocop.ReportRecalled, t.officeIn(r.Duty), t.seen(), nil, nil)
	return Outcome{Next: "card", Notes: []Note{note("report.recalled")}}, err
}

// commitEdition opens the next edition, with everything that was written by
// hand; the rest follows the records again.
func (t *T) commitEdition(tx storage.Tx, r storage.Report) (Outcome, error) {
	if r.Version != t.seen() || !r.State.HandedIn() {
		return Outcome{}, storage.ErrConflict
	}
	next, err := t.newEdition(tx, r, r.Edition+1)
	if err != nil {
		return Outcome{}, err
	}
	figures, err := tx.ReportFigures(r.ID)
	if err != nil {
		return Outcome{}, err
	}
	for _, f := range figures {
		if f.Version == 0 {
			continue
		}
		f.Report, f.Version = next.ID, 1
		if err := tx.PutReportFigure(f); err != nil {
			return Outcome{}, err
		}
	}
	texts, err := tx.ReportTexts(r.ID)
	if err != nil {
		return Outcome{}, err
	}
	for _, x := range texts {
		x.Report, x.Version = next.ID, 1
		if err := tx.PutReportText(x); err != nil {
			return Outcome{}, err
		}
	}
	o := Outcome{Next: "figures", Set: map[string]string{"at": "figures"}, Notes: []Note{note("report.edition_opened", "number", reportNumber(r))}}
	if next.Form == "" {
		o.Next, o.Set = "text", map[string]string{"at": "texts", "item": "q1"}
	}
	return o, nil
}

// commitSign notes the signed copy.
func (t *T) commitSign(tx storage.Tx, r storage.Report) (Outcome, error) {
	again := r.State != ocop.ReportFiled
	r, err := t.happened(tx, r, ocop.ReportSigning, t.officeIn(r.Duty), -1,
		map[string]string{"number": t.Get("sign_number"), "date": t.Get("sign_date"), "name": t.Get("signer"), "as": t.Get("signer_as")},
		func(r *storage.Report) {
			r.SignNumber, r.SignDate, r.Signer, r.Deputy = t.Get("sign_number"), dayIn(t.Get("sign_date")), t.Get("signer"), t.Get("signer_as") == asDeputy
			t.countFiled(r, ocop.ReportSigned)
		})
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{Next: "card", Set: map[string]string{"at": "card", "sign_number": "", "sign_date": "", "signer": "", "signer_as": ""},
		Notes: []Note{note("report.signed", "number", r.SignNumber)}}
	if again {
		return o, nil
	}
	return o, t.tellOffice(tx, r, "report_signed")
}
