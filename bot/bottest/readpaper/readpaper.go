// Package readpaper reads the documents the bot makes, so that tests can look
// into them: PDF of bot/paper, DOCX and XLSX. It is no reader of such files by
// others.
package readpaper

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// Written is a piece of text on a page of a PDF, with where it begins, in
// points from the lower left corner.
type Written struct {
	X, Y float64
	Text string
}

var (
	streams = regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`) // the content may itself end in \r
	begins  = regexp.MustCompile(`(-?[\d.]+) (-?[\d.]+) Td`)
)

// PDF takes the texts out of a PDF of ours, page by page.
func PDF(file []byte) (pages [][]Written) {
	for _, m := range streams.FindAllSubmatch(file, -1) {
		z, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue // a typeface
		}
		content, err := io.ReadAll(z)
		if err != nil || !bytes.Contains(content, []byte("BT ")) {
			continue
		}
		var page []Written
		for _, piece := range bytes.Split(content, []byte("BT "))[1:] {
			at := begins.FindSubmatch(piece)
			if at == nil {
				continue
			}
			w := Written{Text: pdfText(piece[len(at[0]):])}
			w.X, _ = strconv.ParseFloat(string(at[1]), 64)
			w.Y, _ = strconv.ParseFloat(string(at[2]), 64)
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

// Words are all words of a PDF in the order they were written.
func Words(pages [][]Written) string {
	var all []string
	for _, page := range pages {
		for _, w := range page {
			all = append(all, w.Text)
		}
	}
	return strings.Join(strings.FieldsFunc(strings.Join(all, " "), func(r rune) bool { return r == ' ' || r == '\u00a0' }), " ")
}

// Part is one file of an office document, which is a zip of them.
func Part(file []byte, name string) (string, error) {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return "", fmt.Errorf("readpaper: %w", err)
	}
	f, err := z.Open(name)
	if err != nil {
		return "", fmt.Errorf("readpaper: %w", err)
	}
	b, err := io.ReadAll(f)
	if err != nil {
		return "", fmt.Errorf("readpaper: %w", err)
	}
	return string(b), nil
}

// DOCX takes the text out of a DOCX: a line for each paragraph.
func DOCX(file []byte) (string, error) {
	document, err := Part(file, "word/document.xml")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	d := xml.NewDecoder(strings.NewReader(document))
	text := false
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return strings.ReplaceAll(b.String(), "\u00a0", " "), nil
		}
		if err != nil {
			return "", fmt.Errorf("readpaper: %w", err)
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

// XLSX takes the cells out of a workbook: a line for each row, as they are
// shown.
func XLSX(file []byte) (string, error) {
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		return "", fmt.Errorf("readpaper: %w", err)
	}
	var b strings.Builder
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			return "", fmt.Errorf("readpaper: %w", err)
		}
		for _, row := range rows {
			b.WriteString(strings.Join(row, "\t") + "\n")
		}
	}
	return b.String(), f.Close()
}

// Text is what a person reads in a file, found by its name's ending.
func Text(name string, file []byte) (string, error) {
	switch filepath.Ext(name) {
	case ".pdf":
		return Words(PDF(file)), nil
	case ".docx":
		return DOCX(file)
	case ".xlsx":
		return XLSX(file)
	}
	return string(file), nil
}
