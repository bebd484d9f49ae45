package servers

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// PostgresServer is a PostgreSQL of one test.
type PostgresServer struct {
	process
	port int
}

// Postgres starts an empty PostgreSQL. It does not force data to disk: it
// survives its own death, not the machine's. settings are further ones
// ("max_connections=20").
func Postgres(t testing.TB, settings ...string) *PostgresServer {
	t.Helper()
	bin := postgresBin(t)
	dir := privateDir(t)
	data := filepath.Join(dir, "data")
	as := postgresUser(t)
	if as != nil {
		if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
		return cmd
	}
	initialise := run(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
		"--locale=C", "--no-sync", "--no-instructions")
	if template := os.Getenv("OCOPBOT_TEST_PG_TEMPLATE"); template != "" {
		initialise = run("cp", "-a", template, data) // five times as fast
	}
	if out, err := initialise.CombinedOutput(); err != nil {
		t.Fatalf("no data directory for PostgreSQL: %v\n%s", err, out)
	}

	p := &PostgresServer{port: freePort(t)}
	args := []string{"-D", data, "-h", "127.0.0.1", "-p", strconv.Itoa(p.port)}
	for _, s := range append([]string{
		"unix_socket_directories=", "fsync=off", "full_page_writes=off", "shared_buffers=32MB",
	}, settings...) {
		args = append(args, "-c", s)
	}
	p.process = process{
		name:    "PostgreSQL",
		log:     openLog(t, dir),
		command: func() *exec.Cmd { return run(filepath.Join(bin, "postgres"), args...) },
		ready:   p.ping,
	}
	t.Cleanup(p.Kill)
	p.Start(t)
	return p
}

// Addr is its host and port.
func (p *PostgresServer) Addr() string { return local(p.port) }

// URL names its only database, with a superuser's rights.
func (p *PostgresServer) URL() string { return postgresURL(p.Addr()) }

func postgresURL(addr string) string {
	return fmt.Sprintf("postgres://postgres@%s/postgres?sslmode=disable", addr)
}

func (p *PostgresServer) ping(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.URL())
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

func postgresBin(t testing.TB) string {
	t.Helper()
	if bin := os.Getenv("OCOPBOT_TEST_PG_BIN"); bin != "" {
		return bin
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		t.Fatal("PostgreSQL is not installed: run .ci/servers install")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1])
}

// postgresUser is whom PostgreSQL runs as: it refuses root. Nil: as we do.
func postgresUser(t testing.TB) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal("PostgreSQL refuses to run as root and there is no user postgres: run .ci/servers install")
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}
