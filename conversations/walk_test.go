package conversations

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
	"ocopbot/storage/sqlstore"
)

// The walk goes wherever people can go: from every question by every choice
// and by typed answers of every sort, as a stranger, a producer and an
// officer, in both languages. Nothing is mocked; what a commit writes is
// rolled back, so that every path starts from the same records.

// typed are answers that between them fit every question.
var typed = []string{
	"Hoàng Thị Mai", "Huy", "mật ong và rượu men lá", "1 = 7", "Chi Lăng", "Hữu Liên", "0912 345 678", "1", "12,5", "02/01/2026",
	"1234/QĐ-UBND", "quay lại", "hủy", "menu", "dừng tin nhắn", "english", "/start ABCDE23456", "LS26-0001", "hộp việc", "gọi lại cho tôi",
	"tôi muốn tham gia", "xóa dữ liệu", "đăng ký", "sửa phiếu", "in phiếu",
	"OCOP DD HC1", "OCOP DD HC1 Lý Văn An", "OCOP KQ HC3", "hội chợ", "12/12/2026", "35 triệu", "3 sao", "huyện Chi Lăng 3",
	"có dấu", "2580",
}

// unfilled are marks of a text that lacks its data or is missing itself.
var unfilled = regexp.MustCompile(`<no value>|\[[a-z]+\.[a-z_.]+\]|\{\{|%!`)

const longestCallback = 64 // bytes, https://core.telegram.org/bots/api#inlinekeyboardbutton

type walk struct {
	*testing.T
	ctx     context.Context
	store   *sqlstore.Store
	engine  *Engine
	now     time.Time
	caps    bot.Caps
	accents bool
	seen    map[string]bool // places people can be, by what makes them different
	asked   map[string]bool // steps reached
	left    map[string]bool // steps from which all ways are tried: once by each person
	queue   []placed
	paged   map[string]bool // what did not fit into one message
	stored  []string        // one session for each question, as a replay reads them
}

type placed struct {
	addr bot.Address
	s    []byte // encoded
	path string
}

