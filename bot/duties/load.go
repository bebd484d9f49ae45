package duties

import (
	"context"
	"slices"
	"strconv"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// Reads is what says beyond the programme who owes what.
type Reads interface {
	// DemandsSince and ExtensionsSince list those with a last good day not
	// before a moment; the latest extension of a duty is last.
	DemandsSince(ctx context.Context, due time.Time) ([]storage.Demand, error)
	ExtensionsSince(ctx context.Context, due time.Time) ([]storage.Extension, error)
	FilingsOf(ctx context.Context, obligation, period string) ([]storage.Filing, error)
	TasksDone(ctx context.Context, obligation, period string) ([]storage.TaskDone, error)
}

// Load lists what is owed with a last good day between two moments.
func Load(ctx context.Context, r Reads, p *ocop.Programme, from, to time.Time) ([]Owed, error) {
	demands, err := r.DemandsSince(ctx, from)
	if err != nil {
		return nil, err
	}
	extensions, err := r.ExtensionsSince(ctx, from)
	if err != nil {
		return nil, err
	}
	return Owing(p, Changes{demands, extensions}, from, to), nil
}

// One is a single duty, whenever it is due; ErrNotFound if the unit never owed
// it. One that was asked for and taken back is Withdrawn.
func One(ctx context.Context, r Single, p *ocop.Programme, duty storage.Duty) (Owed, error) {
	o, err := one(ctx, r, p, duty)
	if err != nil {
		return o, err
	}
	extensions, err := r.Extensions(ctx, duty.Obligation, duty.Period)
	for _, e := range extensions {
		if e.Unit == duty.Unit {
			o = o.until(e)
		}
	}
	return o, err
}

// Single is what One reads.
type Single interface {
	Demand(ctx context.Context, id storage.ID) (storage.Demand, error)
	Extensions(ctx context.Context, obligation, period string) ([]storage.Extension, error)
}

func one(ctx context.Context, r Single, p *ocop.Programme, duty storage.Duty) (Owed, error) {
	if id, ok := storage.DemandID(duty.Obligation); ok {
		d, err := r.Demand(ctx, id)
		if err == nil && !d.Asks(duty.Unit) {
			err = storage.ErrNotFound
		}
		o := ofDemand(&d, duty.Unit)
		o.Withdrawn = !d.Cancelled.IsZero()
		return o, err
	}
	year, err := strconv.Atoi(duty.Period)
	if err != nil {
		return Owed{}, storage.ErrNotFound
	}
	d, ok := p.Due(duty.Obligation, year)
	if !ok || !slices.ContainsFunc(p.Owing(d), func(u ocop.Unit) bool { return u.Key == duty.Unit }) {
		return Owed{}, storage.ErrNotFound
	}
	return ofProgramme(p, d, duty.Period, p.Basis(d.Obligation), duty.Unit), nil
}

// Closed tells which of what is owed is filed or done.
func Closed(ctx context.Context, r Reads, owed []Owed) (map[storage.Duty]bool, error) {
	closed := map[storage.Duty]bool{}
	read := map[storage.Duty]bool{}
	for _, o := range owed {
		of := storage.Duty{Obligation: o.Obligation, Period: o.Period}
		if read[of] {
			continue
		}
		read[of] = true
		if o.Task {
			done, err := r.TasksDone(ctx, o.Obligation, o.Period)
			if err != nil {
				return nil, err
			}
			for _, d := range done {
				closed[d.Duty] = true
			}
			continue
		}
		filings, err := r.FilingsOf(ctx, o.Obligation, o.Period)
		if err != nil {
			return nil, err
		}
		for _, f := range filings {
			if f.Filed {
				closed[f.Duty] = true
			}
		}
	}
	return closed, nil
}
