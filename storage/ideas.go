package storage

import (
	"time"

	"ocopbot/bot/ocop"
)

// Idea is a registered product idea as it stands now. What happened to it is
// in its events; Stage follows from them.
type Idea struct {
	ID           ID
	Number       ocop.FormNumber
	Person       ID // who registered it
	Organisation ID
	Unit         ocop.UnitKey // the commune it belongs to
	Name         string
	Fold         string // search key of Name
	Existing     string // "new", "existing", or empty: not said yet
	Group        string // id of a product group; proposed, then settled by an officer
	KeyProduct   string // id of one of the key products, or empty
	// Fields holds the form's other items by id: "material", "support", "a" … "i", "novelty".
	Fields     map[string]string
	Stage      ocop.Stage
	Version    int // grows with every event
	Registered time.Time
	Changed    time.Time // of the last event
	// WaitingLevel is who has to act: "commune", "district", "province", or
	// empty when nobody has. WaitingSince says since when.
	WaitingLevel string
	WaitingSince time.Time
	Told         time.Time // when the officers' digest last listed it; zero: never
	Session      string    // with Turn: the commit that registered it
	Turn         int
}

// Event is one thing that happened to an idea. Entries are only added; a
// mistake is mended by a later entry that names the one it Corrects.
type Event struct {
	ID       ID
	Idea     ID
	At       time.Time
	Kind     ocop.EventKind
	Actor    ID     // person; 0: the program
	Role     string // in which the actor acted: "producer" or an officer role
	Corrects ID
	// Body holds what the kind needs: "text" of a question, answer, reason or
	// note; "item", "was" and "now" of a correction; the points of a score.
	// Erasure empties it.
	Body map[string]string
}

// Round is one numbered evaluation (đợt 1/2026).
type Round struct {
	ID        ID
	Year      int
	Seq       int
	Level     string       // id of a level of the programme: "district", "province", "central"
	Unit      ocop.UnitKey // whose council
	Published time.Time    // zero: scores are the officers' alone
}

// Evaluation is the outcome of one idea in one round.
type Evaluation struct {
	ID       ID
	Idea     ID
	Round    ID
	A, B, C  ocop.Score // points by part, in hundredths
	Proposed int        // stars that follow from the total
	Stars    int        // decided; -1: not decided yet, 0: not reached
	Reason   string     // why lower than proposed
	Remarks  string     // of the council, for the producer
	Decision string     // number of the decision; empty: none yet
	Decided  time.Time  // its date
	Signer   string
	At       time.Time
	By       ID
	Version  int
}

// Total is the sum of the parts.
func (e Evaluation) Total() ocop.Score { return e.A + e.B + e.C }

// Request is somebody's wish to be called back, or a question for a person.
type Request struct {
	ID     ID
	Person ID
	Unit   ocop.UnitKey
	Idea   ID     // 0: about none
	Topic  string // id of a directory entry, "call", …
	Text   string
	At     time.Time
	Owner  string // level that has to act: "commune", "district", "province"
	Closed time.Time
	By     ID // who closed it
	Told   time.Time
}

// States of a File.
const (
	FileWanted  = "wanted"  // still at the provider
	FileStored  = "stored"  // Data is here
	FileRefused = "refused" // not a picture, too large, or gone; Why says which
)

// What a File of a report is; empty: it goes with it.
const FileScan = "scan" // of the signed copy

// File is a picture or document of an idea or of a report.
type File struct {
	ID       ID
	Idea     ID // 0: of a report
	Report   ID // 0: of an idea
	Purpose  string
	Name     string // of a document, as it was sent; empty: a picture
	Person   ID
	Channel  string // whose provider holds it
	Provider string // the provider's id
	State    string
	Why      string
	MIME     string
	Data     []byte
	At       time.Time
}
