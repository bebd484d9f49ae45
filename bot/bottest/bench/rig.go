package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/redis/go-redis/v9"
)

const (
	token  = "123456:bench_bench_bench_bench_bench_bench"
	secret = "bench-secret"
	warmUp = 2 * time.Second
)

// rig is what all measurements share.
type rig struct {
	*bench
	dir   string
	admin *sql.DB
	rdb   *redis.Client
	api   *botAPI
}

func newRig(ctx context.Context, b *bench) (*rig, error) {
	o, err := redis.ParseURL(b.redisURL)
	if err != nil {
		return nil, fmt.Errorf("redis: %w", err)
	}
	dir, err := os.MkdirTemp("", "ocopbot-bench-")
	if err != nil {
		return nil, err
	}
	r := &rig{bench: b, dir: dir, rdb: redis.NewClient(o), api: newBotAPI()}
	if r.binary == "" {
		r.binary = filepath.Join(dir, "ocopbot")
		if err := build(ctx, r.binary); err != nil {
			return nil, err
		}
	}
	if r.admin, err = sql.Open("pgx", b.database); err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	return r, nil
}

// build makes the program as people run it.
func build(ctx context.Context, to string, flags ...string) error {
	args := append([]string{"build", "-trimpath", "-ldflags=-s -w", "-o", to}, flags...)
	out, err := exec.CommandContext(ctx, "go", append(args, "./cmd/ocopbot")...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("build: %w: %s", err, out)
	}
	return nil
}

// edit is a change of the program that no setting allows for.
type edit struct{ file, old, new string }

// buildEdited makes the program with changes; the files stay as they are.
func buildEdited(ctx context.Context, dir, to string, edits ...edit) error {
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for i, e := range edits {
		data, err := os.ReadFile(e.file)
		if err != nil {
			return err
		}
		if strings.Count(string(data), e.old) != 1 {
			return fmt.Errorf("%q does not stand once in %s", e.old, e.file)
		}
		path := filepath.Join(dir, fmt.Sprintf("edit%d.go", i))
		if err := os.WriteFile(path, []byte(strings.Replace(string(data), e.old, e.new, 1)), 0o600); err != nil {
			return err
		}
		overlay.Replace[e.file] = path
	}
	data, err := json.Marshal(overlay)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return err
	}
	return build(ctx, to, "-overlay", path)
}

func (r *rig) close() {
	r.api.Close()
	r.rdb.Close()
	r.admin.Close()
	os.RemoveAll(r.dir)
}

// measured is one line of the table.
type measured struct {
	rate, cpu, rss float64
	p50, p99       time.Duration
}

func printHead() {
	fmt.Printf("%-28s %7s %10s %8s %8s %8s %8s\n", "what", "people", "msgs/s", "p50 ms", "p99 ms", "CPU µs", "RSS MB")
}

func (m measured) print(what string, people int) {
	fmt.Printf("%-28s %7d %10.0f %8.1f %8.1f %8.0f %8.1f\n", what, people, m.rate, ms(m.p50), ms(m.p99), m.cpu, m.rss)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// measure drives a process that listens.
func (r *rig) measure(ctx context.Context, p *process, l *load, people int) (measured, error) {
	if _, err := l.run(ctx, people, warmUp, 0); err != nil {
		return measured{}, err
	}
	l.samples = nil
	before, err := p.cpu()
	if err != nil {
		return measured{}, err
	}
	rate, err := l.run(ctx, people, 0, r.each)
	if err != nil {
		return measured{}, err
	}
	after, err := p.cpu()
	if err != nil {
		return measured{}, err
	}
	rss, err := p.rss()
	if err != nil {
		return measured{}, err
	}
	return measured{rate: rate, cpu: float64((after - before).Microseconds()) / float64(len(l.samples)), rss: rss, p50: l.at(50), p99: l.at(99)}, nil
}

func (r *rig) measureFloor(ctx context.Context, people int) (measured, error) {
	addr, err := freeAddr()
	if err != nil {
		return measured{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return measured{}, err
	}
	if err := r.rdb.FlushAll(ctx).Err(); err != nil {
		return measured{}, err
	}
	p, err := startOn(ctx, addr, nil, self, "-floor", addr, "-redis", r.redisURL)
	if err != nil {
		return measured{}, err
	}
	defer p.stop()
	return r.measure(ctx, p, &load{addr: addr, path: "/", secret: secret, messages: formFilling}, people)
}

// startBot starts the program on an empty database and an empty Redis.
func (r *rig) startBot(ctx context.Context) (p *process, addr string, done func(), err error) {
	if addr, err = freeAddr(); err != nil {
		return nil, "", nil, err
	}
	return r.startBotOn(ctx, addr)
}

// startBotOn starts it on an address, with more settings.
func (r *rig) startBotOn(ctx context.Context, addr string, more ...string) (p *process, _ string, done func(), err error) {
	url, drop, err := r.newDatabase(ctx)
	if err != nil {
		return nil, "", nil, err
	}
	p, err = r.startBotWith(ctx, addr, url, more...)
	if err != nil {
		drop()
		return nil, "", nil, err
	}
	return p, addr, func() { p.stop(); drop() }, nil
}

// newDatabase makes an empty database, and drops it again.
func (r *rig) newDatabase(ctx context.Context) (dsn string, drop func(), err error) {
	name := "bench_" + strconv.FormatInt(time.Now().UnixNano(), 36)
	if _, err := r.admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", nil, fmt.Errorf("create database: %w", err)
	}
	u, err := url.Parse(r.database)
	if err != nil {
		return "", nil, err
	}
	u.Path = "/" + name
	return u.String(), func() {
		_, _ = r.admin.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
	}, nil
}

// startBotWith starts it on a database of the caller's and an empty Redis, and
// waits until it is ready.
func (r *rig) startBotWith(ctx context.Context, addr, dsn string, more ...string) (*process, error) {
	if err := r.rdb.FlushAll(ctx).Err(); err != nil {
		return nil, err
	}
	p, err := startOn(ctx, addr, append([]string{
		"DATABASE_URL=" + dsn, "REDIS_URL=" + r.redisURL, "HTTP_ADDR=" + addr, "LOG_LEVEL=error",
		"TELEGRAM_TOKEN=" + token, "TELEGRAM_API_URL=" + r.api.URL,
		"TELEGRAM_WEBHOOK_URL=http://" + addr + "/telegram/webhook", "TELEGRAM_WEBHOOK_SECRET=" + secret,
	}, more...), r.binary, "serve")
	if err != nil {
		return nil, err
	}
	if err := ready(ctx, addr); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// ready waits until the program says that it can handle messages.
func ready(ctx context.Context, addr string) error {
	deadline := time.Now().Add(30 * time.Second)
	for ctx.Err() == nil && time.Now().Before(deadline) {
		resp, err := http.Get("http://" + addr + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("the program is not ready after half a minute")
}

func (r *rig) botLoad(addr string, messages int) *load {
	return &load{addr: addr, path: "/telegram/webhook", secret: secret, api: r.api, messages: messages}
}

func (r *rig) measureBot(ctx context.Context, people, messages int) (measured, error) {
	p, addr, done, err := r.startBot(ctx)
	if err != nil {
		return measured{}, err
	}
	defer done()
	return r.measure(ctx, p, r.botLoad(addr, messages), people)
}

// usedMemory is what Redis holds, in bytes.
func (r *rig) usedMemory(ctx context.Context) (int, error) {
	info, err := r.rdb.Info(ctx, "memory").Result()
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(info, "used_memory:")
	line, _, _ := strings.Cut(rest, "\r\n")
	return strconv.Atoi(line)
}
