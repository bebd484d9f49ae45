// Package faults holds the tests of what the program promises when things go
// wrong: it runs the real binary, as one process or several, against a Bot
// API that fails as told and against servers that are killed, frozen and cut
// off. Nothing in the product knows of it.
//
// It tests no dialog: those are package bottest's stories.
package faults
