package conversations

import "testing"

func TestMoneySaid(t *testing.T) {
	for text, want := range map[string]string{
		"35 triệu": "35000000", "khoang 50 trieu": "50000000", "được tầm 50 triệu ạ": "50000000", "50tr": "50000000", "50 củ": "50000000", "50tr500": "50500000",
		"1,5 tỷ": "1500000000", "1.5 ty": "1500000000", "1 tỷ 2": "1200000000", "1 tỷ 200": "1200000000", "1 tỷ 200 triệu": "1200000000", "2 triệu rưỡi": "2500000",
		"1.500 triệu": "1500000000", "1,200 tỷ": "1200000000", "35.000.000": "35000000", "35.000.000 đồng": "35000000", "35000000đ": "35000000", "35": "35000000", "850k": "850000",
		"0": "0", "0 đồng": "0", "không": "0", "ko ban dc gi": "0", "k bán được gì hết": "0", "chưa bán được đồng nào": "0", "hông có": "0",
		"-1": "", "-5 triệu": "", "50-60 triệu": "", "50 triệu/ngày": "", "50 triệu 2 hợp đồng": "", "2 ngày 50 triệu": "", "50 kg": "", "nhiều": "", "🙂": "", "1 2 3": "",
		"99999999999999 tỷ": "", "1..2 triệu": "", "'; DROP TABLE": "",
	} {
		if got, wrong := parseMoney(text); got != want || (want == "") != (wrong != nil) {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"3": "3", "khoảng 20": "20", "dc 20 nguoi": "20", "1.200": "1200", "ba hợp đồng": "3", "bà nhà tôi biết": "", "ba nha toi biet": "", "ký 2 ạ": "2", "ko": "0", "chưa có ai": "0", "0": "0", "không giới hạn": "0",
		"-5": "", "0,5": "", "2,5": "", "2 ký rồi, 3 đang bàn": "", "1 2 3": "", "nhiều": "", "hai mươi": "", "1000000": "", "😀": "",
	} {
		if got, wrong := parseHowMany(nil, text); got != want || (want == "") != (wrong != nil) {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}
