package ocop

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
)

func TestBuiltInProgrammes(t *testing.T) {
	for name, want := range map[string]struct{ units, communes int }{LangSon2021: {212, 200}, LangSon2025: {66, 65}} {
		p := load(t, name)
		if p.Code != name || p.Prefix != "LS" || p.Title.VI == "" {
			t.Errorf("%s: code %q, prefix %q", name, p.Code, p.Prefix)
		}
		units := p.Units(in2026)
		communes := 0
		for _, u := range units {
			if p.IsCommune(u.Key) {
				communes++
			}
		}
		if len(units) != want.units || communes != want.communes {
			t.Errorf("%s: %d units, %d of them communes", name, len(units), communes)
		}
		for kind, n := range map[string]int{"producers": len(p.ProducerTypesAt(in2026)), "form": len(p.FormItemsAt(in2026)), "dossier": len(p.DossierAt("", in2026)), "targets": len(p.Targets())} {
			if want := map[string]int{"producers": 5, "form": 10, "dossier": 18, "targets": 7}[kind]; n != want {
				t.Errorf("%s: %d %s, want %d", name, n, kind, want)
			}
		}
	}
	if plan := load(t, LangSon2021); !plan.Ended.Equal(Date(2026, 1, 1)) || !load(t, LangSon2025).Ended.IsZero() {
		t.Errorf("ended: %s", plan.Ended)
	}
}

// Every value says where it comes from, in words.
func TestEverythingHasASource(t *testing.T) {
	p := load(t, LangSon2025)
	check := func(what string, r Rule) {
		if p.Source(r.Source) == "" {
			t.Errorf("%s has no source", what)
		}
	}
	for _, u := range p.units {
		check(string(u.Key), u.Rule)
	}
	for _, g := range p.groups {
		check(g.ID, g.Rule)
	}
	for _, b := range p.bands {
		check("band", b.Rule)
	}
	for _, c := range p.directory {
		check(c.ID, c.Rule)
	}
	for _, o := range p.obligations {
		check(o.ID, o.Rule)
	}
	for _, f := range p.reportForms {
		check(f.ID, f.Rule)
	}
	for _, l := range p.ladders {
		check("ladder", l.Rule)
	}
	for _, h := range p.calendar.days {
		check(h.Title.VI, h.Rule)
	}
}

func TestUnits(t *testing.T) {
	p := load(t, LangSon2025)
	now, ok := p.UnitAt("06463", in2026)
	old, ok2 := p.UnitAt("06463", in2022)
	if !ok || !ok2 || now.Title() != "xã Chi Lăng" || old.Title() != "thị trấn Đồng Mỏ" || now.Key == old.Key {
		t.Errorf("code 06463: %v, %v", now, old)
	}
	if now.Key != "06463@2025-07-01" || old.Key.Code() != "06463" {
		t.Errorf("keys %s, %s", now.Key, old.Key)
	}
	// The same record keeps its key in both files.
	plan := load(t, LangSon2021)
	for _, u := range plan.units {
		if other, ok := p.Unit(u.Key); !ok || other.Name != u.Name || other.Kind != u.Kind {
			t.Errorf("%s is not in the file of 2025", u.Key)
		}
	}
	const district = UnitKey("187@2021-06-05")
	if below := plan.Below(district, in2026); len(below) != 21 || below[0] != district {
		t.Errorf("%d units below the district", len(below))
	}
	if below := p.Below(district, in2026); len(below) != 1 {
		t.Errorf("below a dissolved district: %v", below)
	}
	if below := p.Below("20@2021-06-05", in2026); len(below) != 66 {
		t.Errorf("%d units below the province", len(below))
	}
	if below := p.Below("none", in2026); below != nil {
		t.Errorf("below nothing: %v", below)
	}
	commune, _ := plan.UnitAt("06034", in2026)
	up := plan.Ancestors(commune.Key)
	if len(up) != 2 || up[0].Name != "Tràng Định" || up[1].Kind != Province {
		t.Errorf("above %s: %v", commune.Key, up)
	}
	if l := plan.Label(commune.Key); l != "xã Chi Lăng, huyện Tràng Định" {
		t.Error(l)
	}
	if l := p.Label(now.Key); l != "xã Chi Lăng" {
		t.Error(l)
	}
	if cs := plan.Children("20@2021-06-05", in2026); len(cs) != 11 {
		t.Errorf("%d districts", len(cs))
	}
	if District.In("en") != "district" || District.In("vi") != "huyện" {
		t.Error("kinds in English")
	}
}

