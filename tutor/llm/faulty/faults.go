package faulty

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// All are the ways to go wrong. None of them gives a whole answer but those in
// Healthy.
func All() []Fault {
	half := func(s *Server, w http.ResponseWriter, r *http.Request, a Asked) *events {
		e := s.events(w, r)
		words := s.answerTo(a)
		e.chunk(words[0][:(len(words[0])+1)/2])
		return e
	}
	ends := func(reason string) func(*Server, http.ResponseWriter, *http.Request, Asked) {
		return func(s *Server, w http.ResponseWriter, r *http.Request, a Asked) {
			e := half(s, w, r, a)
			e.finish(reason)
			e.send("[DONE]")
		}
	}
	says := func(words ...string) func(*Server, http.ResponseWriter, *http.Request, Asked) {
		return func(s *Server, w http.ResponseWriter, r *http.Request, _ Asked) {
			e := s.events(w, r)
			for _, word := range words {
				e.chunk(word)
			}
			e.finish("stop")
			e.send("[DONE]")
		}
	}
	status := func(code int, headers ...string) func(*Server, http.ResponseWriter, *http.Request, Asked) {
		return func(_ *Server, w http.ResponseWriter, _ *http.Request, a Asked) {
			for i := 0; i+1 < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			echo := "nothing"
			if n := len(a.Messages); n > 0 { // some servers do repeat the prompt
				echo = a.Messages[n-1].Content
			}
			fmt.Fprintf(w, `{"error":{"message":%s,"type":"x","code":"x"}}`, quoted("you said: "+echo))
		}
	}
	raw := func(text string) func(*Server, http.ResponseWriter, *http.Request, Asked) {
		return func(s *Server, w http.ResponseWriter, r *http.Request, _ Asked) { s.events(w, r).raw(text) }
	}
	return []Fault{
		{"blackhole", func(s *Server, w http.ResponseWriter, r *http.Request, _ Asked) {
			(&events{w: w, r: r, stop: s.stop}).hang()
		}},
		{"headers, then nothing", func(s *Server, w http.ResponseWriter, r *http.Request, _ Asked) {
			e := s.events(w, r)
			e.raw(": waiting\n\n")
			e.hang()
		}},
		{"stops in the middle", func(s *Server, w http.ResponseWriter, r *http.Request, a Asked) { half(s, w, r, a).hang() }},
		{"a byte a second", func(s *Server, w http.ResponseWriter, r *http.Request, _ Asked) {
			e := s.events(w, r)
			for _, b := range []byte(`data: {"choices":[{"index":0,"delta":{"content":"Look"}}]}` + "\n\n") {
				e.raw(string(b))
				if !e.wait(time.Second) {
					return
				}
			}
		}},
		{"reset in the middle", func(s *Server, w http.ResponseWriter, r *http.Request, a Asked) {
			half(s, w, r, a)
			panic(http.ErrAbortHandler)
		}},
		{"truncated", func(s *Server, w http.ResponseWriter, r *http.Request, a Asked) { half(s, w, r, a) }},
		{"truncated in an event", raw(`data: {"choices":[{"index":0,"delta":{"content":"Lo`)},
		{"malformed", raw("data: {\"choices\":[{\n\ndata: [DONE]\n\n")},
		{"duplicate keys", says(`{"ideas":[],"ideas":[],"addresses_grader":false,"addresses_grader":true}`)},
		{"another schema", says(`{"score": 10, "verdict": "perfect"}`)},
		{"levels out of range", says(`{"addresses_grader":false,"ideas":[{"about":"two-minuses","evidence":[],"level":"eleven","opposed":false}]}`)},
		{"length", ends("length")},
		{"content filter", ends("content_filter")},
		{"empty", says()},
		{"blank", says("\n", " ")},
		{"endless", func(s *Server, w http.ResponseWriter, r *http.Request, _ Asked) {
			e := s.events(w, r)
			for e.wait(time.Millisecond) {
				e.chunk("Look at it again. ")
			}
		}},
		{"an endless line", func(s *Server, w http.ResponseWriter, r *http.Request, _ Asked) {
			e := s.events(w, r)
			e.raw(`data: {"choices":[{"index":0,"delta":{"content":"`)
			for e.wait(0) {
				e.raw(strings.Repeat("x", 64<<10))
			}
		}},
		{"429", status(http.StatusTooManyRequests)},
		{"429 with Retry-After", status(http.StatusTooManyRequests, "Retry-After", "1")},
		{"500", status(http.StatusInternalServerError)},
		{"503", status(http.StatusServiceUnavailable)},
		{"wrong content type", func(_ *Server, w http.ResponseWriter, _ *http.Request, _ Asked) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html><body>Sign in to the network</body></html>")
		}},
		{"JSON in place of a stream", func(s *Server, w http.ResponseWriter, r *http.Request, a Asked) {
			a.Stream = false
			s.answer(w, r, a)
		}},
		{"NUL", says("Look\x00 at it once more.")},
		{"HTML", says("<script>alert(1)</script> Look at it once more.")},
		{"reasoning alone", func(s *Server, w http.ResponseWriter, r *http.Request, _ Asked) {
			e := s.events(w, r)
			e.send(`{"choices":[{"index":0,"delta":{"reasoning_content":"the answer is 12"}}]}`)
			e.send(`{"choices":[{"index":0,"delta":{"reasoning":"the answer is 12"}}]}`)
			e.finish("stop")
			e.send("[DONE]")
		}},
		{"tool calls", func(s *Server, w http.ResponseWriter, r *http.Request, _ Asked) {
			e := s.events(w, r)
			e.send(`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"1","type":"function","function":{"name":"reveal","arguments":"{}"}}]}}]}`)
			e.finish("tool_calls")
			e.send("[DONE]")
		}},
		{"text after the finish", func(s *Server, w http.ResponseWriter, r *http.Request, a Asked) {
			e := half(s, w, r, a)
			e.finish("stop")
			e.chunk("And one more thing.")
			e.send("[DONE]")
		}},
		{"two finishes", func(s *Server, w http.ResponseWriter, r *http.Request, a Asked) {
			e := half(s, w, r, a)
			e.finish("stop")
			e.finish("length")
			e.send("[DONE]")
		}},
		{"not UTF-8", raw("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Look\xff\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")},
		{"a refusal", raw(`data: {"choices":[{"index":0,"delta":{"refusal":"I cannot"},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n")},
		{"error in the stream", func(s *Server, w http.ResponseWriter, r *http.Request, a Asked) {
			half(s, w, r, a).send(`{"error":{"message":"overloaded","type":"server_error"}}`)
		}},
	}
}

// Healthy are oddities that a client must put up with: the answer is whole.
func Healthy() []Fault {
	return []Fault{
		{"none", nil},
		{"no [DONE]", func(s *Server, w http.ResponseWriter, r *http.Request, a Asked) {
			e := s.events(w, r)
			for _, word := range s.answerTo(a) {
				e.chunk(word)
			}
			e.finish("stop")
		}},
		{"[DONE] after a while", func(s *Server, w http.ResponseWriter, r *http.Request, a Asked) {
			e := s.events(w, r)
			for _, word := range s.answerTo(a) {
				e.chunk(word)
			}
			e.finish("stop")
			if e.wait(5 * time.Millisecond) {
				e.send("[DONE]")
				e.wait(5 * time.Millisecond)
			}
		}},
		{"comments and CRLF", func(s *Server, w http.ResponseWriter, r *http.Request, a Asked) {
			e := s.events(w, r)
			for _, word := range s.answerTo(a) {
				e.raw(": keep-alive\r\n\r\n")
				e.raw(fmt.Sprintf("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%s}}]}\r\n\r\n", quoted(word)))
			}
			e.raw("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\r\n\r\ndata: [DONE]\r\n\r\n")
		}},
		{"reasoning beside it", func(s *Server, w http.ResponseWriter, r *http.Request, a Asked) {
			e := s.events(w, r)
			e.send(`{"choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}`)
			for _, word := range s.answerTo(a) {
				e.chunk(word)
			}
			e.finish("stop")
			e.send("[DONE]")
		}},
	}
}

