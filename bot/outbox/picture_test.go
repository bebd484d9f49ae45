package outbox_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"ocopbot/bot/bottest/servers"
	"ocopbot/bot/ocop"
	"ocopbot/bot/outbox"
	"ocopbot/bot/paper"
	"ocopbot/storage"
)

func pngOf(t *testing.T, w, h int) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		picture.Set(x, h/2, color.RGBA{R: 200, A: 255})
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// bomb is a PNG of some bytes that claims to have billions of pixels.
func bomb(t *testing.T) []byte {
	t.Helper()
	data := pngOf(t, 1, 1)
	header := data[12:29] // the chunk IHDR with its name
	binary.BigEndian.PutUint32(header[4:], 60_000)
	binary.BigEndian.PutUint32(header[8:], 60_000)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(header))
	return data
}

func TestPicturesAreMadeSmall(t *testing.T) {
	for _, c := range []struct{ w, h, wantW, wantH int }{
		{3200, 2400, 1600, 1200}, {100, 4000, 40, 1600}, {5000, 1, 1600, 1}, {20, 10, 20, 10},
	} {
		small, err := outbox.Shrink(pngOf(t, c.w, c.h))
		if err != nil {
			t.Fatal(err)
		}
		picture, err := jpeg.DecodeConfig(bytes.NewReader(small))
		if err != nil || picture.Width != c.wantW || picture.Height != c.wantH {
			t.Errorf("%d×%d became %d×%d, %v; want %d×%d", c.w, c.h, picture.Width, picture.Height, err, c.wantW, c.wantH)
		}
	}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"a bomb":      {bomb(t), outbox.ErrManyPixels},
		"a text":      {[]byte("no picture at all"), outbox.ErrNoPicture},
		"half a file": {pngOf(t, 300, 300)[:60], outbox.ErrNoPicture},
		"nothing":     {nil, outbox.ErrNoPicture},
	} {
		if _, err := outbox.Shrink(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestDocumentsAreWhatTheySay(t *testing.T) {
	archive := func(names ...string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, name := range names {
			if _, err := z.Create(name); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for name, c := range map[string]struct {
		data []byte
		mime string
		want error
	}{
		"a PDF":               {[]byte("%PDF-1.4"), paper.PDF, nil},
		"a program":           {[]byte("MZ"), paper.PDF, outbox.ErrOtherKind},
		"a letter":            {archive("[Content_Types].xml", "word/document.xml"), paper.DOCX, nil},
		"a table as a letter": {archive("xl/workbook.xml"), paper.DOCX, outbox.ErrOtherKind},
		"macros":              {archive("xl/workbook.xml", "xl/vbaProject.bin"), paper.XLSX, outbox.ErrMacros},
		"half an archive":     {archive("xl/workbook.xml")[:20], paper.XLSX, outbox.ErrOtherKind},
		"another kind":        {[]byte("%PDF-1.4"), "text/html", outbox.ErrOtherKind},
	} {
		if err := outbox.CheckDocument(c.data, c.mime); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestPicturesAreFetchedAndSettled(t *testing.T) {
	onBoth(t, func(h *house) {
		h.tg.files = map[string][]byte{
			"good": pngOf(h.T, 2000, 100), "bomb": bomb(h.T), "long": make([]byte, 21<<20), "paper": []byte("%PDF-1.4"),
		}
		p := h.person("telegram:1")
		idea := h.idea(p, storage.CommuneOfficer)
		ids := map[string]storage.ID{}
		h.write(func(tx storage.Tx) error {
			for _, name := range []string{"good", "bomb", "long", "gone", "paper"} {
				ids[name] = storage.NewID(morning)
				f := storage.File{ID: ids[name], Idea: idea.ID, Person: p, Channel: "telegram", Provider: name,
					State: storage.FileWanted, At: morning}
				if name == "paper" {
					f.Name, f.MIME = "bao-cao.pdf", paper.PDF
				}
				if err := tx.AddFile(f); err != nil {
					return err
				}
			}
			return nil
		})
		h.start()
		for name, want := range map[string]struct{ state, why string }{
			"good": {storage.FileStored, ""}, "paper": {storage.FileStored, ""},
			"bomb": {storage.FileRefused, "too many pixels"},
			"long": {storage.FileRefused, "unfetchable"},
			"gone": {storage.FileRefused, "unfetchable"},
		} {
			var f storage.File
			servers.Until(h, "the file settled", func() bool {
				var err error
				if f, err = h.store.File(h.Context(), ids[name]); err != nil {
					h.Fatal(err)
				}
				return f.State != storage.FileWanted
			})
			if f.State != want.state || f.Why != want.why || (len(f.Data) > 0) != (want.state == storage.FileStored) {
				h.Errorf("%s: %s, %q, %d bytes", name, f.State, f.Why, len(f.Data))
			}
		}
	})
}

// commune is the first one of the programme.
func (h *house) commune() ocop.Unit {
	h.Helper()
	for _, u := range h.prog.Units(morning) {
		if h.prog.IsCommune(u.Key) {
			return u
		}
	}
	h.Fatal("a programme without communes")
	return ocop.Unit{}
}

// idea registers an idea that waits since now.
func (h *house) idea(person storage.ID, level string) storage.Idea {
	h.Helper()
	now := h.clock.Now()
	i := storage.Idea{
		ID: storage.NewID(now), Number: ocop.FormNumber{Prefix: "LS", Year: 2026}, Person: person,
		Unit: h.commune().Key, Name: "Hồng", Fold: "hong", Stage: ocop.Registered, Registered: now, Changed: now,
		WaitingLevel: level, WaitingSince: now,
	}
	h.write(func(tx storage.Tx) error {
		stored := i
		if err := tx.AddIdea(&stored, person); err != nil {
			return err
		}
		i = stored
		return nil
	})
	return i
}
