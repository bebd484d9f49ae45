package paper

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// PDF makes the document as PDF, with the letters it needs embedded. at is
// when it is made, as the file's properties say; the same document made at
// the same time is the same file.
func (d Document) PDF(at time.Time) ([]byte, error) {
	faces, err := measure()
	if err != nil {
		return nil, err
	}
	f := fpdf.New("P", "pt", "A4", "")
	f.SetMargins(0, 0, 0)
	f.SetCellMargin(0)
	f.SetAutoPageBreak(false, 0)
	f.SetTitle(d.Title, true)
	f.SetAuthor(d.Author, true)
	f.SetCreator("ocopbot", true)
	f.SetCreationDate(at.UTC())
	f.SetModificationDate(at.UTC())
	f.SetCatalogSort(true)
	f.SetLang("vi-VN")
	f.SetLineWidth(0.5)
	w := &pdfWriter{f: f, faces: faces}
	for _, s := range d.Sections {
		w.section = s
		w.turn()
		for i := range s.Blocks {
			w.block(s.Blocks[i:])
		}
	}
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		return nil, fmt.Errorf("paper: pdf: %w", err)
	}
	return b.Bytes(), nil
}

// pdfWriter writes strips down the page; all its measures are points.
type pdfWriter struct {
	f       *fpdf.Fpdf
	faces   map[*typeface]measured
	section Section
	y       float64 // where the next strip begins
	fresh   bool    // nothing is on the page yet
}

// strip is what stands in one line of a page and is not divided: a line of
// text, a rule, a space.
type strip struct {
	height float64
	space  bool // only a space: not needed at the top of a page
	draw   func(x, y float64)
}

// turn begins a page.
func (w *pdfWriter) turn() {
	orientation := "P"
	if w.section.Across {
		orientation = "L"
	}
	w.f.AddPageFormat(orientation, fpdf.SizeType{Wd: pageShort * millimetre, Ht: pageLong * millimetre})
	if n := w.f.PageNo(); n > 1 {
		p := Par{Runs: Plain(strconv.Itoa(n)), Align: Centre}
		for _, s := range w.strips(p, w.width()) {
			s.draw(marginLeft*millimetre, numberTop*millimetre)
		}
	}
	w.y, w.fresh = marginTop*millimetre, true
}

// width between the margins.
func (w *pdfWriter) width() float64 {
	across, _ := w.section.page()
	return (across - marginLeft - marginRight) * millimetre
}

// left is the room that is left on the page, full that of an empty one.
func (w *pdfWriter) left() float64 {
	_, down := w.section.page()
	return (down-marginBottom)*millimetre - w.y
}

func (w *pdfWriter) full() float64 {
	_, down := w.section.page()
	return (down - marginTop - marginBottom) * millimetre
}

// block writes the first of blocks; the others tell what it has to stay with.
func (w *pdfWriter) block(blocks []Block) {
	if need := w.together(blocks); !w.fresh && need > w.left() && need <= w.full() {
		w.turn()
	}
	switch b := blocks[0].(type) {
	case Par:
		for _, s := range w.strips(b, w.width()) {
			w.place(s)
		}
	case Table:
		w.table(b)
		if b.Ruled {
			w.place(strip{height: belowTable, space: true})
		}
	}
}

// together is the height of what must not be divided at the head of blocks.
func (w *pdfWriter) together(blocks []Block) float64 {
	need := 0.0
	for _, b := range blocks {
		switch b := b.(type) {
		case Par:
			strips := w.strips(b, w.width())
			if !b.Keep { // two lines of a paragraph stay together
				return need + heightOf(strips[:min(len(strips), 3)])
			}
			need += heightOf(strips)
		case Table:
			rows := b.Rows
			if !b.Whole {
				rows = rows[:min(len(rows), b.Head+1)]
			}
			for _, r := range rows {
				need += w.row(b, r).height
			}
			return need
		}
	}
	return need
}

func heightOf(strips []strip) (h float64) {
	for _, s := range strips {
		h += s.height
	}
	return h
}

// place writes a strip, on the next page where this one is full.
func (w *pdfWriter) place(s strip) {
	if s.space && (w.fresh || s.height > w.left()) {
		return
	}
	if s.height > w.left() && !w.fresh {
		w.turn()
	}
	if s.draw != nil {
		s.draw(marginLeft*millimetre, w.y)
	}
	w.y += s.height
	w.fresh = false
}

// strips are a paragraph's lines on a width.
func (w *pdfWriter) strips(p Par, width float64) []strip {
	size, high := p.size(), p.size()*lineSpacing
	left := p.Left * millimetre
	lines := p.lines(width-left, w.faces)
	var all []strip
	if p.Before > 0 {
		all = append(all, strip{height: p.Before, space: true})
	}
	longest := 0.0
	for i, l := range lines {
		x, room := left, width-left
		if i == 0 {
			x, room = x+p.First*millimetre, room-p.First*millimetre
		}
		gap := 0.0
		switch {
		case p.Align == Centre:
			x += (room - l.width) / 2
		case p.Align == Right:
			x += room - l.width
		case p.Align == Justified && !l.last && len(l.words) > 1:
			gap = (room - l.width) / float64(len(l.words)-1)
		}
		longest = max(longest, l.width)
		dotted := p.Dots > 0 && i == len(lines)-1
		all = append(all, strip{height: high, draw: func(x0, y float64) {
			end := w.write(l, x0+x, y, size, gap)
			if dotted {
				w.dots(end, x0+width, y, size)
			}
		}})
	}
	for range max(0, p.Dots-1) {
		all = append(all, strip{height: high, draw: func(x0, y float64) { w.dots(x0+left, x0+width, y, size) }})
	}
	if p.Rule > 0 {
		long := longest * p.Rule
		all = append(all, strip{height: 2 * rulePlace, draw: func(x0, y float64) {
			from := x0 + left + (width-left-long)/2
			w.f.Line(from, y+rulePlace, from+long, y+rulePlace)
		}})
	}
	if p.After > 0 {
		all = append(all, strip{height: p.After, space: true})
	}
	return all
}

