package redisstore_test

import (
	"testing"

	"ocopbot/bot/bottest/servers"
	"ocopbot/storage"
	"ocopbot/storage/redisstore"
	"ocopbot/storage/storagetest"
)

func TestConformance(t *testing.T) {
	storagetest.RunSessions(t, func(t *testing.T) storage.Sessions {
		return redisstore.New(connect(t, servers.Redis(t).URL()), newShelf(), redisstore.Options{})
	})
}
