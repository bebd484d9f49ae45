package conversations

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
)

// unbounded are the placeholders that hold as much as people wrote, or as there is
// to list. An answer that shows them goes on to further pages and a notice cuts
// them: what stands around them is measured.
var unbounded = []string{
	"acked", "audience", "bring", "card", "changes", "edits", "english", "fields", "filed", "lines", "mine", "missing", "names", "now", "others", "own", "owed", "question",
	"questions", "quotas", "reason", "remarks", "report", "results", "rule", "silent", "standing", "text", "texts", "trail", "units", "unstaffed", "why",
}

// widest are the longest values there are of what texts show, by the names of
// the placeholders: from both programmes where it is theirs, else as long as
// anybody in Lạng Sơn has written one.
func widest(t *testing.T, texts *locales.Texts, lang string) locales.Data {
	t.Helper()
	const (
		product = "Tinh dầu hồi nguyên chất chưng cất thủ công xã Yên Phúc" // of the programme's 147
		name    = "Hoàng Nguyễn Thị Phương Thảo Nguyên"
		phone   = "0912 345 678"
		day     = "29/11/2026"
		number  = "BC2026-12345"
		count   = "12.345.678"
	)
	d := dataOf("product", product, "producer", product, "first", product, "second", product, "draft", product, "typed", product[:50], "part", product[:50],
		"name", name, "approver", name, "owner", name, "signer", name, "author", name, "huy", "Dũng", "who", name, "stall", "1", "full", "1", "unsigned", name, "holder", name,
		"title", "Hội nghị sơ kết, tổng kết Chương trình OCOP 2026", "place", "Trung tâm Hội nghị tỉnh, đường Hùng Vương, thành phố Lạng Sơn",
		"number", number, "code", "ABCDE23456", "phone", phone, "contact", name+", "+phone, "signed", "1234/BC-UBND", "decision", "1234/QĐ-UBND",
		"date", "thứ Năm "+day, "day", day, "at", "23:59 "+day, "deadline", day, "named", "29/11", "from", day, "to", day, "since", day, "consent", day,
		"again", "thứ Năm "+day, "next", day, "sign_date", day, "cutoff", day, "due", "thứ Năm "+day, "when", "05–07/07/2026", "round", "12/2026", "before", count,
		"gateway", "android-van-phong-so", "channel", texts.Text(lang, "", "channel.telegram", nil), "keyword", "OCOP", "link", "https://t.me/ocoplangson_bot?start=sk-HC123456",
		"hint", "phạm vi; đối tượng khách hàng; thu nhập", "definition", "", "label", "", "words", "OCOP DD HC123", "money", count, "dong", count,
		"ideas", "LS26-0001, LS26-0002, LS26-0003", "source", "Sở Nông nghiệp và Môi trường, 1234/BC-SNN", "basis", "V.12 Kế hoạch 129/KH-UBND",
		"class", "", "group", "", "kind", "", "stage", "", "state", "", "role", "", "step", "", "receiver", "", "unit", "", "office", "", "level", "", "goal", count, "wish", "", "room", "", "what", "")
	for _, n := range strings.Fields("a all attended b below buyers c calls came chosen contracts count days dong duties edited failed files filled has last late left live max messages more most n n_acked n_filed n_silent n_unstaffed of off over people photos prefilled proposed queued rest seated seats segments size stalls stalls_taken stars step_number taken total used value waiting withdrawn in_time counts decided example") {
		d[n] = count[:4]
	}
	for _, n := range []string{"value", "prefilled", "revenue", "used", "most"} {
		d[n] = count
	}
	for _, n := range strings.Fields("Abroad ads bulletin early picture pick print reminded returned told unconfirmed") {
		d[n] = true
	}
	longer := func(name, value string) {
		if old, _ := d[name].(string); len(value) > len(old) {
			d[name] = value
		}
	}
	built := families(t)
	for name, begin := range map[string]string{"stage": "stage.", "role": "role.", "wish": "wish.", "class": "ann.class_", "room": "gathering.room_", "what": "event."} {
		for _, v := range built[begin] {
			longer(name, texts.Text(lang, "sms", begin+v, locales.Data{"seats": 123, "left": 123, "queued": 123, "waiting": 123}))
		}
	}
	for _, programme := range ocop.BuiltIn() {
		p, err := ocop.Load(programme)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 6, 15, 9, 0, 0, 0, ocop.Local)
		for _, u := range p.Units(now) {
			longer("unit", p.Label(u.Key))
		}
		longer("office", texts.Text(lang, "sms", "role.province", nil)+", "+d["unit"].(string))
		for _, g := range p.GroupsAt(now) {
			longer("group", g.Name(lang))
		}
		for _, k := range p.ProducerTypesAt(now) {
			longer("kind", k.Name(lang))
		}
		for _, s := range p.StepsAt(now) {
			longer("step", s.Name(lang))
		}
		for _, l := range p.Levels(now) {
			longer("level", p.LevelName(l.Level, lang))
		}
		for _, i := range p.FormItemsAt(now) {
			longer("label", i.Name(lang))
		}
		for _, due := range p.DueDates(2026) {
			longer("receiver", due.Obligation.Receiver.In(lang))
			if f, ok := p.ReportForm(due); ok {
				for _, g := range f.Figures {
					longer("definition", g.Definition.In(lang))
				}
			}
		}
	}
	return d
}

