package conversations

import (
	"errors"
	"fmt"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

const (
	// vouched is the answer that holds a number the sender's phone vouches for.
	vouched   = "vouched"
	linkLasts = 15 * time.Minute // how long a code is good for
	linkDay   = 24 * time.Hour
	linksADay = 3 // codes asked for from one place, or sent to one number
)

// link shows that a phone number is the sender's, so that there is one person
// with one list of forms, whichever way they write: by the contact their phone
// shares, or by a code sent to the number and typed here.
func link() *Flow {
	return &Flow{
		ID: linkFlow, Version: 1, Consent: true,
		Begin: func(t *T) error {
			switch {
			case t.Get(vouched) != "":
				t.S.Pending = true
			case !t.sending.reaches(telChannel) || phoneOf(t.In.From) != "":
				t.close()
				t.Tell("link.not_here")
			}
			return nil
		},
		Steps: []*Step{
			{ID: "number", Contact: true, Parse: parsePhone, Answer: func(t *T, v string) error {
				t.Set("number", v)
				t.S.Pending = true
				return nil
			}},
			{ID: "code", Needed: has("sent"), Ask: func(t *T) (string, locales.Data) {
				return "link.code", dataOf("phone", ocop.FormatPhone(t.Get("number")))
			}, Parse: func(_ *T, text string) (string, *Note) {
				if v := digits(text); len(v) == 6 {
					return v, nil
				}
				return "", &Note{Key: "link.not_a_code"}
			}},
		},
		Commit: commitLink,
	}
}

func commitLink(t *T, tx storage.Tx) (Outcome, error) {
	p, err := t.known(tx)
	if err != nil {
		return Outcome{}, err
	}
	if t.Get(vouched) == "" && t.Get("code") == "" {
		return t.sendLink(tx, p)
	}
	number := t.Get(vouched)
	if number == "" {
		locked, err := tx.CodeLocked(t.In.From, t.Now)
		if err != nil {
			return Outcome{}, err
		}
		if !locked.IsZero() {
			return Outcome{Person: p.ID, Notes: []Note{note("code.locked")}}, nil
		}
		l, err := tx.UseLink(t.In.From, t.Get("code"), t.Now)
		wrong := errors.Is(err, storage.ErrNotFound)
		if err != nil && !wrong {
			return Outcome{}, err
		}
		if locked, err = tx.CodeTried(t.In.From, !wrong, t.Now); err != nil {
			return Outcome{}, err
		}
		switch {
		case !locked.IsZero():
			return Outcome{Person: p.ID, Notes: []Note{note("code.locked")}}, nil
		case wrong:
			return Outcome{Person: p.ID, Next: "code", Set: map[string]string{"code": ""}, Notes: []Note{note("code.wrong")}}, nil
		}
		number = phoneOf(l.Number)
	}
	o := Outcome{}
	if p, err = t.ownNumber(tx, p, number, &o); err != nil {
		return Outcome{}, err
	}
	if p.Phone == "" {
		p.Phone = number
	}
	o.Person = p.ID
	if len(o.Notes) == 0 {
		o.Notes = []Note{note("link.done", "phone", ocop.FormatPhone(number))}
	}
	return o, tx.PutPerson(p)
}

// sendLink sends a code to the number, unless too many were.
func (t *T) sendLink(tx storage.Tx, p storage.Person) (Outcome, error) {
	o := Outcome{Person: p.ID}
	l := storage.Link{ID: storage.NewID(t.Now), Person: p.ID, Addr: t.In.From, Number: bot.NewAddress(telChannel, t.Get("number")),
		Code: sixDigits(), At: t.Now, Expires: t.Now.Add(linkLasts)}
	n, err := tx.LinksSince(l.Addr, l.Number, t.Now.Add(-linkDay))
	if err != nil {
		return o, err
	}
	if n >= linksADay {
		o.Notes = []Note{note("link.enough")}
		return o, nil
	}
	if err := tx.AddLink(l); err != nil {
		return o, err
	}
	o.Next, o.Set = "code", map[string]string{"sent": "1"}
	return o, tx.Notify(storage.Notice{ID: storage.NewID(t.Now), Person: p.ID, Kind: "link", Subject: l.ID, State: storage.NoticeQueued, At: t.Now, Addr: l.Number})
}

// ownNumber makes a number that was shown to be p's, if there is one, theirs.
// Whoever it belonged to is the same person: they become one, the one that had
// the number.
func (t *T) ownNumber(tx storage.Tx, p storage.Person, number string, o *Outcome) (storage.Person, error) {
	if number == "" {
		return p, nil
	}
	addr := bot.NewAddress(telChannel, number)
	other, err := tx.PersonAt(addr)
	if errors.Is(err, storage.ErrNotFound) {
		return p, tx.PutRoute(storage.Route{Addr: addr, Person: p.ID, Since: t.Now})
	}
	if err != nil || other.ID == p.ID {
		return p, err
	}
	routes, err := tx.RoutesOf(p.ID)
	if err != nil {
		return p, err
	}
	for _, r := range routes {
		if r.Addr != t.In.From {
			o.Moved = append(o.Moved, r.Addr)
		}
	}
	if err := tx.Join(p.ID, other.ID); err != nil {
		return p, err
	}
	o.Person = other.ID
	o.Notes = append(o.Notes, note("link.joined", "phone", ocop.FormatPhone(number)))
	if p, err = tx.Person(other.ID); err != nil {
		return p, err
	}
	o.Lang, o.Accents = p.Lang, "no"
	if p.Accents {
		o.Accents = "yes"
	}
	return p, nil
}

// tellLink is the short message with the code.
func (t *T) tellLink(n storage.Notice, m bot.Message) (bot.Message, error) {
	l, err := t.reads.Link(t.Ctx, n.Subject)
	if errors.Is(err, storage.ErrNotFound) || err == nil && (l.Code == "" || !l.Expires.After(t.Now)) {
		return m, ErrMovedOn
	}
	if err != nil {
		return m, fmt.Errorf("conversations: link: %w", err)
	}
	t.say(&m, "notice.link", dataOf("code", l.Code, "channel", t.Text("channel."+l.Addr.Channel(), nil)))
	return m, nil
}
