package ocop

import "fmt"

// ReportState is how far a report is. It follows from its events.
type ReportState string

// The states of a report. A chat cannot sign: the figures are filed first, the
// signed copy follows.
const (
	ReportDraft    ReportState = "draft"
	ReportOffered  ReportState = "offered"  // waits for the unit's leader
	ReportApproved ReportState = "approved" // by the leader; on its way
	ReportFiled    ReportState = "filed"    // the figures are handed in
	ReportSigned   ReportState = "signed"   // the signed copy is, too
	ReportReceived ReportState = "received" // the receiver took it in
	ReportReturned ReportState = "returned" // sent back; the next edition mends it
)

// ReportEventKind is what happened to a report.
type ReportEventKind string

// The events of a report.
const (
	ReportOpened    ReportEventKind = "opened"
	ReportEdited    ReportEventKind = "edited"   // a figure, a text or an answer was changed
	ReportAttached  ReportEventKind = "attached" // a file came with it
	ReportOffer     ReportEventKind = "offered"  // shown to the leader
	ReportRecalled  ReportEventKind = "recalled" // taken back by its officer before the leader answered
	ReportRefused   ReportEventKind = "refused"  // by the leader: to be mended
	ReportApproval  ReportEventKind = "approved"
	ReportFiling    ReportEventKind = "filed"
	ReportSigning   ReportEventKind = "signed"
	ReportReception ReportEventKind = "received"
	ReportReturning ReportEventKind = "returned"
)

var reportMoves = map[ReportState]map[ReportEventKind]ReportState{
	"": {ReportOpened: ReportDraft},
	// A unit whose leader is not linked approves on paper: from the draft.
	ReportDraft: {
		ReportEdited: ReportDraft, ReportAttached: ReportDraft, ReportOffer: ReportOffered, ReportApproval: ReportApproved,
	},
	ReportOffered:  {ReportRecalled: ReportDraft, ReportRefused: ReportDraft, ReportApproval: ReportApproved},
	ReportApproved: {ReportFiling: ReportFiled},
	ReportFiled: {
		ReportSigning: ReportSigned, ReportAttached: ReportFiled, ReportReception: ReportReceived, ReportReturning: ReportReturned,
	},
	// What was signed may have been noted wrongly, and is noted again.
	ReportSigned: {
		ReportSigning: ReportSigned, ReportAttached: ReportSigned, ReportReception: ReportReceived, ReportReturning: ReportReturned,
	},
	// A receiver may take in the figures and wait for the signed copy.
	ReportReceived: {
		ReportSigning: ReportReceived, ReportAttached: ReportReceived, ReportReturning: ReportReturned,
	},
	ReportReturned: {},
}

// ReportPrefix begins the numbers of reports: BC26-0001. No programme's forms
// have it.
const ReportPrefix = "BC"

// NextReport is the state an event leads to; ErrStage if it cannot happen.
func NextReport(state ReportState, event ReportEventKind) (ReportState, error) {
	if to, ok := reportMoves[state][event]; ok {
		return to, nil
	}
	return state, fmt.Errorf("%w: report %s after %q", ErrStage, event, state)
}

// HandedIn tells whether a report has left its unit: what stands in it is said.
func (s ReportState) HandedIn() bool {
	switch s {
	case ReportFiled, ReportSigned, ReportReceived, ReportReturned:
		return true
	}
	return false
}
