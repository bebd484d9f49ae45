package telegram

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ocopbot/bot"
)

func TestRows(t *testing.T) {
	for name, c := range map[string]struct {
		labels []string
		want   [][]string
	}{
		"yes or no": {[]string{"Có", "Không"}, [][]string{{"Có", "Không"}}},
		"numbers":   {[]string{"1", "2", "3", "4", "5", "6", "7"}, [][]string{{"1", "2", "3"}, {"4", "5"}, {"6", "7"}}},
		"long ones alone": {[]string{"Dược liệu và sản phẩm từ dược liệu", "Đồ uống", "Thực phẩm"},
			[][]string{{"Dược liệu và sản phẩm từ dược liệu"}, {"Đồ uống", "Thực phẩm"}}},
		"two in a row": {[]string{"Doanh nghiệp", "Hợp tác xã", "Tổ hợp tác", "Hộ sản xuất có đăng ký kinh doanh"},
			[][]string{{"Doanh nghiệp", "Hợp tác xã"}, {"Tổ hợp tác"}, {"Hộ sản xuất có đăng ký kinh doanh"}}},
		"none": {nil, nil},
	} {
		var choices []bot.Choice
		for _, l := range c.labels {
			choices = append(choices, bot.Choice{ID: "x", Label: l})
		}
		var got [][]string
		for _, row := range rows(choices) {
			var labels []string
			for _, ch := range row {
				labels = append(labels, ch.Label)
			}
			got = append(got, labels)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A split text has every letter once, no piece is too long, and none begins
// with a mark that belongs to the letter before.
func TestSplitKeepsEveryLetter(t *testing.T) {
	letters := rapid.SampledFrom([]string{"a", "ế", "e\u0302\u0301", "🍯", "đ", " ", "\n", "\n\n", "chữ ", "👩\u200d🌾"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(letters, 0, 200).Draw(t, "text"), "")
		limit := rapid.IntRange(12, 60).Draw(t, "limit")
		pieces := split(text, limit)
		for _, p := range pieces {
			if units(p) > limit || !utf8.ValidString(p) {
				t.Fatalf("piece %q of %d units", p, units(p))
			}
			if r, _ := utf8.DecodeRuneInString(p); len(pieces) > 1 && p != "" && joins(r) {
				t.Fatalf("piece %q begins within a letter", p)
			}
		}
		bare := strings.NewReplacer(" ", "", "\n", "")
		if got := strings.Join(pieces, ""); bare.Replace(got) != bare.Replace(text) {
			t.Fatalf("%q became %q", text, pieces)
		}
	})
}

func TestSplitPrefersParagraphs(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"đoạn một dài\n\nđoạn hai dài", []string{"đoạn một dài", "đoạn hai dài"}},
		{"dòng một dài\ndòng hai dài", []string{"dòng một dài", "dòng hai dài"}},
		{"từ một và từ hai và ba", []string{"từ một và từ", "hai và ba"}},
		{"không", []string{"không"}},
		{"", []string{""}},
	} {
		if diff := cmp.Diff(c.want, split(c.text, 14)); diff != "" {
			t.Errorf("%q: %s", c.text, diff)
		}
	}
}

func FuzzJSONString(f *testing.F) {
	for _, s := range []string{"", "mật ong", "\"\\\n\t\x00\x1f\x7f", "\xff\xfea\xc3", "🍯\u2028</script>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(appendString(nil, s), &got); err != nil {
			t.Fatal(err)
		}
		if want := string([]rune(s)); got != want { // []rune replaces each bad byte
			t.Fatalf("%q became %q", want, got)
		}
	})
}

func FuzzCallbackData(f *testing.F) {
	f.Add("q7x", 1000, "food")
	f.Add("", 0, "a:b")
	f.Fuzz(func(t *testing.T, session string, at int, choice string) {
		ref := bot.Ref{Session: session, AskedAt: at}
		var data string
		if err := json.Unmarshal(append(appendData([]byte{'"'}, ref, choice), '"'), &data); err != nil {
			t.Fatal(err)
		}
		sound := utf8.ValidString(session) && utf8.ValidString(choice) && !strings.Contains(session, ":") && at >= 0 && at < 1<<31
		if got, c := parseData(data); sound && (got != ref || c != choice || len(data) != dataLength(ref, choice)) {
			t.Fatalf("%q became %+v %q", data, got, c)
		}
	})
}

func FuzzUpdate(f *testing.F) {
	f.Add([]byte(`{"update_id":5,"message":{"message_id":1,"date":1,"text":"/start@x a","from":{"id":7},"chat":{"id":7,"type":"private"}}}`))
	f.Add([]byte(`{"update_id":5,"message":{"message_id":1,"photo":[{}],"chat":{"id":7,"type":"private"}}}`))
	f.Add([]byte(`{"update_id":5,"callback_query":{"id":"1","from":{"id":7},"data":"a:1:b"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var u update
		if u.parse(b) != nil {
			return
		}
		if in, ok := u.incoming(); ok && (in.Kind == 0 || in.From == "telegram:0" || !utf8.ValidString(in.Text)) {
			t.Fatalf("%s became %+v", b, in)
		}
	})
}
