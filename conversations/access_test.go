package conversations

import (
	"slices"
	"testing"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// Who holds several offices decides where each of them decides, and nowhere
// else.
func TestOfficesAreApart(t *testing.T) {
	prog, err := ocop.Load(ocop.LangSon2021)
	if err != nil {
		t.Fatal(err)
	}
	now := ocop.Date(2026, time.June, 15)
	key := func(code string) ocop.UnitKey {
		u, ok := prog.UnitAt(code, now)
		if !ok {
			t.Fatalf("no unit %s", code)
		}
		return u.Key
	}
	e := &Engine{prog: prog}
	led, worked := key("187"), key("180")
	of := func(unit ocop.UnitKey, role string) storage.Officer { return storage.Officer{Unit: unit, Role: role} }
	for _, c := range []struct {
		what        string
		offices     []storage.Officer
		inLed, inIt bool
	}{
		{"a leader", []storage.Officer{of(led, storage.Leader)}, false, false},
		{"a leader who works elsewhere", []storage.Officer{of(led, storage.Leader), of(worked, storage.DistrictOfficer)}, false, true},
		{"a department's who works in a district", []storage.Officer{of(key("20"), storage.DepartmentOfficer), of(worked, storage.DistrictOfficer)}, false, true},
		{"a leader who is the province's too", []storage.Officer{of(led, storage.Leader), of(key("20"), storage.ProvinceOfficer)}, true, true},
	} {
		v := e.view(storage.Person{}, c.offices, now)
		if got := mayAct(v, prog.Children(led, now)[0].Key); got != c.inLed {
			t.Errorf("%s decides in the led unit: %v", c.what, got)
		}
		if got := mayAct(v, worked); got != c.inIt {
			t.Errorf("%s decides in the other: %v", c.what, got)
		}
	}
}

// Each holds the gatherings of their own unit, the province all.
func TestWhoHoldsGatherings(t *testing.T) {
	const province, led, own, commune = "20@2021-06-05", "187@2021-06-05", "180@2021-06-05", "06463@2021-06-05"
	for _, c := range []struct {
		what                    string
		offices                 []storage.Officer
		provinces, inLed, inOwn bool
		holds                   ocop.UnitKey
	}{
		{"nobody", nil, false, false, false, ""},
		{"the province", []storage.Officer{{Unit: province, Role: storage.ProvinceOfficer}}, true, true, true, province},
		{"a department", []storage.Officer{{Unit: province, Role: storage.DepartmentOfficer}}, true, false, false, province},
		{"a district", []storage.Officer{{Unit: own, Role: storage.DistrictOfficer}}, false, false, true, own},
		{"a commune", []storage.Officer{{Unit: commune, Role: storage.CommuneOfficer}}, false, false, false, ""},
		{"a leader who works elsewhere", []storage.Officer{{Unit: led, Role: storage.Leader}, {Unit: own, Role: storage.DistrictOfficer}}, false, false, true, own},
	} {
		v := storage.Viewer{Officers: c.offices, Looks: true} // what they may look at is another thing
		if unit, _ := holdsFor(v); unit != c.holds {
			t.Errorf("%s holds for %q, want %q", c.what, unit, c.holds)
		}
		for unit, want := range map[ocop.UnitKey]bool{province: c.provinces, led: c.inLed, own: c.inOwn, commune: c.provinces && c.inLed} {
			if got := mayHold(v, unit); got != want {
				t.Errorf("%s, gatherings of %s: %t, want %t", c.what, unit, got, want)
			}
		}
	}
}

// Each decides on the announcements of the units they make some for, and of
// those below; an office elsewhere, or a leader's, adds nothing.
func TestWhoDecidesOnAnnouncements(t *testing.T) {
	prog, err := ocop.Load(ocop.LangSon2021)
	if err != nil {
		t.Fatal(err)
	}
	e, now := &Engine{prog: prog}, ocop.Date(2026, time.June, 15)
	const province, led, own = "20@2021-06-05", "187@2021-06-05", "180@2021-06-05"
	for _, c := range []struct {
		what                       string
		offices                    []storage.Officer
		ofProvince, ofLed, ofOwn   string // the office in which they decide
		reachesLed, reachesOutside bool
	}{
		{"nobody", nil, "", "", "", false, false},
		{"the province", []storage.Officer{{Unit: province, Role: storage.ProvinceOfficer}}, storage.ProvinceOfficer, storage.ProvinceOfficer, storage.ProvinceOfficer, true, true},
		{"a district", []storage.Officer{{Unit: own, Role: storage.DistrictOfficer}}, "", "", storage.DistrictOfficer, false, false},
		{"a commune", []storage.Officer{{Unit: prog.Children(own, now)[0].Key, Role: storage.CommuneOfficer}}, "", "", "", false, false},
		{"a leader", []storage.Officer{{Unit: led, Role: storage.Leader}}, "", "", "", false, false},
		{"a leader who works in a district", []storage.Officer{{Unit: led, Role: storage.Leader}, {Unit: own, Role: storage.DistrictOfficer}}, "", "", storage.DistrictOfficer, false, false},
	} {
		v := e.view(storage.Person{}, c.offices, now)
		for unit, want := range map[ocop.UnitKey]string{province: c.ofProvince, led: c.ofLed, own: c.ofOwn} {
			if role, ok := e.mayAnnounce(v, unit); role != want || ok != (want != "") {
				t.Errorf("%s decides for %s as %q, want %q", c.what, unit, role, want)
			}
		}
		in := e.announcedIn(v, now)
		if got := in.All || slices.Contains(in.Units, prog.Children(led, now)[0].Key); got != c.reachesLed || in.All != c.reachesOutside {
			t.Errorf("%s reaches the led unit: %v, everybody: %v", c.what, got, in.All)
		}
	}
}
