package conversations

import (
	"testing"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

func TestMisfits(t *testing.T) {
	day := time.Date(2026, 12, 12, 0, 0, 0, 0, ocop.Local)
	fits := storage.Gathering{
		Kind: storage.Fair, Title: "Hội chợ", Place: "Lạng Sơn", From: day.Add(8 * time.Hour), To: day, Deadline: day, Seats: 40, Stalls: 10,
	}
	was := fits
	for want, c := range map[string]struct {
		change func(*storage.Gathering)
		taken  storage.Attendance
	}{
		"":         {func(*storage.Gathering) {}, storage.Attendance{Seated: 40, Stalls: 10}},
		"title":    {func(g *storage.Gathering) { g.Title = "H" }, storage.Attendance{}},
		"place":    {func(g *storage.Gathering) { g.Place = "" }, storage.Attendance{}},
		"contact":  {func(g *storage.Gathering) { g.Contact = "0" }, storage.Attendance{}},
		"when":     {func(g *storage.Gathering) { g.To = day.AddDate(0, 0, -1) }, storage.Attendance{}},
		"deadline": {func(g *storage.Gathering) { g.Deadline = day.AddDate(0, 0, 1) }, storage.Attendance{}},
		"seats":    {func(g *storage.Gathering) { g.Seats = 39 }, storage.Attendance{Seated: 45}}, // five came without one
		"kind":     {func(g *storage.Gathering) { g.Kind, g.Stalls = storage.Training, 0 }, storage.Attendance{Stalls: 4}},
		"stalls":   {func(g *storage.Gathering) { g.Stalls = 3 }, storage.Attendance{Stalls: 4}},
	} {
		g := fits
		c.change(&g)
		got := (&Engine{}).Misfits(g, Least(was, c.taken))
		if len(got) != min(1, len(want)) || len(got) == 1 && got[0].Field != want {
			t.Errorf("misfits %v, want %q", got, want)
		}
	}
	if got := (&Engine{}).Misfits(fits, Least(was, storage.Attendance{Seated: 45})); len(got) > 0 {
		t.Errorf("where more came than had seats, nothing can be changed any more: %v", got)
	}
}

func TestCodesOfGatherings(t *testing.T) {
	prog, err := ocop.Load(ocop.LangSon2021)
	if err != nil {
		t.Fatal(err)
	}
	e := &Engine{prog: prog}
	for typed, want := range map[string]string{
		"HC12": "HC12", "hc 012": "HC12", "TH1": "TH1", "TC12": "", "DD1": "", "LS26": "", "H1": "", "HC": "", "12": "",
	} {
		if code, ok := e.ParseCode(typed); ok != (want != "") || ok && code != want {
			t.Errorf("%q is %q, %t", typed, code, ok)
		}
	}
	for text, want := range map[string]string{
		"Mời dự. Đăng ký: OCOP DD HC12.": "HC12", "nhan DD hc 7 gui 8077": "HC7", "Nhắn ocop dd th001": "TH1",
		"Hội chợ HC12": "", "OCOP DK mật ong": "", "DD": "", "ADD HC1": "",
	} {
		if got := Invites(text); got != want {
			t.Errorf("%q invites to %q, want %q", text, got, want)
		}
	}
}
