package faults_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"ocopbot/bot/bottest/faketelegram"
	"ocopbot/bot/bottest/servers"
)

// outage is for how long a server is away: longer than every deadline on the
// way (1 s of Redis, 5 s of the database), so that all of them pass.
const outage = 6 * time.Second

// breakable is a server that can be hurt.
type breakable interface {
	Kill()
	Start(t testing.TB)
	Freeze()
	Thaw()
}

func TestTheProgramOutlivesAnOutageOfItsServers(t *testing.T) {
	t.Parallel()
	hurts := []struct {
		name       string
		hurt, mend func(t *testing.T, s breakable)
	}{
		{"killed", func(_ *testing.T, s breakable) { s.Kill() }, func(t *testing.T, s breakable) { s.Start(t) }},
		{"frozen", func(_ *testing.T, s breakable) { s.Freeze() }, func(_ *testing.T, s breakable) { s.Thaw() }},
	}
	for _, h := range hurts {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			postgres, redis := servers.Postgres(t), servers.Redis(t)
			w := newWorld(t, setup{database: postgres.URL(), redis: redis.URL(), replicas: 2})
			c := w.crowd()
			// Who fills in a form needs no database.
			patient := w.person(2)
			w.talk(patient, dialog[:2]...)
			for _, victim := range []struct {
				says, other string
				server      breakable
			}{{"redis", "database", redis}, {"database", "redis", postgres}} {
				c.advance(4)
				h.hurt(t, victim.server)
				over := time.After(outage)
				for _, p := range w.programs {
					servers.Until(t, "/readyz tells", func() bool {
						status, _ := p.ready()
						return status == http.StatusServiceUnavailable
					})
					_, why := p.ready()
					if !strings.Contains(why, victim.says+":") || strings.Contains(why, victim.other+":") {
						t.Errorf("while %s is %s /readyz says %q", victim.says, h.name, why)
					}
				}
				if victim.server == breakable(postgres) {
					w.says(patient, dialog[2]) // answered before the database is back
				}
				<-over
				h.mend(t, victim.server)
				for _, p := range w.programs {
					p.waitReady()
				}
			}
			// All work again: so does the outbox, which sends this answer.
			c.advance(4)
			p := w.person(1)
			w.talk(p, dialog[:toSummary]...)
			w.fake.Script(faketelegram.Fault{Method: "sendMessage", Chat: p.ID, Do: faketelegram.ServerError, Times: 1})
			w.says(p, "gửi")
			c.mu.Lock()
			c.people = append(c.people, p)
			c.mu.Unlock()
			c.end()
			for _, p := range w.programs {
				p.mustLive()
			}
		})
	}
}

// A program that is started while its servers are away waits for them.
func TestTheProgramStartsBeforeItsServers(t *testing.T) {
	t.Parallel()
	postgres, redis := servers.Postgres(t), servers.Redis(t)
	postgres.Kill()
	redis.Kill()
	w := newWorld(t, setup{database: postgres.URL(), redis: redis.URL(), asleep: true})
	program := w.programs[0]
	program.launch()
	servers.Until(t, "/readyz tells", func() bool {
		program.mustLive()
		_, why := program.ready()
		return strings.Contains(why, "database:") && strings.Contains(why, "redis:") && strings.Contains(why, "starting")
	})
	postgres.Start(t)
	redis.Start(t)
	program.waitReady()
	p := w.person(1)
	w.register(p)
	w.checkIdeas(p)
}
