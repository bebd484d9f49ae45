package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/bot/sms"
	"ocopbot/bot/viet"
	"ocopbot/conversations"
	"ocopbot/storage"
)

// announcementFile is an announcement as an operator writes it.
type announcementFile struct {
	Class    string `yaml:"class"`
	Reason   string `yaml:"reason"`
	Audience struct {
		Roles       []string `yaml:"roles"`
		Units       []string `yaml:"units"`
		Producers   []string `yaml:"producers"`
		Groups      []string `yaml:"groups"`
		KeyProducts []string `yaml:"key_products"`
		Stars       []whole  `yaml:"stars"`
		Stages      []string `yaml:"stages"`
		Languages   []string `yaml:"languages"`
		Channels    []string `yaml:"channels"`
		Event       string   `yaml:"event"`
		Attendance  []string `yaml:"attendance"`
	} `yaml:"audience"`
	Text    string `yaml:"text"`
	English string `yaml:"english"`
	At      string `yaml:"at"`
	Picture string `yaml:"picture"`
}

const (
	longestAnnouncement = 3000 // characters
	largestPicture      = 5 << 20
	fileTime            = "2006-01-02 15:04"
)

// announcementFrom reads an announcement, or says everything that is wrong
// with it, each with its line. event is the code of the gathering named, to be
// looked up by the caller; picture is what the file named holds.
func announcementFrom(path string, prog *ocop.Programme, now time.Time) (a storage.Announcement, event string, picture []byte, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return a, "", nil, err
	}
	var f announcementFile
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return a, "", nil, fmt.Errorf("%s: %w", path, err)
	}
	r := announcementReader{complaints{path: path, lines: linesOf(&root)}, prog, now}
	strict := yaml.NewDecoder(bytes.NewReader(data))
	strict.KnownFields(true)
	if err := strict.Decode(&f); err != nil && !errors.Is(err, io.EOF) { // an empty file lacks everything
		r.badYAML(1, err)
	}
	a = r.read(f)
	if f.Picture != "" {
		picture = r.picture(filepath.Join(filepath.Dir(path), f.Picture))
	}
	return a, f.Audience.Event, picture, r.err()
}

type announcementReader struct {
	complaints
	prog *ocop.Programme
	now  time.Time
}

func (r *announcementReader) read(f announcementFile) storage.Announcement {
	a := storage.Announcement{
		Role: "program", Class: ocop.Class(f.Class), Reason: strings.TrimSpace(f.Reason), Text: viet.Clean(f.Text), Invites: conversations.Invites(f.Text), English: viet.Clean(f.English),
		State: storage.AnnouncementSending, Epoch: 1, Created: r.now, Began: r.now, Version: 1,
	}
	for _, u := range r.prog.Units(r.now) {
		if u.Kind == ocop.Province {
			a.Unit = u.Key
		}
	}
	if !slices.Contains(ocop.Classes, a.Class) {
		r.bad("class", "advert, service or bulletin, not %q", f.Class)
	}
	if a.Reason == "" {
		r.bad("reason", "why it is of this class, by law, is missing")
	}
	if n := utf8.RuneCountInString(a.Text); n < 10 || n > longestAnnouncement {
		r.bad("text", "needs 10 to %d characters, has %d", longestAnnouncement, n)
	}
	if n := utf8.RuneCountInString(a.English); n > longestAnnouncement {
		r.bad("english", "at most %d characters, has %d", longestAnnouncement, n)
	}
	for key, text := range map[string]string{"text": a.Text, "english": a.English} {
		if strings.Contains(text, "{{") || strings.Contains(text, "}}") {
			r.bad(key, "nothing is filled in here: write the words without {{ }}")
		}
	}
	if f.At != "" {
		at, err := time.ParseInLocation(fileTime, f.At, ocop.Local)
		if err != nil || at.Before(r.now) {
			r.bad("at", "not a time to come such as 2026-11-20 08:00")
		}
		a.NotBefore = at
	}
	a.Audience = r.audience(f)
	return a
}

func (r *announcementReader) audience(f announcementFile) storage.Audience {
	in := f.Audience
	a := storage.Audience{
		Roles:       r.known("audience.roles", in.Roles, storage.RoleProducer, storage.CommuneOfficer, storage.DistrictOfficer, storage.ProvinceOfficer, storage.DepartmentOfficer, storage.Admin),
		Languages:   r.known("audience.languages", in.Languages, "vi", "en"),
		Channels:    r.known("audience.channels", in.Channels, "telegram", "tel", "terminal", "zalo"),
		Attendance:  r.known("audience.attendance", in.Attendance, storage.SignupRegistered, storage.SignupSelected, storage.SignupWaiting, storage.SignupAttended, storage.SignupQueued, storage.SignupRefused),
		Kinds:       in.Producers,
		Groups:      in.Groups,
		KeyProducts: in.KeyProducts,
	}
	for _, code := range in.Units {
		u, ok := r.prog.UnitAt(code, r.now)
		if !ok {
			r.bad("audience.units", "programme %s has no unit %q today", r.prog.Code, code)
			continue
		}
		a.Units = append(a.Units, u.Key)
		a.Within = append(a.Within, r.prog.Below(u.Key, r.now)...)
	}
	for _, id := range in.Producers {
		if _, ok := r.prog.ProducerType(id); !ok {
			r.bad("audience.producers", "no type of producer %q", id)
		}
	}
	for _, id := range in.Groups {
		if _, ok := r.prog.Group(id); !ok {
			r.bad("audience.groups", "no product group %q", id)
		}
	}
	for _, id := range in.KeyProducts {
		if _, ok := r.prog.KeyProduct(id); !ok {
			r.bad("audience.key_products", "no key product %q", id)
		}
	}
	for _, n := range in.Stars {
		a.Stars = append(a.Stars, int(n))
		if n < 0 || n > 5 {
			r.bad("audience.stars", "0 to 5, not %d", n)
		}
	}
	for _, s := range in.Stages {
		if !slices.Contains(ocop.Stages(), ocop.Stage(s)) {
			r.bad("audience.stages", "no stage %q", s)
		}
		a.Stages = append(a.Stages, ocop.Stage(s))
	}
	if len(in.Attendance) > 0 && in.Event == "" {
		r.bad("audience.attendance", "of which event? give its code as audience.event")
	}
	return a
}

// known are values that must be among some.
func (r *announcementReader) known(key string, got []string, among ...string) []string {
	for _, v := range got {
		if !slices.Contains(among, v) {
			r.bad(key, "%q is none of %s", v, strings.Join(among, ", "))
		}
	}
	return got
}

func (r *announcementReader) picture(path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil || len(data) > largestPicture {
		r.bad("picture", "cannot be read, or has more than %d MB", largestPicture>>20)
		return nil
	}
	return data
}

// bookedResult reads a line of a carrier's result: a number, and what became
// of it.
func bookedResult(row []string) (state string, addr bot.Address, why string) {
	if len(row) < 2 {
		return "", "", "needs a number and a result"
	}
	number, err := phoneOfCell(row[0])
	if err != nil {
		return "", "", "not a Vietnamese phone number"
	}
	switch viet.Fold(row[1]) {
	case "sent", "ok", "delivered", "success", "1", "thanh cong", "da gui":
		return storage.RecipientSent, bot.NewAddress(sms.Name, number), ""
	case "failed", "error", "rejected", "undelivered", "0", "that bai", "khong thanh cong", "loi":
		return storage.RecipientFailed, bot.NewAddress(sms.Name, number), ""
	}
	return "", "", "the result is neither sent nor failed"
}
