package storage

import "ocopbot/bot/ocop"

// Stats are small counts of what is kept, for metrics and for whoever looks
// after the program.
type Stats struct {
	Ideas    map[ocop.Stage]int
	Waiting  int // ideas that wait for an officer
	Persons  int // not erased
	Officers int // assignments in office
	Requests int // open
	Notices  int // queued
	Files    int // still to be fetched
	Dead     int
}
