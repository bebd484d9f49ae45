package faketelegram

import (
	"net/http"
	"strconv"
)

// Failure is a way to fail.
type Failure uint8

// The ways. Those named …Accepted do what was asked before they fail.
const (
	TooMany     Failure = iota + 1 // 429 with Fault.Seconds
	ServerError                    // 500
	BadGateway                     // 502 with a page of HTML
	Hang                           // no answer until Heal or the caller leaves; nothing is done
	Cut                            // the connection ends without an answer; nothing is done
	HangAccepted
	CutAccepted
	TooOld // 400 "query is too old …"
	Refuse // Fault.Status and Fault.Text
)

func (f Failure) accepts() bool { return f == HangAccepted || f == CutAccepted }

// Fault is a line of the script: which requests fail, and how.
type Fault struct {
	Method  string // "" for every method but getUpdates
	Chat    int64  // 0 for every chat
	After   int    // so many fitting requests pass first
	Times   int    // how many then fail; 0 for all until Heal
	Do      Failure
	Seconds int // of TooMany
	Status  int // of Refuse
	Text    string
	spent   int
}

// Script adds faults. The first that fits a request applies.
func (s *Server) Script(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		s.faults = append(s.faults, &f)
	}
}

// Heal ends all faults and cuts what hangs.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
	s.healed.wake()
}

// nextFault finds what applies to the request, and uses it up.
func (s *Server) nextFault(q *request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Method == "" && q.method == "getUpdates" || f.Method != "" && f.Method != q.method {
			continue
		}
		if f.Chat != 0 && strconv.FormatInt(f.Chat, 10) != q.params["chat_id"] {
			continue
		}
		if f.Times > 0 && f.spent >= f.After+f.Times {
			continue
		}
		f.spent++
		if f.spent > f.After {
			return f
		}
	}
	return nil
}

const (
	queryTooOld = "Bad Request: query is too old and response timeout expired or query ID is invalid"
	gatewayPage = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)

// fail fails the request.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, f *Fault) {
	switch f.Do {
	case TooMany:
		writeError(w, &apiError{code: 429, text: "Too Many Requests: retry after " + strconv.Itoa(f.Seconds), after: f.Seconds})
	case ServerError:
		writeError(w, &apiError{code: 500, text: "Internal Server Error"})
	case BadGateway:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte(gatewayPage)) // whoever hung up does not want it
	case TooOld:
		writeError(w, &apiError{code: 400, text: queryTooOld})
	case Refuse:
		writeError(w, &apiError{code: f.Status, text: f.Text})
	case Hang, HangAccepted:
		s.mu.Lock()
		healed := s.healed.wait()
		s.mu.Unlock()
		select {
		case <-healed:
		case <-r.Context().Done():
		case <-s.closed.Done():
		}
		panic(http.ErrAbortHandler)
	default:
		panic(http.ErrAbortHandler) // net/http then closes the connection
	}
}
