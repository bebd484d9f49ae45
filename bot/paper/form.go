package paper

import "cmp"

// Form is a form to be signed, filled in as far as it is known; what is not
// stands as dotted lines to write on.
type Form struct {
	Code   string  // "Biểu số 01"
	Title  string  // "PHIẾU ĐĂNG KÝ Ý TƯỞNG SẢN PHẨM"
	Under  string  // below the title, in brackets on paper forms; may be empty
	Office []Field // the part the receiving office fills in, in a frame
	Parts  []Part
	Place  string // of the date line above the signatures: "Hữu Liên"
	Year   int    // of the date line
	Sign   []Signature
	Foot   string // a small line at the end: where it was made; may be empty
}

// Field is a label and what stands behind it.
type Field struct {
	Label, Value string
	Lines        int // dotted ones where there is no value; 0: openLines
}

// Part is a numbered part of a form, with a value of its own or fields.
type Part struct {
	Title  string // "01. TÊN SẢN PHẨM"
	Value  string
	Fields []Field
	Open   bool // it has a value of its own, which may be empty
}

// Signature is one place to sign: "NGƯỜI ĐĂNG KÝ", "(Ký, ghi rõ họ tên)", and
// the name where it is known.
type Signature struct{ Title, How, Name string }

// openLines is how many dotted lines stand for what was not said.
const openLines = 2

// formSize is that of a form's letters, in points.
const formSize = 13

// Document lays the form out.
func (f Form) Document() Document {
	blocks := []Block{
		Par{Runs: Italic(f.Code), Align: Right, Size: formSize},
		Par{Runs: Bold(nation), Align: Centre, Size: formSize, Before: 6},
		Par{Runs: Bold(motto), Align: Centre, Size: formSize + 1, Rule: 1, After: 14},
		Par{Runs: Bold(f.Title), Align: Centre, Size: formSize + 1, Keep: true},
	}
	if f.Under != "" {
		blocks = append(blocks, Par{Runs: Italic(f.Under), Align: Centre, Size: formSize, Keep: true})
	}
	if len(f.Office) > 0 {
		var cell Cell
		for _, field := range f.Office {
			p := field.par(0, 1)
			p.Before, p.After = 2, 2
			cell = append(cell, p)
		}
		blocks = append(blocks, Par{Size: 4}, Table{Widths: []float64{1}, Ruled: true, Whole: true, Rows: [][]Cell{{cell}}})
	}
	for _, part := range f.Parts {
		title := Par{Runs: Bold(part.Title), Size: formSize, Before: 6, After: 3, Keep: part.Open || len(part.Fields) > 0}
		blocks = append(blocks, title)
		if part.Open {
			left := 0.0
			if part.Value != "" { // as the fields below it
				left = 6
			}
			p := Field{Value: part.Value}.par(left, openLines)
			p.After = 3
			blocks = append(blocks, p)
		}
		for _, field := range part.Fields {
			p := field.par(6, cmp.Or(field.Lines, openLines))
			p.After = 3
			blocks = append(blocks, p)
		}
	}
	if p, ok := blocks[len(blocks)-1].(Par); ok { // nobody signs on a page that says nothing else
		p.Keep = true
		blocks[len(blocks)-1] = p
	}
	blocks = append(blocks, f.signatures())
	if f.Foot != "" {
		blocks = append(blocks, Par{Runs: Italic(f.Foot), Size: 10, Before: 8})
	}
	return Document{Title: f.Code + " - " + f.Title, Sections: []Section{{Blocks: blocks}}}
}

// par is a field as a paragraph; an empty one has so many dotted lines.
func (f Field) par(left float64, open int) Par {
	p := Par{Size: formSize, Left: left, Align: Justified}
	if f.Label != "" {
		p.Runs = append(p.Runs, Run{Text: f.Label + ": "})
	}
	if f.Value == "" {
		p.Dots = open
		p.Align = Left
		return p
	}
	p.Runs = append(p.Runs, Run{Text: f.Value})
	return p
}

// signatures stand side by side, the last one below the date.
func (f Form) signatures() Table {
	n := len(f.Sign)
	t := Table{Whole: true, Rows: [][]Cell{make([]Cell, n), make([]Cell, n)}}
	for i, s := range f.Sign {
		t.Widths = append(t.Widths, 1)
		if i == n-1 {
			l := Letter{Place: f.Place, Year: f.Year}
			t.Rows[0][i] = Cell{{Runs: Italic(l.Place + ", " + l.date()), Align: Centre, Size: formSize, Before: 10}}
		} else {
			t.Rows[0][i] = Cell{{Size: formSize, Before: 10}}
		}
		name := s.Name
		if name == "" {
			name = "\u00a0"
		}
		t.Rows[1][i] = Cell{
			{Runs: Bold(s.Title), Align: Centre, Size: formSize},
			{Runs: Italic(s.How), Align: Centre, Size: 12},
			{Runs: Bold(name), Align: Centre, Size: formSize, Before: 60},
		}
	}
	return t
}
