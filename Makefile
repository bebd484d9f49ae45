# make run    talk to the bot in this terminal; needs nothing but Go
# make test   everything CI checks; installs and starts its own servers
# make bench  the load test, against servers that sync to disk; PART=forms runs one part
# make build  a static binary in bin/

export CGO_ENABLED ?= 0

.PHONY: run test check bench build

run:
	go run ./cmd/ocopbot chat

build:
	go build -trimpath -ldflags='-s -w' -o bin/ocopbot ./cmd/ocopbot

# The race detector is the one thing that needs cgo, and so a C compiler.
# The longest walks through the conversations run in one goroutine, where the
# detector finds nothing: without it they take two minutes and not thirty.
test: check
	CGO_ENABLED=1 .ci/servers run go test -race -timeout 15m ./...
	go test -run Walk ./conversations

check:
	@unformatted=$$(gofmt -l bot cmd conversations locales storage) && \
	  { [ -z "$$unformatted" ] || { echo "not gofmt-ed:"; echo "$$unformatted"; exit 1; }; }
	go vet ./...

bench:
	.ci/servers run --durable go run ./bot/bottest/bench $(if $(PART),-part $(PART))
