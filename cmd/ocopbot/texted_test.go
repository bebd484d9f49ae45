package main

import (
	"os"
	"path/filepath"
	"testing"
)

// Posters and refusals name the number people can text to, whichever setting
// has it.
func TestPeopleAreToldWhichNumberToText(t *testing.T) {
	const gateways = `gateways:
  - {name: brand, kind: esms, url: "http://127.0.0.1:1", user: key, password: "${KEY}", secret: "${KEY}", number: OCOPLANGSON, sender: brandname}
  - {name: short, kind: kannel, url: "http://127.0.0.1:1", user: ocop, password: "${KEY}", secret: "${KEY}", number: "8079", sender: shortcode, keyword: LSVN}
`
	const long = `  - {name: long, kind: kannel, url: "http://127.0.0.1:1", user: ocop, password: "${KEY}", secret: "${KEY}", number: "0912000000"}
`
	t.Setenv("KEY", "a secret of twenty letters")
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "gateways.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	one := SMSSettings{Gateway: "kannel", URL: "http://127.0.0.1:1", User: "ocop", Password: "p", Secret: "a secret of twenty letters", Number: "0912000000",
		Sender: "number", PublicURL: "http://127.0.0.1:2"}
	brand := one
	brand.Sender = "brandname"
	for name, c := range map[string]struct {
		sms                     SMSSettings
		announced               string
		number, keyword, refuse string
	}{
		"none":                   {},
		"one":                    {sms: one, number: "0912000000", refuse: "0912000000"},
		"one, refused elsewhere": {sms: one, announced: "9198", number: "0912000000", refuse: "9198"},
		"a brandname only":       {sms: brand},
		"several":                {sms: SMSSettings{Gateways: file(gateways + long), PublicURL: "http://127.0.0.1:2"}, number: "0912000000", refuse: "0912000000"},
		"a short code":           {sms: SMSSettings{Gateways: file(gateways), PublicURL: "http://127.0.0.1:2"}, number: "8079", keyword: "LSVN"},
	} {
		t.Run(name, func(t *testing.T) {
			if wrong := c.sms.check(); len(wrong) > 0 {
				t.Fatal(wrong)
			}
			s := &Settings{SMS: c.sms, AnnounceNumber: c.announced}
			if d := doors(s, nil); d.Number != c.number || d.Keyword != c.keyword {
				t.Errorf("posters say %q and %q", d.Number, d.Keyword)
			}
			if got := s.refuseNumber(); got != c.refuse {
				t.Errorf("refusals go to %q", got)
			}
		})
	}
}
