package ocop

import (
	"testing"

	"ocopbot/bot/viet"
)

// Products of Lạng Sơn as their makers name them; - means that nothing is to
// be proposed.
var products = []struct{ name, group, key string }{
	{"Hoa hồi Lạng Sơn", "-", "hoi"},
	{"Hồi khô Văn Quan", "-", "hoi"},
	{"Hồi", "-", "hoi"},
	{"Tinh dầu hồi", "medicinal", "hoi"},
	{"Na Chi Lăng", "food", "na"},
	{"Na dai Đồng Bành", "food", "na"},
	{"Quả na bở sấy dẻo", "food", "na"},
	{"Thạch đen Tràng Định", "food", "thach-den"},
	{"Bột thạch đen ăn liền", "food", "thach-den"},
	{"Cao thạch đen", "food", "thach-den"},
	{"Hồng Bảo Lâm", "food", "hong"},
	{"Hồng vành khuyên Văn Lãng", "food", "hong"},
	{"Hồng không hạt sấy dẻo", "food", "hong"},
	{"Hồng treo gió", "food", "hong"},
	{"Vịt quay lá mác mật", "food", "gia-cam"},
	{"Vịt quay Thất Khê", "food", "gia-cam"},
	{"Lợn quay Lạng Sơn", "food", "lon"},
	{"Lạp xưởng hun khói", "food", "lon"},
	{"Lạp sườn gác bếp Bắc Sơn", "food", "lon"},
	{"Khâu nhục Lạng Sơn", "food", "lon"},
	{"Mật ong hoa rừng Bình Gia", "food", "-"},
	{"Mật ong bạc hà", "food", "-"},
	{"Cao khô Vạn Linh", "food", "-"},
	{"Phở khô Na Sầm", "food", "-"},
	{"Bánh phở khô", "food", "-"},
	{"Bánh chưng đen Bắc Sơn", "food", "-"},
	{"Bánh ngải Tày", "food", "-"},
	{"Bánh cao sằm", "food", "-"},
	{"Khẩu sli Na Sầm", "food", "-"},
	{"Bánh khảo Tràng Định", "food", "-"},
	{"Gạo nếp cái hoa vàng Bắc Sơn", "food", "-"},
	{"Gạo Bao thai Tràng Định", "food", "-"},
	{"Quýt vàng Bắc Sơn", "food", "co-mui"},
	{"Cam Canh Hữu Lũng", "food", "co-mui"},
	{"Bưởi da xanh Chi Lăng", "food", "co-mui"},
	{"Măng ớt Lạng Sơn", "food", "-"},
	{"Ớt khô Chi Lăng", "food", "ot"},
	{"Tương ớt mác mật", "food", "ot"},
	{"Rau bò khai Chi Lăng", "food", "rau"},
	{"Rau ngồng cải sạch", "food", "rau"},
	{"Bắp cải an toàn Tân Liên", "food", "rau"},
	{"Khoai lang Lộc Bình", "food", "khoai-lang"},
	{"Lạc đỏ Tràng Định", "food", "do-lac-ngo"},
	{"Ngô nếp nương", "food", "do-lac-ngo"},
	{"Dầu lạc nguyên chất", "food", "do-lac-ngo"},
	{"Dầu sở Lộc Bình", "food", "so"},
	{"Nấm hương khô Mẫu Sơn", "food", "-"},
	{"Gà sáu ngón Mẫu Sơn", "food", "gia-cam"},
	{"Trứng gà thảo mộc", "food", "gia-cam"},
	{"Thịt trâu gác bếp", "food", "trau-bo"},
	{"Cá hồi Mẫu Sơn", "food", "thuy-san"},
	{"Chanh leo Bắc Sơn", "food", "-"},
	{"Giấm mận", "food", "-"},
	{"Rượu men lá Mẫu Sơn", "drink", "-"},
	{"Rượu Mẫu Sơn", "drink", "-"},
	{"Rượu mật ong", "drink", "-"},
	{"Trà hoa vàng Đình Lập", "drink", "-"},
	{"Trà xanh Thái Bình", "drink", "che"},
	{"Chè shan tuyết Mẫu Sơn", "drink", "che"},
	{"Chè Đình Lập", "drink", "che"},
	{"Trà giảo cổ lam", "drink", "duoc-lieu"},
	{"Chè đỗ đen", "-", "-"},
	{"Siro na Chi Lăng", "drink", "na"},
	{"Cao gắm Bắc Sơn", "medicinal", "duoc-lieu"},
	{"Dầu gội bồ kết", "medicinal", "-"},
	{"Mặt nạ nghệ", "medicinal", "-"},
	{"Thuốc tắm người Dao Mẫu Sơn", "medicinal", "-"},
	{"Ba kích tím ngâm mật ong", "medicinal", "duoc-lieu"},
	{"Thổ cẩm Quỳnh Sơn", "craft", "-"},
	{"Khăn thêu người Dao", "craft", "-"},
	{"Chổi chít Hữu Lũng", "craft", "-"},
	{"Đàn tính Văn Quan", "craft", "-"},
	{"Ngói âm dương Quỳnh Sơn", "craft", "-"},
	{"Đồ gỗ mỹ nghệ", "craft", "go"},
	{"Đào cảnh Mẫu Sơn", "ornamental", "dao-canh"},
	{"Đào chuông", "ornamental", "dao-canh"},
	{"Hoa lan rừng", "ornamental", "-"},
	{"Đào Mẫu Sơn", "food", "-"},
	{"Homestay Hữu Liên", "tourism", "-"},
	{"Dịch vụ du lịch cộng đồng Quỳnh Sơn", "tourism", "-"},
	{"Điểm du lịch sinh thái Đồng Lâm", "tourism", "-"},
	{"Nhựa thông Lộc Bình", "-", "go"},
	{"Quế Đình Lập", "-", "que"},
	{"Áo chàm", "craft", "-"},
	{"Sản phẩm mới", "-", "-"},
	{"Sở Nông nghiệp", "-", "-"},
	{"Hội nghị", "-", "-"},
	{"Nạ", "-", "-"},
	{"Hông xôi", "food", "-"},
	{"Số 12", "-", "-"},
}

