package main

import (
	"context"
	"fmt"
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
	many, err := r.measure(ctx, p, r.botLoad(addr, formFilling), people)
	if err != nil {
		return err
	}
	many.print(fmt.Sprintf("%d more sessions stored", r.stored), people)
	return nil
}
