package paper

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Kind is what a column of a sheet holds.
type Kind uint8

// The kinds of columns. Numbers and days are real ones, which add up and sort.
const (
	Words   Kind = iota // string
	Number              // int or int64; shown in groups of three digits
	Decimal             // float64, shown with two places
	Day                 // time.Time, shown 05/06/2026; the zero time is empty
	Moment              // time.Time, shown 05/06/2026 08:30
)

// Column is one column of a Sheet.
type Column struct {
	Head  string
	Kind  Kind
	Width float64 // in letters; 0: as wide as what stands in it, within bounds
}

// Sheet is one list. Rows hold a value for each column, nil for an empty
// cell. Last, if there is one, closes the list in bold: the sum.
type Sheet struct {
	Name    string   // on the tab; at most 31 letters are kept
	Title   string   // above the list
	Notes   []string // below the title: of when it is, where from
	Columns []Column
	Rows    [][]any
	Last    []any
}

// The bounds of a column that is as wide as what stands in it, in letters.
const (
	narrowest = 8.0
	widest    = 48.0
	// upright is how wide a list may be to be printed upright.
	upright = 95.0
	// lineHeight is that of the letters of a list, in points.
	lineHeight = 16.0
)

// Workbook makes a file of lists, to sort, to filter and to print: the head
// stays in sight, and is printed on every page.
func Workbook(title, author string, at time.Time, sheets ...Sheet) (file []byte, err error) {
	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); err == nil && e != nil {
			err = fmt.Errorf("paper: workbook: %w", e)
		}
	}()
	moment := at.UTC().Format(time.RFC3339)
	if err := f.SetDocProps(&excelize.DocProperties{Title: title, Creator: author, LastModifiedBy: author, Created: moment, Modified: moment, Language: "vi-VN"}); err != nil {
		return nil, fmt.Errorf("paper: workbook: %w", err)
	}
	styles, err := newStyles(f)
	if err != nil {
		return nil, fmt.Errorf("paper: workbook: %w", err)
	}
	names := map[string]bool{}
	for i, s := range sheets {
		s.Name = tabName(s.Name, i, names)
		if i == 0 {
			err = f.SetSheetName("Sheet1", s.Name)
		} else {
			_, err = f.NewSheet(s.Name)
		}
		if err == nil {
			err = writeSheet(f, s, styles)
		}
		if err != nil {
			return nil, fmt.Errorf("paper: sheet %d: %w", i+1, err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return nil, fmt.Errorf("paper: workbook: %w", err)
	}
	return b.Bytes(), nil
}

// tabName makes a name that spreadsheets take: short, without their signs,
// and unlike the others.
func tabName(name string, i int, taken map[string]bool) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return '-'
		}
		return r
	}, name), " -")
	number := strconv.Itoa(i + 1)
	if r := []rune(name); len(r) > excelize.MaxSheetNameLength {
		name = string(r[:excelize.MaxSheetNameLength])
	}
	if low := strings.ToLower(name); name == "" || taken[low] {
		r := []rune(name)
		name = string(r[:min(len(r), excelize.MaxSheetNameLength-len(number)-1)]) + " " + number
	}
	taken[strings.ToLower(name)] = true
	return name
}

// styles are the ids of the formats of cells, by the kind of their column.
type styles struct {
	title, note, head int
	cell, last        map[Kind]int
}

func newStyles(f *excelize.File) (s styles, err error) {
	const typeface = "Times New Roman"
	format := map[Kind]string{Number: `#,##0`, Decimal: `#,##0.00`, Day: `dd/mm/yyyy`, Moment: `dd/mm/yyyy hh:mm`}
	style := func(st excelize.Style) int {
		id, e := f.NewStyle(&st)
		if err == nil {
			err = e
		}
		return id
	}
	thin := []excelize.Border{{Type: "left", Color: "808080", Style: 1}, {Type: "right", Color: "808080", Style: 1},
		{Type: "top", Color: "808080", Style: 1}, {Type: "bottom", Color: "808080", Style: 1}}
	s.title = style(excelize.Style{Font: &excelize.Font{Family: typeface, Size: 14, Bold: true}, Alignment: &excelize.Alignment{Vertical: "center"}})
	s.note = style(excelize.Style{Font: &excelize.Font{Family: typeface, Size: 11, Italic: true}})
	s.head = style(excelize.Style{Font: &excelize.Font{Family: typeface, Size: 12, Bold: true}, Border: thin,
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E2EFDA"}},
		Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}})
	s.cell, s.last = map[Kind]int{}, map[Kind]int{}
	for _, k := range []Kind{Words, Number, Decimal, Day, Moment} {
		st := excelize.Style{Font: &excelize.Font{Family: typeface, Size: 12}, Border: thin, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}
		if k != Words {
			st.Alignment.WrapText = false
		}
		if how := format[k]; how != "" {
			st.CustomNumFmt = &how
		}
		s.cell[k] = style(st)
		bold := st
		bold.Font = &excelize.Font{Family: typeface, Size: 12, Bold: true}
		s.last[k] = style(bold)
	}
	return s, err
}