// Codes were given again with new names: 28 of them.
func TestReusedCodes(t *testing.T) {
	p := load(t, LangSon2025)
	reused := 0
	for _, u := range p.Units(in2026) {
		if old, ok := p.UnitAt(u.Code, in2022); ok && old.Name != u.Name {
			reused++
		}
	}
	if reused != 28 {
		t.Errorf("%d codes were given again with another name, want 28", reused)
	}
}

func TestHeirs(t *testing.T) {
	p := load(t, LangSon2025)
	heirs := func(code string) string {
		u, _ := p.UnitAt(code, in2022)
		var names []string
		for _, k := range p.Heirs(u.Key, in2026) {
			h, _ := p.Unit(k)
			names = append(names, h.Name)
		}
		return strings.Join(names, ", ")
	}
	for code, want := range map[string]string{
		"06622": "Đình Lập, Kiên Mộc", "06625": "Châu Sơn, Kiên Mộc", "06523": "Chi Lăng", "05983": "Lương Văn Tri",
		"187": "Chi Lăng, Chiến Thắng, Bằng Mạc, Nhân Lý, Vạn Linh, Quan Sơn", "20": "Lạng Sơn",
	} {
		if got := heirs(code); got != want {
			t.Errorf("%s went to %s, want %s", code, got, want)
		}
	}
	for _, u := range p.Units(in2022) {
		if len(p.Heirs(u.Key, in2026)) == 0 {
			t.Errorf("%s leads nowhere", u.Key)
		}
	}
}

func TestDirectories(t *testing.T) {
	plan, now := load(t, LangSon2021), load(t, LangSon2025)
	for topic, want := range map[string][2]string{
		"general": {"Sở Nông nghiệp và Phát triển nông thôn", "Sở Nông nghiệp và Môi trường"},
		"money":   {"Sở Kế hoạch và Đầu tư, Sở Tài chính", "Sở Tài chính"},
		"media":   {"Sở Thông tin và Truyền thông", "Sở Khoa học và Công nghệ"},
	} {
		for i, p := range []*Programme{plan, now} {
			if c, ok := p.Contact(topic); !ok || c.Who.VI != want[i] || c.Topic.EN == "" || c.For.VI == "" {
				t.Errorf("%s: %s: %s", p.Code, topic, c.Who.VI)
			}
		}
	}
	if a, b := len(plan.DirectoryAt(in2026)), len(now.DirectoryAt(in2026)); a != 13 || b != 12 {
		t.Errorf("%d and %d contacts", a, b)
	}
}

func TestFormAndDossier(t *testing.T) {
	p := load(t, LangSon2021)
	if i, ok := p.FormItem("dd"); !ok || i.Mark != "đ" || i.Name("en") == "" || i.Hint("vi") == "" {
		t.Errorf("%+v", i)
	}
	required := 0
	for _, d := range p.DossierAt("tourism", in2026) {
		if d.ID == "sample" {
			t.Error("a service has no sample")
		}
		if d.Required {
			required++
		}
	}
	if required != 4 {
		t.Errorf("%d papers required of a service", required)
	}
	for _, id := range []string{Enterprise, Cooperative, WorkingGroup, Household, Unregistered} {
		k, ok := p.ProducerType(id)
		if !ok || k.Name("vi") == "" || (k.Advice("vi") != "") != (id == Unregistered) {
			t.Errorf("producer %s: %+v", id, k)
		}
	}
	if g, _ := p.Group("craft"); g.Name("vi") != "Hàng thủ công mỹ nghệ" || !strings.HasPrefix(g.Name("en-GB"), "Handi") {
		t.Errorf("%+v", g)
	}
}

// What people are shown and what is compared is NFC, without hidden characters.
func TestProgrammeFilesAreNFC(t *testing.T) {
	for _, name := range BuiltIn() {
		data, err := programmes.ReadFile("programmes/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if !norm.NFC.IsNormal(data) || strings.ContainsAny(string(data), "\t\r\u00a0\u200b\ufeff") {
			t.Errorf("%s is not clean", name)
		}
	}
}

func TestLoadFromAFile(t *testing.T) {
	data, err := programmes.ReadFile("programmes/lang-son-2025.yaml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), "prefix: LS", "prefix: CB", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, err := Load(path); err != nil || p.Prefix != "CB" {
		t.Errorf("%v, %v", p, err)
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.yaml")); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), LangSon2021) {
		t.Errorf("a missing file: %v", err)
	}
}

