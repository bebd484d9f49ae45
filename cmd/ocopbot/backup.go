package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

type backupCmd struct {
	File string `arg:"" help:"Where to write; must not exist."`
}

// Run writes all records to one file. The service may go on meanwhile.
func (c *backupCmd) Run(ctx context.Context, s *Settings, io streams) (err error) {
	store, err := openExisting(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return settingError{fmt.Errorf("%s exists already", c.File)}
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer func() {
		if err != nil { // half a backup is none
			err = errors.Join(err, os.Remove(c.File))
		}
	}()
	if err := store.Backup(ctx, f); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	_, err = fmt.Fprintln(io.out, "Backup written to", c.File)
	return err
}

type restoreCmd struct {
	File string `arg:"" help:"A file written by backup."`
}

// Run reads a backup into an empty database, of either kind.
func (c *restoreCmd) Run(ctx context.Context, s *Settings, io streams) (err error) {
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	store, err := openRecords(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := store.migrate(ctx); err != nil {
		return err
	}
	if err := store.Restore(ctx, f); err != nil {
		return err
	}
	_, err = fmt.Fprintln(io.out, "Restored from", c.File)
	return err
}
