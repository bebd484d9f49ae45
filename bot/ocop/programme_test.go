package ocop

import "testing"

func TestBuiltInProgrammesLoad(t *testing.T) {
	for _, name := range BuiltIn() {
		p, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if p.Code != name || p.Prefix != "LS" {
			t.Errorf("%s: code %q, prefix %q", name, p.Code, p.Prefix)
		}
	}
}
