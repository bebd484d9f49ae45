package ocop

import (
	"strings"
	"time"
)

// keyword is a phrase that tells a product's kind. One of no owner belongs to
// nothing: it keeps the words in it from being read apart ("mặt nạ" has no na
// in it).
type keyword struct {
	words       []word
	owner       int  // index of the group or key product; -1 for none
	needAccents bool // counts only in a text typed with accents
}

// newKeyword reads a keyword of the file. One of a single word is mistaken too
// easily where accents are missing ("na" may be nạ or nà): it counts in a text
// with accents only, unless ~ stands before it.
func newKeyword(phrase string, owner int) keyword {
	phrase, safe := strings.CutPrefix(phrase, "~")
	ws, _ := words(phrase)
	return keyword{words: ws, owner: owner, needAccents: !safe && len(ws) == 1}
}

// ProposeGroup reads the product group off a product's name, at a moment's
// groups. The name's head comes first in Vietnamese, so a keyword that opens
// the name decides ("rượu mật ong" is a drink); otherwise all that are found
// must agree, and in doubt there is no proposal. An officer settles it.
func (p *Programme) ProposeGroup(product string, at time.Time) (Group, bool) {
	i := propose(product, p.groupWords, func(i int) bool { return p.groups[i].Holds(at) })
	if i < 0 {
		return Group{}, false
	}
	return p.groups[i], true
}

// ProposeKeyProduct reads the key product off a product's name in the same
// way.
func (p *Programme) ProposeKeyProduct(product string) (KeyProduct, bool) {
	i := propose(product, p.keyWords, func(int) bool { return true })
	if i < 0 {
		return KeyProduct{}, false
	}
	return p.keyProducts[i], true
}

// leads are words before a product's real name.
var leads = map[string]bool{"san": true, "pham": true, "dac": true, "mo": true, "hinh": true, "dich": true, "vu": true}

func propose(text string, keywords []keyword, counts func(owner int) bool) int {
	ws, _ := words(text)
	spelled := false
	for _, w := range ws {
		spelled = spelled || w.accented()
	}
	head, found := true, -1
	for i := 0; i < len(ws); {
		k := longestAt(ws[i:], spelled, keywords, counts)
		if k == nil {
			head = head && leads[ws[i].plain]
			i++
			continue
		}
		if k.owner >= 0 {
			switch {
			case head:
				return k.owner
			case found >= 0 && found != k.owner:
				return -1
			}
			found = k.owner
		}
		head = false
		i += len(k.words)
	}
	return found
}

// longestAt is the longest keyword that the words begin with.
func longestAt(ws []word, spelled bool, keywords []keyword, counts func(owner int) bool) *keyword {
	var best *keyword
	for i := range keywords {
		k := &keywords[i]
		if best != nil && len(k.words) <= len(best.words) || k.owner >= 0 && !counts(k.owner) {
			continue
		}
		if k.begins(ws, spelled) {
			best = k
		}
	}
	return best
}

// begins tells whether the words begin with the keyword. In a text typed with
// accents a single bare word means itself and not its accented homographs;
// in a longer keyword a missing accent is forgiven.
func (k *keyword) begins(ws []word, spelled bool) bool {
	if len(ws) < len(k.words) || k.needAccents && !spelled {
		return false
	}
	for i, w := range k.words {
		if !w.fits(ws[i]) || len(k.words) == 1 && spelled && w.toned != ws[i].toned {
			return false
		}
	}
	return true
}