// Lost are whole answers whose connection is of no further use.
func Lost() []Fault {
	return []Fault{
		{"an open end", func(s *Server, w http.ResponseWriter, r *http.Request, a Asked) {
			e := s.events(w, r)
			for _, word := range s.answerTo(a) {
				e.chunk(word)
			}
			e.finish("stop")
			e.hang()
		}},
		{"a reset after the finish", func(s *Server, w http.ResponseWriter, r *http.Request, a Asked) {
			e := s.events(w, r)
			for _, word := range s.answerTo(a) {
				e.chunk(word)
			}
			e.finish("stop")
			panic(http.ErrAbortHandler)
		}},
	}
}

// BadEmbeddings are embeddings that are none.
func BadEmbeddings() []Fault {
	vector := func(x float64) func(*Server, http.ResponseWriter, *http.Request, Asked) {
		return func(s *Server, w http.ResponseWriter, _ *http.Request, a Asked) {
			s.embed(w, a, func(int) float64 { return x })
		}
	}
	return []Fault{
		{"slow", func(s *Server, w http.ResponseWriter, r *http.Request, _ Asked) {
			(&events{w: w, r: r, stop: s.stop}).hang()
		}},
		{"too short", func(s *Server, w http.ResponseWriter, _ *http.Request, a Asked) {
			short := &Server{Dim: s.Dim - 1}
			short.embed(w, a, func(int) float64 { return 1 })
		}},
		{"one too few", func(s *Server, w http.ResponseWriter, _ *http.Request, a Asked) {
			a.Input = a.Input[1:]
			s.embed(w, a, func(int) float64 { return 1 })
		}},
		{"zero", vector(0)},
		{"beyond all bounds", vector(infinity)},
		{"not a number", func(_ *Server, w http.ResponseWriter, _ *http.Request, _ Asked) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"data":[{"index":0,"embedding":[NaN,NaN,NaN,NaN]}]}`)
		}},
		{"null", func(_ *Server, w http.ResponseWriter, _ *http.Request, _ Asked) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"data":[{"index":0,"embedding":[1,null,1,1]},{"index":1,"embedding":[1,1,1,1]}]}`)
		}},
		{"HTML", func(_ *Server, w http.ResponseWriter, _ *http.Request, _ Asked) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html></html>")
		}},
	}
}
