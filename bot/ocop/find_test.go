package ocop

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
)

var (
	in2022 = Date(2022, time.May, 4)
	in2026 = Date(2026, time.June, 18)
)

func load(t testing.TB, name string) *Programme {
	t.Helper()
	p, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// found is what FindUnits gave, as labels: "?" before a guess, " < old" after
// what was found by an old name.
func found(p *Programme, text string, at time.Time) string {
	var out []string
	for _, m := range p.FindUnits(text, at) {
		s := p.Label(m.Unit.Key)
		if m.Guess {
			s = "?" + s
		}
		if m.Via != "" {
			s += " < " + p.Label(m.Via)
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestFindUnitsInThePlansStructure(t *testing.T) {
	p := load(t, LangSon2021)
	const chiLang = "phường Chi Lăng, thành phố Lạng Sơn; xã Chi Lăng, huyện Tràng Định; thị trấn Chi Lăng, huyện Chi Lăng; xã Chi Lăng, huyện Chi Lăng; huyện Chi Lăng"
	for text, want := range map[string]string{
		"Hữu Liên":                      "xã Hữu Liên, huyện Hữu Lũng",
		"xã Hữu Liên":                   "xã Hữu Liên, huyện Hữu Lũng",
		"huu lien":                      "xã Hữu Liên, huyện Hữu Lũng",
		"HUU LIEN":                      "xã Hữu Liên, huyện Hữu Lũng",
		"x. Hữu Liên":                   "xã Hữu Liên, huyện Hữu Lũng",
		"x.Hữu Liên, h.Hữu Lũng":        "xã Hữu Liên, huyện Hữu Lũng",
		"huulien":                       "xã Hữu Liên, huyện Hữu Lũng",
		"Hữu Lien":                      "xã Hữu Liên, huyện Hữu Lũng",
		"huuw lieen":                    "?xã Hữu Liên, huyện Hữu Lũng",
		"Huwux Lieen":                   "xã Hữu Liên, huyện Hữu Lũng",
		"hu7u4 lie6n":                   "xã Hữu Liên, huyện Hữu Lũng",
		"xax Huwux Lieen":               "xã Hữu Liên, huyện Hữu Lũng",
		"hua lien":                      "?xã Hữu Liên, huyện Hữu Lũng",
		"Hữu Liênn":                     "?xã Hữu Liên, huyện Hữu Lũng",
		"Quí Hoà":                       "xã Quý Hòa, huyện Bình Gia",
		"Quý Hoà":                       "xã Quý Hòa, huyện Bình Gia",
		"Tân Mĩ":                        "xã Tân Mỹ, huyện Văn Lãng",
		"Y Tịch":                        "xã Y Tịch, huyện Chi Lăng",
		"i tich":                        "xã Y Tịch, huyện Chi Lăng",
		"Đồng Mỏ":                       "thị trấn Đồng Mỏ, huyện Chi Lăng",
		"tt Đồng Mỏ":                    "thị trấn Đồng Mỏ, huyện Chi Lăng",
		"tt.dong mo":                    "thị trấn Đồng Mỏ, huyện Chi Lăng",
		"dd dong mo":                    "",
		"DDoofng Mor":                   "thị trấn Đồng Mỏ, huyện Chi Lăng",
		"Ðồng Ðăng":                     "thị trấn Đồng Đăng, huyện Cao Lộc",
		"nông trường thái bình":         "thị trấn Nông Trường Thái Bình, huyện Đình Lập",
		"NT Thái Bình":                  "thị trấn Nông Trường Thái Bình, huyện Đình Lập",
		"Chi Lăng":                      chiLang,
		"chi lang":                      chiLang,
		"chi lawng":                     chiLang,
		"xã chi lăng":                   "xã Chi Lăng, huyện Tràng Định; xã Chi Lăng, huyện Chi Lăng",
		"tt chi lang":                   "thị trấn Chi Lăng, huyện Chi Lăng",
		"phuong chi lang":               "phường Chi Lăng, thành phố Lạng Sơn",
		"p. Chi Lăng":                   "phường Chi Lăng, thành phố Lạng Sơn",
		"Chi Lăng, Tràng Định":          "xã Chi Lăng, huyện Tràng Định",
		"chi lang trang dinh":           "xã Chi Lăng, huyện Tràng Định",
		"chi lang huyen trang dinh":     "xã Chi Lăng, huyện Tràng Định",
		"Huyện Tràng Định, xã Chi Lăng": "xã Chi Lăng, huyện Tràng Định",
		"Chi Lăng, Chi Lăng":            "thị trấn Chi Lăng, huyện Chi Lăng; xã Chi Lăng, huyện Chi Lăng",
		"xã Chi Lăng huyện Chi Lăng tỉnh Lạng Sơn":             "xã Chi Lăng, huyện Chi Lăng",
		"xã Chi Lăng, Tràng Định, Lạng Sơn":                    "xã Chi Lăng, huyện Tràng Định",
		"chi lang tp lang son":                                 "phường Chi Lăng, thành phố Lạng Sơn",
		"chi lang, tpls":                                       "phường Chi Lăng, thành phố Lạng Sơn",
		"huyện Chi Lăng":                                       "huyện Chi Lăng",
		"Tràng Định":                                           "huyện Tràng Định",
		"thôn Nà Mò, xã Vân An":                                "xã Vân An, huyện Chi Lăng",
		"thon Lang Giai xa Nhan Ly huyen Chi Lang":             "xã Nhân Lý, huyện Chi Lăng",
		"tôi ở xã Vân An ạ":                                    "xã Vân An, huyện Chi Lăng",
		"xã Nam Quan, huyện Lộc Bình, tỉnh Lạng Sơn, Việt Nam": "xã Nam Quan, huyện Lộc Bình",
		"Tân Thanh":                                            "xã Tân Thanh, huyện Văn Lãng",
		"Tân Thành":                                            "xã Tân Thành, huyện Cao Lộc; xã Tân Thành, huyện Bắc Sơn; xã Tân Thành, huyện Hữu Lũng",
		"tan thanh":                                            "xã Tân Thanh, huyện Văn Lãng; xã Tân Thành, huyện Cao Lộc; xã Tân Thành, huyện Bắc Sơn; xã Tân Thành, huyện Hữu Lũng",
		"tan thành":                                            "xã Tân Thành, huyện Cao Lộc; xã Tân Thành, huyện Bắc Sơn; xã Tân Thành, huyện Hữu Lũng",
		"tan thanh cao loc":                                    "xã Tân Thành, huyện Cao Lộc",
		"van thuy":                                             "xã Vạn Thủy, huyện Bắc Sơn; xã Vân Thủy, huyện Chi Lăng",
		"Vạn Thuỷ":                                             "xã Vạn Thủy, huyện Bắc Sơn",
		"nhat tien":                                            "xã Nhất Tiến, huyện Bắc Sơn; xã Nhật Tiến, huyện Hữu Lũng",
		"Nhật Tiến":                                            "xã Nhật Tiến, huyện Hữu Lũng",
		"xã Thất Khê":                                          "?thị trấn Thất Khê, huyện Tràng Định",
		"phú xá":                                               "xã Phú Xá, huyện Cao Lộc",
		"Bính Xá Đình Lập":                                     "xã Bính Xá, huyện Đình Lập",
		"":                                                     "",
		"mật ong":                                              "",
		"12":                                                   "",
		"06523":                                                "",
	} {
		if got := found(p, text, in2022); got != want {
			t.Errorf("%q: got  %s\n\twant %s", text, got, want)
		}
		if got := found(p, norm.NFD.String(text), in2022); got != want {
			t.Errorf("%q in NFD: got %s", text, got)
		}
	}
}

func TestOldNamesLeadToNewUnits(t *testing.T) {
	p := load(t, LangSon2025)
	for text, want := range map[string]string{
		"Hữu Liên":            "xã Hữu Liên",
		"Mẫu Sơn":             "xã Mẫu Sơn; xã Ba Sơn < xã Mẫu Sơn, huyện Cao Lộc",
		"Bảo Lâm":             "xã Đồng Đăng < xã Bảo Lâm, huyện Cao Lộc",
		"bao lam, cao loc":    "xã Đồng Đăng < xã Bảo Lâm, huyện Cao Lộc",
		"Chi Lăng":            "xã Chi Lăng; phường Lương Văn Tri < phường Chi Lăng, thành phố Lạng Sơn; xã Thất Khê < xã Chi Lăng, huyện Tràng Định",
		"chi lang trang dinh": "xã Thất Khê < xã Chi Lăng, huyện Tràng Định",
		"Bính Xá":             "xã Đình Lập < xã Bính Xá, huyện Đình Lập; xã Kiên Mộc < xã Bính Xá, huyện Đình Lập",
		"Kiên Mộc":            "xã Kiên Mộc; xã Châu Sơn < xã Kiên Mộc, huyện Đình Lập",
		"đại đồng":            "xã Thất Khê < xã Đại Đồng, huyện Tràng Định; xã Quốc Khánh < xã Đại Đồng, huyện Tràng Định",
		"thị trấn Chi Lăng":   "xã Chi Lăng < thị trấn Chi Lăng, huyện Chi Lăng",
		"Tràng Định":          "xã Tràng Định",
		"phường Kỳ Lừa":       "phường Kỳ Lừa",
		"ki lua":              "phường Kỳ Lừa",
		"xã Quốc Khánh, huyện Tràng Định": "xã Quốc Khánh",
	} {
		if got := found(p, text, in2026); got != want {
			t.Errorf("%q: got  %s\n\twant %s", text, got, want)
		}
	}
	if got := found(p, "Bảo Lâm", in2022); got != "xã Bảo Lâm, huyện Cao Lộc" {
		t.Errorf("Bảo Lâm in 2022: %s", got)
	}
}

func TestNamesakesOf2021(t *testing.T) {
	p := load(t, LangSon2021)
	for name, want := range map[string]int{
		"Chi Lăng": 4, "Hòa Bình": 4, "Tân Thành": 3, "Hoàng Văn Thụ": 3, "Hồng Phong": 2, "Hồng Thái": 2,
		"Thụy Hùng": 2, "Mẫu Sơn": 2, "Chiến Thắng": 2, "Đình Lập": 2, "Đồng Đăng": 1,
	} {
		n := 0
		for _, m := range p.FindUnits(name, in2022) {
			if p.IsCommune(m.Unit.Key) {
				n++
			}
			if m.Guess || m.Via != "" {
				t.Errorf("%s: %+v is not exact", name, m)
			}
		}
		if n != want {
			t.Errorf("%s: %d communes, want %d", name, n, want)
		}
	}
	both := 0 // districts whose name is also a commune's
	for _, d := range p.Units(in2022) {
		if d.Kind != District {
			continue
		}
		if slices.ContainsFunc(p.Units(in2022), func(u Unit) bool { return u.Kind.Rank() == 2 && u.Name == d.Name }) {
			both++
		}
	}
	if both != 8 {
		t.Errorf("%d districts share their name with a commune, want 8", both)
	}
}

// Every unit is found by its own name in every way of typing it.
func TestEveryUnitIsFound(t *testing.T) {
	for _, c := range []struct {
		name string
		at   time.Time
	}{{LangSon2021, in2022}, {LangSon2025, in2026}, {LangSon2025, in2022}} {
		p := load(t, c.name)
		for _, u := range p.Units(c.at) {
			for _, text := range []string{u.Name, u.Title(), p.Label(u.Key), strings.ToUpper(u.Name), u.Title() + ", tỉnh Lạng Sơn"} {
				ms := p.FindUnits(text, c.at)
				if !slices.ContainsFunc(ms, func(m Match) bool { return m.Unit.Key == u.Key && m.Via == "" && !m.Guess }) {
					t.Errorf("%s: %q does not find %s: %s", c.name, text, u.Key, found(p, text, c.at))
				}
			}
		}
	}
}

func FuzzFindUnits(f *testing.F) {
	p := load(f, LangSon2025)
	for _, s := range []string{"Chi Lăng", "xã chi lang, huyen trang dinh", "x. x. x.", "huyện", "tt", "Mẫu Sơn, Cao Lộc, Lạng Sơn", "\xff", "da9i d9o6ng2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range p.FindUnits(text, in2026) {
			if !m.Unit.Holds(in2026) {
				t.Errorf("%q leads to %s, which does not stand", text, m.Unit.Key)
			}
		}
	})
}

func BenchmarkFindUnits(b *testing.B) {
	p := load(b, LangSon2025)
	for _, text := range []string{"Hữu Liên", "chi lang huyen trang dinh", "hua lien", "không phải tên xã nào cả ở đây"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				p.FindUnits(text, in2026)
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b, LangSon2025)
	}
}
