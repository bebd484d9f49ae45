package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"ocopbot/bot/sms"
)

// SMS_GATEWAYS names a YAML file for several gateways:
//
//	gateways:             # in the order of preference
//	  - name: carrier     # in /sms/carrier/… and in reports
//	    kind: kannel
//	    url: http://127.0.0.1:13013
//	    user: ocop
//	    password: ${KANNEL_PASSWORD}
//	    …
//
// Secrets stand in it only as names of environment variables, so that the
// file may be shown to anybody.

var (
	gatewayName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	reference   = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)
	keywordWord = regexp.MustCompile(`^[A-Za-z0-9]{1,10}$`)
)

// gatewayFields are what a gateway of the file may have, and how each is read.
var gatewayFields = map[string]func(f *gatewayFile, g *sms.Gateway, n *yaml.Node){
	"name": func(f *gatewayFile, g *sms.Gateway, n *yaml.Node) {
		g.Name = f.matching(n, gatewayName, "a to z, 0 to 9 and -, a letter first")
	},
	"kind":     func(f *gatewayFile, g *sms.Gateway, n *yaml.Node) { g.Driver = f.driver(n) },
	"url":      func(f *gatewayFile, g *sms.Gateway, n *yaml.Node) { g.URL = f.url(n) },
	"user":     func(f *gatewayFile, g *sms.Gateway, n *yaml.Node) { g.User = f.plainOrSecret(n) },
	"password": func(f *gatewayFile, g *sms.Gateway, n *yaml.Node) { g.Password = f.secret(n, 1) },
	"secret":   func(f *gatewayFile, g *sms.Gateway, n *yaml.Node) { g.Secret = f.secret(n, shortestSecret) },
	"number":   func(f *gatewayFile, g *sms.Gateway, n *yaml.Node) { g.Number = f.text(n) },
	"sender":   func(f *gatewayFile, g *sms.Gateway, n *yaml.Node) { g.Sender = f.sender(n) },
	"keyword": func(f *gatewayFile, g *sms.Gateway, n *yaml.Node) {
		g.Keyword = f.matching(n, keywordWord, "a word of letters and digits")
	},
	"rate":    func(f *gatewayFile, g *sms.Gateway, n *yaml.Node) { g.Rate = f.number(n) },
	"budget":  func(f *gatewayFile, g *sms.Gateway, n *yaml.Node) { g.Budget = int(f.number(n)) },
	"price":   func(f *gatewayFile, g *sms.Gateway, n *yaml.Node) { g.Price = int64(f.number(n)) },
	"callers": (*gatewayFile).callers,
	"own-qc":  func(f *gatewayFile, g *sms.Gateway, n *yaml.Node) { g.OwnQC = f.yes(n) },
	"booked":  func(f *gatewayFile, g *sms.Gateway, n *yaml.Node) { g.Booked = f.yes(n) },
}

// gatewayFile is a file being read, with what is wrong in it.
type gatewayFile struct {
	name  string
	wrong []error
}

func (f *gatewayFile) bad(n *yaml.Node, format string, args ...any) {
	f.wrong = append(f.wrong, fmt.Errorf("ocopbot: SMS_GATEWAYS: %s: line %d: %s", f.name, n.Line, fmt.Sprintf(format, args...)))
}

// readGateways reads the file. All that is wrong is said, a line each.
func readGateways(name string) ([]sms.Gateway, []error) {
	f := &gatewayFile{name: name}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, []error{fmt.Errorf("ocopbot: SMS_GATEWAYS: %w", err)}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, []error{fmt.Errorf("ocopbot: SMS_GATEWAYS: %s: %s", name, strings.TrimPrefix(err.Error(), "yaml: "))}
	}
	if len(doc.Content) == 0 {
		return nil, []error{fmt.Errorf("ocopbot: SMS_GATEWAYS: %s: the file is empty", name)}
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode || len(top.Content) != 2 || top.Content[0].Value != "gateways" || top.Content[1].Kind != yaml.SequenceNode {
		f.bad(top, "expected one key, gateways, with a list")
		return nil, f.wrong
	}
	var all []sms.Gateway
	for _, n := range top.Content[1].Content {
		g := f.gateway(n)
		if slices.ContainsFunc(all, func(o sms.Gateway) bool { return o.Name == g.Name && g.Name != "" }) {
			f.bad(n, "name: %s is there twice", g.Name)
		}
		all = append(all, g)
	}
	if len(all) == 0 {
		f.bad(top, "gateways: none is listed")
	}
	return all, f.wrong
}

