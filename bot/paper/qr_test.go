package paper_test

import (
	"bytes"
	"errors"
	"image/png"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"ocopbot/bot/paper"
)

func TestQRIsRead(t *testing.T) {
	for _, content := range []string{"https://t.me/ocop_langson_bot?start=dd-HC26", "SMSTO:+84912345678:OCOP DD HC26"} {
		file, err := paper.QR(content, "Hội chợ OCOP tỉnh Lạng Sơn", "Quét mã để điểm danh, hoặc nhắn OCOP DD HC26 tới 0912 345 678")
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if b := picture.Bounds(); b.Dx() < 1000 || b.Dy() < b.Dx()+200 {
			t.Errorf("a picture of %v is too small to print", b)
		}
		dots, err := gozxing.NewBinaryBitmapFromImage(picture)
		if err != nil {
			t.Fatal(err)
		}
		read, err := qrcode.NewQRCodeReader().Decode(dots, nil)
		if err != nil || read.GetText() != content {
			t.Errorf("a phone reads %v, want %q (%v)", read, content, err)
		}
	}
}

func TestQRTooLong(t *testing.T) {
	if _, err := paper.QR(strings.Repeat("x", 5000), ""); !errors.Is(err, paper.ErrTooLong) {
		t.Errorf("got %v", err)
	}
}
