package main

import "testing"

func TestTableText(t *testing.T) {
	const want = "Tên;Hội chợ"
	for _, data := range []string{
		want,
		"\uFEFF" + want,
		"\xff\xfeT\x00\xea\x00n\x00;\x00H\x00\xd9\x1ei\x00 \x00c\x00h\x00\xe3\x1e", // UTF-16, little end first
		"T\xean;H\xf4\xf2i ch\xf5\xf2",                                             // Windows-1258
	} {
		if got, err := tableText([]byte(data)); err != nil || string(got) != want {
			t.Errorf("%q gives %q, %v", data, got, err)
		}
	}
}
