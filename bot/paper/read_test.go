package paper_test

import (
	"bytes"
	"compress/zlib"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// written is a piece of text on a page of a PDF, with where it begins, in
// points from the lower left corner.
type written struct {
	x, y float64
	text string
}

var (
	streams = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)
	begins  = regexp.MustCompile(`(-?[\d.]+) (-?[\d.]+) Td`)
)

// readPDF takes the texts out of a PDF of ours, page by page.
func readPDF(file []byte) (pages [][]written) {
	for _, m := range streams.FindAllSubmatch(file, -1) {
		z, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue // a typeface
		}
		content, err := io.ReadAll(z)
		if err != nil || !bytes.Contains(content, []byte("BT ")) {
			continue
		}
		var page []written
		for _, piece := range bytes.Split(content, []byte("BT "))[1:] {
			at := begins.FindSubmatch(piece)
			if at == nil {
				continue
			}
			w := written{text: pdfText(piece[len(at[0]):])}
			w.x, _ = strconv.ParseFloat(string(at[1]), 64)
			w.y, _ = strconv.ParseFloat(string(at[2]), 64)
			page = append(page, w)
		}
		pages = append(pages, page)
	}
	return pages
}

// pdfText is what stands in brackets up to the end of a text, as UTF-16.
func pdfText(b []byte) string {
	var units []uint16
	var raw []byte
	in := false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case !in && c == '(':
			in, raw = true, nil
		case !in && bytes.HasPrefix(b[i:], []byte("ET")):
			i = len(b)
		case in && c == '\\':
			i++
			if b[i] == 'r' {
				raw = append(raw, '\r')
			} else {
				raw = append(raw, b[i])
			}
		case in && c == ')':
			in = false
			for j := 0; j+1 < len(raw); j += 2 {
				units = append(units, uint16(raw[j])<<8|uint16(raw[j+1]))
			}
		case in:
			raw = append(raw, c)
		}
	}
	return string(utf16.Decode(units))
}

// words are all words of a PDF in the order they were written.
func words(pages [][]written) string {
	var all []string
	for _, page := range pages {
		for _, w := range page {
			all = append(all, w.text)
		}
	}
	return strings.Join(strings.FieldsFunc(strings.Join(all, " "), func(r rune) bool { return r == ' ' || r == '\u00a0' }), " ")
}

// readDOCX takes the text out of a DOCX: a line for each paragraph.
func readDOCX(t *testing.T, file []byte) string {
	t.Helper()
	var b strings.Builder
	d := xml.NewDecoder(strings.NewReader(part(t, file, "word/document.xml")))
	text := false
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			text = e.Name.Local == "t"
		case xml.EndElement:
			text = false
			if e.Name.Local == "p" {
				b.WriteByte('\n')
			}
		case xml.CharData:
			if text {
				b.Write(e)
			}
		}
	}
}
