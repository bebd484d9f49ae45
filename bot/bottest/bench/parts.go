package main

import (
	"context"
	"fmt"
)

// part is one thing that is measured, by itself or among the others.
type part struct {
	name string // as in `make bench PART=name`
	what string
	run  func(*rig, context.Context) error
}

// parts are all of them, in the order in which they run.
var parts = []part{
	{"forms", "filling in forms and registering ideas by webhook, beside the floor", (*rig).forms},
	{"memory", "what a stored session takes of Redis", (*rig).memory},
	{"sms", "SMS in and out through a real Kannel, beside Kannel by itself", (*rig).sms},
	{"announce", "telling 900 people something at Telegram's pace, while one more chats", (*rig).announce},
	{"announce-plan", "planning and queueing what 100,000 people are to be told", (*rig).announcePlan},
	{"announce-lifted", "telling many people something where no pace is kept", (*rig).announceLifted},
	{"minute", "working out what is due with ten years of reports behind", (*rig).minute},
	{"sheet", "the reports of 700 units in one file", (*rig).sheet},
	{"flat", "filling in forms with few and with many sessions stored", (*rig).flat},
}

func partNames() []string {
	var names []string
	for _, p := range parts {
		names = append(names, p.name)
	}
	return names
}

// choose is the part of that name; all if it is empty.
func choose(name string) ([]part, error) {
	if name == "" {
		return parts, nil
	}
	for _, p := range parts {
		if p.name == name {
			return []part{p}, nil
		}
	}
	return nil, fmt.Errorf("no part %q: there are %q", name, partNames())
}
