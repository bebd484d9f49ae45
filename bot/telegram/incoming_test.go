package telegram_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ocopbot/bot"
	fake "ocopbot/bot/bottest/faketelegram"
	"ocopbot/bot/telegram"
)

func TestWhatPeopleSend(t *testing.T) {
	text := func(s string) bot.Incoming { return bot.Incoming{Kind: bot.Text, Text: s} }
	other := func(what string) bot.Incoming { return bot.Incoming{Kind: bot.Unsupported, What: what} }
	for name, c := range map[string]struct {
		do   func(*fake.Person) int64
		want bot.Incoming
	}{
		"text":             {func(p *fake.Person) int64 { return p.Says("  Ma\u0323\u0302t   ong\u200b ") }, text("Mật ong")},
		"command":          {func(p *fake.Person) int64 { return p.Says("/help@ocop_bot") }, text("/help")},
		"command, words":   {func(p *fake.Person) int64 { return p.Says("/tracuu@ocop_bot LS26-0001") }, text("/tracuu LS26-0001")},
		"start":            {func(p *fake.Person) int64 { return p.Starts("") }, text("/start")},
		"deep link":        {func(p *fake.Person) int64 { return p.Starts("Ab_-9") }, bot.Incoming{Kind: bot.Text, Text: "/start", Deeplink: "Ab_-9"}},
		"bad deep link":    {func(p *fake.Person) int64 { return p.Starts("a b;c") }, text("/start")},
		"contact":          {func(p *fake.Person) int64 { return p.SharesContact("84912345678") }, bot.Incoming{Kind: bot.Contact, Phone: "84912345678"}},
		"other's contact":  {func(p *fake.Person) int64 { return p.SharesContactOf(77, "84912345678") }, other("contact")},
		"nobody's contact": {func(p *fake.Person) int64 { return p.SharesContactOf(0, "84912345678") }, other("contact")},
		"sticker":          {(*fake.Person).SendsSticker, other("sticker")},
		"voice":            {func(p *fake.Person) int64 { return p.Sends("voice") }, other("voice")},
		"animation":        {func(p *fake.Person) int64 { return p.Sends("animation") }, other("animation")},
		"venue":            {func(p *fake.Person) int64 { return p.Sends("venue") }, other("location")},
		"location":         {func(p *fake.Person) int64 { return p.Sends("location") }, other("location")},
		"document": {func(p *fake.Person) int64 { return p.SendsDocument("ke hoach.pdf", "application/pdf", []byte("%PDF-")) },
			bot.Incoming{Kind: bot.Document, File: bot.File{Name: "ke hoach.pdf", MIME: "application/pdf", Size: 5}}},
		"picture as a file": {func(p *fake.Person) int64 { return p.SendsDocument("IMG_1.JPG", "image/jpeg", onePixel) },
			bot.Incoming{Kind: bot.Photo, File: bot.File{Name: "IMG_1.JPG", MIME: "image/jpeg", Size: int64(len(onePixel))}}},
		"video":       {func(p *fake.Person) int64 { return p.Sends("video") }, other("video")},
		"round video": {func(p *fake.Person) int64 { return p.Sends("video_note") }, other("video")},
		"poll":        {func(p *fake.Person) int64 { return p.Sends("poll") }, other("poll")},
		"dice":        {func(p *fake.Person) int64 { return p.Sends("dice") }, other("dice")},
		"blocked":     {(*fake.Person).Blocks, bot.Incoming{Kind: bot.Blocked}},
		"unblocked":   {(*fake.Person).Unblocks, bot.Incoming{Kind: bot.Unblocked}},
		"photo": {func(p *fake.Person) int64 {
			return p.SendsPhoto(fake.Photo{Data: onePixel, Caption: " nhãn ", Album: "al1", Size: 4000})
		},
			bot.Incoming{Kind: bot.Photo, Text: "nhãn", File: bot.File{Album: "al1", Size: 4000}}},
		"huge photo": {func(p *fake.Person) int64 { return p.SendsPhoto(fake.Photo{Data: onePixel, Size: 11 << 20}) },
			bot.Incoming{Kind: bot.Photo, File: bot.File{Size: 1500}}},
	} {
		t.Run(name, func(t *testing.T) {
			h := &recorder{answer: silence}
			r := start(t, true, h)
			c.do(r.fake.Person(6031, "vi"))
			r.idle()
			all := h.incoming()
			if len(all) != 1 {
				t.Fatalf("got %v", all)
			}
			in := all[0]
			c.want.From, c.want.Lang = "telegram:6031", "vi"
			if diff := cmp.Diff(c.want, in, cmpopts.IgnoreFields(bot.Incoming{}, "ID", "MessageID", "At", "File.ID")); diff != "" {
				t.Error(diff)
			}
			if in.ID == "" || in.At.IsZero() || in.Kind == bot.Photo && in.File.ID == "" {
				t.Errorf("incomplete: %+v", in)
			}
			if isMessage := in.Kind != bot.Blocked && in.Kind != bot.Unblocked; isMessage != (in.MessageID != "") {
				t.Errorf("message id %q", in.MessageID)
			}
		})
	}
}

