package conversations

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/paper"
	"ocopbot/locales"
	"ocopbot/storage"
)

// Bounds of what goes with a report. Each file is a row of the database.
const (
	mostReportFiles = 15
	LargestDocument = 10 << 20 // bytes
)

// DocumentKinds are the documents that can go with a report, by their MIME
// type, with the name of what such a file holds inside; empty: it is no archive.
var DocumentKinds = map[string]string{paper.PDF: "", paper.DOCX: "word/document.xml", paper.XLSX: "xl/workbook.xml"}

var documentEndings = map[string]string{".pdf": paper.PDF, ".docx": paper.DOCX, ".xlsx": paper.XLSX}

// documentKind is the MIME type of a document by its name, or else by what its
// provider says of it; false: none that is taken.
func documentKind(f bot.File) (string, bool) {
	if mime, ok := documentEndings[strings.ToLower(path.Ext(f.Name))]; ok {
		return mime, true
	}
	_, ok := DocumentKinds[f.MIME]
	return f.MIME, ok && path.Ext(f.Name) == ""
}

// takeReportPhoto keeps a picture with the report, as a scan where that is
// asked for.
func takeReportPhoto(t *T, i int, f bot.File) error { return t.takeReportFile(i, bot.File{ID: f.ID}) }

// takeReportDocument keeps a document.
func takeReportDocument(t *T, i int, f bot.File) error {
	mime, ok := documentKind(f)
	switch {
	case !ok:
		t.resume(i)
		t.S.Quiet = false
		t.Tell("report.file_kind")
		return nil
	case f.Size > LargestDocument:
		t.resume(i)
		t.S.Quiet = false
		t.Tell("report.file_large", "most", strconv.Itoa(LargestDocument>>20))
		return nil
	}
	f.MIME = mime
	return t.takeReportFile(i, f)
}

// takeReportFile has a file kept, where the report still takes one.
func (t *T) takeReportFile(i int, f bot.File) error {
	t.resume(i)
	v, err := t.reportOf(t.frameDuty(), false)
	switch {
	case err != nil:
		return err
	case !v.works:
		t.close()
		t.Tell("report.not_yours")
		return nil
	case len(v.files) >= mostReportFiles:
		t.Tell("report.file_enough", "most", strconv.Itoa(mostReportFiles))
		return nil
	}
	t.Set("file", f.ID)
	t.Set("file_name", clip(f.Name, 80))
	t.Set("file_mime", f.MIME)
	return t.due("file")
}

func (t *T) commitFile(tx storage.Tx, r storage.Report) (Outcome, error) {
	r, err := t.drafted(tx, r)
	if err != nil {
		return Outcome{}, err
	}
	f := storage.File{ID: storage.NewID(t.Now), Report: r.ID, Name: t.Get("file_name"), Person: t.S.Person, Channel: t.In.From.Channel(), Provider: t.Get("file"),
		State: storage.FileWanted, MIME: t.Get("file_mime"), At: t.Now}
	if f.MIME != "" && f.Name == "" {
		f.Name = "tep" + endingOf(f.MIME)
	}
	if t.F().Step == "scan" {
		f.Purpose = storage.FileScan
	}
	o := Outcome{Next: t.F().Step, Set: map[string]string{"file": "", "file_name": "", "file_mime": ""}, Notes: []Note{note("report.file_kept", "name", f.Name)}}
	if _, err := t.happened(tx, r, ocop.ReportAttached, t.officeIn(r.Duty), -1, map[string]string{"purpose": f.Purpose}, nil); err != nil {
		return o, err
	}
	return o, tx.AddFile(f)
}

func endingOf(mime string) string {
	for ending, m := range documentEndings {
		if m == mime {
			return ending
		}
	}
	return ""
}

// filesText names what goes with a report: «2 ảnh, ke-hoach.pdf».
func (t *T) filesText(files []storage.File) string {
	var names []string
	photos := 0
	for _, f := range files {
		switch {
		case f.State == storage.FileRefused:
			names = append(names, t.Text("report.file_refused", dataOf("name", f.Name)))
		case f.Name == "":
			photos++
		default:
			names = append(names, f.Name)
		}
	}
	if photos > 0 {
		names = append([]string{t.Text("report.photos", dataOf("count", photos))}, names...)
	}
	return strings.Join(names, ", ")
}

func askAttach(t *T) (string, locales.Data) {
	return "report.attach", dataOf("files", t.filesText(t.Loaded.(reportView).files))
}

// tellReportFiles promises what goes with a report; each is read when the
// answer is rendered.
func (t *T) tellReportFiles(v reportView) {
	for _, f := range v.files {
		t.Tell("report.file", "file", idText(f.ID))
	}
}

// reportFile is one file of a report, for who may see the report.
func (t *T) reportFile(n Note) (string, *bot.Attachment, error) {
	id, err := textID(n.Args["file"])
	if err != nil {
		return "", nil, err
	}
	f, err := t.reads.File(t.Ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return t.Text("report.not_yours", nil), nil, nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("conversations: file: %w", err)
	}
	r, err := t.reads.Report(t.Ctx, f.Report)
	if err != nil {
		return "", nil, fmt.Errorf("conversations: report: %w", err)
	}
	v, err := t.reportOf(r.Duty, false)
	if err != nil {
		return "", nil, err
	}
	key := "report.file"
	if f.Purpose == storage.FileScan {
		key = "report.file_scan"
	}
	switch {
	case !v.mine():
		return t.Text("report.not_yours", nil), nil, nil
	case f.State == storage.FileWanted:
		return t.Text("report.file_coming", dataOf("name", f.Name)), nil, nil
	case f.State != storage.FileStored:
		return t.Text("report.file_refused", dataOf("name", f.Name)), nil, nil
	case f.Name == "":
		return t.Text(key, nil), &bot.Attachment{Name: "anh-" + idText(f.ID) + ".jpg", MIME: f.MIME, Data: f.Data}, nil
	}
	return t.Text(key, nil), &bot.Attachment{Name: f.Name, MIME: f.MIME, Data: f.Data}, nil
}