// newWalk stands at the door of a house with records; the ids are those of a
// producer, at telegram:2, and an officer, at telegram:3.
func newWalk(t *testing.T) (w *walk, producer, officer storage.ID) {
	t.Helper()
	texts, err := locales.New()
	if err != nil {
		t.Fatal(err)
	}
	prog, err := ocop.Load("lang-son-2021")
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	store, err := sqlstore.Open(ctx, sqlstore.Options{URL: filepath.Join(t.TempDir(), "walk.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if err := store.Migrate(ctx, nil); err != nil {
		t.Fatal(err)
	}
	w = &walk{T: t, ctx: ctx, store: store, engine: New(prog, texts, store).Sends(sendsInTests), now: time.Date(2026, 6, 15, 9, 0, 0, 0, ocop.Local),
		caps: bot.Caps{Name: "telegram", Buttons: true, Files: true, Longest: 4096}, seen: map[string]bool{}, asked: map[string]bool{}, left: map[string]bool{}}
	producer, officer = w.records(prog)
	return w, producer, officer
}

// sendsInTests are a free channel and one that costs.
var sendsInTests = Sending{Refuse: "8077", Approval: 100, Outlets: []Outlet{
	{Caps: bot.Caps{Name: "telegram", Buttons: true, Longest: 4096}, Carrier: storage.Carrier{Adverts: true}},
	{Caps: bot.Caps{Name: "tel", Form: "sms", Plain: true, Longest: 306, Paged: true, Brief: true}, Carrier: storage.Carrier{Phone: true, Adverts: true},
		Cost: func(bot.Message) (int, int64) { return 2, 1600 }},
}}

// exhaust goes on until every place was left by every way.
func (w *walk) exhaust() {
	for len(w.queue) > 0 {
		from := w.queue[0]
		w.queue = w.queue[1:]
		w.leaveBy(from)
	}
}

// records are a producer with two forms in different stages and a province
// officer; one form is asked about, one is scored, one decided.
func (w *walk) records(prog *ocop.Programme) (producer, officer storage.ID) {
	producer, officer = storage.NewID(w.now), storage.NewID(w.now.Add(time.Second))
	commune := prog.FindUnits("Hữu Liên", w.now)[0].Unit.Key
	province, _ := prog.UnitAt("20", w.now)
	leaderless, _ := prog.UnitAt("186", w.now)
	org := storage.NewID(w.now)
	write := func(steps ...error) {
		w.Helper()
		if err := errors.Join(steps...); err != nil {
			w.Fatal(err)
		}
	}
	write(w.store.Write(w.ctx, func(tx storage.Tx) error {
		for id, addr := range map[storage.ID]bot.Address{producer: "telegram:2", officer: "telegram:3"} {
			p := storage.Person{ID: id, Name: "Lý Văn An", Phone: "+84912345678", Lang: "vi", Unit: commune, Created: w.now}
			write(tx.PutPerson(p), tx.PutRoute(storage.Route{Addr: addr, Person: id, Since: w.now, Used: w.now}),
				tx.AddConsent(storage.Consent{ID: storage.NewID(w.now), Person: id, Purpose: storage.ForService, Given: true, Text: ConsentText, At: w.now, Addr: addr}))
		}
		write(tx.PutOfficer(storage.Officer{ID: storage.NewID(w.now), Person: officer, Unit: province.Key, Role: storage.ProvinceOfficer, Name: "Cán bộ", From: w.now}),
			tx.PutOfficer(storage.Officer{ID: storage.NewID(w.now.Add(time.Second)), Person: officer, Unit: province.Key, Role: storage.Leader, Name: "Cán bộ", From: w.now}),
			tx.PutOfficer(storage.Officer{ID: storage.NewID(w.now.Add(2 * time.Second)), Person: officer, Unit: province.Key, Role: storage.Admin, Name: "Cán bộ", From: w.now}),
			// A unit of theirs has no leader: it approves on paper.
			tx.PutOfficer(storage.Officer{ID: storage.NewID(w.now.Add(3 * time.Second)), Person: officer, Unit: leaderless.Key, Role: storage.DistrictOfficer, Name: "Cán bộ", From: w.now}))
		write(tx.PutRoute(storage.Route{Addr: "tel:+84912345678", Person: producer, Since: w.now}), tx.PutPIN(officer, hashPIN("2580"), w.now))
		for _, id := range []storage.ID{org, org + 1} {
			write(tx.PutOrganisation(storage.Organisation{ID: id, Kind: "household", Name: "Hộ ông An", Unit: commune, Created: w.now}),
				tx.PutMember(storage.Member{Organisation: id, Person: producer, Role: storage.Director, Since: w.now}))
		}
		return tx.AddRequest(storage.Request{ID: storage.NewID(w.now), Person: producer, Unit: commune, Topic: "call", At: w.now, Owner: storage.CommuneOfficer})
	}))
	district, _ := prog.UnitAt("187", w.now)
	for n, d := range []storage.Duty{{Obligation: "year-province", Period: "2026", Unit: province.Key}, {Obligation: "half-year", Period: "2026", Unit: district.Key}} {
		write(w.store.Write(w.ctx, func(tx storage.Tx) error {
			r := storage.Report{ID: storage.NewID(w.now) + storage.ID(n), Duty: d, Edition: 1, Form: "ocop", Number: ocop.FormNumber{Prefix: ocop.ReportPrefix, Year: 2026}, Opened: w.now}
			write(tx.AddReport(r, officer, storage.ProvinceOfficer))
			for _, kind := range []ocop.ReportEventKind{ocop.ReportApproval, ocop.ReportFiling} {
				_, err := tx.ReportHappens(storage.ReportEvent{Report: r.ID, At: w.now, Kind: kind, Actor: officer}, -1,
					func(r *storage.Report) { r.Filed, r.Counted, r.Due = w.now, w.now, w.now })
				write(err)
			}
			return tx.PutReportFigure(storage.ReportFigure{Report: r.ID, Figure: "ideas", Prefilled: 2, Value: 3, Reason: "sổ", Version: 1, By: officer, At: w.now})
		}))
	}
	write(w.store.Write(w.ctx, func(tx storage.Tx) error {
		g := storage.Gathering{ID: storage.NewID(w.now), Code: "KN1", Kind: storage.Fair, Title: "Hội chợ OCOP", Place: "Lạng Sơn", From: w.now.AddDate(0, 1, 0), To: w.now.AddDate(0, 1, 2),
			Deadline: w.now.AddDate(0, 0, 20), Stalls: 5, Unit: province.Key, State: storage.GatheringOpen, Created: w.now, Version: 1}
		write(tx.PutGathering(g, storage.GatheringEvent{ID: storage.NewID(w.now), Gathering: g.ID, At: w.now, Kind: "made"}))
		for k, who := range []string{"", "Lý Văn An"} { // one comes, and has signed up another
			s := storage.Signup{ID: storage.NewID(w.now.Add(time.Duration(k) * time.Second)), Gathering: g.ID, Person: producer, Attendee: who, Stall: true, Units: []ocop.UnitKey{commune}, At: w.now}
			write(tx.SignUp(&s))
		}
		return nil
	}))
	w.announce(storage.Announcement{ID: storage.NewID(w.now), Author: producer, Role: "province", Unit: province.Key, Class: ocop.ServiceNotice,
		Reason: "tập huấn", Text: "Lớp tập huấn OCOP", State: storage.AnnouncementSending, Epoch: 1, Size: 2, Created: w.now, Version: 1}, producer)
	for n, events := range [][]ocop.EventKind{
		{ocop.EventAsked}, {ocop.EventReturned}, {ocop.EventAccepted, ocop.EventScored}, {ocop.EventAccepted, ocop.EventScored, ocop.EventDecided},
		{}, {ocop.EventAccepted},
	} {
		write(w.store.Write(w.ctx, func(tx storage.Tx) error {
			i := storage.Idea{ID: storage.NewID(w.now), Number: ocop.FormNumber{Prefix: prog.Prefix, Year: 2026}, Person: producer, Organisation: org,
				Unit: commune, Name: fmt.Sprintf("Sản phẩm %d", n), Registered: w.now, WaitingLevel: storage.CommuneOfficer, WaitingSince: w.now}
			write(tx.AddIdea(&i, producer))
			for k, kind := range events {
				at := w.now.Add(time.Duration(k+1) * time.Minute)
				if kind == ocop.EventScored {
					round, err := tx.RoundOf(2026, 1, prog.Levels(w.now)[0].Level, "", w.now)
					write(err, tx.PutEvaluation(storage.Evaluation{ID: storage.NewID(w.now), Idea: i.ID, Round: round.ID, A: 3000, B: 2000, C: 2500,
						Proposed: 4, Stars: -1, At: at, By: officer, Version: 1}))
				}
				e := storage.Event{ID: storage.NewID(at), Idea: i.ID, At: at, Kind: kind, Actor: officer, Role: "province", Body: map[string]string{"text": "bao nhiêu?"}}
				_, err := tx.Happen(e, -1, nil)
				write(err)
			}
			return nil
		}))
	}
	w.gatherings(producer, officer, province.Key)
	// Last, for the ids of what comes after it are in the stored sessions.
	write(w.store.Write(w.ctx, func(tx storage.Tx) error {
		return tx.PutDemand(storage.Demand{ID: storage.NewID(w.now), Title: "Rà soát điểm bán", Questions: []string{"Có mấy điểm?"}, Units: []ocop.UnitKey{district.Key},
			Due: ocop.Date(2026, 7, 10), Unit: province.Key, By: officer, At: w.now})
	}))
	return producer, officer
}

// gatherings are a fair to sign up for, a training for which is selected, a
// fair that is over and one that goes on.
func (w *walk) gatherings(producer, officer storage.ID, unit ocop.UnitKey) {
	w.Helper()
	day := func(n int) time.Time { return time.Date(2026, 6, 15+n, 0, 0, 0, 0, ocop.Local) }
	by := storage.GatheringEvent{At: w.now, Kind: "created", Actor: officer, Role: "province"}
	for n, g := range []storage.Gathering{
		{Code: "HC1", Kind: storage.Fair, From: day(20), To: day(22), Deadline: day(15), Seats: 40, Stalls: 10},
		{Code: "TH1", Kind: storage.Training, From: day(20), To: day(20), Deadline: day(15), Seats: 1, Selects: true,
			Quotas: []ocop.Quota{{By: ocop.QuotaUnit, Value: string(unit), Most: 1}}},
		{Code: "HC3", Kind: storage.Fair, From: day(-5), To: day(-3), Deadline: day(5)},
		{Code: "HC4", Kind: storage.Fair, From: day(0), To: day(3), Deadline: day(5)},
		{Code: "HC5", Kind: storage.Fair, From: day(20), To: day(22), Deadline: day(15), Rule: storage.Rule{Stars: 5}},
	} {
		g.ID, g.Title, g.Place, g.Unit, g.State, g.Version, g.Created, g.By = storage.NewID(w.now), "Hội chợ xuân", "Lạng Sơn", unit, storage.GatheringOpen, 1, w.now, officer
		g.Bring, g.Contact = "sản phẩm mẫu", "0205 3 810 000"
		err := w.store.Write(w.ctx, func(tx storage.Tx) error {
			if n == 2 || n == 3 { // nobody signs up for what is past: it was before
				late := g
				late.From, late.To = day(30), day(30)
				if err := tx.PutGathering(late, by); err != nil {
					return err
				}
			} else if err := tx.PutGathering(g, by); err != nil {
				return err
			}
			if n == 0 || n == 4 {
				return nil
			}
			for k, who := range []storage.ID{producer, officer} {
				s := storage.Signup{ID: storage.NewID(w.now.Add(time.Duration(k) * time.Second)), Gathering: g.ID, Person: who, Units: []ocop.UnitKey{unit}, At: w.now}
				if err := tx.SignUp(&s); err != nil {
					return err
				}
			}
			if n == 2 || n == 3 {
				g.Version = 2
				return tx.PutGathering(g, by)
			}
			return nil
		})
		if err != nil {
			w.Fatal(err)
		}
	}
}

func (w *walk) start(addr bot.Address, person storage.ID) {
	s := NewSession(locales.Vietnamese)
	s.Person, s.Turn, s.At, s.Accents = person, 1, w.now, w.accents
	if _, err := w.engine.Again(w.ctx, s, addr, w.caps, w.now); err != nil {
		w.Fatal(err)
	}
	w.queue = append(w.queue, placed{addr, s.Encode(), string(addr)})
}

// leaveBy goes on from a place by everything that can be done there.
func (w *walk) leaveBy(from placed) {
	ref := func(s *Session) bot.Ref { return bot.Ref{Session: s.ID, AskedAt: s.AskedAt} }
	s := w.session(from)
	for _, id := range s.Offered {
		w.go1(from, "["+id+"]", bot.Incoming{Kind: bot.Tap, Ref: ref(s), Choice: id})
	}
	for _, text := range typed {
		in := bot.Incoming{Kind: bot.Text, Text: text}
		if code, ok := strings.CutPrefix(text, "/start "); ok {
			in.Text, in.Deeplink = "/start", code
		}
		w.go1(from, text, in)
	}
	w.go1(from, "(photo)", bot.Incoming{Kind: bot.Photo, File: bot.File{ID: "p"}})
	w.go1(from, "(document)", bot.Incoming{Kind: bot.Document, File: bot.File{ID: "d", Name: "bao-cao.pdf"}})
	w.go1(from, "(voice)", bot.Incoming{Kind: bot.Unsupported, What: "voice"})
	for _, notice := range []string{"answer/LS26-0001", "act/LS26-0001", "sup/LS26-0002", "card/LS26-0003", "inbox/", "event/HC1", "event/KN1", "result/HC3"} {
		w.go1(from, "("+notice+")", bot.Incoming{Kind: bot.Tap, Ref: bot.Ref{Session: NoticeRef}, Choice: notice})
	}
}

func (w *walk) session(p placed) *Session {
	s, err := DecodeSession(p.s)
	if err != nil {
		w.Fatal(err)
	}
	return s
}

// go1 takes one step, looks at what is said, and remembers a new place.
func (w *walk) go1(from placed, how string, in bot.Incoming) {
	s := w.session(from)
	w.now = w.now.Add(time.Millisecond)
	in.From, in.At = from.addr, w.now
	path := from.path + " > " + how
	r, err := w.engine.Advance(w.ctx, s, &in, w.caps, w.now, false)
	if err == nil && s.Pending {
		r, err = w.commit(s, from.addr)
	}
	if err != nil {
		w.Errorf("%s: %v", path, err)
		return
	}
	for _, m := range r.Messages {
		w.look(path, m)
	}
	place := w.place(from.addr, s)
	if w.seen[place] {
		return
	}
	w.seen[place] = true
	w.remember(from.addr, s)
	w.inOtherLanguages(path, from.addr, s)
	w.asked[s.top().Flow+"."+s.top().Step] = true
	if f := w.engine.flows[s.top().Flow]; f.Consent && !s.Consented() {
		w.Errorf("%s: %s is asked without consent", path, w.place(from.addr, s))
	}
	if at := where(from.addr, s); !w.left[at] {
		w.left[at] = true
		w.queue = append(w.queue, placed{from.addr, s.Encode(), path})
	}
}

// inOtherLanguages looks at the same answer in every other language.
func (w *walk) inOtherLanguages(path string, addr bot.Address, s *Session) {
	for _, lang := range locales.Languages {
		if lang == s.Lang {
			continue
		}
		other := w.session(placed{s: s.Encode()})
		other.Lang = lang
		r, err := w.engine.Again(w.ctx, other, addr, w.caps, w.now)
		if err != nil {
			w.Errorf("%s, in %s: %v", path, lang, err)
		}
		for _, m := range r.Messages {
			w.look(path+", in "+lang, m)
		}
	}
}

// place is what makes a difference to where one can go and what is said: who
// it is, the open question, and what it is about.
func (w *walk) place(addr bot.Address, s *Session) string {
	f := s.top()
	notes := ""
	for _, n := range s.Notes {
		notes += n.Key + " "
	}
	return fmt.Sprint(where(addr, s), f.get(editing) != "", f.get("topic"), f.get("item") == "new", notes)
}

// where is a place as far as the ways out of it differ.
func where(addr bot.Address, s *Session) string {
	f, about := s.top(), ""
	switch f.Flow {
	case homeFlow:
		about = f.get(groupStep)
	case consentFlow: // what for
		about = s.Frames[len(s.Frames)-2].Flow
	case dutyFlow:
		about = f.get("obligation")
	case reportFlow: // which text
		about = f.get("item") + f.get("at")
	case announceFlow: // an audience of those who signed up has one more question
		about = fmt.Sprint(f.get("event") != "")
	case actFlow: // in which stage
		about = f.get("number") + f.get("act")
	case gatheringFlow, guestsFlow, makeFlow, amendFlow: // which
		about = f.get("code")
	}
	return fmt.Sprint(addr, f.Flow, f.Step, about)
}

// announce makes an announcement that somebody answered and that, so that all
// can be done about it, waits for a second officer.
func (w *walk) announce(a storage.Announcement, by storage.ID) {
	w.Helper()
	must := func(err error) {
		if err != nil {
			w.Fatal(err)
		}
	}
	put := func(tx storage.Tx) error { return tx.PutAnnouncement(a) }
	must(w.store.Write(w.ctx, put))
	_, _, err := w.store.PlanRecipients(w.ctx, a, 100, w.now, w.now)
	must(err)
	key := storage.RecipientKey{Announcement: a.ID, Person: by, Epoch: a.Epoch}
	must(w.store.Decide(w.ctx, []storage.RecipientKey{key}, w.now, func(int, storage.Delivery) *storage.Move {
		return &storage.Move{State: storage.RecipientSending}
	}))
	must(w.store.Write(w.ctx, func(tx storage.Tx) error { return tx.AnswerRecipient(a.ID, by, w.now) }))
	a.State, a.Version = storage.AnnouncementWaiting, 2
	must(w.store.Write(w.ctx, put))
}

var errRollBack = errors.New("rolled back")

// commit runs the due commit, whose writes are seen by nobody else.
func (w *walk) commit(s *Session, addr bot.Address) (r bot.Reply, err error) {
	var outcome []byte
	err = w.store.Write(w.ctx, func(tx storage.Tx) error {
		if outcome, err = w.engine.Commit(w.ctx, s, addr, w.caps, w.now, tx); err != nil {
			return err
		}
		return errRollBack
	})
	if !errors.Is(err, errRollBack) {
		return r, err
	}
	if s.Person == 0 { // who was written down is rolled back: still a stranger
		var o Outcome
		if err := json.Unmarshal(outcome, &o); err != nil {
			return r, err
		}
		o.Person = 0
		if outcome, err = json.Marshal(o); err != nil {
			return r, err
		}
	}
	return w.engine.Settle(w.ctx, s, outcome, addr, w.caps, w.now)
}

// look judges one message.
func (w *walk) look(path string, m bot.Message) {
	all := []string{m.Text, m.Contact}
	for _, c := range m.Choices {
		all = append(all, c.Label)
		// The turn is written in base 36: four letters last for a million and a half.
		if n := len(m.Ref.Session) + 1 + 4 + 1 + len(c.ID); n > longestCallback {
			w.Errorf("%s: the choice %q makes %d bytes of callback data", path, c.ID, n)
		}
		if strings.TrimSpace(c.Label) == "" {
			w.Errorf("%s: the choice %q has no label", path, c.ID)
		}
	}
	for _, text := range all {
		if mark := unfilled.FindString(text); mark != "" {
			w.Errorf("%s: %s in %q", path, mark, text)
		}
	}
	if w.caps.Paged {
		w.fits(path, m)
	}
	if m.Attached == nil && strings.TrimSpace(m.Text) == "" && m.First == 0 {
		w.Errorf("%s: nothing is said", path)
	}
}