func TestWiseSilence(t *testing.T) {
	h := &recorder{}
	r := start(t, true, h)
	for name, update := range map[string]string{
		"edit":         `"edited_message":{"message_id":1,"date":1,"text":"a","from":{"id":7},"chat":{"id":7,"type":"private"}}`,
		"group":        `"message":{"message_id":1,"date":1,"text":"a","from":{"id":7},"chat":{"id":-7,"type":"group"}}`,
		"channel":      `"channel_post":{"message_id":1,"date":1,"text":"a","chat":{"id":-100,"type":"channel"}}`,
		"other bot":    `"message":{"message_id":1,"date":1,"text":"a","from":{"id":7,"is_bot":true},"chat":{"id":7,"type":"private"}}`,
		"reaction":     `"message_reaction":{"chat":{"id":7,"type":"private"},"message_id":1,"date":1,"new_reaction":[{"type":"emoji","emoji":"👍"}]}`,
		"service note": `"message":{"message_id":1,"date":1,"pinned_message":{"message_id":1,"date":1,"text":"a"},"from":{"id":7},"chat":{"id":7,"type":"private"}}`,
		"group member": `"my_chat_member":{"date":1,"from":{"id":7},"chat":{"id":-7,"type":"group"},"new_chat_member":{"status":"kicked"}}`,
		"future":       `"something_new":{"a":[1,2,3]}`,
	} {
		if got := r.post(nil, `{"update_id":9,`+update+`}`).StatusCode; got != 200 {
			t.Errorf("%s: %d", name, got)
		}
	}
	if got := h.incoming(); len(got) != 0 {
		t.Errorf("the handler got %+v", got)
	}
}

func TestTaps(t *testing.T) {
	both(t, func(t *testing.T, webhook bool) {
		ask := bot.Reply{Messages: []bot.Message{{Text: "nhóm?", Ref: bot.Ref{Session: "q7x", AskedAt: 1000},
			Choices: []bot.Choice{{ID: "food", Label: "Thực phẩm"}, {ID: "a:b\"c", Label: "Đồ uống"}}}}}
		h := &recorder{answer: func(in bot.Incoming) (bot.Reply, error) {
			if in.Kind == bot.Tap {
				return bot.Reply{}, nil
			}
			return ask, nil
		}}
		r := start(t, webhook, h)
		p := r.fake.Person(6031, "vi")
		p.Starts("")
		m := r.wait(p, 1)[0]
		if got := m.Buttons[0][0].Data; got != "q7x:rs:food" {
			t.Errorf("callback data %q", got)
		}
		for _, label := range []string{"Thực phẩm", "Đồ uống"} {
			if _, err := p.Taps(label); err != nil {
				t.Fatal(err)
			}
		}
		junk := []string{"", "x", "a:b", "a:!:c", "a:-1:c", strings.Repeat("z", 64), "s:zzzzzzzzzzzz:c"}
		for _, data := range junk {
			p.TapsData(m, data)
		}
		r.idle()
		if err := r.fake.Until(r.ctx, func() bool { return r.fake.UnansweredTaps() == 0 }); err != nil {
			t.Error(err)
		}
		in := h.incoming()[1:]
		type tap struct {
			Ref    bot.Ref
			Choice string
		}
		want := []tap{{ask.Messages[0].Ref, "food"}, {ask.Messages[0].Ref, "a:b\"c"}}
		for range junk {
			want = append(want, tap{})
		}
		var got []tap
		for _, i := range in {
			if i.Kind != bot.Tap || i.At.IsZero() || i.Lang != "vi" {
				t.Errorf("got %+v", i)
			}
			got = append(got, tap{i.Ref, i.Choice})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// The little clock stops while the turn is still under way.
func TestTapsAreAnsweredBesideTheTurn(t *testing.T) {
	both(t, func(t *testing.T, webhook bool) {
		var r *rig
		ready := make(chan struct{})
		h := &recorder{answer: func(bot.Incoming) (bot.Reply, error) {
			<-ready
			return says("xong"), r.fake.Until(r.ctx, func() bool { return r.fake.UnansweredTaps() == 0 })
		}}
		r = start(t, webhook, h)
		close(ready)
		p := r.fake.Person(1, "vi")
		p.TapsData(fake.Message{ID: 1}, "s:1:a")
		r.wait(p, 1)
	})
}

func TestAnUnansweredTapFailsNoTurn(t *testing.T) {
	for name, do := range map[string]fake.Failure{"too old": fake.TooOld, "500": fake.ServerError, "hang": fake.Hang} {
		h := &recorder{answer: func(bot.Incoming) (bot.Reply, error) { return says("xong"), nil }}
		r := start(t, true, h, func(o *telegram.Options) { o.SendTimeout = 200 * time.Millisecond })
		r.fake.Script(fake.Fault{Method: "answerCallbackQuery", Do: do})
		p := r.fake.Person(1, "vi")
		p.TapsData(fake.Message{ID: 1}, "s:1:a")
		r.wait(p, 1)
		r.idle()
		r.ch.Close() // waits for the tap
		if logged := strings.Contains(r.log.String(), "tap"); logged != (do != fake.TooOld) {
			t.Errorf("%s: logged %v", name, logged)
		}
	}
}
