package conversations

import (
	"fmt"
	"strings"
	"time"

	"ocopbot/bot/viet"
	"ocopbot/conversations/understand"
)

// keyword is the word a message begins with where a number is shared with
// others; it may stand before anything.
const (
	keyword      = "ocop"
	keywordUpper = "OCOP"
)

// afterKeyword is what follows the keyword; ok is false without it.
func afterKeyword(text string) (rest string, ok bool) {
	first, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	if len(first) != len(keyword) || viet.Fold(first) != keyword {
		return "", false
	}
	return strings.TrimSpace(rest), true
}

// takeKeyword does what a message in one go asks for:
//
//	OCOP                          the menu
//	OCOP DK <product>; <commune>  a form, of which only what is missing is asked
//	OCOP TC <form number>         how far it is
//	OCOP BC [<report's number>]   the reports, or one of them
//	OCOP DD <code> [<n>|<name>]   come to a fair or training; n people together; with a name, somebody else
//	OCOP KQ <code>                what was sold at a fair
//	OCOP QUYEN                    one's data and rights
//
// done is false for anything else: unless it means something as it stands, it
// is taken as if the keyword had not been there, on channels that need it.
func (t *T) takeKeyword(rest string) (done bool, err error) {
	word, arg, _ := strings.Cut(rest, " ")
	arg = strings.TrimSpace(arg)
	switch viet.Fold(word) {
	case "":
		return true, t.start()
	case "dk":
		product, place := arg, ""
		if i := strings.LastIndexAny(arg, ";"); i >= 0 {
			product, place = strings.TrimSpace(arg[:i]), strings.TrimSpace(arg[i+1:])
		}
		return true, t.registerInOne(product, place)
	case "tc":
		return true, t.wish(understand.Guess{Intent: understand.Status, Score: 1, Whole: true, Arg: arg})
	case "bc":
		if isReportNumber(arg) {
			return true, t.showStatus(arg)
		}
		return true, t.wish(understand.Guess{Intent: understand.Report, Score: 1, Whole: true})
	case "dd":
		return true, t.signUpInOne(arg)
	case "kq":
		code, _ := gatheringCode(arg) // none: the answer says so
		return true, t.open(resultFlow, map[string]string{"code": code})
	case "quyen":
		if t.S.Consented() {
			return true, t.wish(understand.Guess{Intent: understand.MyData, Score: 1, Whole: true})
		}
		return true, t.greet(map[string]string{"more": "1"})
	}
	if t.Caps.Brief && t.words.Understand(t.In.Text).Score < sure { // «OCOP là gì?» is a question
		t.In.Text = rest
	}
	return false, nil
}

// registerInOne starts a form with what was said of it.
func (t *T) registerInOne(product, place string) error {
	if product == "" || t.opened(registerFlow) {
		return t.wishRegister(product)
	}
	t.closeMenus()
	return t.open(registerFlow, map[string]string{"product?": product, "place?": place})
}

// opened tells whether a conversation is open anywhere.
func (t *T) opened(flow string) bool {
	for _, fr := range t.S.Frames {
		if fr.Flow == flow {
			return true
		}
	}
	return false
}

// takeSaid takes the product and the commune that came with the wish as if
// they had been typed at their questions; what is not clear is asked.
func (t *T) takeSaid() {
	if said := t.Get("product?"); said != "" {
		t.Set("product?", "")
		if v, wrong := parseProduct(t, said); wrong == nil {
			t.Set("product", v)
			t.Set("product!", "1")
			t.proposeGroup()
		}
	}
	if said := t.Get("place?"); said != "" {
		t.Set("place?", "")
		if v, wrong := parsePlace(t, said); wrong == nil && !strings.HasPrefix(v, "?") {
			t.Set("place", v)
			t.Set("place!", "1")
		} else if wrong == nil {
			t.Set("units?", strings.TrimPrefix(v, "?"))
			t.Set("place!", "1")
		}
	}
}

// unsaid: asked unless it came with the wish.
func unsaid(key string) func(*T) bool {
	return func(t *T) bool { return t.Get("same") == "" && t.Get(key+"!") == "" }
}

// refuses tells the words that refuse advertising wherever they are said,
// alone (NĐ 91/2020/NĐ-CP): they mean nothing else at any question but the
// one for consent.
func refuses(text string) bool {
	const longest = len("từ chối quảng cáo")
	if len(text) > longest || !strings.ContainsAny(text[:min(1, len(text))], "tTsS") {
		return false // nearly all texts: nothing needs folding
	}
	switch viet.Fold(text) {
	case "tu choi", "tu choi qc", "stop":
		return true
	}
	return false
}

// tcRefuses is for how long after advertising a bare «TC» refuses it.
const tcRefuses = 72 * time.Hour

// refusesAdvert tells a bare «TC» that answers advertising: carriers have
// taught people that it means «từ chối» then. At any other time, or with a form
// number, it asks how far a form is.
func (t *T) refusesAdvert(text string) (bool, error) {
	if rest, ok := afterKeyword(text); ok {
		text = rest
	}
	if !strings.EqualFold(text, "tc") || !t.S.Idle() {
		return false, nil
	}
	at, err := t.reads.LastAdvert(t.Ctx, t.In.From)
	if err != nil {
		return false, fmt.Errorf("conversations: last advert: %w", err)
	}
	return t.Now.Sub(at) < tcRefuses, nil
}
