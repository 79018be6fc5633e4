package openai

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"sync"
	"time"
)

var (
	errTooLong     = errors.New("answer longer than the limit")
	errIdle        = errors.New("nothing came for too long")
	errContentType = errors.New("content type of no answer")
)

// hint is what the headers of an answer say beyond what the client library
// keeps.
type hint struct{ after time.Duration }

type hintKey struct{}

// hinted returns a context whose request leaves its hint behind.
func hinted(ctx context.Context) (context.Context, *hint) {
	h := &hint{}
	return context.WithValue(ctx, hintKey{}, h), h
}

// limitTransport bounds what a server may send and how long it may be silent,
// refuses what is no answer, and leaves connections fit for reuse: a body that
// is not read to its end costs its connection.
type limitTransport struct {
	base http.RoundTripper
	idle time.Duration
	most int64 // bytes of an answer that is not a stream
}

func (t limitTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	resp, err := t.base.RoundTrip(repeatable(req.Clone(ctx)))
	if err != nil {
		cancel(nil)
		return nil, err
	}
	if h, ok := req.Context().Value(hintKey{}).(*hint); ok {
		h.after = retryAfter(resp.Header.Get("Retry-After"), time.Now())
	}
	body := &limitBody{body: resp.Body, left: maxAnswerBytes, ctx: ctx, cancel: cancel}
	if req.Header.Get("Accept") != "text/event-stream" {
		body.left = t.most
	}
	body.silence = time.AfterFunc(t.idle, func() { cancel(errIdle) })
	body.idle = t.idle
	resp.Body = body
	if resp.StatusCode == http.StatusOK && !answers(req, resp) {
		_ = body.Close()
		return nil, errContentType
	}
	return resp, nil
}

// repeatable marks a call as one that http.Transport may send again when a kept
// connection turns out to be closed before a byte of the answer has come:
// llama.cpp's server promises to keep a connection and closes it after each
// stream, so that every second call would fail. A question asked twice costs
// its tokens at worst. A key without a value is not sent.
func repeatable(req *http.Request) *http.Request {
	req.Header["Idempotency-Key"] = []string{}
	return req
}

// answers reports whether an answer is of the kind that was asked for. Many
// servers label what they send carelessly; a web page is never an answer.
func answers(req *http.Request, resp *http.Response) bool {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind == "" {
		return true
	}
	if req.Header.Get("Accept") == "text/event-stream" {
		return kind == "text/event-stream" || kind == "text/plain" || kind == "application/octet-stream"
	}
	return kind == "application/json" || kind == "text/plain" || kind == "application/octet-stream"
}

// retryAfter reads seconds or a date, at most longestAfter, 0 for neither.
func retryAfter(value string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.Atoi(value); err == nil {
		wait = time.Duration(min(max(seconds, 0), int(longestAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), longestAfter)
}

type limitBody struct {
	body    io.ReadCloser
	left    int64
	ctx     context.Context
	cancel  context.CancelCauseFunc
	silence *time.Timer
	idle    time.Duration
	close   sync.Once
}

func (b *limitBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.body.Read(p)
	b.left -= int64(n)
	b.silence.Reset(b.idle)
	if err != nil && errors.Is(context.Cause(b.ctx), errIdle) {
		err = errIdle
	}
	return n, err
}

// Close reads what little is left, such as the end of a chunked body that was
// flushed apart from the last event, for at most drainTime.
func (b *limitBody) Close() (err error) {
	b.close.Do(func() {
		b.silence.Stop()
		timer := time.AfterFunc(drainTime, func() { b.cancel(nil) })
		_, _ = io.CopyN(io.Discard, b.body, drainBytes)
		timer.Stop()
		err = b.body.Close()
		b.cancel(nil)
	})
	return err
}
