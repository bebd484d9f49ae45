package paper

import (
	"fmt"
	"strings"
	"sync"
	"unicode"

	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifbolditalic"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// typeface is one style of Liberation Serif, whose letters are as wide as
// those of Times New Roman: a text breaks into the same lines in both.
type typeface struct {
	name string // as fpdf knows a style: "", "B", "I", "BI"
	ttf  []byte
	// widths are the advances of the letters up to U+27FF in thousandths of
	// the size; -1 where there is no letter.
	widths func() ([]int16, error)
}

const lastLetter = 0x27ff

var typefaces = map[Run]*typeface{
	{}:                         newTypeface("", liberationserifregular.TTF),
	{Bold: true}:               newTypeface("B", liberationserifbold.TTF),
	{Italic: true}:             newTypeface("I", liberationserifitalic.TTF),
	{Bold: true, Italic: true}: newTypeface("BI", liberationserifbolditalic.TTF),
}

// face is the typeface of a run.
func (r Run) face() *typeface { return typefaces[Run{Bold: r.Bold, Italic: r.Italic}] }

// newTypeface measures nothing before a document is made.
func newTypeface(name string, ttf []byte) *typeface {
	return &typeface{name, ttf, sync.OnceValues(func() ([]int16, error) {
		f, err := sfnt.Parse(ttf)
		if err != nil {
			return nil, fmt.Errorf("paper: typeface: %w", err)
		}
		var b sfnt.Buffer
		widths := make([]int16, lastLetter+1)
		for r := range widths {
			widths[r] = -1
			glyph, err := f.GlyphIndex(&b, rune(r))
			if err != nil || glyph == 0 {
				continue
			}
			w, err := f.GlyphAdvance(&b, glyph, fixed.I(1000), font.HintingNone)
			if err != nil {
				return nil, fmt.Errorf("paper: typeface: %w", err)
			}
			widths[r] = int16(w.Round())
		}
		return widths, nil
	})}
}

// measured is a typeface whose letters' widths are known.
type measured struct {
	*typeface
	letters []int16
}

// measure reads the widths of all typefaces.
func measure() (map[*typeface]measured, error) {
	all := map[*typeface]measured{}
	for _, f := range typefaces {
		w, err := f.widths()
		if err != nil {
			return nil, err
		}
		all[f] = measured{f, w}
	}
	return all, nil
}

// width of a text in points.
func (m measured) width(text string, size float64) float64 {
	n := 0
	for _, r := range text {
		if r <= lastLetter && m.letters[r] > 0 {
			n += int(m.letters[r])
		}
	}
	return float64(n) * size / 1000
}

// printable is a text of letters that the typeface has, composed: emoji and
// the like, which no form of this kind carries, are left out.
func (m measured) printable(text string) string {
	return strings.ReplaceAll(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\u00a0':
			return r
		case unicode.IsSpace(r):
			return ' '
		case r > lastLetter || m.letters[r] < 0 || unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, norm.NFC.String(text)), "  ", " ")
}

// word is what is not broken: it stands in one line, in pieces of one style.
type word struct {
	pieces []Run
	width  float64 // points
	ends   bool    // a line ends after it
}

// line is a line of a paragraph, ready to be written.
type line struct {
	words []word
	width float64 // of the words with single spaces between them
	last  bool    // of a paragraph or before a break: it is not spread
}

// lines breaks a paragraph for a width, in points. A word that is wider than
// the line is broken.
func (p Par) lines(width float64, faces map[*typeface]measured) []line {
	size := p.size()
	space := faces[Run{}.face()].width(" ", size)
	var lines []line
	var now line
	room := func() float64 {
		if len(lines) == 0 {
			return width - p.First*millimetre
		}
		return width
	}
	turn := func(last bool) {
		now.last = last
		lines = append(lines, now)
		now = line{}
	}
	for _, w := range p.words(faces) {
		for len(now.words) == 0 && w.width > room() {
			head, tail := w.cut(room(), size, faces)
			if len(head.pieces) == 0 {
				break
			}
			now.words, now.width = []word{head}, head.width
			w = tail
			turn(false)
		}
		gap := space
		if len(now.words) == 0 {
			gap = 0
		}
		if len(now.words) > 0 && now.width+gap+w.width > room() {
			turn(false)
			gap = 0
		}
		now.words = append(now.words, w)
		now.width += gap + w.width
		if w.ends {
			turn(true)
		}
	}
	turn(true)
	if len(lines) > 1 && len(lines[len(lines)-1].words) == 0 {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// words are a paragraph's words. A word may change its style in the middle.
func (p Par) words(faces map[*typeface]measured) []word {
	var ws []word
	open := false // the last word goes on
	for _, r := range p.Runs {
		m := faces[r.face()]
		for i, l := range strings.Split(m.printable(r.Text), "\n") {
			if i > 0 {
				if len(ws) == 0 {
					ws = append(ws, word{})
				}
				ws[len(ws)-1].ends, open = true, false
			}
			if strings.HasPrefix(l, " ") {
				open = false
			}
			for _, text := range strings.FieldsFunc(l, func(r rune) bool { return r == ' ' }) {
				if !open {
					ws = append(ws, word{})
				}
				last := &ws[len(ws)-1]
				last.pieces = append(last.pieces, Run{text, r.Bold, r.Italic})
				last.width += m.width(text, p.size())
				open = false
			}
			open = l != "" && !strings.HasSuffix(l, " ") && len(ws) > 0
		}
	}
	return ws
}

// cut breaks a word that is wider than a line.
func (w word) cut(room, size float64, faces map[*typeface]measured) (head, tail word) {
	tail.ends = w.ends
	full := false
	for _, piece := range w.pieces {
		m := faces[piece.face()]
		at := len(piece.Text)
		for i, r := range piece.Text {
			if full || head.width+m.width(piece.Text[:i]+string(r), size) > room {
				at, full = i, true
				break
			}
		}
		if at > 0 {
			first := piece
			first.Text = piece.Text[:at]
			head.pieces = append(head.pieces, first)
			head.width += m.width(first.Text, size)
		}
		if at < len(piece.Text) {
			rest := piece
			rest.Text = piece.Text[at:]
			tail.pieces = append(tail.pieces, rest)
			tail.width += m.width(rest.Text, size)
		}
	}
	return head, tail
}
