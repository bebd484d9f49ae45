package servers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// databaseURL names the setting with the PostgreSQL that .ci/servers started.
const databaseURL = "OCOPBOT_TEST_DATABASE_URL"

// Database makes an empty database of the test's own in the PostgreSQL that
// .ci/servers started, or else in one of the test's own, and returns its URL.
// It is dropped when the test ends. It is for tests that do not hurt the
// server.
func Database(t testing.TB) string {
	t.Helper()
	if os.Getenv(databaseURL) == "" {
		return Postgres(t).URL()
	}
	return create(t, "")
}

// create makes a database, in the way that the last words of the statement
// say, and drops it when the test ends.
func create(t testing.TB, how string) string {
	t.Helper()
	server, name := os.Getenv(databaseURL), "test_"+strings.ToLower(rand.Text()[:16])
	if err := command(server, "CREATE DATABASE "+name+how); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := command(server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	address, err := at(server, name)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// at is the URL of another database on the same server.
func at(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", errors.New(databaseURL + " is no URL")
	}
	u.Path = "/" + name
	return u.String(), nil
}

func command(server, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("the PostgreSQL of %s: %w", databaseURL, err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
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
