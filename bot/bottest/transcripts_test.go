package bottest_test

import (
	"flag"
	"testing"

	"ocopbot/bot/bottest"
)

var update = flag.Bool("update", false, "write what the bot says on Telegram into the stories")

// TestStories plays the golden transcripts of all conversations.
func TestStories(t *testing.T) {
	bottest.Run(t, "../../conversations/testdata/*.txt", *update)
}
