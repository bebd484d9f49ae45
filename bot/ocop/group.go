package ocop

import "time"

// Group is one of the six product groups.
type Group struct {
	Rule
	ID    string
	Title Text
	About Text // examples, to choose by
	words []string
}

// Name is the group's title in a language.
func (g Group) Name(lang string) string { return g.Title.In(lang) }

func (g Group) id() string { return g.ID }

// Group finds a group by its id; of two eras the later.
func (p *Programme) Group(id string) (Group, bool) { return latest(p.groups, id) }

// GroupsAt are the groups at a moment, in the order of the law.
func (p *Programme) GroupsAt(at time.Time) []Group { return holding(p.groups, at) }

// KeyProduct is one of the province's key farm products: an axis apart from
// the groups.
type KeyProduct struct {
	Rule
	ID      string
	Title   Text
	Cluster Text
	words   []string
}

// Name is the product's title in a language.
func (k KeyProduct) Name(lang string) string { return k.Title.In(lang) }

func (k KeyProduct) id() string { return k.ID }

// KeyProduct finds a key product by its id.
func (p *Programme) KeyProduct(id string) (KeyProduct, bool) { return latest(p.keyProducts, id) }

// KeyProducts are the key products, cluster by cluster.
func (p *Programme) KeyProducts() []KeyProduct { return p.keyProducts }
