// Package servers starts private PostgreSQL and Redis servers for tests that
// hurt them: kill them, freeze them, cut their connections.
//
// Every server listens on a free port of 127.0.0.1, keeps its data in a
// directory of its own and is gone when its test ends, even if the test
// binary is killed. A missing binary fails the test with a sentence that says
// what to do: nothing is ever skipped. Tests that only use a server, and do
// not hurt it, share the ones that .ci/servers starts.
package servers

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startTimeout is for how long a server may take to answer on a machine that
// is busy with other tests.
const startTimeout = 60 * time.Second

// process is one server program that can be killed, frozen and started again.
type process struct {
	name    string
	command func() *exec.Cmd
	ready   func(ctx context.Context) error
	running *exec.Cmd
	ended   chan struct{}
	log     *os.File
}

// Start starts the server, on the same port and data as before, and waits
// until it answers.
func (p *process) Start(t testing.TB) {
	t.Helper()
	if p.running != nil {
		t.Fatalf("%s is running already", p.name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if err := p.launch(); err != nil {
		t.Fatalf("%s does not start: %v", p.name, err)
	}
	for {
		err := p.ready(ctx)
		if err == nil {
			return
		}
		select {
		case <-p.ended:
			// A killed predecessor may still be letting go of port or memory.
			if err := p.launch(); err != nil {
				t.Fatalf("%s does not start again: %v", p.name, err)
			}
		case <-ctx.Done():
			t.Fatalf("%s does not answer: %v\n%s", p.name, err, p.tail())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// launch starts the program from a thread that lives as long as it does: the
// kernel ends the program when the thread that started it is gone.
func (p *process) launch() error {
	cmd := p.command()
	cmd.Stdout, cmd.Stderr = p.log, p.log
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // it is meant to be killed
		}
		close(ended)
	}()
	p.running, p.ended = cmd, ended
	return <-started
}

// Kill ends the server by SIGKILL, together with the processes it forked, and
// returns when it is gone. Killing a dead one does nothing.
func (p *process) Kill() {
	if p.running == nil {
		return
	}
	p.signal(syscall.SIGKILL)
	<-p.ended
	p.running = nil
}

// Freeze stops the server where it stands: its connections stay open and
// nothing answers.
func (p *process) Freeze() { p.signal(syscall.SIGSTOP) }

// Thaw lets a frozen server go on.
func (p *process) Thaw() { p.signal(syscall.SIGCONT) }

// signal goes to the server first, so that it cannot fork meanwhile, and then
// to its children, which PostgreSQL puts into sessions of their own.
func (p *process) signal(s syscall.Signal) {
	if p.running == nil {
		return
	}
	pid := p.running.Process.Pid
	children := childrenOf(pid)
	_ = p.running.Process.Signal(s) // an error says that it is gone already
	for _, child := range append(children, childrenOf(pid)...) {
		_ = syscall.Kill(child, s)
	}
}

func childrenOf(pid int) []int {
	entries, _ := os.ReadDir("/proc")
	var children []int
	for _, e := range entries {
		child, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue // ended meanwhile
		}
		// After the name in brackets come the state and the parent: proc(5).
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if len(fields) > 1 && fields[1] == strconv.Itoa(pid) {
			children = append(children, child)
		}
	}
	return children
}

// tail is the end of what the server printed.
func (p *process) tail() string {
	text, _ := os.ReadFile(p.log.Name())
	return string(text[max(0, len(text)-2000):])
}

// openLog is the file a server prints to. It is no pipe, so that waiting for
// the server does not mean waiting for everything it forked.
func openLog(t testing.TB, dir string) *os.File {
	t.Helper()
	log, err := os.CreateTemp(dir, "log")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	return log
}

// privateDir is a directory that other users may walk through, which
// t.TempDir's is not: PostgreSQL runs as another user when the tests run as
// root.
func privateDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ocopbot-test-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // to be walked through
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("removing a server's data: %v", err)
		}
	})
	return dir
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func local(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
