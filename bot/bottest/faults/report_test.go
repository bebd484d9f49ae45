package faults_test

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"

	"ocopbot/bot/bottest/faketelegram"
	"ocopbot/bot/bottest/servers"
)

var inviteCode = regexp.MustCompile(`\b[2-9A-HJ-NP-Z]{10}\b`)

// officer links a person as an officer of a unit, by the operator's command.
func (w *world) officer(n int, unit, name string) *faketelegram.Person {
	w.t.Helper()
	cmd := exec.Command(binary, "officer", "invite", "--unit", unit, "--role", "district", "--name", name)
	cmd.Env = w.programs[0].env
	out, err := cmd.CombinedOutput()
	code := inviteCode.FindString(string(out))
	if err != nil || code == "" {
		w.t.Fatalf("no code: %v\n%s", err, out)
	}
	p := w.person(n)
	p.Starts(code)
	w.heard(p)
	w.taps(p, "Đồng ý")
	return p
}

// hears waits until a person was told something since they heard so many
// messages: after a kill an answer may come twice, or be preceded by another.
func (w *world) hears(p *faketelegram.Person, after int, text string) {
	w.t.Helper()
	servers.Until(w.t, "the answer "+text, func() bool {
		for _, m := range p.Received()[after:] {
			if strings.Contains(m.Text, text) {
				return true
			}
		}
		return false
	})
}

// Two officers write the same draft at once, and the program is killed again
// and again between their turns and in the midst of them: what each wrote is
// there, in one draft.
func TestADraftOutlivesKillsUnderTwoOfficers(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		officers := []*faketelegram.Person{w.officer(1, "187", "Lý Văn Páo"), w.officer(2, "187", "Vi Thị Hoa")}
		for _, p := range officers {
			list := w.says(p, "báo cáo")
			for _, row := range list.Labels() {
				if strings.HasPrefix(row[0], "Lập Báo cáo năm") {
					w.taps(p, row[0])
					break
				}
			}
		}
		figures := []struct{ line, title, unit string }{{"21", "Điểm giới thiệu, bán sản phẩm", "điểm"}, {"22", "Kinh phí đã thực hiện", "triệu đồng"}}
		const rounds = 4
		for n := 1; n <= rounds; n++ {
			var wg sync.WaitGroup
			heard := make([]int, len(officers))
			for i, p := range officers {
				heard[i] = len(p.Received())
				wg.Go(func() { p.Says(fmt.Sprintf("%s = %d", figures[i].line, n)) })
			}
			program := w.programs[n%len(w.programs)]
			program.kill()
			program.start()
			wg.Wait()
			for i, p := range officers {
				w.hears(p, heard[i], fmt.Sprintf("Đã ghi %s: %d %s.", figures[i].title, n, figures[i].unit))
			}
		}
		w.idle()
		var drafts, edits, values int
		if err := w.db.QueryRowContext(t.Context(), `SELECT (SELECT COUNT(*) FROM reports), (SELECT COUNT(*) FROM report_events WHERE kind = 'edited'),
			(SELECT COUNT(*) FROM report_figures WHERE value = $1 AND version = $1)`, rounds).Scan(&drafts, &edits, &values); err != nil {
			t.Fatal(err)
		}
		if drafts != 1 || edits != 2*rounds || values != 2 {
			t.Errorf("%d drafts, %d edits, %d figures as they were written last", drafts, edits, values)
		}
		w.noneDead()
	})
}
