package sqlstore

import (
	"fmt"
	"time"

	"ocopbot/bot/ocop"
	"ocopbot/storage"
)

// Erase follows Luật 91/2025/QH15: what is personal goes, the trail of what
// happened when stays. Statements run in order; $1 is the person.
func (x *tx) Erase(person storage.ID, at time.Time) error {
	x.concerns(person)
	p, err := x.Person(person)
	if err != nil {
		return fmt.Errorf("sqlstore: erase: %w", err)
	}
	ideas, err := txList(x, scanIdea, `SELECT `+ideaColumns+` FROM ideas i WHERE i.person = $1`, person)
	if err != nil {
		return fmt.Errorf("sqlstore: erase: %w", err)
	}
	for _, i := range ideas {
		if err := x.eraseIdea(i, person, at); err != nil {
			return err
		}
	}
	if err := x.withdrawSignups(person, at); err != nil {
		return err
	}
	const mine = `(SELECT addr FROM routes WHERE person = $1)`
	const myIdeas = `(SELECT id FROM ideas WHERE person = $1)`
	for _, s := range []string{
		`DELETE FROM sessions WHERE addr IN ` + mine,
		`DELETE FROM codes WHERE addr IN ` + mine,
		`DELETE FROM links WHERE person = $1 OR number IN ` + mine,
		`DELETE FROM pins WHERE person = $1`,
		`DELETE FROM inbound WHERE addr IN ` + mine,
		`UPDATE adverts SET addr = '' WHERE person = $1`,
		`UPDATE announcements SET watch = '', watch_message = '' WHERE author = $1`,
		`DELETE FROM sms_parts WHERE addr IN ` + mine,
		`UPDATE outbound SET addr = '', print = 0 WHERE addr IN ` + mine,
		`DELETE FROM routes WHERE person = $1`,
		// What went with a report is the office's.
		`DELETE FROM files WHERE person = $1 AND report IS NULL OR idea IN ` + myIdeas,
		`UPDATE consents SET addr = '', message = '' WHERE person = $1`,
		// What they decided in office is the office's.
		`UPDATE events SET body = '{}' WHERE actor = $1 AND role = 'producer' OR idea IN ` + myIdeas,
		`UPDATE invites SET name = '' WHERE used_by = $1`,
		`UPDATE commits SET outcome = NULL WHERE person = $1
			OR session IN (SELECT session FROM ideas WHERE person = $1)`,
	} {
		if err := x.later(s, person); err != nil {
			return err
		}
	}
	for _, s := range []string{
		`UPDATE requests SET text = '', closed = CASE WHEN closed = 0 THEN $2 ELSE closed END WHERE person = $1`,
		`UPDATE notices SET addr = '', provider = '', why = '',
			done = CASE WHEN state = 'queued' THEN $2 ELSE done END,
			state = CASE WHEN state = 'queued' THEN 'dropped' ELSE state END WHERE person = $1`,
		`UPDATE recipients SET addr = '', provider = '', at = CASE WHEN state = 'queued' THEN $2 ELSE at END, why = CASE WHEN state = 'queued' THEN 'erased' ELSE why END,
			state = CASE WHEN state = 'queued' THEN 'held' ELSE state END WHERE person = $1`,
		`UPDATE officers SET name = '', until = CASE WHEN until = 0 THEN $2 ELSE until END WHERE person = $1`,
	} {
		if err := x.later(s, person, ms(at)); err != nil {
			return err
		}
	}
	// A household goes by its owner's name; an organisation others belong to
	// keeps its own.
	if err := x.later(`UPDATE organisations SET name = '' WHERE id IN (SELECT organisation FROM members WHERE person = $1)
		AND (name = $2 OR NOT EXISTS (SELECT 1 FROM members m WHERE m.organisation = organisations.id AND m.person <> $1))`,
		person, p.Name); err != nil {
		return err
	}
	if err := x.later(`DELETE FROM members WHERE person = $1`, person); err != nil {
		return err
	}
	return x.later(`UPDATE persons SET name = '', phone = '', unit = '', channel = '', erased = $2 WHERE id = $1`, person, ms(at))
}

// eraseIdea withdraws and empties an idea no officer has accepted, and takes
// out of any other what names people.
func (x *tx) eraseIdea(i storage.Idea, person storage.ID, at time.Time) error {
	event := storage.Event{Idea: i.ID, At: at, Actor: person, Role: "producer"}
	switch i.Stage {
	case ocop.Registered, ocop.Asked, ocop.Returned:
		event.Kind = ocop.EventWithdrawn
		_, err := x.Happen(event, -1, func(i *storage.Idea) {
			i.Name, i.Fields = "", nil
			i.WaitingLevel, i.WaitingSince = "", time.Time{}
		})
		return err
	case ocop.Withdrawn:
		event.Kind = ocop.EventCorrected
		_, err := x.Happen(event, -1, func(i *storage.Idea) { i.Name, i.Fields = "", nil })
		return err
	}
	if len(i.Fields) == 0 {
		return nil
	}
	event.Kind = ocop.EventCorrected
	_, err := x.Happen(event, -1, func(i *storage.Idea) {
		kept := map[string]string{}
		for id, v := range i.Fields {
			if !namesPeople[id] {
				kept[id] = v
			}
		}
		i.Fields = kept
	})
	return err
}

// namesPeople are the fields of an idea that name who it was registered for,
// and the product's story, which is mostly its maker's.
var namesPeople = map[string]bool{"for": true, "for_phone": true, "i": true}
