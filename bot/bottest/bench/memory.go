package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// memory measures what one stored session costs in Redis after four messages
// and after ten answers.
func (r *rig) memory(ctx context.Context) error {
	const sessions = 5_000
	ten := append(append([]string{}, dialog[:6]...), "Hợp tác xã", "Hợp tác xã nông sản sạch Tràng Định",
		"Đã có bán", "Thực phẩm", "Mật của đàn ong nuôi dưới tán rừng hồi trong xã", "Bao bì, nhãn mác")
	for _, c := range []struct {
		what  string
		texts []string
	}{{"after 4 messages", dialog[:4]}, {"after ten answers", ten}} {
		_, addr, done, err := r.startBot(ctx)
		if err != nil {
			return err
		}
		before, err := r.usedMemory(ctx)
		if err == nil {
			err = r.talk(addr, c.texts, sessions)
		}
		var marked, parked int
		if err == nil {
			marked, err = r.usedMemory(ctx)
		}
		if err == nil {
			err = r.allParked(ctx)
		}
		if err == nil {
			parked, err = r.usedMemory(ctx)
		}
		done()
		if err != nil {
			return err
		}
		fmt.Printf("Redis memory per session %-18s %4d bytes, %d before it was parked\n", c.what, (parked-before)/sessions, (marked-before)/sessions)
	}
	return nil
}

// allParked waits until the database has a copy of every session.
func (r *rig) allParked(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	for {
		marks, err := r.rdb.SCard(ctx, "dirty").Result()
		if err != nil || marks == 0 {
			return err
		}
		time.Sleep(time.Second)
	}
}

// talk holds the same dialog with many people, one after the other on a few
// connections.
func (r *rig) talk(addr string, texts []string, sessions int) error {
	const lines = 32
	errs := make(chan error, lines)
	for range lines {
		go func() {
			errs <- func() error {
				conn, err := net.Dial("tcp", addr)
				if err != nil {
					return err
				}
				defer conn.Close()
				in := bufio.NewReader(conn)
				l := r.botLoad(addr, 0)
				for range sessions / lines {
					chat := firstPerson + people.Add(1)
					for _, text := range texts {
						if _, err := l.say(conn, in, chat, text); err != nil {
							return fmt.Errorf("%q: %w", text, err)
						}
					}
				}
				return nil
			}()
		}()
	}
	var all error
	for range lines {
		all = errors.Join(all, <-errs)
	}
	return all
}
