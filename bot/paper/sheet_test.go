package paper_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ocopbot/bot/ocop"
	"ocopbot/bot/paper"
)

func TestWorkbook(t *testing.T) {
	day := ocop.Date(2026, time.June, 24)
	file, err := paper.Workbook("Danh sách", "UBND huyện", day,
		paper.Sheet{
			Name: "Đăng ký: hội chợ / tập huấn [năm 2026]", Title: "DANH SÁCH", Notes: []string{"Lập ngày 24/6/2026"},
			Columns: []paper.Column{{Head: "STT", Kind: paper.Number, Width: 6}, {Head: "Họ và tên"}, {Head: "Ngày", Kind: paper.Day},
				{Head: "Lúc", Kind: paper.Moment}, {Head: "Điểm", Kind: paper.Decimal}, {Head: "Ghi chú"}},
			Rows: [][]any{
				{1, "Hoàng Thị Mai", day, day.Add(8*time.Hour + 30*time.Minute), 87.5, "=1+1"},
				{2, "Lý Văn Páo", time.Time{}, nil, 3.0, strings.Repeat("cần hỗ trợ ", 30)},
			},
			Last: []any{nil, "Cộng", nil, nil, 90.5},
		},
		paper.Sheet{Name: "Trống", Columns: []paper.Column{{Head: "Không có gì"}}},
		paper.Sheet{Name: "trống", Columns: []paper.Column{{Head: "Không có gì"}}},
	)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if got := fmt.Sprint(f.GetSheetList()); got != "[Đăng ký- hội chợ - tập huấn [nă Trống trống 3]" && got != "[Đăng ký- hội chợ - tập huấn -nă Trống trống 3]" {
		t.Errorf("tabs %s", got)
	}
	name := f.GetSheetName(0)
	for cell, want := range map[string]string{
		"A1": "DANH SÁCH", "A2": "Lập ngày 24/6/2026", "B4": "Họ và tên", "A5": "1", "B5": "Hoàng Thị Mai",
		"C5": "24/06/2026", "D5": "24/06/2026 08:30", "E5": "87.50", "F5": "=1+1", "C6": "", "E7": "90.50",
	} {
		if got, err := f.GetCellValue(name, cell); err != nil || got != want {
			t.Errorf("%s: %q, want %q (%v)", cell, got, want, err)
		}
	}
	if formula, err := f.GetCellFormula(name, "F5"); err != nil || formula != "" {
		t.Errorf("what somebody typed became the formula %q (%v)", formula, err)
	}
	for cell, want := range map[string]excelize.CellType{"A5": excelize.CellTypeUnset, "C5": excelize.CellTypeUnset, "B5": excelize.CellTypeInlineString} {
		if got, err := f.GetCellType(name, cell); err != nil || got != want { // a number has no type of its own
			t.Errorf("%s is of type %d, want %d (%v)", cell, got, want, err)
		}
	}
	if p, err := f.GetPanes(name); err != nil || !p.Freeze || p.YSplit != 4 {
		t.Errorf("the head does not stay in sight: %+v (%v)", p, err)
	}
	if w, err := f.GetColWidth(name, "F"); err != nil || w != 48 {
		t.Errorf("the widest column has %g letters (%v)", w, err)
	}
	if h, err := f.GetRowHeight(name, 6); err != nil || h < 5*16 {
		t.Errorf("a long text has %g points of height (%v)", h, err)
	}
	layout, err := f.GetPageLayout(name)
	if err != nil || *layout.Size != 9 || *layout.Orientation != "landscape" || *layout.FitToWidth != 1 || *layout.FitToHeight != 0 {
		t.Errorf("page %+v (%v)", layout, err)
	}
	if book := part(t, file, "xl/workbook.xml"); !strings.Contains(book, "_xlnm.Print_Titles") || !strings.Contains(book, "$4:$4") {
		t.Errorf("the head is not printed on every page: %s", book)
	}
}

func TestWorkbookOfManyUnits(t *testing.T) {
	var rows [][]any
	for i := range 700 {
		rows = append(rows, []any{i + 1, "xã Hữu Liên", i})
	}
	file, err := paper.Workbook("", "", time.Now(), paper.Sheet{Name: "Đơn vị", Columns: []paper.Column{{Head: "STT", Kind: paper.Number}, {Head: "Đơn vị"}, {Head: "Số", Kind: paper.Number}}, Rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	all, err := f.GetRows("Đơn vị")
	if err != nil || len(all) != 701 || all[700][2] != "699" {
		t.Errorf("%d rows (%v)", len(all), err)
	}
}