// writeSheet streams a list row by row: the settings of the page come first,
// because they stand before the rows in the file.
func writeSheet(f *excelize.File, s Sheet, st styles) error {
	headRow := 1
	if s.Title != "" {
		headRow += 1 + len(s.Notes) + 1
	}
	columns := len(s.Columns)
	bottom := headRow + len(s.Rows)
	corner := func(column, row int) string {
		name, _ := excelize.CoordinatesToCellName(column, row) // both are ours, and in bounds
		return name
	}
	widths, all := make([]float64, columns), 0.0
	for i := range s.Columns {
		widths[i] = width(s, i)
		all += widths[i]
	}
	if err := f.AutoFilter(s.Name, corner(1, headRow)+":"+corner(columns, max(bottom, headRow+1)), nil); err != nil {
		return err
	}
	if err := setPage(f, s.Name, all > upright, headRow); err != nil {
		return err
	}
	w, err := f.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	for i, width := range widths {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: headRow, TopLeftCell: corner(1, headRow+1), ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if s.Title != "" {
		if err := w.SetRow("A1", []any{excelize.Cell{StyleID: st.title, Value: s.Title}}, excelize.RowOpts{Height: 24}); err != nil {
			return err
		}
		for i, n := range s.Notes {
			if err := w.SetRow(corner(1, 2+i), []any{excelize.Cell{StyleID: st.note, Value: n}}); err != nil {
				return err
			}
		}
	}
	head := make([]any, columns)
	lines := 1
	for i, c := range s.Columns {
		head[i] = excelize.Cell{StyleID: st.head, Value: c.Head}
		lines = max(lines, wrapped(c.Head, widths[i]-2)) // the filter's arrow takes its place
	}
	if err := w.SetRow(corner(1, headRow), head, excelize.RowOpts{Height: float64(lines)*lineHeight + 4}); err != nil {
		return err
	}
	for i, row := range s.Rows {
		if err := w.SetRow(corner(1, headRow+1+i), cells(s.Columns, row, st.cell), tall(row, widths)); err != nil {
			return err
		}
	}
	if s.Last != nil {
		if err := w.SetRow(corner(1, bottom+1), cells(s.Columns, s.Last, st.last), tall(s.Last, widths)); err != nil {
			return err
		}
	}
	return w.Flush()
}

func setPage(f *excelize.File, sheet string, across bool, headRow int) error {
	orientation := "portrait"
	if across {
		orientation = "landscape"
	}
	a4, one, asMany, fit := 9, 1, 0, true
	if err := f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &orientation, FitToWidth: &one, FitToHeight: &asMany}); err != nil {
		return err
	}
	// In inches, by NĐ 30/2020/NĐ-CP: 20, 20, 30 and 15 mm.
	top, bottom, left, right, edge := 0.79, 0.79, 1.18, 0.6, 0.4
	if err := f.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{Top: &top, Bottom: &bottom, Left: &left, Right: &right, Header: &edge, Footer: &edge}); err != nil {
		return err
	}
	if err := f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{DifferentFirst: true, OddHeader: "&C&P"}); err != nil {
		return err
	}
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: sheet,
		RefersTo: fmt.Sprintf("'%s'!$%d:$%d", sheet, headRow, headRow)})
}

// cells are a row's values with their formats.
func cells(columns []Column, row []any, format map[Kind]int) []any {
	out := make([]any, len(columns))
	for i, c := range columns {
		var v any
		if i < len(row) {
			v = row[i]
		}
		if t, ok := v.(time.Time); ok {
			if v = any(wall(t)); t.IsZero() {
				v = nil
			}
		}
		out[i] = excelize.Cell{StyleID: format[c.Kind], Value: v}
	}
	return out
}

// width is how wide a column is, in letters.
func width(s Sheet, i int) float64 {
	c := s.Columns[i]
	switch {
	case c.Width > 0:
		return c.Width
	case c.Kind == Day:
		return 12
	case c.Kind == Moment:
		return 17
	}
	w := narrowest
	for _, word := range strings.Fields(c.Head) { // a head may break, its words may not
		w = max(w, float64(utf8.RuneCountInString(word))*1.2+3)
	}
	for _, row := range append(s.Rows[:len(s.Rows):len(s.Rows)], s.Last) {
		if i >= len(row) || row[i] == nil {
			continue
		}
		text, ok := row[i].(string)
		if !ok {
			text = fmt.Sprint(row[i]) + "......" // as it is shown: with signs between the digits
		}
		w = max(w, float64(utf8.RuneCountInString(text))*1.1+2)
	}
	return min(w, widest)
}

// tall is the height of a row in which the longest text has room: programs
// that read the file do not work it out.
func tall(row []any, widths []float64) excelize.RowOpts {
	lines := 1
	for i, v := range row[:min(len(row), len(widths))] {
		if text, ok := v.(string); ok {
			n := 0
			for _, line := range strings.Split(text, "\n") {
				n += wrapped(line, widths[i])
			}
			lines = max(lines, n)
		}
	}
	return excelize.RowOpts{Height: min(float64(lines)*lineHeight, excelize.MaxRowHeight)}
}

// wrapped is about how many lines a text takes in a column of a width.
func wrapped(text string, width float64) int {
	lines, at := 1, 0.0
	for _, word := range strings.Fields(text) {
		n := float64(utf8.RuneCountInString(word)) * 1.15
		if at > 0 && at+1+n > width {
			lines, at = lines+1, 0
		}
		at += n + 1
	}
	return lines
}
