package ocop

import (
	"errors"
	"testing"
)

func TestLivesOfIdeas(t *testing.T) {
	for name, c := range map[string]struct {
		events []EventKind
		end    Stage
	}{
		"accepted at once":    {[]EventKind{EventRegistered, EventAccepted}, Accepted},
		"asked and answered":  {[]EventKind{EventRegistered, EventAsked, EventAnswered}, Registered},
		"returned and mended": {[]EventKind{EventRegistered, EventReturned, EventCorrected, EventAccepted}, Accepted},
		"notes move nothing":  {[]EventKind{EventRegistered, EventNoted, EventCorrected, EventEscalated}, Registered},
		"a whole year":        {[]EventKind{EventRegistered, EventAccepted, EventPlanned, EventStarted, EventPrepared, EventScored, EventDecided, EventPublished}, Decided},
		"results only":        {[]EventKind{EventRegistered, EventAccepted, EventScored, EventDecided, EventPublished}, Decided},
		"the next round":      {[]EventKind{EventRegistered, EventAccepted, EventScored, EventDecided, EventPublished, EventPrepared, EventScored}, Scored},
		"question on the way": {[]EventKind{EventRegistered, EventAccepted, EventPlanned, EventAsked, EventAnswered}, Planned},
		"lapsed and renewed":  {[]EventKind{EventRegistered, EventAccepted, EventScored, EventDecided, EventLapsed, EventScored}, Scored},
		"revoked":             {[]EventKind{EventRegistered, EventAccepted, EventScored, EventDecided, EventRevoked}, Revoked},
		"withdrawn":           {[]EventKind{EventRegistered, EventWithdrawn, EventNoted}, Withdrawn},
	} {
		stage := Stage("")
		for _, e := range c.events {
			next, err := Next(stage, e)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			stage = next
		}
		if stage != c.end {
			t.Errorf("%s ends %s, want %s", name, stage, c.end)
		}
	}
}

func TestWhatCannotHappen(t *testing.T) {
	for _, c := range []struct {
		stage Stage
		event EventKind
	}{
		{"", EventAccepted}, {"", EventNoted}, {Registered, EventRegistered}, {Registered, EventScored}, {Registered, EventDecided},
		{Accepted, EventDecided}, {Accepted, EventAccepted}, {Scored, EventPublished}, {Returned, EventScored}, {Withdrawn, EventAccepted},
		{Registered, EventLapsed}, {"nowhere", EventNoted},
	} {
		if got, err := Next(c.stage, c.event); !errors.Is(err, ErrStage) || got != c.stage {
			t.Errorf("%s after %q: %q, %v", c.event, c.stage, got, err)
		}
	}
}

func TestStepsOfStages(t *testing.T) {
	p := load(t, LangSon2021)
	if n := len(p.StepsAt(in2026)); n != 6 {
		t.Errorf("%d steps", n)
	}
	for stage, want := range map[Stage]int{
		Registered: 2, Asked: 2, Returned: 2, Accepted: 3, Planned: 4, Implementing: 4, Prepared: 5, Scored: 5, Decided: 5,
		Lapsed: 0, Revoked: 0, Withdrawn: 0,
	} {
		if s, ok := p.StepOf(stage); s.Number != want || ok != (want > 0) {
			t.Errorf("%s is in step %d, want %d", stage, s.Number, want)
		}
	}
	if len(Stages()) != len(moves)-1 {
		t.Error("Stages does not list all stages")
	}
	for _, e := range []EventKind{EventNoted, EventEscalated, EventScored, EventDecided} {
		if !e.Secret() {
			t.Errorf("%s may be told", e)
		}
	}
	if EventPublished.Secret() || EventAsked.Secret() {
		t.Error("what owners are told is kept from them")
	}
}
