package faketelegram

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// request is one call of a method, however it was encoded.
type request struct {
	method string
	params map[string]string // what is not a string in JSON stays JSON
	files  map[string]upload
	answer bool // it came as the answer to a webhook
}

type upload struct {
	name string
	data []byte
}

// apiError is what the Bot API answers when it refuses.
type apiError struct {
	code  int
	text  string
	after int // seconds
	fault bool
}

func (e *apiError) Error() string { return e.text }

func bad(format string, args ...any) *apiError {
	return &apiError{code: 400, text: "Bad Request: " + fmt.Sprintf(format, args...)}
}

const largestRequest = 60 << 20

// parse reads the parameters from the query, a form, multipart or JSON.
func parse(r *http.Request, method string) (*request, error) {
	q := &request{method: method, params: map[string]string{}, files: map[string]upload{}}
	for k, v := range r.URL.Query() {
		q.params[k] = v[0]
	}
	if r.Method == http.MethodGet {
		return q, nil
	}
	if r.Method != http.MethodPost {
		return nil, bad("method %s", r.Method)
	}
	r.Body = http.MaxBytesReader(nil, r.Body, largestRequest)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		return q, q.fromJSON(body)
	case "multipart/form-data":
		return q, q.fromMultipart(r)
	case "application/x-www-form-urlencoded":
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
		for k, v := range r.PostForm {
			q.params[k] = v[0]
		}
		return q, nil
	}
	return nil, bad("content type %q", kind)
}

func (q *request) fromJSON(body []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return bad("can't parse request JSON object")
	}
	for k, raw := range fields {
		var text string
		if json.Unmarshal(raw, &text) == nil {
			q.params[k] = text
		} else {
			q.params[k] = string(bytes.TrimSpace(raw))
		}
	}
	return nil
}

func (q *request) fromMultipart(r *http.Request) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return err
	}
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return err
		}
		if p.FileName() != "" {
			q.files[p.FormName()] = upload{p.FileName(), data}
		} else {
			q.params[p.FormName()] = string(data)
		}
	}
}

// check refuses fields the method does not have, which Telegram would pass
// over in silence, and text that is not UTF-8.
func (q *request) check(known []string) error {
	for k, v := range q.params {
		if !slices.Contains(known, k) {
			return bad("%s has no field %q", q.method, k)
		}
		if !utf8.ValidString(v) {
			return bad("strings must be encoded in UTF-8")
		}
		if v == "null" {
			return bad("field %q is null", k)
		}
	}
	for k := range q.files {
		if !slices.Contains(known, k) {
			return bad("%s has no file %q", q.method, k)
		}
	}
	return nil
}

// number is an integer field within bounds, or fallback when it is missing.
func (q *request) number(name string, fallback, low, high int64) (int64, error) {
	v, ok := q.params[name]
	if !ok {
		return fallback, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < low || n > high {
		return 0, bad("field %q must be a number from %d to %d", name, low, high)
	}
	return n, nil
}

// list is a field that holds a JSON array of strings.
func (q *request) list(name string) ([]string, error) {
	v, ok := q.params[name]
	if !ok {
		return nil, nil
	}
	var out []string
	if err := json.Unmarshal([]byte(v), &out); err != nil {
		return nil, bad("can't parse %s JSON object", strings.ReplaceAll(name, "_", " "))
	}
	return out, nil
}

// units counts as Telegram does, in UTF-16 code units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

func writeResult(w http.ResponseWriter, result any) {
	writeJSON(w, http.StatusOK, map[string]any{"ok": true, "result": result})
}

func writeError(w http.ResponseWriter, e *apiError) {
	body := map[string]any{"ok": false, "error_code": e.code, "description": e.text}
	if e.after > 0 {
		body["parameters"] = map[string]any{"retry_after": e.after}
	}
	writeJSON(w, e.code, body)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever hung up does not want it
}
