package storagetest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/bot/viet"
	"ocopbot/storage"
)

var eraseChecks = map[string]func(*testing.T, *world){
	"EraseLeavesNobody":      eraseLeavesNobody,
	"EraseSparesTheOthers":   eraseSparesTheOthers,
	"ErasedOutcomeIsNoCrash": erasedOutcome,
}

// dump is all that is stored, as one text; bytes are decoded.
func (w *world) dump() string {
	w.t.Helper()
	var b bytes.Buffer
	w.must(w.Backup(w.t.Context(), &b))
	zip := must(gzip.NewReader(&b))(w.t)
	var text strings.Builder
	lines := bufio.NewScanner(zip)
	lines.Buffer(nil, 1<<24)
	encoded := regexp.MustCompile(`\{"b64":"([^"]*)"\}`)
	for lines.Scan() {
		text.WriteString(encoded.ReplaceAllStringFunc(lines.Text(), func(s string) string {
			raw, err := base64.StdEncoding.DecodeString(encoded.FindStringSubmatch(s)[1])
			w.must(err)
			return string(raw)
		}) + "\n")
	}
	w.must(lines.Err())
	return text.String()
}

// full gives a person something in every table that can hold something of
// theirs, all of it naming them.
func (w *world) full(name, phone, telegram string) (p storage.Person, fresh, accepted storage.Idea) {
	w.t.Helper()
	addr := newAddr("telegram", telegram)
	p = storage.Person{ID: w.id(), Name: name, Phone: phone, Lang: "vi", Unit: commune, Channel: "telegram", Created: w.now}
	org := storage.Organisation{ID: w.id(), Kind: ocop.Household, Name: name, Unit: commune, Created: w.now}
	fresh, accepted = w.draft(p, "Mật ong nhà "+name), w.draft(p, "Rượu men lá")
	fresh.Organisation, accepted.Organisation = org.ID, org.ID
	fresh.Fields = map[string]string{"i": "Bà " + name + " nuôi ong"}
	accepted.Fields = map[string]string{"mat": "lá rừng", "i": "Chuyện của " + name, "for": name, "for_phone": phone}
	said := map[string]string{"text": name + " " + phone}
	w.must(must2(w.Commit(w.t.Context(), w.key(), w.now, func(x storage.Tx) ([]byte, error) {
		return []byte("Cảm ơn " + name), errors.Join(x.PutPerson(p),
			x.PutRoute(storage.Route{Addr: addr, Person: p.ID, Since: w.now}),
			x.PutRoute(storage.Route{Addr: newAddr("tel", phone), Person: p.ID, Since: w.now}),
			x.AddConsent(storage.Consent{ID: w.id(), Person: p.ID, Purpose: storage.ForService, Given: true, Text: "2026-11", At: w.now, Addr: addr, Message: "msg" + telegram}),
			x.PutOrganisation(org), x.PutMember(storage.Member{Organisation: org.ID, Person: p.ID, Role: storage.Director, Since: w.now}),
			x.AddIdea(&fresh, p.ID), x.AddIdea(&accepted, p.ID))
	})))
	must(w.CodeTried(w.t.Context(), addr, false, w.now))(w.t)
	notice := storage.Notice{ID: w.id(), Person: p.ID, Kind: "accepted", At: w.now}
	w.write(func(x storage.Tx) error {
		_, err := x.Happen(storage.Event{ID: w.id(), Idea: accepted.ID, At: w.now, Kind: ocop.EventAsked, Role: "commune", Body: said}, -1, nil)
		_, err2 := x.Happen(storage.Event{ID: w.id(), Idea: accepted.ID, At: w.now, Kind: ocop.EventAnswered, Actor: p.ID, Body: said}, -1, nil)
		_, err3 := x.Happen(storage.Event{ID: w.id(), Idea: accepted.ID, At: w.now, Kind: ocop.EventAccepted}, -1, func(i *storage.Idea) { i.WaitingLevel = "" })
		invite := storage.Invite{Hash: []byte(telegram), For: storage.InviteOfficer, Name: name, Created: w.now, Expires: w.now.Add(time.Hour)}
		return errors.Join(err, err2, err3, x.PutInvite(invite), must2(x.UseInvite(invite.Hash, p.ID, w.now)),
			x.PutOfficer(storage.Officer{ID: w.id(), Person: p.ID, Unit: commune, Role: storage.CommuneOfficer, Name: name, From: w.now}),
			x.AddFile(storage.File{ID: w.id(), Idea: accepted.ID, Person: p.ID, Provider: "file" + telegram, State: storage.FileStored, Data: []byte("ảnh " + name), At: w.now}),
			x.AddRequest(storage.Request{ID: w.id(), Person: p.ID, Unit: commune, Topic: "call", Text: "gọi " + name, At: w.now, Owner: "commune"}),
			w.duties(x, p.ID), x.Notify(notice), x.Notify(storage.Notice{ID: w.id(), Person: p.ID, Kind: "waits", At: w.now}))
	})
	g := w.gathering("HC"+telegram, 5, 0)
	w.write(func(x storage.Tx) error {
		s := w.signup(g, p)
		s.Attendee, s.Products, s.Vehicle, s.Power, s.Ideas = name, "mật "+name, "xe "+phone, telegram, []storage.ID{accepted.ID}
		return x.SignUp(&s)
	})
	w.must(w.SettleNotice(w.t.Context(), notice.ID, storage.NoticeSent, "", addr, "sent"+telegram, w.now))
	w.must(w.Sessions.Save(w.t.Context(), addr, 0, session(3, "đang điền: "+name)))
	return p, fresh, accepted
}

