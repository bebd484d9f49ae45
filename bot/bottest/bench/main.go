// Command bench measures the program as people meet it: the real binary on
// PostgreSQL and Redis, updates posted to its webhook, a Bot API that takes
// 20 ms to answer, and beside it the floor no such bot can go below.
//
// It measures and prints; it judges nothing and fails only when something did
// not work. It is started by `make bench`, which gives it private servers;
// `make bench PART=memory` runs one part alone.
//
// What it measures are the parts, listed in parts.go. To add one, write a
// method of rig in a file of its own that measures and prints, and give it a
// line in that list. The rig starts the program on an empty database and an
// empty Redis (startBot), knows the processor time and memory it takes
// (process) and pretends to be Telegram (api); a part starts what else it
// needs, and stops it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

func main() {
	floor := flag.String("floor", "", "be the floor on this address (used by the bench itself)")
	redisURL := flag.String("redis", os.Getenv("OCOPBOT_TEST_REDIS_URL"), "Redis to measure on; it is emptied")
	database := flag.String("database", os.Getenv("OCOPBOT_TEST_DATABASE_URL"), "PostgreSQL to measure on; a database is made and dropped")
	seconds := flag.Int("seconds", 8, "how long each measurement runs")
	rounds := flag.Int("rounds", 3, "how often everything is measured in turn; the medians are printed")
	binary := flag.String("binary", "", "measure this program instead of building one, to compare two")
	part := flag.String("part", "", "measure only this part: "+strings.Join(partNames(), ", "))
	stored := flag.Int("stored", 1_000_000, "sessions stored in the part flat")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	if *floor != "" {
		if err := serveFloor(ctx, *floor, *redisURL); err != nil {
			fmt.Fprintln(os.Stderr, "bench floor:", err)
			os.Exit(1)
		}
		return
	}
	b := bench{redisURL: *redisURL, database: *database, each: time.Duration(*seconds) * time.Second, stored: *stored, rounds: *rounds, part: *part, binary: *binary}
	if err := b.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

var errNoServers = errors.New("no PostgreSQL or Redis to measure on: run `make bench`")

// bench is one run of all measurements.
type bench struct {
	redisURL, database string
	each               time.Duration
	stored, rounds     int
	part               string // empty: all
	binary             string // empty: one is built
}

func (b *bench) run(ctx context.Context) error {
	if b.redisURL == "" || b.database == "" {
		return errNoServers
	}
	chosen, err := choose(b.part)
	if err != nil {
		return err
	}
	rig, err := newRig(ctx, b)
	if err != nil {
		return err
	}
	defer rig.close()
	for _, p := range chosen {
		fmt.Printf("%s: %s\n", p.name, p.what)
		if err := p.run(rig, ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		fmt.Println()
	}
	return nil
}
