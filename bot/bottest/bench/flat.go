package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// flat measures form filling with few and with many sessions stored.
func (r *rig) flat(ctx context.Context) error {
	p, addr, done, err := r.startBot(ctx)
	if err != nil {
		return err
	}
	defer done()
	const people = 64
	few, err := r.measure(ctx, p, r.botLoad(addr, formFilling), people)
	if err != nil {
		return err
	}
	printHead()
	few.print("few sessions stored", people)
	const batch = 10_000
	value := make([]byte, 300)
	for from := 0; from < r.stored; from += batch {
		pipe := r.rdb.Pipeline()
		for n := from; n < from+batch; n++ {
			pipe.Set(ctx, fmt.Sprintf("s:telegram:9%09d", n), value, 7*24*time.Hour)
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return err
		}
	}
	if err := r.settled(ctx); err != nil {
		return err
	}
	many, err := r.measure(ctx, p, r.botLoad(addr, formFilling), people)
	if err != nil {
		return err
	}
	many.print(fmt.Sprintf("%d more sessions stored", r.stored), people)
	return nil
}

// settled waits until Redis has written down what it was just given so much
// of: it rewrites its files in a process beside, on the cores of everybody.
func (r *rig) settled(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		info, err := r.rdb.Info(ctx, "persistence").Result()
		if err != nil {
			return fmt.Errorf("redis: %w", err)
		}
		busy := strings.Contains(info, "_in_progress:1") || strings.Contains(info, "aof_rewrite_scheduled:1") || strings.Contains(info, "aof_pending_rewrite:1")
		if !busy {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
