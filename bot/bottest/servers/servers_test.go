package servers_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"ocopbot/bot/bottest/servers"
)

func TestRedisKeepsItsDataOverAKill(t *testing.T) {
	server := servers.Redis(t)
	ctx := context.Background()
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr()})
	defer rdb.Close()
	if err := rdb.Set(ctx, "kept", "yes", 0).Err(); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	if err := rdb.Get(ctx, "kept").Err(); err == nil {
		t.Fatal("a killed server answers")
	}
	server.Start(t)
	if got := rdb.Get(ctx, "kept").Val(); got != "yes" {
		t.Errorf("after a kill and a start: %q", got)
	}
}

func TestPostgresKeepsItsDataOverAKill(t *testing.T) {
	server := servers.Postgres(t)
	ctx := context.Background()
	exec := func(sql string) error {
		conn, err := pgx.Connect(ctx, server.URL())
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, sql)
		return err
	}
	if err := exec("CREATE TABLE kept (x INT)"); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	if err := exec("SELECT 1"); err == nil {
		t.Fatal("a killed server answers")
	}
	server.Start(t)
	if err := exec("INSERT INTO kept VALUES (1)"); err != nil {
		t.Error(err)
	}
}

func TestFrozenServersAnswerOnlyAfterThawing(t *testing.T) {
	pg, rd := servers.Postgres(t), servers.Redis(t)
	background := context.Background()
	conn, err := pgx.Connect(background, pg.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(background)
	rdb := redis.NewClient(&redis.Options{Addr: rd.Addr(), ContextTimeoutEnabled: true, MaxRetries: -1})
	defer rdb.Close()

	pg.Freeze()
	rd.Freeze()
	ctx, cancel := context.WithTimeout(background, 100*time.Millisecond)
	defer cancel()
	if _, err := conn.Exec(ctx, "SELECT 1"); err == nil {
		t.Error("a frozen PostgreSQL answers")
	}
	if err := rdb.Ping(ctx).Err(); err == nil {
		t.Error("a frozen Redis answers")
	}
	pg.Thaw()
	rd.Thaw()
	if err := rdb.Ping(background).Err(); err != nil {
		t.Errorf("a thawed Redis: %v", err)
	}
	again, err := pgx.Connect(background, pg.URL())
	if err != nil {
		t.Fatalf("a thawed PostgreSQL: %v", err)
	}
	defer again.Close(background)
}

func TestDatabasesOfTwoTestsAreApart(t *testing.T) {
	a, b := servers.Database(t), servers.Database(t)
	if a == b {
		t.Errorf("two tests were given one database, %s", a)
	}
}

func TestProxyCutsTheAnswerAfterTheDeed(t *testing.T) {
	server := servers.Redis(t)
	proxy := servers.NewProxy(t, server.Addr())
	ctx := context.Background()
	direct := redis.NewClient(&redis.Options{Addr: server.Addr()})
	defer direct.Close()
	through := redis.NewClient(&redis.Options{Addr: proxy.Addr(), MaxRetries: -1})
	defer through.Close()
	if err := through.Ping(ctx).Err(); err != nil {
		t.Fatal(err)
	}

	proxy.CutAt(servers.FromServer, 1)
	if err := through.Incr(ctx, "n").Err(); err == nil {
		t.Error("the answer came although it was cut")
	}
	if got := direct.Get(ctx, "n").Val(); got != "1" {
		t.Errorf("cut answer: the server counted %q, want 1", got)
	}

	if err := through.Ping(ctx).Err(); err != nil {
		t.Fatalf("after the cut: %v", err)
	}
	proxy.CutAt(servers.FromClient, 1)
	if err := through.Incr(ctx, "n").Err(); err == nil {
		t.Error("an answer came although the request was cut")
	}
	if got := direct.Get(ctx, "n").Val(); got != "1" {
		t.Errorf("cut request: the server counted %q, want 1", got)
	}
}

func TestProxyRefusesAndHangsUntilHealed(t *testing.T) {
	server := servers.Redis(t)
	proxy := servers.NewProxy(t, server.Addr())
	rdb := redis.NewClient(&redis.Options{Addr: proxy.Addr(), MaxRetries: -1, ContextTimeoutEnabled: true})
	defer rdb.Close()
	ping := func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		return rdb.Ping(ctx).Err()
	}
	proxy.Refuse()
	if ping() == nil {
		t.Error("a refused connection answers")
	}
	proxy.Heal()
	servers.Until(t, "healed of refusing", func() bool { return ping() == nil })
	proxy.Hang()
	if ping() == nil {
		t.Error("a hanging connection answers")
	}
	proxy.Heal()
	servers.Until(t, "healed of hanging", func() bool { return ping() == nil })
}
