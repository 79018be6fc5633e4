package openai

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

var errTooLong = errors.New("answer longer than the limit")

// limitTransport bounds what a server may send and leaves connections fit for
// reuse: a body that is not read to its end costs its connection.
type limitTransport struct{ base http.RoundTripper }

func (t limitTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	resp, err := t.base.RoundTrip(req.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	resp.Body = &limitBody{body: resp.Body, left: maxAnswerBytes, cancel: cancel}
	return resp, nil
}

type limitBody struct {
	body   io.ReadCloser
	left   int64
	cancel context.CancelFunc
	close  sync.Once
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
	return n, err
}

// Close reads what little is left, such as the end of a chunked body that was
// flushed apart from the last event, for at most drainTime.
func (b *limitBody) Close() (err error) {
	b.close.Do(func() {
		timer := time.AfterFunc(drainTime, b.cancel)
		_, _ = io.CopyN(io.Discard, b.body, drainBytes)
		timer.Stop()
		err = b.body.Close()
		b.cancel()
	})
	return err
}
