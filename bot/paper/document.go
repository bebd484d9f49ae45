package paper

// Document is what a letter or a form consists of, whatever file it becomes:
// A4, margins by NĐ 30/2020/NĐ-CP (phụ lục I, I.3), a page number in the
// middle of the top margin from the second page on.
type Document struct {
	Title    string // of the file, as its properties show it
	Author   string
	Sections []Section
}

// Section is a run of pages that lie the same way. Each begins a new page.
type Section struct {
	Across bool // the long side below
	Blocks []Block
}

// Block is a Par or a Table.
type Block interface{ block() }

// Align is how lines lie between the edges.
type Align uint8

// The ways lines lie.
const (
	Left Align = iota
	Centre
	Right
	Justified
)

// Run is a piece of text in one style.
type Run struct {
	Text         string
	Bold, Italic bool
}

// Par is a paragraph.
type Par struct {
	Runs  []Run
	Align Align
	Size  float64 // of the letters, in points; 0: bodySize
	// First and Left are how far the first line and all lines are moved in, in
	// millimetres.
	First, Left   float64
	Before, After float64 // points
	// Rule is a line below the text: its length as a share of the text's; 0
	// for none.
	Rule float64
	// Dots fills the rest of the line with dots to write on, and adds so many
	// dotted lines but one. 0 for none.
	Dots int
	// Keep: stays on one page with what follows.
	Keep bool
}

// Table is a table, or with no lines drawn a way to put things side by side.
type Table struct {
	Widths []float64 // shares of the width, one for each column
	Head   int       // so many rows are printed again on every page
	Rows   [][]Cell
	Ruled  bool // lines are drawn
	Whole  bool // stays on one page
}

// Cell is one cell of a table: paragraphs below each other.
type Cell []Par

func (Par) block()   {}
func (Table) block() {}

// Sizes of an A4 page, in millimetres. The margins lie within what NĐ
// 30/2020/NĐ-CP allows: top and bottom 20–25, left 30–35, right 15–20.
const (
	pageShort, pageLong     = 210.0, 297.0
	marginTop, marginBottom = 20.0, 20.0
	marginLeft, marginRight = 30.0, 15.0
	numberTop               = 10.0 // of the page number
	bodySize                = 14.0 // points
	indent                  = 12.7 // of a paragraph's first line, mm
	cellPad                 = 1.2  // beside the text of a cell, mm
	millimetre              = 72 / 25.4
	lineSpacing             = 1.15 // a line's height by the size of its letters: Times', single
	belowTable              = 8.0  // points
	rulePlace               = 2.0  // how far below the text a rule is, in points
)

// Plain is a paragraph's text in one style.
func Plain(text string) []Run { return []Run{{Text: text}} }

// Bold is the same in bold.
func Bold(text string) []Run { return []Run{{Text: text, Bold: true}} }

// Italic is the same in italics.
func Italic(text string) []Run { return []Run{{Text: text, Italic: true}} }

// Prose is a paragraph of a letter's body.
func Prose(text string) Par {
	return Par{Runs: Plain(text), Align: Justified, First: indent, After: 6}
}

// Heading is a heading within a letter's body.
func Heading(text string) Par {
	return Par{Runs: Bold(text), Align: Justified, First: indent, After: 6, Keep: true}
}

// Figures is a ruled table of short texts: the head in bold and in the
// middle, then rows whose columns lie as align says.
func Figures(widths []float64, align []Align, head []string, rows [][]string) Table {
	const size = 12
	t := Table{Widths: widths, Head: 1, Ruled: true}
	line := make([]Cell, len(head))
	for i, h := range head {
		line[i] = Cell{{Runs: Bold(h), Align: Centre, Size: size}}
	}
	t.Rows = append(t.Rows, line)
	for _, row := range rows {
		line := make([]Cell, len(row))
		for i, v := range row {
			line[i] = Cell{{Runs: Plain(v), Align: align[i], Size: size}}
		}
		t.Rows = append(t.Rows, line)
	}
	return t
}

// size is a paragraph's size of letters, in points.
func (p Par) size() float64 {
	if p.Size > 0 {
		return p.Size
	}
	return bodySize
}

// page is the width and height of a section's pages, in millimetres.
func (s Section) page() (width, height float64) {
	if s.Across {
		return pageLong, pageShort
	}
	return pageShort, pageLong
}

// columns are the widths of a table's columns on a width, in its unit.
func (t Table) columns(width float64) []float64 {
	sum := 0.0
	for _, w := range t.Widths {
		sum += w
	}
	ws := make([]float64, len(t.Widths))
	for i, w := range t.Widths {
		ws[i] = w / sum * width
	}
	return ws
}
