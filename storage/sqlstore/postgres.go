package sqlstore

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// defaultConns suits a small server: registrations wait for one counter
// anyway, so that more connections would only wait inside the server.
const defaultConns = 16

func (s *Store) openPostgres(ctx context.Context, maxConns int) error {
	c, err := pgxpool.ParseConfig(s.url)
	if err != nil {
		return fmt.Errorf("sqlstore: database URL: %w", err) // pgx leaves the password out
	}
	c.MaxConns = defaultConns
	if maxConns > 0 {
		c.MaxConns = int32(min(maxConns, 1000))
	}
	c.ConnConfig.ConnectTimeout = patience
	if c.ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement {
		c.ConnConfig.DescriptionCacheCapacity = 0 // another mode's, 30 KB a connection
	}
	params := c.ConnConfig.RuntimeParams
	if params["application_name"] == "" {
		params["application_name"] = "ocopbot"
	}
	if params["idle_in_transaction_session_timeout"] == "" {
		// A frozen process must not hold the counter of form numbers for ever.
		params["idle_in_transaction_session_timeout"] = fmt.Sprint((2 * patience).Milliseconds())
	}
	if params["random_page_cost"] == "" {
		// All of a province fits in memory, where a row found by an index costs
		// hardly more than the next one of a scan.
		params["random_page_cost"] = "1.1"
	}
	s.dialect = Postgres
	if s.pool, err = pgxpool.NewWithConfig(ctx, c); err != nil {
		return fmt.Errorf("sqlstore: %w", fault(err))
	}
	s.write = stdlib.OpenDBFromPool(s.pool)
	s.read = s.write
	return nil
}
