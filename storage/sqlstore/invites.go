package sqlstore

import (
	"fmt"
	"time"

	"ocopbot/storage"
)

func scanInvite(row scanner) (i storage.Invite, err error) {
	err = row.Scan(&i.Hash, &i.For, &i.Unit, &i.Role, &i.Name, refTo{&i.Organisation}, &i.Officer, refTo{&i.By},
		when{&i.Created}, when{&i.Expires}, when{&i.Used}, refTo{&i.UsedBy})
	return i, err
}

func (x *tx) PutInvite(i storage.Invite) error {
	return x.later(`INSERT INTO invites (hash, purpose, unit, role, name, organisation, officer, author, created, expires, used, used_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		i.Hash, i.For, i.Unit, i.Role, i.Name, ref(i.Organisation), i.Officer, ref(i.By), ms(i.Created), ms(i.Expires), ms(i.Used), ref(i.UsedBy))
}

func (x *tx) UseInvite(hash []byte, by storage.ID, at time.Time) (storage.Invite, error) {
	i, err := txGet(x, scanInvite, `UPDATE invites SET used = $2, used_by = $3
		WHERE hash = $1 AND used = 0 AND expires > $2
		RETURNING hash, purpose, unit, role, name, organisation, officer, author, created, expires, used, used_by`, hash, ms(at), ref(by))
	if err != nil {
		return i, fmt.Errorf("sqlstore: use invite: %w", err)
	}
	return i, nil
}
