package servers

import (
	"bytes"
	"errors"
	"net"
	"sync"
	"testing"
)

// Proxy stands between a client and a server and can spoil their talk.
//
// A message is one read from a side: for request-and-answer protocols with
// small messages, as Redis, PostgreSQL and HTTP are in these tests, that is
// one request or one answer.
type Proxy struct {
	t        testing.TB
	target   string
	listener net.Listener
	wg       sync.WaitGroup

	mu       sync.Mutex
	changed  *sync.Cond
	open     map[net.Conn]bool
	refusing bool
	hanging  bool
	closed   bool
	cut      [2]int // messages until the cut, by side; 0: none is planned
	stall    [2]stall
	seen     [2]int
}

// stall is a planned hang: at the nth message that contains what.
type stall struct {
	n    int // 0: none is planned
	what []byte
}

// Side is who sends.
type Side int

// The two sides.
const (
	FromClient Side = iota
	FromServer
)

// NewProxy starts one in front of target, a host and port.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{t: t, target: target, listener: l, open: map[net.Conn]bool{}}
	p.changed = sync.NewCond(&p.mu)
	p.wg.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

// Addr is what the client connects to.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// CutAt closes all connections instead of passing on the nth message from a
// side, counted from now; 1 is the next. Cutting FromServer means that the
// server did what it was asked and nobody hears of it. Later connections are
// served again.
func (p *Proxy) CutAt(side Side, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut[side] = n
}

// Cut closes all connections now.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dropAll()
}

// Hang keeps everything that is said from arriving, until Heal.
func (p *Proxy) Hang() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hanging = true
}

// HangOn is Hang, from the nth message of a side that contains what (1 is the
// next; "" is in every message), which does not arrive either. Hanging tells
// when it has come to that.
func (p *Proxy) HangOn(side Side, n int, what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stall[side] = stall{n, []byte(what)}
}

// Hanging tells whether messages are withheld.
func (p *Proxy) Hanging() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hanging
}

// Refuse cuts all connections and every new one, until Heal.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refusing = true
	p.dropAll()
}

// Heal ends Hang, Refuse and a planned cut or hang.
func (p *Proxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refusing, p.hanging, p.cut, p.stall = false, false, [2]int{}, [2]stall{}
	p.changed.Broadcast()
}

// Seen is how many messages a side has sent so far, those withheld included.
func (p *Proxy) Seen(side Side) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen[side]
}

func (p *Proxy) close() {
	p.mu.Lock()
	p.closed = true
	p.dropAll()
	p.mu.Unlock()
	_ = p.listener.Close()
	p.wg.Wait()
}

// dropAll closes every connection with a reset, as a dying host does. p.mu is held.
func (p *Proxy) dropAll() {
	for c := range p.open {
		_ = c.(*net.TCPConn).SetLinger(0)
		_ = c.Close()
		delete(p.open, c)
	}
	p.changed.Broadcast()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			p.t.Errorf("proxy: %v", err)
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil || !p.keep(client, server) {
			_ = client.Close()
			if server != nil {
				_ = server.Close()
			}
			continue
		}
		p.wg.Go(func() { p.pass(FromClient, client, server) })
		p.wg.Go(func() { p.pass(FromServer, server, client) })
	}
}

func (p *Proxy) keep(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refusing || p.closed {
		return false
	}
	for _, c := range conns {
		p.open[c] = true
	}
	return true
}

func (p *Proxy) pass(side Side, from, to net.Conn) {
	defer p.drop(from, to)
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && !p.mayPass(side, from, buffer[:n]) {
			return
		}
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return // ended or reset: drop passes it on
		}
	}
}

// mayPass counts a message, waits while the proxy hangs and says whether the
// message goes on.
func (p *Proxy) mayPass(side Side, from net.Conn, message []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen[side]++
	if st := &p.stall[side]; st.n > 0 && bytes.Contains(message, st.what) {
		if st.n--; st.n == 0 {
			p.hanging = true
		}
	}
	if p.cut[side] > 0 {
		if p.cut[side]--; p.cut[side] == 0 {
			p.dropAll()
		}
	}
	for p.hanging && p.open[from] {
		p.changed.Wait()
	}
	return p.open[from]
}

func (p *Proxy) drop(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		_ = c.Close()
		delete(p.open, c)
	}
	p.changed.Broadcast()
}