func (f *gatewayFile) gateway(n *yaml.Node) sms.Gateway {
	g := sms.Gateway{Sender: sms.Number}
	if n.Kind != yaml.MappingNode {
		f.bad(n, "expected keys with values")
		return g
	}
	given := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		read := gatewayFields[key.Value]
		switch {
		case read == nil:
			f.bad(key, "%s: unknown key", key.Value)
		case given[key.Value] != nil:
			f.bad(key, "%s: given twice", key.Value)
		default:
			given[key.Value] = value
			read(f, &g, value)
		}
	}
	f.complete(n, g, given)
	return g
}

// complete says what a gateway lacks, and what does not go together.
func (f *gatewayFile) complete(n *yaml.Node, g sms.Gateway, given map[string]*yaml.Node) {
	kind := ""
	if k := given["kind"]; k != nil {
		kind = k.Value
	}
	needed := []string{"name", "kind", "url", "user", "password", "secret"}
	switch kind {
	case "speedsms": // the access token is all
		needed = []string{"name", "kind", "url", "user", "secret"}
	case "kannel", "esms":
		needed = append(needed, "number")
	}
	for _, key := range needed {
		if given[key] == nil {
			f.bad(n, "%s: missing", key)
		}
	}
	if (g.Sender == sms.ShortCode) != (g.Keyword != "") {
		f.bad(n, "keyword: goes with sender: shortcode, and only there")
	}
	if g.Sender != sms.Brandname && (g.OwnQC || g.Booked) {
		f.bad(n, "own-qc and booked go with sender: brandname only: nothing else may advertise")
	}
}

func (f *gatewayFile) text(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || strings.TrimSpace(n.Value) == "" {
		f.bad(n, "expected one value")
		return ""
	}
	return n.Value
}

func (f *gatewayFile) matching(n *yaml.Node, shape *regexp.Regexp, what string) string {
	text := f.text(n)
	if text != "" && !shape.MatchString(text) {
		f.bad(n, "not %s", what)
	}
	return text
}

// secret reads a secret of at least so many characters, which stands in the
// environment. A mistake in it is told without it.
func (f *gatewayFile) secret(n *yaml.Node, shortest int) string {
	text := f.text(n)
	ref := reference.FindStringSubmatch(text)
	switch {
	case text == "":
		return ""
	case ref == nil:
		f.bad(n, "a secret must not stand in the file: write ${NAME} and set NAME in the environment")
		return ""
	}
	value := os.Getenv(ref[1])
	if len(value) < shortest {
		f.bad(n, "%s: not set in the environment, or shorter than %d characters", ref[1], shortest)
	}
	return value
}

func (f *gatewayFile) plainOrSecret(n *yaml.Node) string {
	if reference.MatchString(n.Value) {
		return f.secret(n, 1)
	}
	return f.text(n)
}

func (f *gatewayFile) driver(n *yaml.Node) sms.Driver {
	d, ok := drivers[f.text(n)]
	if !ok {
		f.bad(n, "not kannel, android, esms or speedsms")
	}
	return d
}

func (f *gatewayFile) url(n *yaml.Node) string {
	text := f.text(n)
	if text != "" && !isHTTP(text) {
		f.bad(n, "not an http(s) address")
	}
	return text
}

func (f *gatewayFile) sender(n *yaml.Node) sms.Sender {
	s := sms.Sender(f.text(n))
	if !slices.Contains(senders, s) {
		f.bad(n, "not number, brandname or shortcode")
	}
	return s
}

func (f *gatewayFile) number(n *yaml.Node) float64 {
	v, err := strconv.ParseFloat(f.text(n), 64)
	if err != nil || v < 0 || v > 1e9 {
		f.bad(n, "not a number from 0")
		return 0
	}
	return v
}

func (f *gatewayFile) yes(n *yaml.Node) bool {
	var v bool
	if err := n.Decode(&v); err != nil {
		f.bad(n, "neither true nor false")
	}
	return v
}

func (f *gatewayFile) callers(g *sms.Gateway, n *yaml.Node) {
	var list []string
	if err := n.Decode(&list); err != nil {
		f.bad(n, "expected a list of addresses")
		return
	}
	var err error
	if g.Callers, err = callers(list); err != nil {
		f.bad(n, "%s", errCaller)
	}
}

var errCaller = errors.New("neither an address such as 10.0.0.7 nor a network such as 10.0.0.0/24")
