package realkannel

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed centre.js
var script string

// centreModule is npm's SMPP server.
const centreModule = "smpp@0.5.1"

// Centre is the network's side: it brings messages in and takes those that go
// out.
type Centre struct {
	node *exec.Cmd
	url  string
}

// CentreState is how far a centre is.
type CentreState struct {
	Bound        bool
	Taken        int // segments that were submitted to it
	Texts        int // messages of which all segments were
	Acknowledged int // messages and receipts that Kannel took from it
	Waiting      int // … and has not taken yet
	Pieces       int // messages of which segments are missing
}

func startCentre(ctx context.Context, smppPort, httpPort int) (*Centre, error) {
	dir, err := installCentre(ctx)
	if err != nil {
		return nil, err
	}
	node := exec.CommandContext(ctx, "node", "-e", script, strconv.Itoa(smppPort), strconv.Itoa(httpPort))
	node.Dir = dir
	var trouble bytes.Buffer
	node.Stderr = &trouble
	out, err := node.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := node.Start(); err != nil {
		return nil, fmt.Errorf("realkannel: node: %w; `.ci/servers install` brings it", err)
	}
	c := &Centre{node: node, url: fmt.Sprintf("http://127.0.0.1:%d/", httpPort)}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "up\n" {
		c.stop()
		return nil, fmt.Errorf("realkannel: the centre does not start: %s", trouble.String())
	}
	return c, nil
}

func (c *Centre) stop() {
	_ = c.node.Process.Kill() // it may be gone
	_ = c.node.Wait()
}

func (c *Centre) ask(ctx context.Context, command string, q url.Values, answer any) error {
	for _, key := range []string{"from", "number"} { // between centres there is no plus
		if n := q.Get(key); n != "" {
			q.Set(key, strings.TrimPrefix(n, "+"))
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+command+"?"+q.Encode(), nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	err = json.NewDecoder(resp.Body).Decode(answer)
	return errors.Join(err, resp.Body.Close())
}

// Say brings a message of a phone to a number.
func (c *Centre) Say(ctx context.Context, from, to, text string) error {
	return c.ask(ctx, "say", url.Values{"from": {from}, "to": {to}, "text": {text}}, &struct{}{})
}

// SayPart brings one piece of a message.
func (c *Centre) SayPart(ctx context.Context, from, to, text string, ref, total, part int) error {
	return c.ask(ctx, "say", url.Values{"from": {from}, "to": {to}, "text": {text},
		"ref": {strconv.Itoa(ref)}, "total": {strconv.Itoa(total)}, "part": {strconv.Itoa(part)}}, &struct{}{})
}

// Heard are the texts a phone got since this was last asked.
func (c *Centre) Heard(ctx context.Context, number string) (texts []string, err error) {
	err = c.ask(ctx, "heard", url.Values{"number": {number}}, &texts)
	return texts, err
}

// Drop has the centre drop the connection, without keeping it, when it is
// given one more message after so many.
func (c *Centre) Drop(ctx context.Context, after int) error {
	return c.ask(ctx, "drop", url.Values{"after": {strconv.Itoa(after)}}, &struct{}{})
}

// State tells how far the centre is.
func (c *Centre) State(ctx context.Context) (s CentreState, err error) {
	err = c.ask(ctx, "state", nil, &s)
	return s, err
}

// installCentre fetches the module from npm's registry, the first time on a
// machine.
func installCentre(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "ocopbot-tests", centreModule)
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "smpp", "package.json")); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	// Installed aside and then renamed: half an installation is none.
	aside, err := os.MkdirTemp(filepath.Dir(dir), "installing-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(aside)
	npm := exec.CommandContext(ctx, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", aside, centreModule)
	if out, err := npm.CombinedOutput(); err != nil {
		return "", fmt.Errorf("realkannel: npm: %w; `.ci/servers install` brings it\n%s", err, out)
	}
	if err := os.Rename(aside, dir); err != nil {
		if _, there := os.Stat(dir); there != nil {
			return "", err
		}
	}
	return dir, nil
}
