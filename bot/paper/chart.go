package paper

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"slices"
	"sync"

	"github.com/go-analyze/charts"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/golang/freetype/truetype"
	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// Chart is a picture of bars that lie one below the other, few and thick, to
// be read on a phone.
type Chart struct {
	Title  string
	Note   string // below the title: of when it is
	Series []Series
	Bars   []Bar
}

// Series is what one part of a bar stands for. Where there are several they
// are laid end to end, and named in a legend.
type Series struct {
	Name  string
	Color Color
}

// Bar is one bar: its name with what it comes to ("Thêm từ 3 sao: 12/50"), in
// few letters, and a value for each series.
type Bar struct {
	Label  string
	Values []float64
}

// Color is how a series is coloured.
type Color uint8

// The colours; they keep apart in grey too.
const (
	Green Color = iota // done, in time
	Amber              // late
	Red                // missing
	Grey               // still to do, not yet due
)

var colors = map[Color]color.RGBA{
	Green: {0x2e, 0x7d, 0x32, 255}, Amber: {0xff, 0xb3, 0x00, 255}, Red: {0xb7, 0x1c, 0x1c, 255}, Grey: {0xcf, 0xd8, 0xdc, 255},
}

// Sizes of the picture in dots: as wide as phones show, as high as its bars
// need.
const (
	chartWidth  = 1080
	chartEdge   = 40
	barRoom     = 110
	titleLetter = 50
	chartLetter = 36
)

var sans = sync.OnceValues(func() (*truetype.Font, error) { return truetype.Parse(liberationsansregular.TTF) })

// PNG draws the chart.
func (c Chart) PNG() ([]byte, error) {
	big, err := newPen(liberationsansbold.TTF, titleLetter)
	if err != nil {
		return nil, err
	}
	small, err := newPen(liberationsansregular.TTF, chartLetter)
	if err != nil {
		return nil, err
	}
	bars, err := c.bars()
	if err != nil {
		return nil, err
	}
	titles := big.broken(c.Title, chartWidth-2*chartEdge)
	notes := small.broken(c.Note, chartWidth-2*chartEdge)
	legend := 0
	if len(c.Series) > 1 {
		legend = small.line * 3 / 2
	}
	top := chartEdge + len(titles)*big.line + len(notes)*small.line + legend + chartEdge/2
	picture := image.NewRGBA(image.Rect(0, 0, chartWidth, top+bars.Bounds().Dy()))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	y := chartEdge
	for _, l := range titles {
		big.at(picture, l, chartEdge, y)
		y += big.line
	}
	for _, l := range notes {
		small.at(picture, l, chartEdge, y)
		y += small.line
	}
	if legend > 0 {
		c.legend(picture, small, y+small.line/4)
	}
	draw.Draw(picture, bars.Bounds().Add(image.Pt(0, top)), bars, bars.Bounds().Min, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return nil, fmt.Errorf("paper: chart: %w", err)
	}
	return b.Bytes(), nil
}

// legend names the series in one line.
func (c Chart) legend(on draw.Image, p pen, y int) {
	x, side := chartEdge, chartLetter*3/4
	for _, s := range c.Series {
		box := image.Rect(x, y+(p.line-side)/2, x+side, y+(p.line+side)/2)
		draw.Draw(on, box, image.NewUniform(colors[s.Color]), image.Point{}, draw.Src)
		x += side + 12
		x += p.at(on, s.Name, x, y) + 36
	}
}

// bars are drawn by the library, with their names on the left.
func (c Chart) bars() (image.Image, error) {
	letters, err := sans()
	if err != nil {
		return nil, fmt.Errorf("paper: chart: %w", err)
	}
	values := make([][]float64, len(c.Series))
	var labels []string
	var theme []charts.Color
	for s, series := range c.Series {
		for _, b := range c.Bars {
			values[s] = append(values[s], b.Values[s])
		}
		slices.Reverse(values[s]) // the library's first is the lowest
		theme = append(theme, charts.Color(colors[series.Color]))
	}
	for _, b := range slices.Backward(c.Bars) {
		labels = append(labels, b.Label)
	}
	opt := charts.NewBarChartOptionWithData(values)
	opt.Horizontal = true
	opt.StackSeries = charts.Ptr(len(c.Series) > 1)
	opt.Padding = charts.Box{Left: chartEdge, Right: chartEdge, Bottom: chartEdge / 2, IsSet: true}
	opt.Theme = charts.GetTheme(charts.ThemeLight).WithSeriesColors(theme)
	opt.Title.Show, opt.Legend.Show = charts.Ptr(false), charts.Ptr(false)
	// The library counts letters in points of 96 dots an inch.
	opt.CategoryAxis = charts.CategoryAxisOption{Labels: labels,
		LabelFontStyle: charts.FontStyle{FontSize: chartLetter * 0.72, FontColor: charts.ColorBlack, Font: letters}}
	opt.ValueAxis[0].Show = charts.Ptr(false)
	opt.ValueAxis[0].Min = charts.Ptr(0.0)
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputPNG, Width: chartWidth, Height: len(c.Bars)*barRoom + chartEdge, Font: letters, Theme: opt.Theme})
	if err := p.BarChart(opt); err != nil {
		return nil, fmt.Errorf("paper: chart: %w", err)
	}
	file, err := p.Bytes()
	if err != nil {
		return nil, fmt.Errorf("paper: chart: %w", err)
	}
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("paper: chart: %w", err)
	}
	return picture, nil
}

// at writes a line with its upper left corner at a place, and tells how wide
// it came.
func (p pen) at(on draw.Image, text string, x, y int) int {
	d := font.Drawer{Dst: on, Src: image.Black, Face: p.face, Dot: fixed.Point26_6{X: fixed.I(x), Y: fixed.I(y) + p.face.Metrics().Ascent}}
	d.DrawString(text)
	return (d.Dot.X - fixed.I(x)).Ceil()
}
