package conversations

import (
	"fmt"
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
	"ocopbot/locales"
	"ocopbot/storage"
)

// NewsText is the version of the texts by which a person agrees to
// advertising or to the bulletin; a changed text gets a new one.
const NewsText = "2026-11"

// newsPurposes are what a person may want to be told of beyond the service,
// each agreed to by itself, on the channel it is asked on.
var newsPurposes = map[string]struct {
	purpose string
	given   bool
}{
	"ads_on":  {storage.ForAdvertising, true},
	"ads_off": {storage.ForAdvertising, false},
	"bul_on":  {storage.ForBulletin, true},
	"bul_off": {storage.ForBulletin, false},
}

type newsView struct{ ads, bulletin bool }

// news is "Tin tôi nhận": consent to advertising and to the bulletin, apart
// from the service's and never given by silence (NĐ 91/2020/NĐ-CP, điều 13).
func news() *Flow {
	return &Flow{
		ID: newsFlow, Version: 1, Consent: true,
		Begin: func(t *T) error { // by the button of the question
			if newsPurposes[t.Get("set")].purpose != "" {
				t.Set("msg", t.In.MessageID)
				t.S.Pending = true
			}
			return nil
		},
		Steps: []*Step{{
			ID:   "menu",
			Load: loadNews,
			Ask: func(t *T) (string, locales.Data) {
				v := t.Loaded.(newsView)
				return "news.menu", dataOf("ads", v.ads, "bulletin", v.bulletin)
			},
			Choices: func(t *T) []bot.Choice {
				v := t.Loaded.(newsView)
				cs := []bot.Choice{t.choice("ads_on", "news.ads_on"), t.choice("bul_on", "news.bul_on")}
				if v.ads {
					cs[0] = t.choice("ads_off", "news.ads_off")
				}
				if v.bulletin {
					cs[1] = t.choice("bul_off", "news.bul_off")
				}
				return append(cs, t.choice("done", "help.done"))
			},
			Answer: func(t *T, v string) error {
				if v == "done" {
					t.close()
					return nil
				}
				t.Set("set", v)
				t.Set("msg", t.In.MessageID)
				t.S.Pending = true
				return nil
			},
		}},
		Commit: commitNews,
	}
}

func loadNews(t *T) (any, error) {
	if t.S.Person == 0 {
		return newsView{}, nil
	}
	consents, err := t.reads.Consents(t.Ctx, t.S.Person)
	if err != nil {
		return nil, fmt.Errorf("conversations: consents: %w", err)
	}
	r := storage.Reach{Agreements: consents}
	return newsView{r.Agrees(ocop.Advertising, t.In.From), r.Agrees(ocop.Bulletin, t.In.From)}, nil
}

func commitNews(t *T, tx storage.Tx) (Outcome, error) {
	p, err := t.known(tx)
	if err != nil {
		return Outcome{}, err
	}
	set := t.Get("set")
	c := storage.Consent{
		ID: storage.NewID(t.Now), Person: p.ID, Purpose: newsPurposes[set].purpose, Given: newsPurposes[set].given,
		Text: NewsText, At: t.Now, Addr: t.In.From, Message: t.Get("msg"),
	}
	o := Outcome{Person: p.ID, Notes: []Note{note("news.done_" + set)}}
	if t.Get("once") == "" {
		o.Next, o.Set = "menu", map[string]string{"set": "", "msg": ""}
	}
	return o, tx.AddConsent(c)
}

// noticeNews asks once, on the day after the first form, whether somebody
// wants to hear of fairs.
const noticeNews = "news"

// askNews has that asked. By SMS nobody is written to for it: who wants it
// finds it under one's own data.
func (t *T) askNews(tx storage.Tx, person storage.ID) error {
	if t.Caps.Brief {
		return nil
	}
	at := ocop.NextAt(ocop.NextAt(t.Now, 0), newsAsked) // tomorrow
	return tx.Notify(storage.Notice{ID: storage.NewID(t.Now), Person: person, Kind: noticeNews, NotBefore: at, State: storage.NoticeQueued, At: t.Now})
}

// newsAsked is the time of day of the question.
const newsAsked = 9 * time.Hour

// newsQuestion is that question; who has answered it already is not asked.
func (t *T) newsQuestion(n storage.Notice, m bot.Message) (bot.Message, error) {
	consents, err := t.reads.Consents(t.Ctx, n.Person)
	if err != nil {
		return m, fmt.Errorf("conversations: consents: %w", err)
	}
	for _, c := range consents {
		if c.Purpose == storage.ForAdvertising {
			return m, ErrMovedOn
		}
	}
	if t.Caps.Paged {
		return m, ErrMovedOn
	}
	t.say(&m, "notice.news", nil)
	m.Choices = []bot.Choice{t.choice("news/ads_on", "news.yes"), t.choice("news/ads_off", "news.no")}
	return m, nil
}
