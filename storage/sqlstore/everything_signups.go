package sqlstore

import (
	"context"
	"time"

	"ocopbot/storage"
)

type ownSignup struct {
	Gathering string          `json:"gathering"`
	Title     string          `json:"title"`
	Attendee  string          `json:"attendee,omitempty"`
	People    int             `json:"people"`
	Products  string          `json:"products,omitempty"`
	Stall     bool            `json:"stall"`
	Power     string          `json:"power,omitempty"`
	Vehicle   string          `json:"vehicle,omitempty"`
	State     string          `json:"state"`
	Place     int             `json:"place"`
	At        time.Time       `json:"at"`
	Result    *storage.Result `json:"result,omitempty"`
}

func (s *Store) ownSignups(ctx context.Context, all *ownRecord, person storage.ID) error {
	signups, err := s.SignupsOf(ctx, person, 0)
	if err != nil {
		return err
	}
	for _, u := range signups {
		g, err := s.Gathering(ctx, u.Gathering)
		if err != nil {
			return err
		}
		all.Signups = append(all.Signups, ownSignup{g.Code, g.Title, u.Attendee, u.People, u.Products, u.Stall, u.Power, u.Vehicle, u.State, u.Place, u.At, u.Result})
	}
	return nil
}
