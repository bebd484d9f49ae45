package sqlstore

import (
	"context"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// Everything is all that is kept about a person, ready to be written as JSON
// and taken along (Luật 91/2025/QH15). Scores and decisions that were not
// published yet are left out, and so are officers' notes: they are not the
// person's words.
func (s *Store) Everything(ctx context.Context, person storage.ID) (any, error) {
	p, err := s.Person(ctx, person)
	if err != nil {
		return nil, err
	}
	all := ownRecord{Name: p.Name, Phone: p.Phone, Language: p.Lang, Accents: p.Accents, Channel: p.Channel, Unit: p.Unit, Since: p.Created}
	for _, read := range []func(context.Context, *ownRecord, storage.ID) error{
		s.ownContacts, s.ownOrganisations, s.ownIdeas, s.ownMessages, s.ownOffices, s.ownReports, s.ownAnnounced, s.ownSignups,
	} {
		if err := read(ctx, &all, person); err != nil {
			return nil, err
		}
	}
	return all, nil
}

type ownRecord struct {
	Name          string            `json:"name"`
	Phone         string            `json:"phone"`
	Language      string            `json:"language"`
	Accents       bool              `json:"sms_with_accents"`
	Channel       string            `json:"preferred_channel,omitempty"`
	Unit          ocop.UnitKey      `json:"unit"`
	Since         time.Time         `json:"since"`
	Addresses     []ownAddress      `json:"addresses"`
	Consents      []ownConsent      `json:"consents"`
	Organisations []ownOrganisation `json:"organisations"`
	Ideas         []ownIdea         `json:"ideas"`
	Requests      []ownRequest      `json:"requests"`
	Readings      []ownReading      `json:"read_by_officers,omitempty"`
	Notices       []ownNotice       `json:"notices"`
	Announcements []ownNotice       `json:"announcements"`
	Offices       []ownOffice       `json:"offices"`
	Acknowledged  []ownAck          `json:"acknowledged,omitempty"`
	Reports       []ownReport       `json:"worked_on_reports,omitempty"`
	Announced     []ownAnnounced    `json:"worked_on_announcements,omitempty"`
	Signups       []ownSignup       `json:"signups"`
}

type ownAddress struct {
	Address string    `json:"address"`
	Since   time.Time `json:"since"`
	Used    time.Time `json:"last_used,omitzero"`
}

type ownConsent struct {
	Purpose string    `json:"purpose"`
	Given   bool      `json:"given"`
	Text    string    `json:"text_version"`
	At      time.Time `json:"at"`
	Address string    `json:"address"`
	Message string    `json:"message"`
}

type ownOrganisation struct {
	Name string       `json:"name"`
	Kind string       `json:"kind"`
	Unit ocop.UnitKey `json:"unit"`
}

type ownRequest struct {
	Topic  string    `json:"topic"`
	Text   string    `json:"text"`
	At     time.Time `json:"at"`
	Closed time.Time `json:"closed,omitzero"`
}

type ownNotice struct {
	Kind  string    `json:"kind"`
	State string    `json:"state"`
	At    time.Time `json:"at"`
	To    string    `json:"to,omitempty"`
}

type ownOffice struct {
	Unit ocop.UnitKey `json:"unit"`
	Role string       `json:"role"`
	Name string       `json:"name"`
	From time.Time    `json:"from"`
	To   time.Time    `json:"to,omitzero"`
}

// ownAck is an «Đã nhận» to a reminder.
type ownAck struct {
	Obligation string       `json:"obligation"`
	Period     string       `json:"period,omitempty"`
	Unit       ocop.UnitKey `json:"unit"`
	Step       string       `json:"step"`
	At         time.Time    `json:"at"`
}

type ownReport struct {
	Obligation string               `json:"obligation"`
	Period     string               `json:"period"`
	Unit       ocop.UnitKey         `json:"unit"`
	At         time.Time            `json:"at"`
	Kind       ocop.ReportEventKind `json:"kind"`
	Role       string               `json:"by"`
}

type ownAnnounced struct {
	Announcement storage.ID `json:"announcement"`
	At           time.Time  `json:"at"`
	Kind         string     `json:"kind"`
	Role         string     `json:"by"`
	Text         string     `json:"text,omitempty"`
}

func (s *Store) ownContacts(ctx context.Context, all *ownRecord, person storage.ID) error {
	routes, err := s.Routes(ctx, person)
	if err != nil {
		return err
	}
	for _, r := range routes {
		all.Addresses = append(all.Addresses, ownAddress{string(r.Addr), r.Since, r.Used})
	}
	consents, err := s.Consents(ctx, person)
	for _, c := range consents {
		all.Consents = append(all.Consents, ownConsent{c.Purpose, c.Given, c.Text, c.At, string(c.Addr), c.Message})
	}
	return err
}

func (s *Store) ownOrganisations(ctx context.Context, all *ownRecord, person storage.ID) error {
	orgs, err := s.OrganisationsOf(ctx, person)
	for _, o := range orgs {
		all.Organisations = append(all.Organisations, ownOrganisation{o.Name, o.Kind, o.Unit})
	}
	return err
}

func (s *Store) ownMessages(ctx context.Context, all *ownRecord, person storage.ID) error {
	requests, err := list(ctx, s, "requests", scanRequest,
		`SELECT `+requestColumns+` FROM requests q WHERE q.person = $1 ORDER BY q.at, q.id`, person)
	if err != nil {
		return err
	}
	readings, err := s.ReadingsOf(ctx, person, mostReadings)
	if err != nil {
		return err
	}
	for _, r := range readings {
		all.Readings = append(all.Readings, ownReading{r.At, r.What})
	}
	for _, q := range requests {
		all.Requests = append(all.Requests, ownRequest{q.Topic, q.Text, q.At, q.Closed})
	}
	notices, err := list(ctx, s, "notices", scanNotice,
		`SELECT `+noticeColumns+` FROM notices WHERE person = $1 ORDER BY at, id`, person)
	for _, n := range notices {
		all.Notices = append(all.Notices, ownNotice{n.Kind, n.State, n.At, string(n.Addr)})
	}
	if err != nil {
		return err
	}
	all.Announcements, err = list(ctx, s, "announcements", func(row scanner) (n ownNotice, err error) {
		err = row.Scan(&n.Kind, &n.State, when{&n.At}, &n.To)
		return n, err
	}, `SELECT a.class, r.state, r.at, r.addr FROM recipients r JOIN announcements a ON a.id = r.announcement WHERE r.person = $1 ORDER BY r.at`, person)
	return err
}

func (s *Store) ownOffices(ctx context.Context, all *ownRecord, person storage.ID) error {
	offices, err := list(ctx, s, "offices", scanOfficer,
		`SELECT `+officerColumns+` FROM officers o WHERE o.person = $1 ORDER BY o.since, o.id`, person)
	for _, o := range offices {
		all.Offices = append(all.Offices, ownOffice{o.Unit, o.Role, o.Name, o.From, o.To})
	}
	if err != nil {
		return err
	}
	acks, err := list(ctx, s, "acks", scanAck, `SELECT `+inDuty+`, officer, step, at FROM acks WHERE officer = $1 ORDER BY at, unit, step`, person)
	for _, a := range acks {
		all.Acknowledged = append(all.Acknowledged, ownAck{a.Obligation, a.Period, a.Unit, a.Step, a.At})
	}
	return err
}

func (s *Store) ownReports(ctx context.Context, all *ownRecord, person storage.ID) (err error) {
	all.Reports, err = list(ctx, s, "reports", func(row scanner) (o ownReport, err error) {
		err = row.Scan(&o.Obligation, &o.Period, &o.Unit, when{&o.At}, &o.Kind, &o.Role)
		return o, err
	}, `SELECT r.obligation, r.period, r.unit, e.at, e.kind, e.role FROM report_events e JOIN reports r ON r.id = e.report
		WHERE e.actor = $1 ORDER BY e.at, e.id`, person)
	return err
}

func (s *Store) ownAnnounced(ctx context.Context, all *ownRecord, person storage.ID) (err error) {
	all.Announced, err = list(ctx, s, "announcements", func(row scanner) (o ownAnnounced, err error) {
		err = row.Scan(&o.Announcement, when{&o.At}, &o.Kind, &o.Role, &o.Text)
		return o, err
	}, `SELECT announcement, at, kind, role, text FROM announcement_events WHERE actor = $1 ORDER BY at, id`, person)
	return err
}
