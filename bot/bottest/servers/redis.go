package servers

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// RedisServer is a Redis of one test.
type RedisServer struct {
	process
	port int
}

// Redis starts an empty Redis that never evicts. It writes every change to
// its log file at once, so that what was answered before Kill is there after
// Start. settings are further ones, as on redis-server's command line
// ("--maxmemory", "2mb").
func Redis(t testing.TB, settings ...string) *RedisServer {
	t.Helper()
	binary := os.Getenv("OCOPBOT_TEST_REDIS_BIN")
	if binary == "" {
		found, err := exec.LookPath("redis-server")
		if err != nil {
			t.Fatal("redis-server is not installed: run .ci/servers install")
		}
		binary = found
	}
	dir := privateDir(t)
	r := &RedisServer{port: freePort(t)}
	r.process = process{
		name: "Redis",
		log:  openLog(t, dir),
		command: func() *exec.Cmd {
			return exec.Command(binary, append([]string{
				"--bind", "127.0.0.1", "--port", strconv.Itoa(r.port), "--dir", dir, "--save", "",
				"--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction",
			}, settings...)...)
		},
		ready: r.ping,
	}
	t.Cleanup(r.Kill)
	r.Start(t)
	return r
}

// Addr is its host and port.
func (r *RedisServer) Addr() string { return local(r.port) }

// URL is redis://host:port/0.
func (r *RedisServer) URL() string { return "redis://" + r.Addr() + "/0" }

// ping asks by hand: a client library would be one more thing to distrust.
func (r *RedisServer) ping(ctx context.Context) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", r.Addr())
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	if _, err := fmt.Fprint(conn, "PING\r\n"); err != nil {
		return err
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && !strings.HasPrefix(answer, "+PONG") {
		err = fmt.Errorf("redis answers %q", strings.TrimSpace(answer))
	}
	return err
}
