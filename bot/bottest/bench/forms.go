package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// forms measures what answering costs, at an ordinary and at a crowded hour.
func (r *rig) forms(ctx context.Context) error {
	printHead()
	for _, people := range []int{64, 256} {
		if err := r.compare(ctx, people); err != nil {
			return err
		}
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
