package servers

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Database makes an empty database of the test's own in the PostgreSQL that
// .ci/servers started, or else in one of the test's own, and returns its URL.
// It is dropped when the test ends. It is for tests that do not hurt the
// server.
func Database(t testing.TB) string {
	t.Helper()
	server := os.Getenv("OCOPBOT_TEST_DATABASE_URL")
	if server == "" {
		return Postgres(t).URL()
	}
	name := "test_" + strings.ToLower(rand.Text()[:16])
	administer(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { administer(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal("OCOPBOT_TEST_DATABASE_URL is no URL")
	}
	u.Path = "/" + name
	return u.String()
}

func administer(t testing.TB, server, command string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatalf("the PostgreSQL of OCOPBOT_TEST_DATABASE_URL: %v", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, command); err != nil {
		t.Errorf("%s: %v", command, err)
	}
}

// Until waits for a condition, at most a minute, and fails the test if it
// does not come about.
func Until(t testing.TB, what string, met func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !met(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited a minute in vain: %s", what)
		}
	}
}
