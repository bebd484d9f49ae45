package viet

import "testing"

// The short way and the long way of folding must agree wherever both can go.
func FuzzFoldShortcut(f *testing.F) {
	for _, s := range []string{"Mật  ong, Đào", "hòa hoà", "ABC 123", "Ǆ ĳ ŉ", "q̣"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if short, ok := foldVietnamese(s); ok && short != foldAny(s) {
			t.Errorf("%q: %q by the short way, %q by the long one", s, short, foldAny(s))
		}
	})
}
