package paper_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ocopbot/bot/bottest/readpaper"
	"ocopbot/bot/ocop"
	"ocopbot/bot/paper"
)

func textOf(t *testing.T, docx []byte) string {
	t.Helper()
	text, err := readpaper.DOCX(docx)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func part(t *testing.T, file []byte, name string) string {
	t.Helper()
	text, err := readpaper.Part(file, name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var made = ocop.Date(2026, time.June, 24)

func report() paper.Letter {
	var rows [][]string
	for i := range 30 {
		rows = append(rows, []string{fmt.Sprint(i + 1), "Số ý tưởng sản phẩm được tiếp nhận trong kỳ trên địa bàn", "ý tưởng", fmt.Sprint(100 + i)})
	}
	return paper.Letter{
		Issuer: "ỦY BAN NHÂN DÂN\nHUYỆN HỮU LŨNG", Number: "7", Symbol: "BC-UBND", Place: "Hữu Lũng", Date: ocop.Date(2026, time.February, 5),
		Kind: "BÁO CÁO", About: "Kết quả thực hiện Chương trình mỗi xã một sản phẩm", To: []string{"Sở Nông nghiệp và Môi trường"},
		Body: []paper.Block{paper.Heading("I. SỐ LIỆU"),
			paper.Figures([]float64{13, 97, 30, 25}, []paper.Align{paper.Centre, paper.Left, paper.Left, paper.Right}, []string{"STT", "Chỉ tiêu", "Đơn vị", "Số"}, rows),
			paper.Prose("Trên đây là báo cáo kết quả./.")},
		Tables: []paper.Block{paper.Par{Runs: paper.Bold("PHỤ LỤC"), Align: paper.Centre}},
		Copies: []string{"Như trên", "Lưu: VT, NN"}, Sign: []string{"TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"}, Signer: "Nguyễn Văn An",
	}
}

// What NĐ 30/2020/NĐ-CP, phụ lục I, asks for stands in both files.
func TestLetter(t *testing.T) {
	d := report().Document()
	pdf, err := d.PDF(made)
	if err != nil {
		t.Fatal(err)
	}
	docx, err := d.DOCX(made)
	if err != nil {
		t.Fatal(err)
	}
	pages := readpaper.PDF(pdf)
	inPDF, inDOCX := readpaper.Words(pages), textOf(t, docx)
	for _, text := range []string{
		"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "HUYỆN HỮU LŨNG", "Số: 07/BC-UBND",
		"Hữu Lũng, ngày 05 tháng 02 năm 2026", "BÁO CÁO", "Kính gửi: Sở Nông nghiệp và Môi trường.", "I. SỐ LIỆU", "129",
		"Nơi nhận:", "- Như trên;", "- Lưu: VT, NN.", "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Nguyễn Văn An", "PHỤ LỤC",
	} {
		if !strings.Contains(inPDF, text) {
			t.Errorf("the PDF has no %q", text)
		}
		if !strings.Contains(inDOCX, text) {
			t.Errorf("the DOCX has no %q", text)
		}
	}
	if len(pages) != 3 {
		t.Fatalf("%d pages, want 3", len(pages))
	}
	for i, page := range pages {
		number := fmt.Sprint(i + 1)
		if first := page[0].Text; (first == number) != (i > 0) {
			t.Errorf("page %d begins with %q: the number stands on every page but the first", i+1, first)
		}
	}
	if n := strings.Count(inPDF, "Chỉ tiêu"); n != 2 {
		t.Errorf("the head of the table stands on %d pages, want 2", n)
	}
	if len(pdf) > 150<<10 || len(docx) > 30<<10 {
		t.Errorf("%d and %d bytes: whole typefaces are embedded", len(pdf), len(docx))
	}
	xmlText := part(t, docx, "word/document.xml")
	for _, want := range []string{`w:w="11906" w:h="16838"`, `w:w="16838" w:h="11906" w:orient="landscape"`,
		`w:top="1134" w:right="850" w:bottom="1134" w:left="1701"`, `<w:titlePg/>`, `<w:tblHeader/>`} {
		if !strings.Contains(xmlText, want) {
			t.Errorf("the DOCX has no %s", want)
		}
	}
	if !strings.Contains(part(t, docx, "word/styles.xml"), "Times New Roman") || !strings.Contains(part(t, docx, "word/header1.xml"), "PAGE") {
		t.Error("neither the typeface nor the page's number is as it should be")
	}
	again, err := d.PDF(made)
	if err != nil || !bytes.Equal(pdf, again) {
		t.Errorf("the same letter is another file the second time (%v)", err)
	}
}

// What is not known yet is left open to be filled in by hand.
func TestLetterNotYetSigned(t *testing.T) {
	l := report()
	l.Number, l.Date, l.Year, l.Signer = "", time.Time{}, 2026, ""
	pdf, err := l.Document().PDF(made)
	if err != nil {
		t.Fatal(err)
	}
	if got := readpaper.Words(readpaper.PDF(pdf)); !strings.Contains(got, "Số: /BC-UBND") || !strings.Contains(got, "ngày tháng năm 2026") {
		t.Errorf("got %.300s", got)
	}
}

func TestForm(t *testing.T) {
	f := paper.Form{
		Code: "Biểu số 01", Title: "PHIẾU ĐĂNG KÝ Ý TƯỞNG SẢN PHẨM", Office: []paper.Field{{Label: "Phiếu số", Value: "LS26-0001"}, {Label: "Ngày nhận"}},
		Parts: []paper.Part{{Title: "01. TÊN SẢN PHẨM", Value: "Mật ong hoa rừng", Open: true},
			{Title: "02. MÔ TẢ SẢN PHẨM", Fields: []paper.Field{{Label: "b) Quy cách đóng gói"}, {Label: "h) Giá bán dự kiến", Value: "150.000 đồng/chai <500 ml> & 2 \\ (hai) chai"}}},
			{Title: "03. TÍNH MỚI CỦA SẢN PHẨM", Open: true}},
		Place: "Hữu Liên", Year: 2026, Sign: []paper.Signature{{Title: "ĐƠN VỊ TIẾP NHẬN", How: "(Ký, ghi rõ họ tên)"}, {Title: "NGƯỜI ĐĂNG KÝ", How: "(Ký, ghi rõ họ tên)", Name: "Hoàng Thị Mai"}},
	}
	pdf, err := f.Document().PDF(made)
	if err != nil {
		t.Fatal(err)
	}
	docx, err := f.Document().DOCX(made)
	if err != nil {
		t.Fatal(err)
	}
	pages := readpaper.PDF(pdf)
	for _, text := range []string{"Biểu số 01", "Phiếu số: LS26-0001", "Mật ong hoa rừng", "h) Giá bán dự kiến: 150.000 đồng/chai <500 ml> & 2 \\ (hai) chai", "Hữu Liên, ngày", "NGƯỜI ĐĂNG KÝ", "Hoàng Thị Mai"} {
		if !strings.Contains(readpaper.Words(pages), text) {
			t.Errorf("the PDF has no %q", text)
		}
		if !strings.Contains(textOf(t, docx), text) {
			t.Errorf("the DOCX has no %q", text)
		}
	}
	dotted := 0
	for _, w := range pages[0] {
		if w.Text != "" && strings.Trim(w.Text, ".") == "" {
			dotted++
		}
	}
	if dotted != 5 { // one of the office's, two of the empty item, two of the empty part
		t.Errorf("%d dotted lines, want 5", dotted)
	}
	if n := strings.Count(part(t, docx, "word/document.xml"), `w:leader="dot"`); n != 5 {
		t.Errorf("%d dotted lines in the DOCX, want 5", n)
	}
}

// Whatever people type, every word of it is printed, between the margins, and
// both files are whole.
func TestNothingIsLost(t *testing.T) {
	letters := []rune("aăâbcdđeêghiklmnoôơpqrstuưvxyáảãạậẫệỉịọỗộợủụựỳỷỹỵ0123456789.,;:()\\<>&\"'-–%")
	words := rapid.StringOfN(rapid.SampledFrom(append(letters, '🙂', '\u200b', '\n', '\t')), 1, 60, -1)
	rapid.Check(t, func(r *rapid.T) {
		var blocks []paper.Block
		var want []string
		text := func(n int) string {
			s := strings.Join(rapid.SliceOfN(words, 0, n).Draw(r, "words"), " ")
			for _, w := range strings.Fields(strings.NewReplacer("🙂", "", "\u200b", "").Replace(s)) {
				want = append(want, w)
			}
			return s
		}
		for range rapid.IntRange(1, 5).Draw(r, "blocks") {
			if rapid.Bool().Draw(r, "table") {
				n := rapid.IntRange(1, 4).Draw(r, "columns")
				table := paper.Table{Ruled: true, Head: 0}
				for range n {
					table.Widths = append(table.Widths, 1)
				}
				// A row of one column: the words of others would mix with it over pages.
				for range rapid.IntRange(1, 3).Draw(r, "rows") {
					row := make([]paper.Cell, n)
					row[0] = paper.Cell{{Runs: paper.Plain(text(80)), Align: paper.Justified}}
					table.Rows = append(table.Rows, row)
				}
				blocks = append(blocks, table)
				continue
			}
			p := paper.Par{Align: paper.Align(rapid.IntRange(0, 3).Draw(r, "align")), First: 10, Keep: rapid.Bool().Draw(r, "keep")}
			for range rapid.IntRange(1, 3).Draw(r, "runs") {
				p.Runs = append(p.Runs, paper.Run{Text: text(60) + " ", Bold: rapid.Bool().Draw(r, "bold"), Italic: rapid.Bool().Draw(r, "italic")})
			}
			blocks = append(blocks, p)
		}
		d := paper.Document{Sections: []paper.Section{{Blocks: blocks}}}
		pdf, err := d.PDF(made)
		if err != nil {
			r.Fatal(err)
		}
		var got []string
		for i, page := range readpaper.PDF(pdf) {
			for j, w := range page {
				if i > 0 && j == 0 { // the page's number
					continue
				}
				if w.X < 30*72/25.4-1 || w.X > 195*72/25.4 || w.Y < 20*72/25.4 || w.Y > 277*72/25.4 {
					r.Fatalf("%q stands at %.0f, %.0f: outside the margins", w.Text, w.X, w.Y)
				}
				got = append(got, strings.Fields(w.Text)...)
			}
		}
		if a, b := strings.Join(got, ""), strings.Join(want, ""); a != b {
			r.Fatalf("printed %q, want %q", a, b)
		}
		docx, err := d.DOCX(made)
		if err != nil {
			r.Fatal(err)
		}
		if a, b := strings.Join(strings.Fields(textOf(t, docx)), ""), strings.Join(want, ""); a != b {
			r.Fatalf("in the DOCX %q, want %q", a, b)
		}
	})
}

// Documents share the typefaces, and are made side by side.
func TestSideBySide(t *testing.T) {
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for _, write := range []func() ([]byte, error){
				func() ([]byte, error) { return report().Document().PDF(made) },
				func() ([]byte, error) { return report().Document().DOCX(made) },
				chart().PNG,
			} {
				if _, err := write(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func chart() paper.Chart {
	return paper.Chart{Title: "Tiến độ kế hoạch OCOP 2021–2025", Note: "Tính đến ngày 24/6/2026",
		Series: []paper.Series{{Name: "Đã đạt", Color: paper.Green}, {Name: "Còn phải làm", Color: paper.Grey}},
		Bars:   []paper.Bar{{Label: "Thêm từ 3 sao: 12/50", Values: []float64{24, 76}}, {Label: "5 sao: 1/1", Values: []float64{100, 0}}}}
}

func TestChart(t *testing.T) {
	file, err := chart().PNG()
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if b := picture.Bounds(); b.Dx() != 1080 || b.Dy() < 400 {
		t.Errorf("a picture of %v", b)
	}
	// Of the first bar a quarter is done, of the second all.
	green := map[int]int{}
	for y := range picture.Bounds().Dy() {
		for x := range 1080 {
			if r, g, b, _ := picture.At(x, y).RGBA(); r>>8 == 0x2e && g>>8 == 0x7d && b>>8 == 0x32 {
				green[y]++
			}
		}
	}
	height := picture.Bounds().Dy()
	first, second := green[height-40-110-55], green[height-40-55]
	if second < 400 || first*100/second < 22 || first*100/second > 26 {
		t.Errorf("the bars are %d and %d dots long, want 24 to 100", first, second)
	}
}

func TestPartsOfDOCXAreXML(t *testing.T) {
	docx, err := report().Document().DOCX(made)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "word/document.xml", "word/styles.xml", "word/settings.xml", "word/header1.xml", "word/_rels/document.xml.rels"} {
		d := xml.NewDecoder(strings.NewReader(part(t, docx, name)))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}
