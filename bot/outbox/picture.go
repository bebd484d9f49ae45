package outbox

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // what phones and chat programs send
	"math"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // stickers and forwarded pictures
)

// Bounds of a picture as it comes and as it is kept.
const (
	mostPixels  = 40_000_000 // 160 MB once decoded; beyond any phone's usual picture
	longestSide = 1600       // enough to read a label
	mostBytes   = 1 << 20
)

// Why a file is refused.
var (
	errNoPicture   = errors.New("no picture")
	errManyPixels  = errors.New("too many pixels")
	errLargeResult = errors.New("too large even when made small")
)

// shrink makes a JPEG of at most 1600 pixels a side and 1 MiB out of a JPEG,
// PNG or WebP. Everything but the picture is gone, the place it was taken at
// included. The number of pixels is looked at before they are decoded: a
// small file can claim billions.
func shrink(data []byte) ([]byte, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width < 1 || config.Height < 1 {
		return nil, errNoPicture
	}
	if config.Width > mostPixels/config.Height {
		return nil, errManyPixels
	}
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, errNoPicture
	}
	canvas := image.NewRGBA(fit(picture.Bounds()))
	draw.Draw(canvas, canvas.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src) // under what is transparent
	draw.ApproxBiLinear.Scale(canvas, canvas.Bounds(), picture, picture.Bounds(), draw.Over, nil)
	for _, quality := range []int{85, 70, 50, 30} {
		var out bytes.Buffer
		if err := jpeg.Encode(&out, canvas, &jpeg.Options{Quality: quality}); err != nil {
			return nil, errNoPicture
		}
		if out.Len() <= mostBytes {
			return out.Bytes(), nil
		}
	}
	return nil, errLargeResult
}

// SmallPicture is a picture as it is kept and sent, made anew from its pixels.
func SmallPicture(data []byte) ([]byte, error) { return shrink(data) }

// fit is the size to draw at: the same shape, no side too long, none empty.
func fit(r image.Rectangle) image.Rectangle {
	w, h := float64(r.Dx()), float64(r.Dy())
	scale := math.Min(1, longestSide/math.Max(w, h))
	return image.Rect(0, 0, max(1, int(math.Round(w*scale))), max(1, int(math.Round(h*scale))))
}
