package outbox

import "context"

// Due works out once what is due by Options.Now: the photos to fetch, what
// rises a level, the digests. A started Outbox does so every minute by itself.
func (b *Outbox) Due(ctx context.Context) error { return b.tick(ctx, &digestDay{}) }
