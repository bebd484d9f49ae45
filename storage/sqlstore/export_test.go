package sqlstore

import "context"

// Tables are the tables of a backup.
func Tables() []string { return tables }

// LatestVersion is the number of the newest migration.
func LatestVersion() int64 { return latestVersion() }

// MigrateTo migrates no further than to a version.
func (s *Store) MigrateTo(ctx context.Context, version int64) error {
	return s.migrateTo(ctx, version)
}

// Fault names the kind of a database's error.
func Fault(err error) error { return fault(err) }

// WhoColumns are the columns that say who.
func WhoColumns() []WhoColumn { return whoColumns }
