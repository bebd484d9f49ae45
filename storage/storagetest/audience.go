package storagetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// Each selector by itself and some together, as a count, as a list and as
// what is planned.
func audience(t *testing.T, w *world) {
	person := func(name, lang string, unit ocop.UnitKey, addrs ...bot.Address) storage.Person {
		p := storage.Person{ID: w.id(), Name: name, Lang: lang, Unit: unit, Created: w.now}
		w.write(func(x storage.Tx) error {
			err := x.PutPerson(p)
			for _, a := range addrs {
				if err == nil {
					err = x.PutRoute(storage.Route{Addr: a, Person: p.ID, Since: w.now, Used: w.now})
				}
			}
			return err
		})
		return p
	}
	an := person("an", "vi", commune, "telegram:1", "tel:+84912000001")
	binh := person("binh", "en", commune2, "tel:+84912000002")
	chi := person("chi", "vi", "", "telegram:3") // belongs to an's cooperative
	dung := person("dung", "vi", commune)        // only looked in
	giang := person("giang", "vi", commune, "telegram:5")
	hoa := person("hoa", "vi", commune, "telegram:6") // gave the idea up
	khi := person("khi", "vi", "", "telegram:7")
	erased := person("xoa", "vi", commune, "telegram:8")
	coop := storage.Organisation{ID: w.id(), Kind: "cooperative", Name: "HTX", Unit: commune, Created: w.now}
	house := storage.Organisation{ID: w.id(), Kind: ocop.Household, Name: "Bình", Unit: commune2, Created: w.now}
	register := func(p storage.Person, org storage.ID, change func(*storage.Idea)) storage.Idea {
		i := w.draft(p, "Mật ong")
		i.Organisation = org
		change(&i)
		w.write(func(x storage.Tx) error { return x.AddIdea(&i, p.ID) })
		return i
	}
	w.write(func(x storage.Tx) error {
		for _, err := range []error{x.PutOrganisation(coop), x.PutOrganisation(house),
			x.PutMember(storage.Member{Organisation: coop.ID, Person: an.ID, Role: storage.Director, Since: w.now}),
			x.PutMember(storage.Member{Organisation: coop.ID, Person: chi.ID, Role: storage.Helper, Since: w.now}),
			x.PutOfficer(storage.Officer{ID: w.id(), Person: khi.ID, Unit: district, Role: storage.DistrictOfficer, Name: "Khí", From: w.now.Add(-time.Hour)}),
			x.PutOfficer(storage.Officer{ID: w.id(), Person: giang.ID, Unit: commune, Role: storage.CommuneOfficer, Name: "Giang", From: w.now.Add(-time.Hour), To: w.now.Add(-time.Minute)}),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	honey := register(an, coop.ID, func(i *storage.Idea) { i.Group, i.KeyProduct = "food", "tea" })
	wine := register(binh, house.ID, func(i *storage.Idea) { i.Group, i.Unit = "drink", commune2 })
	given := register(hoa, 0, func(i *storage.Idea) { i.Group = "food" })
	register(erased, 0, func(i *storage.Idea) { i.Group = "food" })
	w.happen(given.ID, hoa.ID, ocop.EventWithdrawn, nil)
	w.happen(wine.ID, giang.ID, ocop.EventAccepted, nil)
	w.write(func(x storage.Tx) error { return x.Erase(erased.ID, w.now) })
	first := storage.Round{ID: w.id(), Year: 2025, Seq: 1, Level: "province", Unit: district, Published: w.now.AddDate(-1, 0, 0)}
	second := storage.Round{ID: w.id(), Year: 2026, Seq: 1, Level: "province", Unit: district, Published: w.now.AddDate(0, -1, 0)}
	open := storage.Round{ID: w.id(), Year: 2026, Seq: 2, Level: "province", Unit: district}
	stars := func(i storage.Idea, r storage.Round, n int) storage.Evaluation {
		return storage.Evaluation{ID: w.id(), Idea: i.ID, Round: r.ID, Proposed: n, Stars: n, At: w.now, Version: 1}
	}
	w.write(func(x storage.Tx) error {
		for _, r := range []storage.Round{first, second, open} {
			if err := x.PutRound(r); err != nil {
				return err
			}
		}
		for _, e := range []storage.Evaluation{stars(honey, first, 3), stars(honey, second, 4), stars(wine, first, 3), stars(wine, open, 5)} {
			if err := x.PutEvaluation(e); err != nil {
				return err
			}
		}
		return nil
	})
	names := map[storage.ID]string{an.ID: "an", binh.ID: "binh", chi.ID: "chi", dung.ID: "dung", giang.ID: "giang", hoa.ID: "hoa", khi.ID: "khi", erased.ID: "erased"}
	producer := []string{storage.RoleProducer}
	for _, c := range []struct {
		what string
		a    storage.Audience
		want string
	}{
		{"everybody", storage.Audience{}, "an binh chi dung giang hoa khi"},
		{"producers, helpers too", storage.Audience{Roles: producer}, "an binh chi"},
		{"officers in office", storage.Audience{Roles: []string{storage.CommuneOfficer, storage.DistrictOfficer}}, "khi"},
		{"producers and officers", storage.Audience{Roles: []string{storage.RoleProducer, storage.DistrictOfficer}}, "an binh chi khi"},
		{"a place: who makes, works or lives there", storage.Audience{Within: []ocop.UnitKey{commune}}, "an chi dung giang hoa"},
		{"a part of a unit's key is another unit", storage.Audience{Within: []ocop.UnitKey{commune2}}, "binh"},
		{"two places", storage.Audience{Within: []ocop.UnitKey{district, commune2}}, "binh khi"},
		{"producers of a place", storage.Audience{Roles: producer, Within: []ocop.UnitKey{commune}}, "an chi"},
		{"a producer type", storage.Audience{Kinds: []string{"cooperative"}}, "an chi"},
		{"two producer types", storage.Audience{Kinds: []string{"cooperative", ocop.Household}}, "an binh chi"},
		{"a product group", storage.Audience{Groups: []string{"food"}}, "an chi"},
		{"a key product", storage.Audience{KeyProducts: []string{"tea"}}, "an chi"},
		{"stars: of the latest published round", storage.Audience{Stars: []int{3}}, "binh"},
		{"four stars", storage.Audience{Stars: []int{4, 5}}, "an chi"},
		{"a stage", storage.Audience{Stages: []ocop.Stage{ocop.Accepted}}, "binh"},
		{"all of one product", storage.Audience{Groups: []string{"food"}, Stages: []ocop.Stage{ocop.Accepted}}, ""},
		{"a language", storage.Audience{Languages: []string{"en"}}, "binh"},
		{"a channel", storage.Audience{Channels: []string{"tel"}}, "an binh"},
		{"two channels", storage.Audience{Channels: []string{"tel", "telegram"}}, "an binh chi giang hoa khi"},
		{"all together", storage.Audience{Roles: producer, Within: []ocop.UnitKey{commune}, Kinds: []string{"cooperative"}, Groups: []string{"food", "drink"},
			KeyProducts: []string{"tea"}, Stars: []int{4}, Stages: []ocop.Stage{ocop.Registered}, Languages: []string{"vi"}, Channels: []string{"telegram"}}, "an chi"},
	} {
		var got []string
		for after := storage.ID(0); ; {
			some := must(w.Reaches(t.Context(), c.a, after, 3, w.now))(t)
			for _, r := range some {
				after = r.Person
				got = append(got, names[r.Person])
			}
			if len(some) < 3 {
				break
			}
		}
		slices.Sort(got)
		same(t, c.what, strings.Join(got, " "), c.want)
		same(t, c.what+", counted", must(w.CountAudience(t.Context(), c.a, w.now))(t), len(got))
		same(t, c.what+", planned", len(w.planned(w.announcement(ocop.ServiceNotice, c.a))), len(got))
	}
	w.must(w.MarkRoute(t.Context(), "tel:+84912000002", w.now, bot.Unreachable))
	same(t, "a dead address is none", must(w.CountAudience(t.Context(), storage.Audience{Channels: []string{"tel"}}, w.now))(t), 1)
}

func audienceOfAGathering(t *testing.T, w *world) {
	g, other := w.gathering("HC1", 2, 0), w.gathering("HC2", 9, 0)
	comes, came := w.comes(g, "đến", nil), w.comes(g, "đã đến", nil)
	w.comes(g, "chờ", nil)
	w.comes(other, "khác", nil)
	w.write(func(x storage.Tx) error {
		return must2(x.Move(came.ID, storage.SignupRegistered, storage.SignupAttended, w.did("")))
	})
	for state, want := range map[string]int{storage.SignupRegistered: 1, storage.SignupAttended: 1, storage.SignupWaiting: 1, storage.SignupCancelled: 0} {
		same(t, state, must(w.CountAudience(t.Context(), storage.Audience{Gathering: g.ID, Attendance: []string{state}}, w.now))(t), want)
	}
	same(t, "whoever signed up", must(w.CountAudience(t.Context(), storage.Audience{Gathering: g.ID}, w.now))(t), 3)
	found := must(w.Reaches(t.Context(), storage.Audience{Gathering: g.ID, Attendance: []string{storage.SignupRegistered}}, 0, 9, w.now))(t)
	same(t, "who is coming", found[0].Person, comes.Person)
}
