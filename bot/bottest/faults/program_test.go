package faults_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ocopbot/bot/bottest/servers"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "ocopbot-faults-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "ocopbot")
	build := exec.Command("go", "build", "-o", binary, "ocopbot/cmd/ocopbot")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "the program does not build: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// program is one process of `ocopbot serve`, which can be killed and started
// again on the same address and data.
type program struct {
	t    testing.TB
	addr string
	env  []string
	wrap []string // a command that runs the program, such as prlimit
	log  *os.File

	mu      sync.Mutex
	running *exec.Cmd
	ended   chan struct{}
	failure error // of its last end
}

func newProgram(t testing.TB, env, wrap []string) *program {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, addr: freeAddr(t), wrap: wrap, log: log}
	p.env = append([]string{"HTTP_ADDR=" + p.addr, "PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, env...)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the program at %s said:\n%s", p.addr, p.tail())
		}
		p.kill()
		_ = log.Close()
	})
	return p
}

func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// launch starts the process, from a thread that lives as long as it does: the
// kernel ends it when the thread that started it is gone.
func (p *program) launch() {
	p.t.Helper()
	args := append(append([]string{}, p.wrap...), binary, "serve")
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env, cmd.Stdout, cmd.Stderr = p.env, p.log, p.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.failure = cmd.Wait()
		}
		close(ended)
	}()
	if err := <-started; err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running, p.ended = cmd, ended
}

// start launches the process and waits until it is ready.
func (p *program) start() {
	p.t.Helper()
	p.launch()
	p.waitReady()
}

func (p *program) waitReady() {
	p.t.Helper()
	servers.Until(p.t, "the program is ready", func() bool {
		p.mustLive()
		status, _ := p.ready()
		return status == http.StatusOK
	})
}

// mustLive fails the test if the process ended by itself.
func (p *program) mustLive() {
	p.t.Helper()
	select {
	case <-p.ended:
		p.t.Fatalf("the program at %s died: %v\n%s", p.addr, p.failure, p.tail())
	default:
	}
}

// ready asks /readyz.
func (p *program) ready() (status int, body string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.addr+"/readyz", nil)
	if err != nil {
		return 0, err.Error()
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body) // what came of it is compared
	return resp.StatusCode, string(text)
}

// metric is the value of the first metric whose line begins so, 0 if none does.
func (p *program) metric(line string) float64 {
	p.t.Helper()
	resp, err := http.Get("http://" + p.addr + "/metrics")
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, l := range strings.Split(string(text), "\n") {
		if rest, ok := strings.CutPrefix(l, line+" "); ok {
			var v float64
			if _, err := fmt.Sscan(rest, &v); err != nil {
				p.t.Fatal(err)
			}
			return v
		}
	}
	return 0
}

func (p *program) signal(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running != nil {
		_ = p.running.Process.Signal(s) // an error says that it is gone already
	}
}

// kill ends the process as a power cut would.
func (p *program) kill() {
	p.mu.Lock()
	cmd, ended := p.running, p.ended
	p.running = nil
	p.mu.Unlock()
	if cmd == nil {
		return
	}
	_ = cmd.Process.Kill() // an error says that it is gone already
	<-ended
}

// stop asks the process to end and waits until it has.
func (p *program) stop() {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(30 * time.Second):
		p.t.Fatalf("the program at %s does not end", p.addr)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = nil
	var exit *exec.ExitError
	if errors.As(p.failure, &exit) {
		p.t.Errorf("asked to end, the program failed: %v\n%s", exit, p.tail())
	}
}

// said is all it wrote to its log.
func (p *program) said() string {
	text, err := os.ReadFile(p.log.Name())
	if err != nil {
		p.t.Error(err)
	}
	return string(text)
}

func (p *program) tail() string {
	text := p.said()
	return text[max(0, len(text)-4000):]
}
