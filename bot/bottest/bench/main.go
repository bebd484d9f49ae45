// Command bench measures the program as people meet it: the real binary on
// PostgreSQL and Redis, updates posted to its webhook, a Bot API that takes
// 20 ms to answer, and beside it the floor no such bot can go below.
//
// It measures and prints; it judges nothing and fails only when something did
// not work. It is started by `make bench`, which gives it private servers.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"time"
)

func main() {
	floor := flag.String("floor", "", "be the floor on this address (used by the bench itself)")
	redisURL := flag.String("redis", os.Getenv("OCOPBOT_TEST_REDIS_URL"), "Redis to measure on; it is emptied")
	database := flag.String("database", os.Getenv("OCOPBOT_TEST_DATABASE_URL"), "PostgreSQL to measure on; a database is made and dropped")
	seconds := flag.Int("seconds", 8, "how long each measurement runs")
	rounds := flag.Int("rounds", 3, "how often everything is measured in turn; the medians are printed")
	stored := flag.Int("stored", 1_000_000, "sessions stored for the last measurement; 0 leaves it out")
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
	b := bench{redisURL: *redisURL, database: *database, each: time.Duration(*seconds) * time.Second, stored: *stored, rounds: *rounds}
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
}

func (b *bench) run(ctx context.Context) error {
	if b.redisURL == "" || b.database == "" {
		return errNoServers
	}
	rig, err := newRig(ctx, b)
	if err != nil {
		return err
	}
	defer rig.close()

	fmt.Printf("%-28s %7s %10s %8s %8s %8s %8s\n", "what", "people", "msgs/s", "p50 ms", "p99 ms", "CPU µs", "RSS MB")
	for _, people := range []int{64, 256} {
		if err := rig.compare(ctx, people); err != nil {
			return err
		}
	}
	if err := rig.memory(ctx); err != nil {
		return fmt.Errorf("memory: %w", err)
	}
	if b.stored > 0 {
		return rig.flat(ctx, b.stored)
	}
	return nil
}

// compare measures floor, form filling and whole registrations in turn, again
// and again: on a machine that others use too, only what was measured at the
// same time can be compared, and only by its median.
func (r *rig) compare(ctx context.Context, people int) error {
	var floors, forms, wholes []measured
	var rate, cpu, whole []float64
	for range r.rounds {
		floor, err := r.measureFloor(ctx, people)
		if err != nil {
			return fmt.Errorf("floor: %w", err)
		}
		form, err := r.measureBot(ctx, people, formFilling)
		if err != nil {
			return fmt.Errorf("form filling: %w", err)
		}
		all, err := r.measureBot(ctx, people, wholeRegistration)
		if err != nil {
			return fmt.Errorf("whole registration: %w", err)
		}
		floors, forms, wholes = append(floors, floor), append(forms, form), append(wholes, all)
		rate, cpu, whole = append(rate, form.rate/floor.rate), append(cpu, form.cpu/floor.cpu), append(whole, all.rate/floor.rate)
	}
	medianOf(floors).print("floor", people)
	medianOf(forms).print("form filling", people)
	medianOf(wholes).print("whole registration", people)
	fmt.Printf("  at %d people: form filling %.2f of the floor's messages/s at %.2f of its CPU; whole registrations %.2f, %.0f committed/s\n",
		people, median(rate), median(cpu), median(whole), medianOf(wholes).rate/messagesPerDialog)
	return nil
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// medianOf is the median of each figure by itself.
func medianOf(all []measured) measured {
	of := func(figure func(measured) float64) float64 {
		var values []float64
		for _, m := range all {
			values = append(values, figure(m))
		}
		return median(values)
	}
	return measured{
		rate: of(func(m measured) float64 { return m.rate }),
		cpu:  of(func(m measured) float64 { return m.cpu }),
		rss:  of(func(m measured) float64 { return m.rss }),
		p50:  time.Duration(of(func(m measured) float64 { return float64(m.p50) })),
		p99:  time.Duration(of(func(m measured) float64 { return float64(m.p99) })),
	}
}
