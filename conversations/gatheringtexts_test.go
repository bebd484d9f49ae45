package conversations

import "ocopbot/storage"

// gatheringNotices are the kinds of notices about gatherings; that of a
// selection has a text for each outcome.
var gatheringNotices = []string{
	storage.NoticeMovedUp, storage.NoticeChanged, storage.NoticeCalledOff, storage.NoticeReminder, storage.NoticeResults,
	storage.NoticeSelection + "_selected", storage.NoticeSelection + "_waiting", storage.NoticeSelection + "_refused",
}

// gatheringFamilies are the keys built from a beginning and a value that are
// about gatherings.
func gatheringFamilies() map[string][]string {
	var kinds []string
	for _, k := range storage.GatheringKinds {
		kinds = append(kinds, string(k))
	}
	states := []string{
		storage.SignupQueued, storage.SignupRegistered, storage.SignupSelected, storage.SignupWaiting, storage.SignupRefused,
		storage.SignupCancelled, storage.SignupAttended,
	}
	return map[string][]string{
		"gathering.kind_": kinds,
		"gathering.do_":   {"join", "amend", "quit", "result", "other", "picture", "guests", "checkin", "edit", "off", "poster"},
		"signup.done_":    {storage.SignupRegistered, storage.SignupQueued, storage.SignupWaiting},
		"signup.state_":   states,
		"guests.state_":   states,
		"guests.head_": {
			"number", "name", "people", "phone", "producer", "unit", "products", "stars", "stall", "power", "vehicle", "state", "at", "revenue", "contracts", "buyers",
		},
		"rule.not_":    {"stars", "groups", "producers", "units", "product"},
		"make.field_":  makeFields,
		"amend.field_": amendFields,
		"make.mode_":   {"first", "select"},
	}
}
