package storage

import "ocopbot/bot/ocop"

// Duty names what one unit owes once: a report that the programme asks for
// every year, or one that was asked for ad hoc, in one period.
type Duty struct {
	Obligation string // id of the programme's obligation; of one asked for ad hoc: "adhoc/" and its ID
	Period     string // the year of the due date, "2026"; empty for one asked for ad hoc
	Unit       ocop.UnitKey
}
