package understand_test

import (
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/unicode/norm"

	"ocopbot/conversations/understand"
)

func TestGuess(t *testing.T) {
	m := understand.New()
	for _, c := range []struct {
		text   string
		intent understand.Intent
		whole  bool
		arg    string
	}{
		{"dạ cho em quay lại với ạ", understand.Back, true, ""},
		{norm.NFD.String("Đăng ký ý tưởng"), understand.RegisterIdea, true, ""},
		{"OCOP DK Mật ong bạc hà; Mẫu Sơn", understand.RegisterIdea, true, "Mật ong bạc hà; Mẫu Sơn"},
		{"ocop dk mat ong; mau son", understand.RegisterIdea, true, "mat ong; mau son"},
		{"Cho tôi đăng ký sản phẩm Cao khô Vạn Linh nhé", understand.RegisterIdea, false, "Cao khô Vạn Linh"},
		{"OCOP TC LS26-0002", understand.Status, true, "LS26-0002"},
		{"TC ls260007", understand.Status, true, "ls260007"},
		{"tra cứu 12", understand.Status, true, "12"},
		{"OCOP HELP", understand.Help, true, ""},
		{"ocop quay lai", understand.Back, true, ""},
		{"TC", understand.Status, true, ""},
		{"tra cứu hồ sơ của tôi", understand.Status, true, ""},
		{"phiếu LS26-0005 sao rồi?", understand.Status, true, "LS26-0005"},
		{"LS26–0007", understand.Status, true, "LS26–0007"},
		{"bỏ qua", understand.Skip, true, ""},
		{"để sau", understand.Skip, true, ""},
		{"gửi luôn", understand.Send, true, ""},
		{"bắt đầu lại", understand.Restart, true, ""},
		{"gọi lại cho tôi 0912345678", understand.CallMe, false, ""},
		{"xem tiếp", understand.More, true, ""},
		{"việc cần làm", understand.Inbox, true, ""},
		{"hộp việc", understand.Inbox, true, ""},
		{"bổ sung phiếu", understand.Supplement, true, ""},
		{"sửa", understand.Edit, true, ""},
		{"khônggg", understand.No, true, ""},
		{"giá 50 000 đồng", understand.None, false, ""},
		{"đăng ký sản phẩm mật ong, tôi ở Hữu Lũng", understand.RegisterIdea, false, "mật ong"},
		{"", understand.None, false, ""},
		{"🌾", understand.None, false, ""},
	} {
		g := m.Understand(c.text)
		if g.Intent != c.intent || g.Whole != c.whole || g.Arg != c.arg {
			t.Errorf("%q: %+v, want %s, whole %v, arg %q", c.text, g, c.intent, c.whole, c.arg)
		}
		if c.intent != understand.None && g.Score < understand.Sure {
			t.Errorf("%q: only %.2f sure", c.text, g.Score)
		}
	}
}

// TestHomographs keeps apart what only accents or the words around tell.
func TestHomographs(t *testing.T) {
	m := understand.New()
	for text, want := range map[string]understand.Intent{
		"đúng": understand.Yes, "dừng": understand.StopMessages, "Dũng": understand.None,
		"dung": understand.Yes, "dung roi": understand.Yes, "DUNG": understand.StopMessages,
		"hủy": understand.Cancel, "HUY": understand.Cancel, "Anh Huy": understand.None, "em muốn hủy": understand.Cancel,
		"sửa": understand.Edit, "sữa": understand.None, "sữa chua": understand.None,
		"dk sp": understand.RegisterIdea, "dk tham gia là gì": understand.Help,
		"có": understand.Yes, "cỏ": understand.None, "chưa": understand.No, "chua": understand.No,
		"đăng ký kinh doanh": understand.None, "không đăng ký nữa": understand.Cancel,
		"có mất tiền không": understand.Help, "mất tiền không?": understand.Help,
		"dạ": understand.Yes, "dạ không": understand.No,
	} {
		if g := m.Understand(text); g.Intent != want {
			t.Errorf("%q: %+v, want %s", text, g, want)
		}
	}
}

// TestRefusalWords: the words that also mean something else name that too, so
// that the dialog can decide.
func TestRefusalWords(t *testing.T) {
	m := understand.New()
	for text, want := range map[string][2]understand.Intent{
		"dung":    {understand.Yes, understand.StopMessages},
		"DUNG":    {understand.StopMessages, understand.Yes},
		"HUY":     {understand.Cancel, understand.StopMessages},
		"TC":      {understand.Status, understand.StopMessages},
		"TU CHOI": {understand.StopMessages, understand.None},
		"STOP":    {understand.StopMessages, understand.None},
	} {
		g := m.Understand(text)
		if g.Intent != want[0] || g.Second != want[1] || !g.Whole {
			t.Errorf("%q: %+v, want %v", text, g, want)
		}
	}
}

