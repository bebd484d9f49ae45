package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// testAPI is npm's telegram-test-api, a Bot API server that others wrote: it
// knows few methods, answers a poll at once and takes an update back never.
const testAPI = "telegram-test-api@4.2.1"

const testToken = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// A person registers an idea by long polling, the program is stopped and
// started, and the idea is there.
func TestAgainstTelegramTestAPI(t *testing.T) {
	api := startTestAPI(t)
	data := filepath.Join(t.TempDir(), "data", "ocopbot.db")
	stop := startBot(t, api.url, data)

	api.says("/start")
	consent := api.hears("Anh/chị có đồng ý không?")
	api.taps(consent, "Đồng ý")
	api.hears("Cảm ơn anh/chị.")
	api.says("Em muốn đăng ký sản phẩm")
	api.hears("Họ và tên")
	api.says("Hoàng Thị Mai")
	api.hears("Tên sản phẩm")
	api.says("Mật ong hoa rừng")
	api.hears("Gõ tên xã")
	api.says("xã Hữu Liên")
	api.hears("Số điện thoại") // with a button for the number, so the choices are a keyboard that types
	api.says("Gửi luôn")
	api.taps(api.hears("xem lại phiếu"), "Gửi phiếu")
	api.hears("-0001")
	stop()

	stop = startBot(t, api.url, data)
	api.says("tra cứu")
	api.hears("Mật ong hoa rừng")

	// The invitation shows a link with the bot's name; opening it links the chat.
	invite := exec.CommandContext(t.Context(), "ocopbot", "officer", "invite",
		"--unit", "186", "--role", "district", "--name", "Lê Văn Bình")
	invite.Env = botEnv(api.url, data)
	var link bytes.Buffer
	invite.Stderr = &link
	code, err := invite.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, link.String())
	}
	start := strings.TrimSpace(string(code))
	if !strings.Contains(link.String(), "https://t.me/TestNameBot?start="+start) {
		t.Errorf("no link to the bot in %q", link.String())
	}
	api.says("/start " + start)
	api.hears("huyện Hữu Lũng")
	stop()
}

func botEnv(apiURL, data string) []string {
	return append(os.Environ(), "TELEGRAM_TOKEN="+testToken, "TELEGRAM_API_URL="+apiURL,
		"DATABASE_URL="+data, "HTTP_ADDR=127.0.0.1:0")
}

// startBot runs the program; stop ends it as a service manager would.
func startBot(t *testing.T, apiURL, data string) (stop func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ocopbot", "serve")
	cmd.Env = botEnv(apiURL, data)
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		if t.Failed() {
			t.Log("the program's log:\n" + log.String())
		}
	})
	return func() {
		t.Helper()
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err != nil {
			t.Errorf("the program ended with %v", err)
		}
		if strings.Contains(log.String(), "AAAAAAAA") {
			t.Error("the token is in the log")
		}
	}
}

// testAPIServer is a running telegram-test-api with one person's phone.
type testAPIServer struct {
	t      *testing.T
	ctx    context.Context
	url    string
	unread []testAPIMessage
}

type testAPIMessage struct {
	Text   string `json:"text"`
	Markup struct {
		Keyboard [][]struct {
			Text string `json:"text"`
			Data string `json:"callback_data"`
		} `json:"inline_keyboard"`
	} `json:"reply_markup"`
}

func startTestAPI(t *testing.T) *testAPIServer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	dir := installTestAPI(ctx, t)
	port := freePort(t)
	node := exec.CommandContext(ctx, "node", "-e", fmt.Sprintf(`
		const Server = require('telegram-test-api');
		new Server({host: '127.0.0.1', port: %d, storeTimeout: 600}).start().then(() => console.log('up'));`, port))
	node.Dir = dir
	var trouble bytes.Buffer
	node.Stderr = &trouble
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatalf("node: %v; .ci/servers install brings it", err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	t.Cleanup(func() {
		cancel()
		_ = node.Wait() // it was killed
	})
	if line != "up\n" {
		t.Fatalf("telegram-test-api does not start: %s", trouble.String())
	}
	return &testAPIServer{t: t, ctx: ctx, url: "http://127.0.0.1:" + strconv.Itoa(port)}
}

// installTestAPI fetches it from npm's registry, the first time on a machine.
func installTestAPI(ctx context.Context, t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "ocopbot-tests", testAPI)
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "telegram-test-api", "package.json")); err == nil {
		return dir
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	// Installed aside and then renamed: half an installation is none.
	aside, err := os.MkdirTemp(filepath.Dir(dir), "installing-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(aside)
	npm := exec.CommandContext(ctx, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", aside, testAPI)
	if out, err := npm.CombinedOutput(); err != nil {
		t.Fatalf("npm: %v; .ci/servers install brings it\n%s", err, out)
	}
	if err := os.Rename(aside, dir); err != nil {
		if _, there := os.Stat(dir); there != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (s *testAPIServer) post(method string, body map[string]any, result any) {
	s.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, s.url+"/"+method, bytes.NewReader(b))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer := struct {
		OK     bool `json:"ok"`
		Result any  `json:"result"`
	}{Result: result}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || !answer.OK {
		s.t.Fatalf("%s: status %s, %v", method, resp.Status, err)
	}
}

var (
	testPerson = map[string]any{"id": 6031, "first_name": "Mai", "is_bot": false}
	testChat   = map[string]any{"id": 6031, "first_name": "Mai", "type": "private"}
)

func (s *testAPIServer) says(text string) {
	s.t.Helper()
	m := map[string]any{"botToken": testToken, "from": testPerson, "chat": testChat, "date": time.Now().Unix(), "text": text}
	if strings.HasPrefix(text, "/") {
		m["entities"] = []map[string]any{{"offset": 0, "length": len(text), "type": "bot_command"}}
		s.post("sendCommand", m, nil)
		return
	}
	s.post("sendMessage", m, nil)
}

func (s *testAPIServer) taps(m testAPIMessage, label string) {
	s.t.Helper()
	for _, row := range m.Markup.Keyboard {
		for _, b := range row {
			if b.Text == label {
				s.post("sendCallback", map[string]any{
					"botToken": testToken, "from": testPerson, "date": time.Now().Unix(), "data": b.Data,
					"message": map[string]any{"from": testPerson, "chat": testChat, "text": m.Text},
				}, nil)
				return
			}
		}
	}
	s.t.Fatalf("no button %q below %q", label, m.Text)
}

// hears waits for a message with these words.
func (s *testAPIServer) hears(words string) testAPIMessage {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var heard []string
	for {
		for len(s.unread) > 0 {
			m := s.unread[0]
			s.unread = s.unread[1:]
			if strings.Contains(m.Text, words) {
				return m
			}
			heard = append(heard, m.Text)
		}
		var news []struct{ Message testAPIMessage }
		s.post("getUpdates", map[string]any{"token": testToken, "chatId": 6031}, &news)
		for _, n := range news {
			s.unread = append(s.unread, n.Message)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			s.t.Fatalf("never heard %q, but %q", words, heard)
		}
	}
}
