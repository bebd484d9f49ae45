package ocop

import (
	"errors"
	"testing"
)

func TestFormNumbers(t *testing.T) {
	ls := func(seq int) FormNumber { return FormNumber{"LS", 2026, seq} }
	for text, want := range map[string]FormNumber{
		"LS26-0001": ls(1), "ls26-0001": ls(1), "LS260001": ls(1), "ls260001": ls(1), "LS26-1": ls(1), "ls26 1": ls(1),
		"LS 26 0001": ls(1), "LS 26-0001": ls(1), "Ls26–0012": ls(12), "LS26_12": ls(12), "ls26/12": ls(12), " LS26.12. ": ls(12),
		"số LS26-0012": ls(12), "phiếu số ls26-12": ls(12), "LS2026-0012": ls(12), "LS20260012": ls(12), "LS26-12345": ls(12345),
		"LS2612345": ls(12345), "12": {Seq: 12}, "0012": {Seq: 12}, "số 12": {Seq: 12}, "#12": {Seq: 12}, "26-0012": {Year: 2026, Seq: 12},
	} {
		if got, err := ParseFormNumber(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", " ", "-", "LS", "LS26", "LS26-", "LS26-0", "LS26-0000", "mật ong", "0912345678", "123456", "LSX26Y1", "12 34 56",
		"TOOLONG26-1", "LS26-1234567890", "LS1926-1", "LS-0012", "LS17-1", "LS26-1a", "ls 1 a", "26-0012-1", "LS99999999999999999999",
	} {
		if got, err := ParseFormNumber(text); !errors.Is(err, ErrFormNumber) {
			t.Errorf("%q is read as %+v (%v)", text, got, err)
		}
	}
	if s := ls(1).String(); s != "LS26-0001" {
		t.Error(s)
	}
	if s := ls(12345).String(); s != "LS26-12345" {
		t.Error(s)
	}
}

func FuzzParseFormNumber(f *testing.F) {
	for _, s := range []string{"LS26-0001", "ls260001", "12", "LS 26 1", "phiếu số 7", "LS20260012", "\xff26-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ParseFormNumber(text)
		if err != nil {
			if n != (FormNumber{}) {
				t.Errorf("%q fails but gives %+v", text, n)
			}
			return
		}
		if n.Seq <= 0 {
			t.Errorf("%q gives %+v", text, n)
		}
		if n.Prefix == "" || n.Year == 0 {
			return
		}
		if again, err := ParseFormNumber(n.String()); err != nil || again != n {
			t.Errorf("%q gives %s, which gives %+v (%v)", text, n, again, err)
		}
	})
}
