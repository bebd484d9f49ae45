package storage

// Lately is what an address sent before a message.
type Lately struct {
	Minute  int  // messages of the last minute
	Day     int  // of the last day
	Same    int  // of the last few, that said the same
	Echo    bool // it says what went out to the address
	Flooded bool // a flood of it was ended within half an hour
	Muted   bool // … within a day
}
