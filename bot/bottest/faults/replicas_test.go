package faults_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"ocopbot/bot/bottest/servers"
)

func TestThreeReplicasStartingAtOnceOnAnEmptyDatabaseAreOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{database: servers.Database(t), redis: servers.Redis(t).URL(), replicas: 3})
	people := w.people(6)
	var wg sync.WaitGroup
	for _, p := range people {
		wg.Go(func() {
			ctx, cancel := w.context()
			defer cancel()
			for n, said := range dialog {
				p.Says(said)
				if _, err := p.Wait(ctx, n+1); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	for _, p := range people {
		if got := len(p.Received()); got != len(dialog) {
			t.Errorf("person %d got %d answers to %d texts", p.ID, got, len(dialog))
		}
	}
	w.settled()
	w.checkIdeas(people...)
	for n, p := range w.programs {
		p.mustLive()
		if p.metric(`ocopbot_turns_total{channel="telegram",result="answered"}`) == 0 {
			t.Errorf("replica %d had nothing to do", n)
		}
	}
}

func TestThreeProcessesMigrateAnEmptyFileAtOnce(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ocopbot.db")
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			cmd := exec.Command(binary, "migrate")
			cmd.Env = []string{"DATABASE_URL=" + file, "PATH=" + os.Getenv("PATH")}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("migrate: %v\n%s", err, out)
			}
		})
	}
	wg.Wait()
}
