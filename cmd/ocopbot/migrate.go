package main

import (
	"context"
	"errors"
	"fmt"
)

type migrateCmd struct{}

// Run brings the tables to this version, under a lock: several may run at once.
func (*migrateCmd) Run(ctx context.Context, s *Settings, io streams) (err error) {
	store, err := openRecords(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := store.migrate(ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintln(io.out, "The database is up to date.")
	return err
}
