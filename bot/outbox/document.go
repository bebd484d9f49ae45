package outbox

import (
	"archive/zip"
	"bytes"
	"errors"
	"slices"
	"strings"

	"ocopbot/conversations"
)

// Why a document is refused.
var (
	errOtherKind = errors.New("not what its name says")
	errMacros    = errors.New("has macros")
)

// checkDocument tells whether data is a document of its kind, and no program:
// whoever opens it trusts the office it came from.
func checkDocument(data []byte, mime string) error {
	inside, known := conversations.DocumentKinds[mime]
	switch {
	case !known:
		return errOtherKind
	case inside == "":
		if !bytes.HasPrefix(data, []byte("%PDF-")) {
			return errOtherKind
		}
		return nil
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return errOtherKind
	}
	if slices.ContainsFunc(z.File, func(f *zip.File) bool { return strings.HasSuffix(strings.ToLower(f.Name), "vbaproject.bin") }) {
		return errMacros
	}
	if !slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == inside }) {
		return errOtherKind
	}
	return nil
}
