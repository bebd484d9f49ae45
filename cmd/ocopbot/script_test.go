package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run this program as "ocopbot".
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ocopbot": main})
}

// TestScript runs testdata/script/*.txtar: each is a folder of files and the
// commands an operator types there, with nothing but the program itself.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}
