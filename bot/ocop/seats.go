package ocop

import "slices"

// Ways by which a Quota tells people apart.
const (
	QuotaUnit  = "unit"  // Value is the key of a unit; those below it count
	QuotaGroup = "group" // Value is the id of a product group
	QuotaStars = "stars" // Value is the stars of the product, "3"
)

// Quota lets at most Most people of one unit, group or stars into a gathering:
// it says how its seats are shared out.
type Quota struct {
	By    string `json:"by"`
	Value string `json:"value"`
	Most  int    `json:"most"`
}

// Claim is what one signing up takes of a gathering's room.
type Claim struct {
	People int // who come together, each with a seat; 0 is 1
	Stall  bool
	Units  []UnitKey // where the producer is, and what lies above
	Group  string
	Stars  string // of the best product brought, "4"; empty: none recognised
}

// seats are as many as people come.
func (c Claim) seats() int { return max(1, c.People) }

// of tells whether a quota is about a claim.
func (c Claim) of(q Quota) bool {
	switch q.By {
	case QuotaUnit:
		return slices.Contains(c.Units, UnitKey(q.Value))
	case QuotaGroup:
		return c.Group == q.Value
	case QuotaStars:
		return c.Stars == q.Value
	}
	return false
}

// Room is what a gathering has left to give: seats, stalls, and of each quota
// its rest. It is a value of one moment; whoever counts with it sees to it
// that nobody else takes anything meanwhile.
type Room struct {
	seats, stalls int
	endless       bool // no limit of seats
	quotas        []Quota
}

// NewRoom is the room of an empty gathering; seats 0: as many as come.
// Without stalls nobody gets one.
func NewRoom(seats, stalls int, quotas []Quota) *Room {
	return &Room{seats: seats, stalls: stalls, endless: seats == 0, quotas: slices.Clone(quotas)}
}

// Taken takes out what others hold already, be it more than there was.
func (r *Room) Taken(seats, stalls int) {
	r.seats -= seats
	r.stalls -= stalls
}

// Hold takes out what one holds already, fitting or not.
func (r *Room) Hold(c Claim) {
	r.seats -= c.seats()
	if c.Stall {
		r.stalls--
	}
	for i, q := range r.quotas {
		if c.of(q) {
			r.quotas[i].Most -= c.seats()
		}
	}
}

// Fits tells whether there is room for all who come together: a group is not
// torn apart.
func (r *Room) Fits(c Claim) bool {
	if !r.endless && r.seats < c.seats() || c.Stall && r.stalls <= 0 {
		return false
	}
	for _, q := range r.quotas {
		if c.of(q) && q.Most < c.seats() {
			return false
		}
	}
	return true
}

// Take gives a claim its room, if there is.
func (r *Room) Take(c Claim) bool {
	if !r.Fits(c) {
		return false
	}
	r.Hold(c)
	return true
}

// Full tells whether nobody at all fits any more.
func (r *Room) Full() bool { return !r.endless && r.seats <= 0 }
