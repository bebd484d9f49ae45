package viet_test

import (
	"slices"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"ocopbot/bot/viet"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Mật  ong, Đào":                  "mat ong dao",
		norm.NFD.String("Hữu Lũng"):      "huu lung",
		"ÐĂNG KÝ":                        "dang ky", // Icelandic Ð
		"d\u0323a\u200bng\u00a0ky\u0301": "dang ky",
		"“Thạch đen” – Tràng Định":       "thach den trang dinh",
		"\u0301\u0323":                   "",
		"ＬＳ２６-0001":                      "ls26 0001",
		"a\xffb":                         "a b",
	} {
		if got := viet.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"  xin\u00a0 chào \r\n\n bà con ": "xin chào\nbà con",
		"a\u200d\u0301":                   "á",
		norm.NFD.String("Chợ Đồng Đăng"):  "Chợ Đồng Đăng",
		"\ufefftrà\u0000 hoa":             "trà hoa",
		"":                                "",
	} {
		if got := viet.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestUnaccent(t *testing.T) {
	for in, want := range map[string]string{
		"Kính gửi bác Đặng – “OCOP”…": `Kinh gui bac Dang - "OCOP"...`,
		"gõ «hủy» nhé":                `go "huy" nhe`,
		"Ðăng":                        "Dang",
	} {
		if got := viet.Unaccent(in); got != want {
			t.Errorf("Unaccent(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestKey(t *testing.T) {
	for _, same := range [][]string{
		{"đăng ký", "đăng kí", "DANG KY", "Ðăng Kí"},
		{"hòa", "hoà", "hoa"},
		{"hủy", "huỷ"},
		{"quý", "quí"},
		{"ý tưởng", "Í tưởng"},
		{"Lý", "lí"},
	} {
		for _, s := range same[1:] {
			if viet.Key(s) != viet.Key(same[0]) {
				t.Errorf("Key(%q) = %q, Key(%q) = %q", s, viet.Key(s), same[0], viet.Key(same[0]))
			}
		}
	}
	if viet.Key("tay") == viet.Key("tai") || viet.Key("huy") == viet.Key("hui") {
		t.Error("different sounds are one key")
	}
}

func TestKeysOfAPhrase(t *testing.T) {
	for phrase, typed := range map[string][]string{
		"đăng ký": {"đăng kí", "ddawng kys", "ddawng kis", "ddangw kys", "dangwd kys", "d9a8ng ky1", "d9ang8 ki1", "dang98 ky1", "DDAWNG KYS"},
		"được":    {"dduwowcj", "dduowcj", "dduwocj", "dduocwj", "ddwowcj", "d9u7o75c", "d9uo7c5", "dduowjc"},
		"hủy":     {"huyr", "hury", "hu3y", "huy3", "huỷ"},
		"Mẫu Sơn": {"maaux sown", "mauxa sown", "ma6u4 so7n"},
		"tưởng":   {"tuwowngr", "tuwowrng", "tu7o7ng3", "tuo73ng", "tuongwr", "tuongrw"},
		"mới":     {"mowis", "mowsi", "mo7i1", "moiws", "moisw"},
	} {
		keys := viet.Keys(phrase)
		if keys[0] != viet.Key(phrase) {
			t.Errorf("Keys(%q) does not start with its key: %q", phrase, keys[0])
		}
		for _, s := range typed {
			if !slices.Contains(keys, viet.Key(s)) {
				t.Errorf("Keys(%q) misses %q (%q)", phrase, s, keys)
			}
		}
	}
}

func TestKeysStayFew(t *testing.T) {
	long := "phường đường được nước ngược thước người mười những tưởng"
	if n := len(viet.Keys(long)); n > 256+1 {
		t.Errorf("%d keys", n)
	}
}

func TestWithin1(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"dang ki", "dang ki", true}, {"dang", "dagn", true}, {"dang", "dng", true},
		{"dang", "daang", true}, {"dang", "dxng", true}, {"", "a", true}, {"", "", true},
		{"dang", "nagd", false}, {"ab", "cd", false}, {"dang", "dangkk", false},
		{"đăng", "đang", true}, {"đă", "ăđ", true}, {"aab", "baa", false},
	} {
		if got := viet.Within1(c.a, c.b); got != c.want {
			t.Errorf("Within1(%q, %q) = %v", c.a, c.b, got)
		}
		if got := viet.Within1(c.b, c.a); got != c.want {
			t.Errorf("Within1(%q, %q) = %v", c.b, c.a, got)
		}
	}
}

// TestFoldEveryRune keeps the promise that a key is its own key.
func TestFoldEveryRune(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		once := viet.Fold(string(r))
		if twice := viet.Fold(once); twice != once {
			t.Errorf("%U: %q, folded again %q", r, once, twice)
		}
	}
}

func FuzzNormal(f *testing.F) {
	for _, s := range []string{
		"Đăng ký ý tưởng", norm.NFD.String("Đăng ký"), "\u0301a\u0323", "a\u200d\u0301\u00a0",
		"Ðăng “kí”…", "ddawng kys", "d9a8ng ky1", "\xff\xfe", "👨‍👩‍👧 ok", "quyết quý y",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, fn := range map[string]func(string) string{
			"Clean": viet.Clean, "Fold": viet.Fold, "Unaccent": viet.Unaccent, "Key": viet.Key,
		} {
			once := fn(s)
			if twice := fn(once); twice != once {
				t.Errorf("%s(%q) = %q, again %q", name, s, once, twice)
			}
			if !utf8.ValidString(once) || !norm.NFC.IsNormalString(once) {
				t.Errorf("%s(%q) = %q is not NFC", name, s, once)
			}
		}
	})
}

func FuzzWithin1(f *testing.F) {
	f.Add("dang ky", "dang ki")
	f.Add("đăng", "đnăg")
	f.Fuzz(func(t *testing.T, a, b string) {
		a, b = viet.Clean(a), viet.Clean(b)
		if viet.Within1(a, b) != viet.Within1(b, a) {
			t.Errorf("%q and %q: not the same both ways", a, b)
		}
		if !viet.Within1(a, a+"x") {
			t.Errorf("%q: one letter more is too far", a)
		}
	})
}
