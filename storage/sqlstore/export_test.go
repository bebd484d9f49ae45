package sqlstore

// Tables are the tables of a backup.
func Tables() []string { return tables }