// Each mistake, made in a good file, is reported at its line.
func TestMistakesAreReported(t *testing.T) {
	data, err := programmes.ReadFile("programmes/lang-son-2025.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, says string }{
		{"prefix: LS", "prefix: ls", "prefix"},
		{"prefix: LS", "prefix: BC", "of reports' numbers"},
		{"prefix: LS", "prefx: LS", "prefx: unknown key"},
		{"code: lang-son-2025", "# no code", "code: missing"},
		{"[05983, Lương Văn Tri, phường, 20]", "[05977, Lương Văn Tri, phường, 20]", `"05977": given twice`},
		{"[05983, Lương Văn Tri, phường, 20]", "[05983, Lương Văn Tri, phường, 21]", "its parent 21 did not stand"},
		{"    list:\n      - [\"20\", Lạng Sơn, tỉnh]", "    to: 2025-09-01\n    list:\n      - [\"20\", Lạng Sơn, tỉnh]", "its parent 20 ends before it"},
		{"[05983, Lương Văn Tri, phường, 20]", "[05983, Lương Văn Tri, quận, 20]", "no kind of unit"},
		{"[05983, Lương Văn Tri, phường, 20]", "[05983, Lương Văn Tri, phường]", "parent missing"},
		{"[05983, Lương Văn Tri, phường, 20]", "Lương Văn Tri", "expected [code, name, kind"},
		{"[05992, Mai Pha, xã, 178, [05977]]", "[05992, Mai Pha, xã, 178, [05978]]", "successor 05978 does not stand"},
		{"[05992, Mai Pha, xã, 178, [05977]]", "[05992, Mai Pha, xã, 178]", "ended without a successor"},
		{"{stars: 4, at_least: 70, below: 90}", "{stars: 4, at_least: 71, below: 90}", "no band ends where this one begins"},
		{"{stars: 4, at_least: 70, below: 90}", "{stars: 4, at_least: 69, below: 90}", "overlaps"},
		{"{stars: 4, at_least: 70, below: 90}", "{stars: 4, at_least: seventy, below: 90}", "not a score"},
		{"before: 25/6", "before: 31/6", "not a day of the year"},
		{"before: 25/6", "befor: 25/6", "before: missing"},
		{"kinds: [xã, phường]", "kinds: [làng]", "no kind of unit"},
		{"kinds: [xã, phường]", "units: [\"20\", 99999]", `no unit has the code "99999"`},
		{"kinds: [xã, phường]", "span2: x", "which units owe it"},
		{"above: tỉnh", "above: xã", "xã is not above xã"},
		{"above: tỉnh", "above: vùng", "no kind of unit"},
		{"        every: 2", "        every: 0", "at least 1 year"},
		{"        every: 2", "        every: 2\n        frist: 2", "frist: unknown key"},
		{"before: [30, 14, 7, 3, 1, 0]", "before: [thirty, 14, 7, 3, 1, 0]", "not a whole number"},
		{"before: [30, 14, 7, 3, 1, 0]", "before: [14, 7, 3, 1, 0]", "30 is not in before"},
		{"at: \"08:00\"", "at: 8h", "not a time of day"},
		{"after: [1, 3, 7]", "after: [3, 1, 7]", "in their order"},
		{"then_every: 7", "then_every: 0", "at least 1 day"},
		{"ladder: task", "ladder: taks", `"taks" is unknown`},
		{"      - id: task\n", "      - then: task\n", "then: unknown key"},
		{"form: ocop", "form: ocopp", `form: "ocopp" is unknown`},
		{"form: ocop\n", "\n", "form: missing"},
		{"follows: year\n", "follows: month\n", `"month" is unknown`},
		{"into: half-year-province", "into: half", `"half" is unknown`},
		{"into: half-year-province", "into: year", "not of units above"},
		{"into: half-year-province", "into: plan", "another form"},
		{"filed_at: figures", "filed_at: soon", "figures, signed or received"},
		{"counts: stars-5", "counts: stars-6", "nothing the records can be asked"},
		{"counts: producers-group", "counts: producers-grup", "nothing the records can be asked"},
		{"counts: events-held", "counts: events-hold", "nothing the records can be asked"},
		{"- id: stars5", "- id: stars4", `"stars4": given twice in the form`},
		{"- id: stars5", "- id: 5 stars", "letters a–z"},
		{"{id: B, title: &b", "{id: A, title: &b", `"A": given twice`},
		{"max: 40}", "max: 41}", "not 100"},
		{"{level: province, does: recognises, stars: [3, 4], forward: 90}", "{level: province, does: recognises, stars: [3, 4, 5], forward: 90}", "two levels"},
		{"stages: [accepted]", "stages: [acepted]", `stage "acepted" is unknown`},
		{"{day: 2026-04-30,", "{day: 2026-04-31,", "not a date"},
		{"{day: 2026-04-30,", "{day: 2026-04-27,", "given twice"},
		{"works: yes, provisional", "works: maybe, provisional", "neither yes nor no"},
		{"day: 2026-08-22", "day: 2026-08-21", "only a Saturday"},
		{"source: qd-1489", "source: qd-9999", `source "qd-9999" is not in sources`},
		{"    to: 2025-07-06", "    to: 2020-07-06", "not later than from"},
		{"not_groups: [tourism, tourism-2019]", "not_groups: [travel]", `group "travel" is unknown`},
		{"id: craft", "id: medicinal", `"medicinal": given twice`},
		{"months: 36}", "months: many}", "not a whole number"},
		{"{vi: Chè, en: Tea}", "{vi: Chè}", "en: missing"},
		{"title: {vi: Chè, en: Tea}", "title: Chè", "expected keys with values"},
	} {
		if !strings.Contains(string(data), c.old) {
			t.Errorf("the file has no %q to spoil", c.old)
			continue
		}
		line := 1 + strings.Count(string(data[:strings.Index(string(data), c.old)]), "\n")
		_, err := Parse("spoilt", []byte(strings.Replace(string(data), c.old, c.new, 1)))
		var fe *FileError
		if !errors.As(err, &fe) {
			t.Errorf("%s: accepted (%v)", c.new, err)
			continue
		}
		if !slices.ContainsFunc(fe.Problems, func(p Problem) bool { return strings.Contains(p.Text, c.says) }) {
			t.Errorf("%s: %v", c.new, err)
		}
		if !slices.ContainsFunc(fe.Problems, func(p Problem) bool { return abs(p.Line-line) <= 8 }) {
			t.Errorf("%s at line %d: reported at %v", c.new, line, err)
		}
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	_, err := Parse("bad.yaml", []byte("code: x\nprefix: 12\nbogus: 1\ntitle: {vi: A, en: B}\nended: soon\n"))
	var fe *FileError
	if !errors.As(err, &fe) || len(fe.Problems) < 10 {
		t.Fatalf("%v", err)
	}
	if !slices.IsSortedFunc(fe.Problems, func(a, b Problem) int { return a.Line - b.Line }) {
		t.Error("not by line")
	}
	for _, want := range []string{"line 2: prefix", "line 3: bogus: unknown key", `line 5: "soon" is not a date`, "units: missing"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	for _, text := range []string{"", "a: [", "- 1", "{}", "code: &a [*a]", "\x00"} {
		if _, err := Parse("x", []byte(text)); !errors.As(err, &fe) || !regexp.MustCompile(`line \d+: `).MatchString(err.Error()) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"code: x", "units: [{source: a, list: [[1, B, xã, 2, [3]]]}]", "a: &a {b: *a}", "bands: 1", "- - -"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var fe *FileError
		if _, err := Parse("fuzz", data); err != nil && !errors.As(err, &fe) {
			t.Errorf("%v", err)
		}
	})
}

func TestPeriods(t *testing.T) {
	p := Period{From: Date(2023, 2, 24), To: Date(2025, 7, 6)}
	for at, want := range map[time.Time]bool{
		Date(2023, 2, 23).Add(23 * time.Hour): false, Date(2023, 2, 24): true, Date(2025, 7, 5).Add(23 * time.Hour): true, Date(2025, 7, 6): false,
		time.Date(2023, 2, 23, 17, 0, 0, 0, time.UTC): true,
	} {
		if p.Holds(at) != want {
			t.Errorf("%s: holds is not %v", at, want)
		}
	}
	if !(Period{}).Holds(in2026) || !p.overlaps(Period{}) || p.overlaps(Period{From: p.To}) || p.overlaps(Period{To: p.From}) {
		t.Error("open ends and neighbours")
	}
}

func abs(n int) int { return max(n, -n) }
