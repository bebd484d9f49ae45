package ocop

import (
	"errors"
	"strings"
	"testing"
)

func TestPhones(t *testing.T) {
	for text, want := range map[string]string{
		"0912345678": "+84912345678", "0912 345 678": "+84912345678", "0912.345.678": "+84912345678", "0912-345-678": "+84912345678",
		"84912345678": "+84912345678", "+84912345678": "+84912345678", "+84 912 345 678": "+84912345678", "0084912345678": "+84912345678",
		"+84 (0)912 345 678": "+84912345678", "(+84) 912345678": "+84912345678", "sđt 0912345678": "+84912345678", "SĐT: 0912 345 678": "+84912345678",
		"số điện thoại 0912345678": "+84912345678", "Zalo: 0912345678": "+84912345678", "\u00a00912\u00a0345678": "+84912345678",
		"0841234567":  "+84841234567", // ten digits: VinaPhone, not the country
		"84841234567": "+84841234567", "0084841234567": "+84841234567",
		"01621234567": "+84321234567", "01691234567": "+84391234567", "01201234567": "+84701234567", "01211234567": "+84791234567",
		"01221234567": "+84771234567", "01261234567": "+84761234567", "01281234567": "+84781234567", "01231234567": "+84831234567",
		"01241234567": "+84841234567", "01251234567": "+84851234567", "01271234567": "+84811234567", "01291234567": "+84821234567",
		"01861234567": "+84561234567", "01881234567": "+84581234567", "01991234567": "+84591234567", "+841621234567": "+84321234567",
		"841621234567": "+84321234567", "00841621234567": "+84321234567",
		"02053812345": "+842053812345", "0205 3812 345": "+842053812345", "02438123456": "+842438123456",
	} {
		if got, err := ParsePhone(text); err != nil || got != want {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	for text, want := range map[string]error{
		"": ErrPhone, "không có": ErrPhone, "091234567a": ErrPhone, "0912345": ErrPhoneLength, "09123456789": ErrPhoneLength,
		"912345678": ErrPhoneLength, "+12025550123": ErrPhoneForeign, "0012025550123": ErrPhoneForeign, "+8613812345678": ErrPhoneForeign,
		"0112345678": ErrPhonePrefix, "0951234567": ErrPhonePrefix, "01631": ErrPhoneLength, "01301234567": ErrPhonePrefix,
		"02013812345": ErrPhonePrefix, "0253812345": ErrPhonePrefix, "113": ErrPhoneLength, "0": ErrPhoneLength, "00": ErrPhone,
	} {
		if got, err := ParsePhone(text); !errors.Is(err, want) || !errors.Is(err, ErrPhone) || got != "" {
			t.Errorf("%q: %s, %v, want %v", text, got, err, want)
		}
	}
}

func TestPhonesShown(t *testing.T) {
	for e164, want := range map[string]string{
		"+84912345678":  "0912 345 678",
		"+842053812345": "0205 3812 345",
		"+842438123456": "024 38123 456",
		"+12025550123":  "+12025550123",
		"":              "",
	} {
		if got := FormatPhone(e164); got != want {
			t.Errorf("%s is shown as %s", e164, got)
		}
	}
	if KindOfPhone("+84912345678") != Mobile || KindOfPhone("+842053812345") != Landline || KindOfPhone("0912345678") != NoPhone {
		t.Error("kinds of phones")
	}
}

func FuzzParsePhone(f *testing.F) {
	for _, s := range []string{"0912345678", "+84 (0)912 345 678", "01621234567", "02053812345", "00", "sđt", "٠٩١٢٣٤٥٦٧٨"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePhone(text)
		if (err == nil) != (p != "") || err != nil && !errors.Is(err, ErrPhone) {
			t.Fatalf("%q: %q, %v", text, p, err)
		}
		if err != nil {
			return
		}
		if KindOfPhone(p) == NoPhone || !strings.HasPrefix(p, "+84") {
			t.Errorf("%q gives %s", text, p)
		}
		for _, again := range []string{p, FormatPhone(p), strings.TrimPrefix(p, "+")} {
			if q, err := ParsePhone(again); err != nil || q != p {
				t.Errorf("%s gives %s, %v", again, q, err)
			}
		}
	})
}
