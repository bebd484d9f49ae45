package faults_test

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"ocopbot/bot/bottest/servers"
)

// A frozen replica goes on in the middle of a turn that another has done
// meanwhile.
func TestAFrozenReplicaLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{database: servers.Database(t), redis: servers.Redis(t).URL(), replicas: 2})
	w.door.transport.ResponseHeaderTimeout = 100 * time.Millisecond
	c := w.crowd()
	for n := range 6 {
		p := w.programs[n%2]
		time.Sleep(rand.N(30 * time.Millisecond)) // anywhere in a turn
		p.signal(syscall.SIGSTOP)
		c.advance(2) // by the other one
		p.signal(syscall.SIGCONT)
	}
	c.end()
}

func TestARollingRestartLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		c := w.crowd()
		for n := range 6 {
			c.advance(2)
			p := w.programs[n%len(w.programs)]
			p.stop()
			p.start()
		}
		c.end()
	})
}

func TestAKillWhileTheTablesAreMadeDoesNoHarm(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, s setup) {
		s.asleep = true
		w := newWorld(t, s)
		program := w.programs[0]
		for range 8 {
			program.launch()
			time.Sleep(rand.N(150 * time.Millisecond)) // anywhere in the start
			program.kill()
		}
		program.start()
		p := w.person(1)
		w.register(p)
		w.checkIdeas(p)
	}
	t.Run("embedded", func(t *testing.T) { t.Parallel(); check(t, setup{}) })
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		check(t, setup{database: servers.Database(t), redis: servers.Redis(t).URL()})
	})
}