func eraseLeavesNobody(t *testing.T, w *world) {
	const name, phone, telegram = "Hoàng Thị Sen", "+84987654321", "60316031"
	p, fresh, accepted := w.full(name, phone, telegram)
	traces := []string{name, viet.Fold(name), phone, telegram}
	before := w.dump()
	for _, s := range traces {
		if !strings.Contains(before, s) {
			t.Fatalf("%q is not in the dump before: the check would find nothing", s)
		}
	}
	w.now = w.now.Add(24 * time.Hour)
	w.write(func(x storage.Tx) error { return x.Erase(p.ID, w.now) })
	for n, line := range strings.Split(w.dump(), "\n") {
		for _, s := range traces {
			// An invite is kept by the hash of its code, which here is telegram.
			if strings.Contains(strings.ReplaceAll(line, `[`+telegram+`,"officer"`, ""), s) && !strings.Contains(line, "HC"+telegram) {
				t.Errorf("line %d still has %q: %s", n, s, line)
			}
		}
	}
	got := must(w.Person(t.Context(), p.ID))(t)
	same(t, "erased", got.Erased.Equal(w.now), true)
	_, err := w.Sessions.Load(t.Context(), newAddr("telegram", telegram))
	w.wants(err, storage.ErrNotFound)
	was := must(w.Idea(t.Context(), fresh.ID))(t)
	same(t, "not accepted", was.Stage, ocop.Withdrawn)
	same(t, "its number", was.Number, fresh.Number)
	same(t, "its registration", was.Registered.Equal(fresh.Registered), true)
	stays := must(w.Idea(t.Context(), accepted.ID))(t)
	same(t, "accepted", stays.Stage, ocop.Accepted)
	same(t, "its product", stays.Name, "Rượu men lá")
	same(t, "its material", stays.Fields["mat"], "lá rừng")
	var trail []ocop.EventKind
	for _, e := range must(w.Events(t.Context(), accepted.ID))(t)[:4] {
		trail = append(trail, e.Kind)
	}
	sameList(t, "trail", trail, []ocop.EventKind{"registered", "asked", "answered", "accepted"})
	same(t, "open requests", len(must(w.Requests(t.Context(), storage.Scope{All: true}, 9))(t)), 0)
	same(t, "queued notices", must(w.Stats(t.Context()))(t).Notices, 0)
	same(t, "offices", len(must(w.OfficersOf(t.Context(), p.ID, w.now))(t)), 0)
	same(t, "signup", must(w.SignupsOf(t.Context(), p.ID, 0))(t)[0].State, storage.SignupCancelled)
	same(t, "consents stay as proof", len(must(w.Consents(t.Context(), p.ID))(t)), 1)
	w.wants(w.Write(t.Context(), func(x storage.Tx) error { return x.Erase(1, w.now) }), storage.ErrNotFound)
	w.write(func(x storage.Tx) error { return x.Erase(p.ID, w.now) }) // twice is harmless
}

func eraseSparesTheOthers(t *testing.T, w *world) {
	sen, _, _ := w.full("Hoàng Thị Sen", "+84987654321", "60316031")
	hoa, fresh, _ := w.full("Lý Thị Hoa", "+84911111111", "7777")
	org := storage.Organisation{ID: w.id(), Name: "HTX Hai Chị Em", Created: w.now}
	w.write(func(x storage.Tx) error {
		return errors.Join(x.PutOrganisation(org),
			x.PutMember(storage.Member{Organisation: org.ID, Person: sen.ID, Role: storage.Director, Since: w.now}),
			x.PutMember(storage.Member{Organisation: org.ID, Person: hoa.ID, Role: storage.Helper, Since: w.now}))
	})
	reason := storage.Event{ID: w.id(), Idea: fresh.ID, At: w.now, Kind: ocop.EventReturned, Actor: sen.ID, Role: "commune", Body: map[string]string{"text": "thiếu mẫu"}}
	w.write(func(x storage.Tx) error { return must2(x.Happen(reason, -1, nil)) })
	w.write(func(x storage.Tx) error { return x.Erase(sen.ID, w.now) })
	same(t, "what she decided in office", must(w.Events(t.Context(), fresh.ID))(t)[1].Body["text"], "thiếu mẫu")
	p, officers, err := w.Viewer(t.Context(), newAddr("telegram", "7777"), w.now)
	w.must(err)
	same(t, "name", p.Name, "Lý Thị Hoa")
	same(t, "offices", len(officers), 1)
	same(t, "idea", must(w.Idea(t.Context(), fresh.ID))(t).Name, "Mật ong nhà Lý Thị Hoa")
	same(t, "shared organisation", must(w.Organisation(t.Context(), org.ID))(t).Name, "HTX Hai Chị Em")
	must(w.Sessions.Load(t.Context(), newAddr("telegram", "7777")))(t)
	same(t, "requests", len(must(w.Requests(t.Context(), storage.Scope{All: true}, 9))(t)), 1)
}

// erasedOutcome: whoever finishes a commit again after the erasure gets no
// outcome, and nothing is registered anew.
func erasedOutcome(t *testing.T, w *world) {
	p := w.person("Sen", "telegram:1")
	key := storage.Key{Session: "s", Turn: 4}
	commit := func() []byte {
		return must(w.Commit(t.Context(), key, w.now, func(x storage.Tx) ([]byte, error) {
			i := w.draft(p, "Mật ong")
			return []byte("Sen"), x.AddIdea(&i, p.ID)
		}))(t)
	}
	same(t, "outcome", string(commit()), "Sen")
	w.write(func(x storage.Tx) error { return x.Erase(p.ID, w.now) })
	same(t, "after erasure", string(commit()), "")
	same(t, "ideas", len(must(w.IdeasOf(t.Context(), p.ID))(t)), 1)
}
