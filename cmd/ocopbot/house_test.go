package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// imports is the import table of ARCHITECTURE.md: what of ours each package
// may import. A name with /... stands for a package and all below it.
// bot/viet, pure text, is open to all.
var imports = map[string][]string{
	"bot":      {},
	"bot/viet": {},
	"bot/ocop": {},
	"locales":  {},

	"bot/paper": {"bot/ocop"},

	"storage":             {"bot", "bot/ocop"},
	"storage/sqlstore":    {"bot", "bot/ocop", "storage"},
	"storage/redisstore":  {"bot", "bot/ocop", "storage"},
	"storage/storagetest": {"bot", "bot/ocop", "storage"},

	"bot/duties": {"bot", "bot/ocop", "storage"},

	"conversations":            {"bot", "bot/duties", "bot/ocop", "bot/paper", "storage", "locales", "conversations/understand"},
	"conversations/understand": {},

	"bot/telegram": {"bot"},
	"bot/terminal": {"bot"},
	"bot/sms":      {"bot"},

	"bot/dispatch": {"bot", "bot/ocop", "storage", "conversations", "locales"},
	"bot/outbox":   {"bot", "bot/duties", "bot/ocop", "storage", "conversations", "locales"},

	"bot/bottest/...": {"bot/...", "conversations/...", "storage/...", "locales"},
	"cmd/ocopbot":     {"bot/...", "conversations/...", "storage/...", "locales"},
}

// forTests are packages that the program must not contain.
var forTests = []string{"bot/bottest/...", "storage/storagetest"}

type goPackage struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func ours(paths []string) (short []string) {
	for _, p := range paths {
		if name, ok := strings.CutPrefix(p, "ocopbot/"); ok {
			short = append(short, name)
		}
	}
	return short
}

func covers(pattern, name string) bool {
	if tree, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == tree || strings.HasPrefix(name, tree+"/")
	}
	return name == pattern
}

func coveredBy(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return covers(p, name) })
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImportsPointOneWay(t *testing.T) {
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, "ocopbot/")
		row, found := "", false
		for pattern := range imports {
			if covers(pattern, name) {
				row, found = pattern, true
			}
		}
		if !found {
			t.Errorf("%s is not in the import table", name)
			continue
		}
		for _, imported := range ours(p.Imports) {
			if imported != "bot/viet" && !coveredBy(imports[row], imported) {
				t.Errorf("%s must not import %s", name, imported)
			}
			if coveredBy(forTests, imported) && !coveredBy(forTests, name) {
				t.Errorf("%s must not import %s, which is for tests", name, imported)
			}
		}
		for _, imported := range ours(p.TestImports) {
			if coveredBy(forTests, imported) && !coveredBy(forTests, name) && name != "cmd/ocopbot" {
				t.Errorf("%s: only its external tests may import %s", name, imported)
			}
		}
	}
}

// The top level of the project was settled with its owner.
func TestTopLevel(t *testing.T) {
	folders := []string{"bot", "cmd", "conversations", "locales", "storage"}
	files := []string{"ARCHITECTURE.md", "CHANGELOG.md", "Dockerfile", "Makefile", "README.md", "compose.yaml", "go.mod", "go.sum"}
	made := []string{"bin", "data"} // by make build and make run; git ignores them

	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || e.IsDir() && slices.Contains(made, name) {
			continue
		}
		seen = append(seen, name)
		if e.IsDir() && !slices.Contains(folders, name) || !e.IsDir() && !slices.Contains(files, name) {
			t.Errorf("%s does not belong at the top level", name)
		}
	}
	for _, wanted := range slices.Concat(folders, files) {
		if !slices.Contains(seen, wanted) {
			t.Errorf("%s is missing at the top level", wanted)
		}
	}
}
