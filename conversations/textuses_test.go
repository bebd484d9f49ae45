package conversations

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// constants are the values of a folder's constants of a string type.
func constants(t *testing.T, dir, typeName string) []string {
	t.Helper()
	var values []string
	for _, f := range sources(t, dir) {
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if id, ok := v.Type.(*ast.Ident); ok && id.Name == typeName {
				for _, e := range v.Values {
					s, _ := literal(e)
					values = append(values, s)
				}
			}
			return false
		})
	}
	if len(values) == 0 {
		t.Fatalf("%s has no constants of type %s", dir, typeName)
	}
	return values
}

// sources are the parsed Go files in dir and below it, tests left out.
func sources(t *testing.T, dir string) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files[path], err = parser.ParseFile(token.NewFileSet(), path, nil, 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func literal(e ast.Expr) (string, bool) {
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		s, err := strconv.Unquote(l.Value)
		return s, err == nil
	}
	return "", false
}

// use is a text asked for in the code: a whole key, or the beginning of one.
type use struct {
	key   string
	begin bool
	named bool     // it stands where only a key can stand
	given []string // names of the data, if known
	known bool
	file  string
}

var keyShape = regexp.MustCompile(`^[a-z]+\.[a-z_]*$`)

// uses finds every text asked for in the code. A key stands in a literal of
// its own, or is the left side of a sum.
func uses(t *testing.T) []use {
	var found []use
	for _, dir := range []string{".", "../bot", "../cmd"} {
		for file, f := range sources(t, dir) {
			seen := map[ast.Expr]bool{}
			add := func(e ast.Expr, named bool, given []string, known bool) {
				key, begin := e, false
				if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
					key, begin = sum.X, true
				}
				if s, ok := literal(key); ok && keyShape.MatchString(s) && !seen[key] {
					seen[key] = true
					found = append(found, use{s, begin || strings.HasSuffix(s, "."), named, given, known, file})
				}
			}
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					if i, named := keyArgument(n); i < len(n.Args) {
						given, known := dataGiven(named, n.Args[i+1:])
						add(n.Args[i], true, given, known)
					}
				case *ast.ReturnStmt: // of an Ask
					if len(n.Results) == 2 {
						given, known := dataGiven("Text", n.Results[1:])
						add(n.Results[0], false, given, known)
					}
				case *ast.KeyValueExpr:
					if id, ok := n.Key.(*ast.Ident); ok && id.Name == "Key" {
						add(n.Value, false, nil, false)
					}
				case *ast.BinaryExpr:
					add(n, false, nil, false)
				case *ast.BasicLit:
					add(n, false, nil, false)
				}
				return true
			})
		}
	}
	return found
}

// keyArgument is the place of the key in a call that takes one, and the name
// of what is called.
func keyArgument(call *ast.CallExpr) (int, string) {
	var name string
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	switch {
	case name == "Text" && len(call.Args) == 4:
		return 2, name
	case name == "say" && len(call.Args) == 3:
		return 1, "Text"
	case name == "Text" && len(call.Args) == 2, name == "Tell", name == "note", name == "asked":
		return 0, name
	case name == "choice" && len(call.Args) == 2:
		return 1, name
	}
	return len(call.Args), name
}

// dataGiven are the names of the data that stand behind a key, and whether
// they can be read off the code.
func dataGiven(call string, args []ast.Expr) ([]string, bool) {
	step := 2 // name, value, name, value …
	switch call {
	case "choice":
		return nil, true
	case "asked":
		step = 1
	case "Text":
		if len(args) != 1 {
			return nil, false
		}
		switch d := args[0].(type) {
		case *ast.Ident:
			return nil, d.Name == "nil"
		case *ast.CompositeLit:
			var given []string
			for _, e := range d.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					s, _ := literal(kv.Key)
					given = append(given, s)
				}
			}
			return given, true
		case *ast.CallExpr:
			if id, ok := d.Fun.(*ast.Ident); !ok || id.Name != "dataOf" {
				return nil, false
			}
			args = d.Args
		default:
			return nil, false
		}
	}
	var given []string
	for i := 0; i < len(args); i += step {
		s, ok := literal(args[i])
		if !ok {
			return nil, false
		}
		given = append(given, strings.TrimSuffix(s, "?"))
	}
	return given, true
}
