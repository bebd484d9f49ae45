package conversations

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"maps"
	"strings"

	"ocopbot/bot"
	"ocopbot/bot/viet"
	"ocopbot/locales"
)

const (
	provedFlow = "~flow" // what is opened when the proof is given
	proofTries = 3
)

// proof has a sender whose name can be forged show that they read what is
// sent to it: by a number said back. It stands before what cannot be undone.
func proof() *Flow {
	return &Flow{ID: proofFlow, Version: 1, Steps: []*Step{{
		ID:  "code",
		Ask: func(t *T) (string, locales.Data) { return "proof.code", dataOf("code", t.Get("~code")) },
		Parse: func(t *T, text string) (string, *Note) {
			if strings.ReplaceAll(viet.Fold(text), " ", "") == t.Get("~code") {
				return "yes", nil
			}
			t.Set("~tries", t.Get("~tries")+"x")
			if len(t.Get("~tries")) >= proofTries {
				return "no", nil
			}
			return "", &Note{Key: "proof.wrong"}
		},
		Answer: func(t *T, v string) error {
			flow, answers := t.Get(provedFlow), maps.Clone(t.F().Answers)
			t.close()
			if v == "no" {
				t.Tell("proof.failed")
				return nil
			}
			maps.DeleteFunc(answers, func(k, _ string) bool { return strings.HasPrefix(k, "~") })
			t.proved = true
			return t.open(flow, answers)
		},
	}}}
}

// askProof puts the question for the proof before a conversation.
func (t *T) askProof(flow string, answers map[string]string) error {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	with := map[string]string{provedFlow: flow, "~code": fmt.Sprintf("%06d", binary.LittleEndian.Uint32(b[:])%1_000_000)}
	maps.Copy(with, answers)
	return t.open(proofFlow, with)
}

// phoneOf is the number of an address that is one.
func phoneOf(a bot.Address) string {
	if a.Channel() == "tel" {
		return a.ID()
	}
	return ""
}
