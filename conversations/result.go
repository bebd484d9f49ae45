package conversations

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"ocopbot/bot/viet"
	"ocopbot/storage"
)

// result asks three things after a fair: what was sold, contracts and buyers.
func result() *Flow {
	return &Flow{
		ID: resultFlow, Version: 1, Consent: true, Draft: true,
		Begin: func(t *T) error {
			v, err := loadGathering(t)
			if err != nil {
				return err
			}
			g := v.(gatheringView)
			s, ok := g.mine()
			if !ok || !s.Seated() || !g.g.Begun(t.Now) || g.g.State != storage.GatheringOpen {
				code := t.Get("code")
				t.close()
				t.Tell("result.not_yours", "code", code)
				return nil
			}
			t.Set("signup", idText(s.ID))
			t.Set("title", g.g.Title)
			return nil
		},
		Steps: []*Step{
			{ID: "revenue", Counts: true, Parse: func(_ *T, text string) (string, *Note) { return parseMoney(text) }},
			{ID: "contracts", Counts: true, Parse: parseHowMany},
			{ID: "buyers", Counts: true, Parse: parseHowMany},
		},
		Commit: func(t *T, tx storage.Tx) (Outcome, error) {
			id, err := textID(t.Get("signup"))
			if err != nil {
				return Outcome{}, err
			}
			s, err := tx.Signup(id)
			if err != nil {
				return Outcome{}, err
			}
			if s.Person != t.S.Person {
				return Outcome{}, fmt.Errorf("conversations: result: %w", storage.ErrNotFound)
			}
			r := storage.Result{At: t.Now}
			r.Revenue, _ = strconv.ParseInt(t.Get("revenue"), 10, 64) // as parsed
			r.Contracts, _ = strconv.Atoi(t.Get("contracts"))
			r.Buyers, _ = strconv.Atoi(t.Get("buyers"))
			return Outcome{Notes: []Note{note("result.thanks", "title", t.Get("title"))}}, tx.PutResult(id, r)
		},
	}
}

var money = regexp.MustCompile(`^(?:khoang |hon |gan )?([\d.,]+) ?(ty|ti|trieu|tr|nghin|ngan|k|dong|d|vnd)?(?: ?(\d{1,3}))?(?: ?(?:trieu|tr|nghin|ngan|dong|d|vnd))?$`)

// parseMoney reads an amount in đồng: "35 triệu", "1,2 tỷ", "1 tỷ 200",
// "35.000.000", "khong ban duoc". A bare number below 1000 is taken for triệu:
// nobody sells for 35 đồng.
func parseMoney(text string) (string, *Note) {
	wrong := &Note{Key: "result.money_wrong"}
	f := plain(text)
	switch f {
	case "khong", "khong co", "khong ban duoc", "chua", "chua ban duoc", "k", "ko", "0":
		return "0", nil
	}
	m := money.FindStringSubmatch(f)
	if m == nil {
		return "", wrong
	}
	unit := map[string]float64{"ty": 1e9, "ti": 1e9, "trieu": 1e6, "tr": 1e6, "nghin": 1e3, "ngan": 1e3, "k": 1e3}[m[2]]
	digits := m[1]
	if unit == 0 || strings.Count(digits, ".")+strings.Count(digits, ",") > 1 {
		digits = strings.NewReplacer(".", "", ",", "").Replace(digits)
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(digits, ",", "."), 64)
	if err != nil {
		return "", wrong
	}
	switch {
	case unit == 0 && n < 1000:
		n *= 1e6
	case unit > 0:
		n *= unit
	}
	if m[3] != "" { // "1 tỷ 2", "1 tỷ 200": of the next lower unit
		part, _ := strconv.ParseFloat("0."+m[3], 64) // digits
		n += part * unit
	}
	const most = 1e13
	if n < 0 || n > most {
		return "", wrong
	}
	return strconv.FormatInt(int64(n+0.5), 10), nil
}

// parseHowMany reads how many: "3", "khoảng 20", "không".
func parseHowMany(_ *T, text string) (string, *Note) {
	words := strings.Fields(viet.Fold(text))
	for _, w := range words {
		if n, err := strconv.Atoi(w); err == nil && n >= 0 && n < 1_000_000 {
			return strconv.Itoa(n), nil
		}
	}
	if len(words) > 0 && (words[0] == "khong" || words[0] == "chua" || words[0] == "k" || words[0] == "ko") {
		return "0", nil
	}
	return "", &Note{Key: "result.count_wrong"}
}
