package paper

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/yeqown/go-qrcode/v2"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// A QR code is printed on a poster or a leaf: qrSide dots of 1/300 inch are
// 10 cm. The frame of four modules around it belongs to the code.
const (
	qrSide  = 1180
	qrFrame = 4
)

// ErrTooLong is a content that no QR code of that size holds.
var ErrTooLong = errors.New("paper: too long for a QR code")

// QR is a picture to print: the title, the code that leads to content, and
// below it in words what it is for and how it is done without a camera ("nhắn
// OCOP DD 12 tới …"). Title and lines may be empty.
func QR(content, title string, lines ...string) ([]byte, error) {
	code, err := qrcode.NewWith(content, qrcode.WithErrorCorrectionLevel(qrcode.ErrorCorrectionMedium))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTooLong, err)
	}
	var dots bitmap
	if err := code.Save(&dots); err != nil {
		return nil, fmt.Errorf("paper: qr: %w", err)
	}
	across := len(dots.dark) + 2*qrFrame
	scale := qrSide / across
	side := across * scale

	big, err := newPen(liberationsansbold.TTF, 56)
	if err != nil {
		return nil, err
	}
	small, err := newPen(liberationsansregular.TTF, 42)
	if err != nil {
		return nil, err
	}
	edge := qrFrame * scale
	above := big.broken(title, side-2*edge)
	var below []string
	for _, l := range lines {
		below = append(below, small.broken(l, side-2*edge)...)
	}
	top := 0
	if len(above) > 0 {
		top = edge/2 + len(above)*big.line
	}
	bottom := 0
	if len(below) > 0 {
		bottom = len(below)*small.line + edge/2
	}
	picture := image.NewPaletted(image.Rect(0, 0, side, top+side+bottom), greys)
	for y, row := range dots.dark {
		for x, dark := range row {
			if dark {
				at := image.Pt(edge+x*scale, top+edge+y*scale)
				draw.Draw(picture, image.Rectangle{at, at.Add(image.Pt(scale, scale))}, image.Black, image.Point{}, draw.Src)
			}
		}
	}
	big.centred(picture, above, edge/2)
	small.centred(picture, below, top+side)
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return nil, fmt.Errorf("paper: qr: %w", err)
	}
	return b.Bytes(), nil
}

// greys are enough for black letters on white, and keep the file small.
var greys = func() (p color.Palette) {
	for i := range 16 {
		p = append(p, color.Gray{Y: uint8(255 - i*17)})
	}
	return p
}()

// bitmap takes a code's modules from the library.
type bitmap struct{ dark [][]bool }

func (b *bitmap) Write(m qrcode.Matrix) error { b.dark = m.Bitmap(); return nil }
func (b *bitmap) Close() error                { return nil }

// pen writes lines of one size on a picture.
type pen struct {
	face font.Face
	line int // height of a line in dots
}

func newPen(ttf []byte, size float64) (pen, error) {
	f, err := opentype.Parse(ttf)
	if err != nil {
		return pen{}, fmt.Errorf("paper: font: %w", err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return pen{}, fmt.Errorf("paper: font: %w", err)
	}
	return pen{face, int(size * 1.3)}, nil
}

// broken breaks a text between words into lines of at most so many dots.
func (p pen) broken(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && font.MeasureString(p.face, longer).Ceil() > width {
			lines, longer = append(lines, line), word
		}
		line = longer
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// centred writes lines below each other, the first one's top at top.
func (p pen) centred(on draw.Image, lines []string, top int) {
	d := font.Drawer{Dst: on, Src: image.Black, Face: p.face}
	for i, l := range lines {
		left := fixed.I(on.Bounds().Dx())/2 - d.MeasureString(l)/2
		d.Dot = fixed.Point26_6{X: left, Y: fixed.I(top+i*p.line) + p.face.Metrics().Ascent}
		d.DrawString(l)
	}
}
