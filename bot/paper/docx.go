package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// DOCX makes the document as an editable one, in Times New Roman (ISO/IEC
// 29500, of which it needs few parts: text, tables, one header for the page
// number). at is when it is made, as the file's properties say.
func (d Document) DOCX(at time.Time) ([]byte, error) {
	faces, err := measure()
	if err != nil {
		return nil, err
	}
	w := &docxWriter{faces: faces}
	for i, s := range d.Sections {
		w.section = s
		for _, b := range s.Blocks {
			w.block(b)
		}
		w.end(i == 0, i == len(d.Sections)-1)
	}
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", docxTypes},
		{"_rels/.rels", docxRels},
		{"docProps/core.xml", fmt.Sprintf(docxCore, escaped(d.Title), escaped(d.Author), at.UTC().Format(time.RFC3339))},
		{"word/document.xml", docxHead + w.b.String() + docxTail},
		{"word/styles.xml", fmt.Sprintf(docxStyles, int(2*bodySize))},
		{"word/settings.xml", docxSettings},
		{"word/header1.xml", fmt.Sprintf(docxHeader, int(2*bodySize))},
		{"word/_rels/document.xml.rels", docxDocumentRels},
	} {
		f, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: at.UTC()})
		if err == nil {
			_, err = f.Write([]byte(part.text))
		}
		if err != nil {
			return nil, fmt.Errorf("paper: docx: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("paper: docx: %w", err)
	}
	return file.Bytes(), nil
}

// docxWriter writes the body. Measures in the file are twentieths of a point
// (twips), sizes of letters half points.
type docxWriter struct {
	b       strings.Builder
	faces   map[*typeface]measured
	section Section
}

func twips(mm float64) int { return int(mm*millimetre*20 + 0.5) }

func (w *docxWriter) block(b Block) {
	across, _ := w.section.page()
	width := across - marginLeft - marginRight
	switch b := b.(type) {
	case Par:
		w.par(b, width)
	case Table:
		w.table(b, width)
	}
}

// par writes a paragraph on a width in millimetres.
func (w *docxWriter) par(p Par, width float64) {
	after := p.After
	if p.Rule > 0 {
		after = 0
	}
	keep := p.Keep || p.Rule > 0
	w.open(p, p.Before, after, keep, width)
	for _, r := range p.Runs {
		w.run(r, p.size())
	}
	if p.Dots > 0 {
		w.b.WriteString(`<w:r><w:tab/></w:r>`)
	}
	w.b.WriteString(`</w:p>`)
	dotted := Par{Align: p.Align, Size: p.Size, Left: p.Left, Dots: 1}
	for range max(0, p.Dots-1) {
		w.open(dotted, 0, 0, p.Keep, width)
		w.b.WriteString(`<w:r><w:tab/></w:r></w:p>`)
	}
	if p.Rule > 0 {
		w.rule(p, width)
	}
}

func (w *docxWriter) open(p Par, before, after float64, keep bool, width float64) {
	w.b.WriteString(`<w:p><w:pPr>`)
	if keep {
		w.b.WriteString(`<w:keepNext/>`)
	}
	if p.Dots > 0 {
		fmt.Fprintf(&w.b, `<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="%d"/></w:tabs>`, twips(width))
	}
	fmt.Fprintf(&w.b, `<w:spacing w:before="%d" w:after="%d"/>`, int(before*20), int(after*20))
	if p.Left > 0 || p.First > 0 {
		fmt.Fprintf(&w.b, `<w:ind w:left="%d" w:firstLine="%d"/>`, twips(p.Left), twips(p.First))
	}
	align := map[Align]string{Left: "left", Centre: "center", Right: "right", Justified: "both"}[p.Align]
	fmt.Fprintf(&w.b, `<w:jc w:val="%s"/></w:pPr>`, align)
}

func (w *docxWriter) run(r Run, size float64) {
	w.b.WriteString(`<w:r><w:rPr>`)
	if r.Bold {
		w.b.WriteString(`<w:b/>`)
	}
	if r.Italic {
		w.b.WriteString(`<w:i/>`)
	}
	fmt.Fprintf(&w.b, `<w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr>`, int(2*size), int(2*size))
	for i, l := range strings.Split(w.faces[r.face()].printable(r.Text), "\n") {
		if i > 0 {
			w.b.WriteString(`<w:br/>`)
		}
		fmt.Fprintf(&w.b, `<w:t xml:space="preserve">%s</w:t>`, escaped(l))
	}
	w.b.WriteString(`</w:r>`)
}

// rule is the line below a paragraph: the upper border of a low empty one,
// which is as long as the letters' widths make it.
func (w *docxWriter) rule(p Par, width float64) {
	longest := 0.0
	for _, l := range p.lines((width-p.Left)*millimetre, w.faces) {
		longest = max(longest, l.width)
	}
	edge := max(0, (twips(width)-int(longest*p.Rule*20))/2)
	fmt.Fprintf(&w.b, `<w:p><w:pPr><w:pBdr><w:top w:val="single" w:sz="4" w:space="1" w:color="000000"/></w:pBdr>`+
		`<w:spacing w:before="%d" w:after="%d" w:line="40" w:lineRule="exact"/><w:ind w:left="%d" w:right="%d"/>`+
		`<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>`, int(rulePlace*20), int(p.After*20), edge, edge)
}

