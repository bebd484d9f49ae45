package faults_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ocopbot/bot/bottest/faketelegram"
)

func TestBadSettingsAreToldInOneLineEachBeforeAnythingOpens(t *testing.T) {
	t.Parallel()
	const hidden = "verysecretverysecretverysecret"
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.toml")
	if err := os.WriteFile(broken, []byte("code = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	hook := []string{"TELEGRAM_TOKEN=" + faketelegram.Token, "TELEGRAM_WEBHOOK_URL=https://bot.example.vn/telegram/webhook"}
	for name, c := range map[string]struct {
		env   []string
		about []string // what the lines begin with, in any order
	}{
		"database of another kind":   {[]string{"DATABASE_URL=mysql://u:" + hidden + "@h/db"}, []string{"DATABASE_URL"}},
		"database without a host":    {[]string{"DATABASE_URL=postgres://"}, []string{"DATABASE_URL"}},
		"database with a bad port":   {[]string{"DATABASE_URL=postgres://u:" + hidden + "@h:port/db"}, []string{"DATABASE_URL"}},
		"database with a bad option": {[]string{"DATABASE_URL=postgres://u:" + hidden + "@h/db?sslmode=perhaps"}, []string{"DATABASE_URL"}},
		"database that is a folder":  {[]string{"DATABASE_URL=" + dir}, []string{"DATABASE_URL"}},
		"redis of another kind":      {[]string{"REDIS_URL=http://h:" + hidden + "@h"}, []string{"REDIS_URL"}},
		"redis with a bad number":    {[]string{"REDIS_URL=redis://:" + hidden + "@h:6379/first"}, []string{"REDIS_URL"}},
		"redis with a bad option":    {[]string{"REDIS_URL=redis://:" + hidden + "@h:6379/0?speed=high"}, []string{"REDIS_URL"}},
		"address without a port":     {[]string{"HTTP_ADDR=127.0.0.1"}, []string{"HTTP_ADDR"}},
		"address with a bad port":    {[]string{"HTTP_ADDR=127.0.0.1:99999"}, []string{"HTTP_ADDR"}},
		"address with no port":       {[]string{"HTTP_ADDR=127.0.0.1:web-site"}, []string{"HTTP_ADDR"}},
		"no such programme":          {[]string{"PROGRAMME=ha-giang"}, []string{"PROGRAMME"}},
		"a wrong programme file":     {[]string{"PROGRAMME=" + broken}, []string{"PROGRAMME"}},
		"no token at all":            {[]string{"TELEGRAM_TOKEN=" + hidden}, []string{"TELEGRAM_TOKEN"}},
		"API without a host":         {[]string{"TELEGRAM_API_URL=/bot"}, []string{"TELEGRAM_API_URL"}},
		"API by another protocol":    {[]string{"TELEGRAM_API_URL=ftp://h"}, []string{"TELEGRAM_API_URL"}},
		"webhook without a host":     {append([]string{"TELEGRAM_WEBHOOK_SECRET=s", "TELEGRAM_WEBHOOK_URL=here"}, hook[:1]...), []string{"TELEGRAM_WEBHOOK_URL"}},
		"webhook without a secret":   {hook, []string{"TELEGRAM_WEBHOOK_SECRET"}},
		"webhook with a bad secret":  {append([]string{"TELEGRAM_WEBHOOK_SECRET=a b " + hidden}, hook...), []string{"TELEGRAM_WEBHOOK_SECRET"}},
		"webhook without a token":    {[]string{"TELEGRAM_WEBHOOK_SECRET=s", hook[1]}, []string{"TELEGRAM_TOKEN"}},
		"log level":                  {[]string{"LOG_LEVEL=loud"}, []string{"LOG_LEVEL"}},
		"log format":                 {[]string{"LOG_FORMAT=xml"}, []string{"LOG_FORMAT"}},
		"several at once": {
			[]string{"REDIS_URL=ftp://h", "HTTP_ADDR=here", "TELEGRAM_TOKEN=x", "LOG_LEVEL=loud", "LOG_FORMAT=xml"},
			[]string{"REDIS_URL", "HTTP_ADDR", "TELEGRAM_TOKEN", "LOG_LEVEL", "LOG_FORMAT"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(binary, "serve")
			cmd.Dir = t.TempDir()
			cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, c.env...)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			err := cmd.Run()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 2 {
				t.Errorf("ended with %v, not with 2", err)
			}
			if strings.Contains(out.String(), hidden) {
				t.Errorf("a secret is shown: %s", &out)
			}
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			for _, about := range c.about {
				n := 0
				for _, l := range lines {
					if strings.HasPrefix(l, "ocopbot: "+about+": ") {
						n++
					}
				}
				if n != 1 && about != "PROGRAMME" || n == 0 {
					t.Errorf("%d lines about %s:\n%s", n, about, &out)
				}
			}
			if len(lines) != len(c.about) && c.about[0] != "PROGRAMME" {
				t.Errorf("%d lines about %v:\n%s", len(lines), c.about, &out)
			}
			if left, err := os.ReadDir(cmd.Dir); err != nil || len(left) > 0 {
				t.Errorf("something was opened: %v, %v", left, err)
			}
		})
	}
}