func TestDoubt(t *testing.T) {
	g := understand.New().Understand("đăng ký mật ong rừng")
	if g.Intent != understand.RegisterIdea || g.Score < understand.Doubtful || g.Score >= understand.Sure {
		t.Errorf("%+v: neither sure nor nothing", g)
	}
	if g.Arg != "mật ong rừng" {
		t.Errorf("arg %q", g.Arg)
	}
}

// TestAnswersAreLeftAlone: what people answer to the questions of a form must
// never count as nothing but a wish.
func TestAnswersAreLeftAlone(t *testing.T) {
	m := understand.New()
	for _, answer := range strings.Split(strings.TrimSpace(answers), "\n") {
		for _, text := range []string{answer, strings.ToUpper(answer), norm.NFD.String(answer)} {
			if g := m.Understand(text); g.Whole && g.Intent != understand.None {
				t.Errorf("%q: %+v", text, g)
			}
		}
	}
}

const answers = `
Trà hoa vàng
Hội Hoan
Hồ Sơn
Sữa ong chúa
Thịt trâu gác bếp
Vải thổ cẩm, khăn thêu tay
Hợp tác xã Hợp Tiến
Tổ 3, thôn Nà Lầu
Cần hỗ trợ bao bì và nhãn mác
Hỗ trợ vay vốn ngân hàng
Bán ở hội chợ và siêu thị
Khách du lịch đi hội chợ mua nhiều
Chưa có đăng ký kinh doanh
Bà tôi truyền lại nghề này từ năm 1960
Gửi tiền cho bà con sau khi bán
Không dùng hóa chất, không chất bảo quản
Giá 50 000 đồng một hộp
Bán 120.000 một cân
Có sẵn ở rừng Mẫu Sơn
Tôi là Hoàng Văn Dừng
Hoàng Thị Thôi`

func TestConcurrentUse(t *testing.T) {
	m := understand.New()
	want := m.Understand("hồ sơ của tôi đến đâu rồi")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				m.Understand("OCOP DK mat ong; mau son")
				if got := m.Understand("hồ sơ của tôi đến đâu rồi"); got != want {
					t.Errorf("%+v, want %+v", got, want)
				}
			}
		})
	}
	all.Wait()
}

func TestPublicIsClosed(t *testing.T) {
	for _, i := range []understand.Intent{
		understand.Skip, understand.Send, understand.Restart, understand.CallMe, understand.More,
		understand.Inbox, understand.Supplement, understand.Edit,
	} {
		if p := i.Public(); p == i || p.Public() != p {
			t.Errorf("%s is shown as %s", i, p)
		}
	}
}

func FuzzUnderstand(f *testing.F) {
	for _, s := range []string{
		"đăng ký", "ddawng kys", "d9a8ng ky1", "LS26-0001", "OCOP DK a; b", "\u0301\u0323",
		"tra cứu 12", strings.Repeat("không ", 80), strings.Repeat("a", 300), "Ð\u200dk", "ｄｋ ５",
		"\xff\xfe", "dk dk dk dk", "không không chưa?",
	} {
		f.Add(s)
	}
	m := understand.New()
	f.Fuzz(func(t *testing.T, s string) {
		g := m.Understand(s)
		if g.Score < 0 || g.Score > 1 || g.SecondScore < 0 || g.SecondScore > 1 {
			t.Errorf("%q: scores of %+v", s, g)
		}
		if g.Intent != understand.None && g.Score < understand.Doubtful {
			t.Errorf("%q: a guess too weak: %+v", s, g)
		}
		if g.Intent == "" || g.Second == "" {
			t.Errorf("%q: no intent: %+v", s, g)
		}
		if again := m.Understand(s); again != g {
			t.Errorf("%q: %+v, then %+v", s, g, again)
		}
	})
}

func BenchmarkUnderstand(b *testing.B) {
	m := understand.New()
	for name, text := range map[string]string{
		"name":     "Nguyễn Văn Huy",
		"product":  "Rượu men lá Mẫu Sơn",
		"question": "Dạ cho em hỏi hồ sơ của em đến đâu rồi ạ?",
		"slips":    "dangg kyy san phamm moii nhes",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Understand(text)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		understand.New()
	}
}
