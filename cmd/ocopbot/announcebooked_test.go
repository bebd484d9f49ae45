package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

const bookedGateway = `gateways:
  - name: brand
    kind: esms
    url: http://127.0.0.1:1/
    user: key
    password: ${KEY}
    secret: ${KEY}
    number: OCOPLANGSON
    sender: brandname
    price: 800
    booked: true
`

const fairFile = `class: advert
reason: mời hội chợ, quảng cáo theo NĐ 91/2020/NĐ-CP
audience: {languages: [vi]}
text: Hội chợ OCOP ngày 20/11 tại thành phố Lạng Sơn.
`

// desk is where an operator types commands.
type desk struct {
	*testing.T
	dir string
}

// types runs a command and gives what it said.
func (d desk) types(code int, args ...string) (out, errs string) {
	d.Helper()
	var o, e bytes.Buffer
	if got := run(d.Context(), args, strings.NewReader(""), &o, &e); got != code {
		d.Fatalf("ocopbot %s: exit code %d, want %d: %s", strings.Join(args, " "), got, code, e.String())
	}
	return o.String(), e.String()
}

func (d desk) file(name, text string) string {
	d.Helper()
	path := filepath.Join(d.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.Fatal(err)
	}
	return path
}

// newDesk is a database with three people who use the program in Vietnamese, of
// whom two agreed to advertising by SMS and one refused, one who agreed and
// uses it in English, and a gateway that takes advertising as a file only.
func newDesk(t *testing.T) (desk, *records) {
	d := desk{t, t.TempDir()}
	t.Setenv("KEY", "a secret of twenty letters")
	t.Setenv("DATABASE_URL", filepath.Join(d.dir, "ocopbot.db"))
	t.Setenv("SMS_GATEWAYS", d.file("gateways.yaml", bookedGateway))
	t.Setenv("SMS_SPOOL", filepath.Join(d.dir, "spool"))
	t.Setenv("SMS_PUBLIC_URL", "http://127.0.0.1:1")
	t.Setenv("ANNOUNCE_NUMBER", "8077")
	d.types(exitOK, "migrate")
	store, err := openRecords(t.Context(), &Settings{DatabaseURL: filepath.Join(d.dir, "ocopbot.db"), LogLevel: "error", LogFormat: "text"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	now := time.Now()
	err = store.Write(t.Context(), func(tx storage.Tx) error {
		for n, agreed := range []bool{true, true, true, false} {
			p := storage.Person{ID: storage.NewID(now.Add(time.Duration(n) * time.Millisecond)), Name: "An", Lang: map[bool]string{true: "en", false: "vi"}[n == 2], Created: now}
			addr := bot.Address("tel:+8491200000" + strconv.Itoa(n))
			if err := tx.PutPerson(p); err != nil {
				return err
			}
			if err := tx.PutRoute(storage.Route{Addr: addr, Person: p.ID, Since: now, Used: now}); err != nil {
				return err
			}
			if err := tx.AddConsent(storage.Consent{ID: storage.NewID(now), Person: p.ID, Purpose: storage.ForAdvertising, Given: agreed, Text: "t", At: now, Addr: addr}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, store
}

// Advertising that a carrier takes in bulk only: text and numbers go out as a
// file, and what became of them comes back as one.
func TestBookedAdvertising(t *testing.T) {
	d, store := newDesk(t)
	out, _ := d.types(exitOK, "announce", d.file("fair.yaml", fairFile), "--dry-run")
	for _, want := range []string{"audience           3 people", "held back: booked   2 people", "held back: refused  1 people"} {
		if !strings.Contains(strings.ReplaceAll(out, "  ", " "), strings.ReplaceAll(want, "  ", " ")) {
			t.Errorf("dry run says %q, want %q", out, want)
		}
	}
	if all, err := store.Announcements(t.Context(), storage.Scope{All: true}, 9); err != nil || len(all) > 0 {
		t.Fatalf("a dry run stored %v, %v", all, err)
	}
	out, errs := d.types(exitOK, "announce", filepath.Join(d.dir, "fair.yaml"))
	id := strings.Fields(out[strings.Index(out, "Announcement "):])[1]
	if !strings.Contains(errs, "queued 3 / 3") && errs != "" { // the bar shows where somebody looks
		t.Errorf("the bar says %q", errs)
	}
	bookAll(t, store, id)
	file := filepath.Join(d.dir, "out.csv")
	if out, _ := d.types(exitOK, "announce", "export", id, file); !strings.Contains(out, "2 numbers are in") {
		t.Errorf("export says %q", out)
	}
	const text = "\"[QC] Hoi cho OCOP ngay 20/11 tai thanh pho Lang Son.\nQuan tam: soan QUAN TAM gui 8077\nTu choi QC: soan TU CHOI gui 8077\"\n"
	data, err := os.ReadFile(file)
	if want := "+84912000000," + text + "+84912000001," + text; err != nil || string(data) != want {
		t.Errorf("the file has %q, %v, want %q", data, err, want)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: it is full of phone numbers", info.Mode(), err)
	}
	d.types(exitSettings, "announce", "export", id, file) // nothing is written over
	again := filepath.Join(d.dir, "again.csv")
	if out, _ := d.types(exitOK, "announce", "export", id, again); !strings.Contains(out, "2 numbers are in") { // it counts once
		t.Errorf("export says %q", out)
	}
	first := ""
	for n, want := range []string{"2 numbers", "2 numbers", "0 numbers"} { // three in a day, over all announcements
		out, _ := d.types(exitOK, "announce", filepath.Join(d.dir, "fair.yaml"), "--again")
		first = cmp.Or(first, out)
		more := strings.Fields(out[strings.Index(out, "Announcement "):])[1]
		bookAll(t, store, more)
		if out, _ := d.types(exitOK, "announce", "export", more, filepath.Join(d.dir, fmt.Sprint("more", n, ".csv"))); !strings.Contains(out, want) {
			t.Errorf("export says %q, want %s", out, want)
		}
	}
	d.types(exitSettings, "announce", "export", "12345", filepath.Join(d.dir, "other.csv"))

	result := d.file("result.csv", "0912000000,sent\n+84 912 000 001,failed\n0912000003,sent\n0912000000,sent\nsố,kết quả\n0912000001\n0912000002,maybe\n")
	out, errs = d.types(exitOK, "announce", "import", id, result)
	if !strings.Contains(out, "1 sent, 1 failed, 5 lines wrong and left out.") {
		t.Errorf("import says %q", out)
	}
	for _, want := range []string{"line 3: this number was not exported", "line 4: this number was not exported", "line 5: not a Vietnamese phone number",
		"line 6: needs a number and a result", "line 7: the result is neither sent nor failed"} {
		if !strings.Contains(errs, want) {
			t.Errorf("import says %q, want %q", errs, want)
		}
	}
	d.types(exitSettings, "announce", "import", "12345", result)
	sheet := d.file("sheet.csv", "\ufeffSố;Kết quả\n912000000;Thành công\n\"=\"\"0912000001\"\"\";Thất bại\n")
	more := strings.Fields(first[strings.Index(first, "Announcement "):])[1]
	if out, errs := d.types(exitOK, "announce", "import", more, sheet); !strings.Contains(out, "1 sent, 1 failed, 1 lines wrong") {
		t.Errorf("import of a spreadsheet's file says %q, %q", out, errs)
	}
	if at, err := store.LastAdvert(t.Context(), "tel:+84912000000"); err != nil || at.IsZero() {
		t.Errorf("what the carrier sent does not count: %v, %v", at, err)
	}
}

// bookAll does what the running program does with each: holds it for a file,
// or for good.
func bookAll(t *testing.T, store *records, announcement string) {
	t.Helper()
	n, err := strconv.ParseInt(announcement, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	all, err := store.Recipients(t.Context(), storage.ID(n), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var keys []storage.RecipientKey
	for _, r := range all {
		keys = append(keys, storage.RecipientKey{Announcement: r.Announcement, Person: r.Person, Epoch: r.Epoch})
	}
	carriers := map[string]storage.Carrier{"tel": {Phone: true, Adverts: true, Booked: true}}
	err = store.Decide(context.Background(), keys, time.Now(), func(_ int, d storage.Delivery) *storage.Move {
		return &storage.Move{State: storage.RecipientHeld, Why: d.Reach.Way(ocop.Advertising, carriers, nil, time.Now()).Hold}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What cannot be is refused with its reason, dry or not, and nothing is stored.
func TestAnnouncementsThatAreRefused(t *testing.T) {
	d, store := newDesk(t)
	for name, c := range map[string]struct{ old, new, want string }{
		"event":    {"{languages: [vi]}", "{event: HC99}", `audience.event: there is no event "HC99"`},
		"unit":     {"{languages: [vi]}", `{units: ["99999"]}`, `line 3: audience.units: programme lang-son-2021 has no unit "99999" today`},
		"stars":    {"{languages: [vi]}", "{stars: [6]}", "line 3: audience.stars: 0 to 5, not 6"},
		"channel":  {"{languages: [vi]}", "{channels: [pigeon]}", `line 3: audience.channels: "pigeon" is none of`},
		"template": {"ngày 20/11", "ngày {{ngay}}", "line 4: text: nothing is filled in here"},
		"reason":   {"reason: mời hội chợ, quảng cáo theo NĐ 91/2020/NĐ-CP\n", "", "reason: why it is of this class, by law, is missing"},
		"long":     {"Hội chợ OCOP", strings.Repeat("Hội chợ OCOP ", 40), "characters too long for tel, with what the law adds"},
		"picture":  {"class: advert", "picture: gateways.yaml\nclass: advert", "picture: no picture"},
		"past":     {"class: advert", "at: \"2020-01-01 08:00\"\nclass: advert", "at: not a time to come"},
		"nobody":   {"[vi]", "[en], roles: [province]", "nobody is in this audience"},
	} {
		file := d.file(name+".yaml", strings.Replace(fairFile, c.old, c.new, 1))
		for _, dry := range []bool{true, false} {
			args := []string{"announce", file}
			if dry {
				if name == "nobody" {
					continue // 0 people is what a dry run is to show
				}
				args = append(args, "--dry-run")
			}
			if _, errs := d.types(exitSettings, args...); !strings.Contains(errs, c.want) {
				t.Errorf("%s: %q, want %q", name, errs, c.want)
			}
		}
	}
	if all, err := store.Announcements(t.Context(), storage.Scope{All: true}, 9); err != nil || len(all) > 0 {
		t.Errorf("stored %v, %v", all, err)
	}
}
