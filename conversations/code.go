package conversations

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"ocopbot/bot"
	"ocopbot/locales"
	"ocopbot/storage"
)

// InviteLasts is how long an unused code works.
const InviteLasts = 48 * time.Hour

const (
	codeDigits  = "23456789"
	codeLetters = codeDigits + "ABCDEFGHJKLMNPQRSTUVWXYZ"
)

// NewCode draws a one-time code of nearly 50 random bits, easy to read aloud
// and to type: no letters that look like digits, and at least one digit, by
// which it is told from a word.
func NewCode() string {
	var b [10]byte
	for {
		_, _ = rand.Read(b[:]) // never fails, by its documentation
		for i := range b {
			b[i] = codeLetters[int(b[i])%len(codeLetters)]
		}
		if strings.ContainsAny(string(b[:]), codeDigits) {
			return string(b[:])
		}
	}
}

var codeSpaces = strings.NewReplacer(" ", "", "-", "")

// CodeHash is what is kept of a code. It is typed with any case, spaces or dashes.
func CodeHash(code string) []byte {
	code = strings.ToUpper(codeSpaces.Replace(code))
	h := sha256.Sum256([]byte(code))
	return h[:]
}

// code uses a one-time code: an officer takes office, perhaps from another, or
// a helper joins an organisation. Five wrong codes lock the address for an hour.
func code() *Flow {
	return &Flow{
		ID: codeFlow, Version: 1, Consent: true,
		Steps: []*Step{{ID: "use", Ask: func(*T) (string, locales.Data) { return "", nil }}},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			locked, err := tx.CodeLocked(t.In.From, t.Now)
			if err != nil {
				return Outcome{}, err
			}
			if !locked.IsZero() {
				return Outcome{Notes: []Note{note("code.locked")}}, nil
			}
			p, err := t.known(tx)
			if err != nil {
				return Outcome{}, err
			}
			inv, err := tx.UseInvite(CodeHash(t.Get("code")), p.ID, t.Now)
			if errors.Is(err, storage.ErrNotFound) {
				locked, err := tx.CodeTried(t.In.From, false, t.Now)
				if err != nil {
					return Outcome{}, err
				}
				if !locked.IsZero() {
					return Outcome{Person: p.ID, Notes: []Note{note("code.locked")}}, nil
				}
				return Outcome{Person: p.ID, Notes: []Note{note("code.wrong")}}, nil
			}
			if err != nil {
				return Outcome{}, err
			}
			if _, err := tx.CodeTried(t.In.From, true, t.Now); err != nil {
				return Outcome{}, err
			}
			return t.takeUp(tx, p, inv)
		},
	}
}

// takeUp gives the person what the invite is for.
func (t *T) takeUp(tx storage.Tx, p storage.Person, inv storage.Invite) (Outcome, error) {
	if inv.For == storage.InviteHelper {
		m := storage.Member{Organisation: inv.Organisation, Person: p.ID, Role: storage.Helper, Since: t.Now}
		return Outcome{Person: p.ID, Notes: []Note{note("code.helper", "name", inv.Name)}}, tx.PutMember(m)
	}
	if p.Name == "" && inv.Name != "" {
		p.Name = inv.Name
		if err := tx.PutPerson(p); err != nil {
			return Outcome{}, err
		}
	}
	if inv.For == storage.InviteHandOver {
		return t.takeOver(tx, p, inv)
	}
	o := storage.Officer{ID: storage.NewID(t.Now), Person: p.ID, Unit: inv.Unit, Role: inv.Role, Name: inv.Name, From: t.Now}
	if err := tx.PutOfficer(o); err != nil {
		return Outcome{}, err
	}
	n := note("code.welcome", "name", inv.Name, "unit", t.unitName(string(inv.Unit)), "role", t.Text("role."+inv.Role, nil))
	return t.proved(Outcome{Person: p.ID, Notes: []Note{n}}), nil
}

// proved has an officer choose a PIN where it is needed: the code shows who
// they are, and from now on the PIN does.
func (t *T) proved(out Outcome) Outcome {
	if t.Caps.Forgeable {
		out.Proved, out.Open = true, pinFlow
	}
	return out
}

// looksLikeCode tells a text that is nothing but a one-time code.
func looksLikeCode(text string) bool {
	if len(text) < 10 || len(text) > 20 {
		return false
	}
	text = strings.ToUpper(codeSpaces.Replace(text))
	return len(text) == 10 && strings.Trim(text, codeLetters) == "" && strings.ContainsAny(text, codeDigits)
}

// invite makes a code with which somebody else may see and keep the forms of
// one's organisation.
func invite() *Flow {
	return &Flow{
		ID: inviteFlow, Version: 1, Consent: true,
		Begin: func(t *T) error {
			orgs, err := t.mayInviteTo()
			if err != nil {
				return err
			}
			if len(orgs) == 1 {
				t.Set("org", idText(orgs[0].ID))
			}
			return nil
		},
		Steps: []*Step{
			{ID: "org", Needed: missingAlways("org"), Load: func(t *T) (any, error) { return t.mayInviteTo() }, Choices: func(t *T) []bot.Choice {
				var cs []bot.Choice
				for _, o := range t.Loaded.([]storage.Organisation) {
					cs = append(cs, bot.Choice{ID: idText(o.ID), Label: o.Name})
				}
				return append(cs, t.choice(choiceMenu, "choice.menu"))
			}},
			{ID: "sure", Choices: yesNo, Answer: func(t *T, v string) error {
				if v == "no" {
					t.close()
					return nil
				}
				org, err := textID(t.Get("org"))
				if err != nil {
					return err
				}
				o, err := t.reads.Organisation(t.Ctx, org)
				if err != nil {
					return fmt.Errorf("conversations: organisation: %w", err)
				}
				t.Set("title", o.Name)
				t.S.Pending = true
				return nil
			}},
		},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			org, err := textID(t.Get("org"))
			if err != nil {
				return Outcome{}, err
			}
			members, err := tx.Members(org)
			if err != nil {
				return Outcome{}, err
			}
			if !mayInvite(members, t.S.Person) {
				return Outcome{Notes: []Note{note("invite.not_yours")}}, nil
			}
			t.S.secret = NewCode()
			inv := storage.Invite{Hash: CodeHash(t.S.secret), For: storage.InviteHelper, Organisation: org, Name: t.Get("title"), By: t.S.Person, Created: t.Now, Expires: t.Now.Add(InviteLasts)}
			return Outcome{Notes: []Note{note("invite.code", "code", "")}}, tx.PutInvite(inv)
		},
	}
}