// write writes a line's words and returns where it ends. gap widens the
// spaces.
func (w *pdfWriter) write(l line, x, y, size, gap float64) float64 {
	space := w.faces[Run{}.face()].width(" ", size)
	var text strings.Builder
	var style Run
	from, at := x, x
	flush := func() {
		if text.Len() > 0 {
			w.text(text.String(), style, from, y, size, at-from, gap > 0)
		}
		text.Reset()
		from = at
	}
	for i, word := range l.words {
		for j, piece := range word.pieces {
			if piece.face() != style.face() {
				flush()
				style = piece
			}
			if j == 0 && i > 0 {
				if text.Len() > 0 {
					text.WriteByte(' ')
				} else {
					from += space + gap
				}
				at += space + gap
			}
			text.WriteString(piece.Text)
			at += w.faces[piece.face()].width(piece.Text, size)
		}
	}
	flush()
	return at
}

const family = "serif"

func (w *pdfWriter) text(text string, style Run, x, y, size, width float64, spread bool) {
	face := style.face()
	w.f.AddUTF8FontFromBytes(family, face.name, face.ttf) // once for each style that is used
	w.f.SetFont(family, face.name, size)
	w.f.SetXY(x, y)
	align := "L"
	if spread {
		align = "J"
	}
	w.f.CellFormat(width, size*lineSpacing, text, "", 0, align, false, 0, "")
}

// dots fills the room between two places with dots to write on.
func (w *pdfWriter) dots(from, to, y, size float64) {
	dot := w.faces[Run{}.face()].width(".", size)
	n := int((to - from - dot) / dot)
	if n < 1 {
		return
	}
	wide := float64(n) * dot
	w.text(strings.Repeat(".", n), Run{}, to-wide, y, size, wide, false)
}

// row is a table's row, broken for its columns.
type row struct {
	cells  [][]strip
	height float64
}

func (w *pdfWriter) row(t Table, cells []Cell) row {
	widths := t.columns(w.width())
	r := row{cells: make([][]strip, len(cells))}
	for i, c := range cells {
		for _, p := range c {
			r.cells[i] = append(r.cells[i], w.strips(p, widths[i]-2*pad(t))...)
		}
		r.height = max(r.height, heightOf(r.cells[i]))
	}
	r.height += air(t)
	return r
}

// pad is the room beside the text of a cell, air that above and below it.
func pad(t Table) float64 {
	if t.Ruled {
		return cellPad * millimetre
	}
	return 0
}

func air(t Table) float64 {
	if t.Ruled {
		return 4
	}
	return 0
}

func (w *pdfWriter) table(t Table) {
	var head []row
	for _, cells := range t.Rows[:min(t.Head, len(t.Rows))] {
		head = append(head, w.row(t, cells))
	}
	top := func() {
		for _, r := range head {
			w.part(t, r)
		}
	}
	top()
	for _, cells := range t.Rows[min(t.Head, len(t.Rows)):] {
		r := w.row(t, cells)
		if r.height > w.left() && !w.fresh && r.height <= w.full()/2 {
			w.turn()
			top()
		}
		for r = w.part(t, r); r.cells != nil; r = w.part(t, r) {
			w.turn()
			top()
		}
	}
}

// part writes as much of a row as the page has room for, and gives the rest;
// none when all is written.
func (w *pdfWriter) part(t Table, r row) (rest row) {
	widths := t.columns(w.width())
	room := w.left() - air(t)
	high := 0.0
	now := make([][]strip, len(r.cells))
	more := make([][]strip, len(r.cells))
	for i, strips := range r.cells {
		n, h := 0, 0.0
		for n < len(strips) && (h+strips[n].height <= room || w.fresh && n == 0) {
			h += strips[n].height
			n++
		}
		now[i], more[i] = strips[:n], strips[n:]
		high = max(high, h)
		if len(more[i]) > 0 {
			rest.cells = more
			rest.height = max(rest.height, heightOf(more[i])+air(t))
		}
	}
	if high == 0 && rest.cells != nil {
		return rest // nothing fits: the whole row goes to the next page
	}
	high += air(t)
	x := marginLeft * millimetre
	for i, strips := range now {
		y := w.y + air(t)/2
		for _, s := range strips {
			if s.draw != nil {
				s.draw(x+pad(t), y)
			}
			y += s.height
		}
		if t.Ruled {
			w.f.Rect(x, w.y, widths[i], high, "D")
		}
		x += widths[i]
	}
	w.y += high
	w.fresh = false
	return rest
}
