package storage

import (
	"time"

	"ocopbot/bot"
	"ocopbot/bot/ocop"
)

// Person is somebody who uses the service: a producer, an officer, or both.
type Person struct {
	ID      ID
	Name    string // as typed, NFC; empty after erasure
	Phone   string // E.164; empty if not given
	Lang    string // "vi" or "en"
	Unit    ocop.UnitKey
	Channel string // preferred channel; empty: the last one used
	Accents bool   // SMS keep their accents, at twice the price
	Created time.Time
	Erased  time.Time // zero: not erased
}

// Route is one address of a person.
type Route struct {
	Addr   bot.Address
	Person ID
	Since  time.Time
	Used   time.Time // last heard from
	Dead   time.Time // zero: reachable
	Why    bot.SendCode
}

// Purposes of a Consent.
const (
	ForService     = "service"     // keeping one's data to run the programme
	ForAdvertising = "advertising" // fairs and offers, NĐ 91/2020/NĐ-CP
)

// Consent is the proof of what a person agreed to or refused: Luật
// 91/2025/QH15. Entries are only added; the latest of a purpose holds.
type Consent struct {
	ID      ID
	Person  ID
	Purpose string
	Given   bool
	Text    string // version of the text that was shown
	At      time.Time
	Addr    bot.Address
	Message string // the provider's id of the message that said so
}

// Organisation is a producer (chủ thể): a company, a cooperative, a group or
// a household.
type Organisation struct {
	ID      ID
	Kind    string // id of a producer type of the programme; empty: not said yet
	Name    string
	Unit    ocop.UnitKey
	Created time.Time
}

// Roles of a Member.
const (
	Director = "director"
	Helper   = "helper"
)

// Member ties a person to an organisation whose ideas they may see and keep.
type Member struct {
	Organisation ID
	Person       ID
	Role         string
	Since        time.Time
}

// Officer roles.
const (
	CommuneOfficer    = "commune"
	DistrictOfficer   = "district"
	ProvinceOfficer   = "province"
	DepartmentOfficer = "department"
	Leader            = "leader" // of a unit of any level: approves what it sends, hears what is overdue
	Admin             = "admin"
)

// Officer is an assignment of a person to a unit, with a from and a to.
type Officer struct {
	ID     ID
	Person ID
	Unit   ocop.UnitKey
	Role   string
	Name   string // as the inviting office wrote it
	From   time.Time
	To     time.Time // zero: still in office
}

// Works tells whether the office is one that does its unit's work: reports,
// reminders, what producers ask. Leaders, departments and administrators do not.
func (o Officer) Works() bool {
	switch o.Role {
	case CommuneOfficer, DistrictOfficer, ProvinceOfficer:
		return true
	}
	return false
}

// What an Invite invites to.
const (
	InviteOfficer  = "officer"
	InviteHelper   = "helper"
	InviteHandOver = "handover" // takes over the office of another: Officer
)

// Invite is a one-time code that has not been used yet. The code itself is
// not kept, only its SHA-256.
type Invite struct {
	Hash         []byte
	For          string // InviteOfficer, InviteHelper, InviteHandOver
	Unit         ocop.UnitKey
	Role         string
	Name         string
	Organisation ID // for InviteHelper
	Officer      ID // for InviteHandOver: the assignment that ends when the code is used
	By           ID // person who made it; 0: the command line
	Created      time.Time
	Expires      time.Time
	Used         time.Time // zero: not yet
	UsedBy       ID
}

// Access is one reading of somebody's record by an officer, kept because the
// law wants reading logged.
type Access struct {
	At      time.Time
	Person  ID     // who read
	Idea    ID     // 0: about none
	Subject ID     // whose name and number were read; 0: those of the idea
	What    string // "card", "call", "export", …
}