// Every text fits two messages with the longest of what it shows, on every
// sort of gateway.
func TestEveryTextFitsTwoMessages(t *testing.T) {
	texts, err := locales.New()
	if err != nil {
		t.Fatal(err)
	}
	paper := regexp.MustCompile(`^(letter|print|brief)\.|^gathering\.poster|^consent\.full$|^officer\.card$`) // documents; and the whole of the law and of a file, which go on pages
	for _, lang := range locales.Languages {
		data := widest(t, texts, lang)
		for _, name := range unbounded {
			data[name] = "…"
		}
		probe := &T{S: NewSession(lang), Caps: shortest}
		for key, raw := range rawTexts(t, lang) {
			if strings.Count(key, ".") > 1 || paper.MatchString(key) {
				continue
			}
			for _, name := range needed(raw) {
				if _, ok := data[name]; !ok {
					t.Errorf("%s shows %s: how long can that be?", key, name)
				}
			}
			text := texts.Text(lang, "sms", key, maps.Clone(data))
			if n := probe.width(text); n > probe.longest() {
				t.Errorf("%s: %s takes %d of %d letters: %q", lang, key, n, probe.longest(), text)
			}
		}
	}
}

// shortest is what two messages hold beside the line that a shared short code
// or a brandname adds.
var shortest = func() bot.Caps {
	c := bySMS
	tail := len("\nTra loi: nhan OCOP va noi dung toi so 0912 345 678")
	c.Longest, c.Accented = c.Longest-tail, c.Accented-tail
	return c
}()

// A notice is one page whatever people wrote into it, and keeps its accents
// only where nothing is cut for them.
func TestEveryNoticeFitsOnePage(t *testing.T) {
	texts, err := locales.New()
	if err != nil {
		t.Fatal(err)
	}
	endless := strings.Repeat("Hợp tác xã nông nghiệp Hoàng Văn Thụ; ", 40)
	typed := append([]string{"product", "name", "who", "title", "place", "contact", "signer"}, unbounded...)
	for _, lang := range locales.Languages {
		values := widest(t, texts, lang)
		for key := range rawTexts(t, lang) {
			if strings.Count(key, ".") > 1 || !strings.HasPrefix(key, "notice.") && key != "told.progress" || strings.HasPrefix(key, "notice.choice_") {
				continue
			}
			for _, long := range []bool{false, true} {
				data := maps.Clone(values)
				for _, name := range typed {
					if long {
						data[name] = endless
					} else if slices.Contains(unbounded, name) {
						data[name] = "…"
					}
				}
				whole := texts.Text(lang, "sms", key, maps.Clone(data))
				tell := &T{Engine: &Engine{texts: texts}, S: NewSession(lang), Caps: shortest}
				tell.S.Accents = true
				m := bot.Message{Accents: true}
				tell.say(&m, key, data)
				if n := tell.width(m.Text); n > tell.longest() {
					t.Errorf("%s: %s takes %d of %d letters: %q", lang, key, n, tell.longest(), m.Text)
				}
				if m.Accents && m.Text != whole {
					t.Errorf("%s: %s was cut for its accents: %q", lang, key, m.Text)
				}
			}
		}
	}
}
