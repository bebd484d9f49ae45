//go:build !linux

package main

import "runtime/debug"

// letGo gives back the memory that only starting needed.
func letGo() error {
	debug.FreeOSMemory()
	return nil
}
