package ocop

import "go.yaml.in/yaml/v3"

func (p *Programme) readGroups(o *object) {
	var lines []int
	o.blocks("groups", func(rule Rule, n *yaml.Node) {
		g := o.object(n)
		p.groups = append(p.groups, Group{Rule: rule, ID: g.text("id"), Title: g.both("title"), About: g.bothIf("about"), words: g.texts("words")})
		lines = append(lines, n.Line)
		g.done()
	})
	unique(o.reader, lines, p.groups)
	for i, g := range p.groups {
		for _, w := range g.words {
			p.groupWords = append(p.groupWords, newKeyword(w, i))
		}
	}
	lines = nil
	o.blocks("key_products", func(rule Rule, n *yaml.Node) {
		k := o.object(n)
		p.keyProducts = append(p.keyProducts, KeyProduct{Rule: rule, ID: k.text("id"), Title: k.both("title"), Cluster: k.both("cluster"), words: k.texts("words")})
		lines = append(lines, n.Line)
		k.done()
	})
	unique(o.reader, lines, p.keyProducts)
	for i, k := range p.keyProducts {
		for _, w := range k.words {
			p.keyWords = append(p.keyWords, newKeyword(w, i))
		}
	}
	for _, w := range o.texts("no_group") {
		p.groupWords = append(p.groupWords, newKeyword(w, -1))
	}
	for _, w := range o.texts("no_key_product") {
		p.keyWords = append(p.keyWords, newKeyword(w, -1))
	}
}
