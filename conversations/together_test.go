package conversations

import "testing"

func TestHowManyCome(t *testing.T) {
	for text, want := range map[string]string{
		"3": "3", "3 người": "3", "03": "3", "khoang 4 nguoi": "4", "cả nhà 5 người ạ": "5", "đi 2.": "2",
		"hai vợ chồng": "2", "vợ chồng": "2", "ba chị em": "3", "cả ba": "3", "cả nhà ba người": "3", "bà nhà tôi": "", "bốn": "4", "một mình": "1", "minh toi": "1", "chỉ mình em thôi": "1",
		"tôi và 2 người nữa": "3", "với hai người khác": "3", "10": "10",
		"0": "", "-2": "", "2,5": "", "1 2 3": "", "11": "!", "1.000": "!", "999999": "!", "nhiều lắm": "", "🙂": "", "'; DROP TABLE": "",
	} {
		got, wrong := parsePeople(&T{S: NewSession("vi")}, text)
		switch {
		case want == "" && (wrong == nil || wrong.Key != "signup.people_wrong"), want == "!" && (wrong == nil || wrong.Key != "signup.people_many"):
			t.Errorf("%q: %q, %v", text, got, wrong)
		case want != "" && want != "!" && got != want:
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
	for text, want := range map[string][2]string{
		"hc12 3": {"HC12", "3"}, "HC 12 3 người": {"HC12", "3"}, "HC 12": {"HC12", ""}, "th1 2 ng": {"TH1", "2"}, "hc12 Lý Văn An": {"", ""},
	} {
		if code, people, _ := codeAndPeople(text); code != want[0] || people != want[1] {
			t.Errorf("%q: %q and %q", text, code, people)
		}
	}
}