func proposed(p *Programme, name string) (group, key string) {
	group, key = "-", "-"
	if g, ok := p.ProposeGroup(name, in2026); ok {
		group = g.ID
	}
	if k, ok := p.ProposeKeyProduct(name); ok {
		key = k.ID
	}
	return group, key
}

func TestProposals(t *testing.T) {
	for _, file := range BuiltIn() {
		p := load(t, file)
		for _, c := range products {
			if group, key := proposed(p, c.name); group != c.group || key != c.key {
				t.Errorf("%s: %s: %s %s, want %s %s", file, c.name, group, key, c.group, c.key)
			}
		}
	}
}

// Without accents there may be no proposal, but there is never another one.
func TestProposalsWithoutAccents(t *testing.T) {
	p := load(t, LangSon2025)
	none, proposals := 0, 0
	for _, c := range products {
		plain := viet.Fold(c.name)
		group, key := proposed(p, plain)
		if c.group != "-" {
			proposals++
			if group == "-" {
				none++
			}
		}
		if group != "-" && group != c.group || key != "-" && key != c.key {
			t.Errorf("%s: %s %s, want %s %s or nothing", plain, group, key, c.group, c.key)
		}
	}
	if none > proposals/4 {
		t.Errorf("%d of %d products get no group when typed without accents", none, proposals)
	}
}

func TestGroupsOfBothEras(t *testing.T) {
	p := load(t, LangSon2021)
	for _, c := range []struct {
		name   string
		before string
	}{{"Tinh dầu hồi", "herbal"}, {"Thổ cẩm", "textile"}, {"Mây tre đan", "souvenir"}, {"Homestay Hữu Liên", "tourism-2019"}, {"Mật ong", "food"}} {
		if g, ok := p.ProposeGroup(c.name, in2022); !ok || g.ID != c.before {
			t.Errorf("%s in 2022: %q", c.name, g.ID)
		}
	}
	if _, ok := p.ProposeGroup("Đào cảnh Mẫu Sơn", in2022); ok {
		t.Error("ornamental plants had no group in 2022")
	}
	if n, m := len(p.GroupsAt(in2022)), len(p.GroupsAt(in2026)); n != 6 || m != 6 {
		t.Errorf("%d groups in 2022, %d in 2026", n, m)
	}
	if n := len(p.KeyProducts()); n != 19 {
		t.Errorf("%d key products", n)
	}
}
