package sms

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	warthog "github.com/warthog618/sms"
	"github.com/warthog618/sms/encoding/tpdu"

	"ocopbot/bot"
	"ocopbot/bot/viet"
	"ocopbot/locales"
)

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"Đăng ký ý tưởng «Mật ong»":              `Dang ky y tuong "Mat ong"`,
		"✅ Đã nhận. Phiếu số: LS26-0001":         "Da nhan. Phieu so: LS26-0001",
		"• Sản phẩm: trà – hoa vàng…":            "- San pham: tra - hoa vang...",
		"Giá {50} ~ 60 € [hộp]":                  "Gia {50} ~ 60 € [hop]",
		"một\n\n  hai 👍🏽 ba\t ":                  "mot\n\nhai ba",
		"zero\u200bwidth\x1b\fand\u0301 đ\u0323": "zerowidthand d",
		"": "",
	} {
		if got := Plain(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestSegments(t *testing.T) {
	for _, c := range []struct {
		text     string
		accents  bool
		n        int
		encoding Encoding
	}{
		{strings.Repeat("a", 160), false, 1, GSM},
		{strings.Repeat("a", 161), false, 2, GSM},
		{strings.Repeat("a", 306), false, 2, GSM},
		{strings.Repeat("a", 307), false, 3, GSM},
		{strings.Repeat("€", 80), false, 1, GSM},
		{strings.Repeat("€", 81), false, 2, GSM},
		{strings.Repeat("ữ", 160), false, 1, GSM},
		{strings.Repeat("ữ", 70), true, 1, UCS2},
		{strings.Repeat("ữ", 71), true, 2, UCS2},
		{strings.Repeat("a", 160), true, 1, GSM},
		{"", false, 1, GSM},
	} {
		if n, encoding := Segments(c.text, c.accents); n != c.n || encoding != c.encoding {
			t.Errorf("%.10q… of %d letters, accents %v: %d %s, want %d %s", c.text, utf8.RuneCountInString(c.text), c.accents, n, encoding, c.n, c.encoding)
		}
	}
}

// joined is what a phone shows of the messages a text was cut into.
func joined(t *testing.T, parts []tpdu.TPDU) string {
	t.Helper()
	segments := make([]*tpdu.TPDU, len(parts))
	for i := range parts {
		segments[i] = &parts[i]
	}
	b, err := warthog.Decode(segments)
	if err != nil {
		t.Fatalf("the messages cannot be read: %v", err)
	}
	return string(b)
}

func FuzzText(f *testing.F) {
	for _, s := range []string{
		"", "Đăng ký", strings.Repeat("ữ", 67) + "😀" + strings.Repeat("ữ", 80), strings.Repeat("a", 152) + "€" + strings.Repeat("b", 160),
		strings.Repeat("x", 66) + "😀😀", "\xff\xfe", "\x1b\x1b", "@£$", "a\u0301\u0323", "\f",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		plain := Plain(text)
		if again := Plain(plain); again != plain {
			t.Fatalf("%q is plain, and then %q", plain, again)
		}
		n, encoding := Segments(text, false)
		if encoding != GSM || n < 1 {
			t.Fatalf("unaccented, it is %d messages of %s", n, encoding)
		}
		accented := viet.Clean(text)
		for _, s := range []string{plain, accented} {
			parts, _ := encode(s)
			if s != "" && len(parts) == 0 {
				t.Fatal("a text is no message")
			}
			if s == "" || len(parts) > 255 { // no more can be put together
				continue
			}
			if got := joined(t, parts); got != s {
				t.Fatalf("the messages joined are %q, the text was %q", got, s)
			}
		}
	})
}

// counted works out by itself what a text costs, by 3GPP TS 23.038 and 23.040:
// a sign of two septets is never cut, and neither is a pair of surrogates.
func counted(text string) int {
	single, each, sizes := 160, 153, []int{}
	for _, r := range text {
		size := 1
		if _, letter := gsmLetters[r]; !letter {
			size = 2
		}
		sizes = append(sizes, size)
	}
	for _, r := range text {
		if !isGSM(r) {
			single, each, sizes = 70, 67, nil
			for _, r := range text {
				sizes = append(sizes, utf16.RuneLen(r))
			}
			break
		}
	}
	total, n, used := 0, 1, 0
	for _, size := range sizes {
		total += size
		if used+size > each {
			n, used = n+1, 0
		}
		used += size
	}
	if total <= single {
		return 1
	}
	return n
}

// TestSegmentsOfEveryText: all texts there are, with accents and without, cost
// what the library says, and what the standards say.
func TestSegmentsOfEveryText(t *testing.T) {
	texts, err := locales.New()
	if err != nil {
		t.Fatal(err)
	}
	long := ""
	checked := 0
	check := func(text string, accents bool) {
		t.Helper()
		n, _ := Segments(text, accents)
		if !accents {
			text = Plain(text)
		}
		parts, err := warthog.Encode([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if want := max(1, len(parts)); n != want || n != counted(text) {
			t.Errorf("%q…: %d segments, %d by the library, %d by the standards", text[:min(len(text), 40)], n, want, counted(text))
		}
		checked++
	}
	for _, lang := range locales.Languages {
		for _, key := range slices.Sorted(slices.Values(texts.Keys(lang))) {
			text := texts.Text(lang, "", key, nil)
			long += text + " €😀 "
			if len(long) > 2000 {
				long = ""
			}
			for _, s := range []string{text, long} {
				check(s, false)
				check(s, true)
			}
		}
	}
	if checked < 2000 {
		t.Errorf("%d texts only", checked)
	}
}

func FuzzUDH(f *testing.F) {
	f.Add([]byte{5, 0, 3, 1, 2, 1})
	f.Add([]byte{6, 8, 4, 1, 2, 3, 3})
	f.Add([]byte{11, 5, 4, 0x0b, 0x84, 0x23, 0xf0, 0, 3, 9, 2, 2})
	f.Add([]byte{5, 0, 3, 1, 0, 0})
	f.Fuzz(func(t *testing.T, udh []byte) {
		p := partOf(udh)
		if p != (bot.Part{}) && (p.Total < 2 || p.Seq < 1 || p.Seq > p.Total) {
			t.Errorf("%x is %+v", udh, p)
		}
	})
}