func (w *docxWriter) table(t Table, width float64) {
	border, side := "none", 0
	if t.Ruled {
		border, side = "single", twips(cellPad)
	}
	fmt.Fprintf(&w.b, `<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblBorders>`, twips(width))
	for _, at := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(&w.b, `<w:%s w:val="%s" w:sz="4" w:space="0" w:color="000000"/>`, at, border)
	}
	fmt.Fprintf(&w.b, `</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="%d" w:type="dxa"/><w:right w:w="%d" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`, side, side)
	columns := t.columns(width)
	for _, c := range columns {
		fmt.Fprintf(&w.b, `<w:gridCol w:w="%d"/>`, twips(c))
	}
	w.b.WriteString(`</w:tblGrid>`)
	for i, cells := range t.Rows {
		w.b.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
		if i < t.Head {
			w.b.WriteString(`<w:tblHeader/>`)
		}
		w.b.WriteString(`</w:trPr>`)
		for j, c := range cells {
			fmt.Fprintf(&w.b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, twips(columns[j]))
			for _, p := range c {
				if t.Ruled {
					p.Before, p.After = p.Before+air(t)/2, p.After+air(t)/2
				}
				p.Keep = p.Keep || i < t.Head || t.Whole && i < len(t.Rows)-1
				w.par(p, columns[j]-2*float64(side)/20/millimetre)
			}
			if len(c) == 0 {
				w.b.WriteString(`<w:p/>`)
			}
			w.b.WriteString(`</w:tc>`)
		}
		w.b.WriteString(`</w:tr>`)
	}
	// Two tables below each other would be one.
	fmt.Fprintf(&w.b, `</w:tbl><w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="%d" w:lineRule="exact"/><w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>`,
		map[bool]int{true: int(belowTable * 20), false: 20}[t.Ruled])
}

// end ends a section: the last one's page stands at the end of the body, the
// others' in their last paragraph.
func (w *docxWriter) end(first, last bool) {
	across, down := w.section.page()
	lies := ""
	if w.section.Across {
		lies = ` w:orient="landscape"`
	}
	title := ""
	if first { // no number on the first page
		title = `<w:titlePg/>`
	}
	page := fmt.Sprintf(`<w:sectPr><w:headerReference w:type="default" r:id="rId3"/><w:pgSz w:w="%d" w:h="%d"%s/>`+
		`<w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="%d" w:footer="%d" w:gutter="0"/>%s</w:sectPr>`,
		twips(across), twips(down), lies, twips(marginTop), twips(marginRight), twips(marginBottom), twips(marginLeft), twips(numberTop), twips(numberTop), title)
	if last {
		w.b.WriteString(page)
		return
	}
	fmt.Fprintf(&w.b, `<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>%s</w:pPr></w:p>`, page)
}

// escaped is a text as it stands in XML; what XML cannot hold is replaced.
func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder does not fail
	return b.String()
}

const (
	xmlHead    = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	officeDocs = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	wordMain   = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`

	docxTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
		`<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>` +
		`<Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/>` +
		`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`

	docxRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + officeDocs + `/officeDocument" Target="word/document.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`

	docxDocumentRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + officeDocs + `/styles" Target="styles.xml"/>` +
		`<Relationship Id="rId2" Type="` + officeDocs + `/settings" Target="settings.xml"/>` +
		`<Relationship Id="rId3" Type="` + officeDocs + `/header" Target="header1.xml"/></Relationships>`

	docxCore = xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" ` +
		`xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		`<dc:title>%s</dc:title><dc:creator>%s</dc:creator><dc:language>vi-VN</dc:language>` +
		`<dcterms:created xsi:type="dcterms:W3CDTF">%s</dcterms:created></cp:coreProperties>`

	docxStyles = xmlHead + `<w:styles ` + wordMain + `><w:docDefaults><w:rPrDefault><w:rPr>` +
		`<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="Times New Roman" w:cs="Times New Roman"/>` +
		`<w:sz w:val="%[1]d"/><w:szCs w:val="%[1]d"/><w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>` +
		`<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style></w:styles>`

	docxSettings = xmlHead + `<w:settings ` + wordMain + `><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>` +
		`<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`

	docxHeader = xmlHead + `<w:hdr ` + wordMain + `><w:p><w:pPr><w:jc w:val="center"/></w:pPr>` +
		`<w:r><w:rPr><w:sz w:val="%[1]d"/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r>` +
		`<w:r><w:rPr><w:sz w:val="%[1]d"/></w:rPr><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>` +
		`<w:r><w:rPr><w:sz w:val="%[1]d"/></w:rPr><w:fldChar w:fldCharType="separate"/></w:r>` +
		`<w:r><w:rPr><w:sz w:val="%[1]d"/></w:rPr><w:t>2</w:t></w:r>` +
		`<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:hdr>`

	docxHead = xmlHead + `<w:document ` + wordMain + ` xmlns:r="` + officeDocs + `"><w:body>`
	docxTail = `</w:body></w:document>`
)
