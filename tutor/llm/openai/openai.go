// Package openai speaks to any server with OpenAI's chat and embedding
// endpoints: OpenAI itself, Ollama, llama.cpp, vLLM and others.
package openai

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	api "github.com/sashabaranov/go-openai"

	"maieutic/tutor"
)

// Config says where a server is and what to ask of it.
type Config struct {
	BaseURL        string // up to and including the version, e.g. http://localhost:11434/v1
	Key            string // "" for a server that asks for none
	ChatModel      string
	EmbeddingModel string
	EmbeddingDim   int           // length of the vectors; required with EmbeddingModel
	Timeout        time.Duration // to the first byte of an answer, 0 for 20 s
}

// Limits that keep a faulty or hostile server from harming ours.
const (
	defaultTimeout = 20 * time.Second
	maxAnswerBytes = 4 << 20
	drainBytes     = 16 << 10
	drainTime      = 100 * time.Millisecond
)

// Client holds the connections to one server. It is safe for concurrent use.
type Client struct {
	api       *api.Client
	config    Config
	transport *http.Transport
}

// New checks the configuration and makes a client. It does not connect.
func New(config Config) (*Client, error) {
	base, err := url.Parse(config.BaseURL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, tutor.Errorf(tutor.CodeInvalid,
			"the model's base URL must look like http://localhost:11434/v1, not %q", config.BaseURL)
	}
	if base.User != nil {
		return nil, tutor.Errorf(tutor.CodeInvalid, "the model's base URL must not hold a password; use the key setting")
	}
	if config.EmbeddingModel != "" && config.EmbeddingDim <= 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "an embedding model needs the length of its vectors")
	}
	if config.Timeout <= 0 {
		config.Timeout = defaultTimeout
	}
	c := &Client{config: config, transport: newTransport(config.Timeout)}
	settings := api.DefaultConfig(config.Key)
	settings.BaseURL = strings.TrimRight(config.BaseURL, "/")
	settings.HTTPClient = &http.Client{
		Transport: limitTransport{c.transport},
		// A redirect would carry the prompt, and perhaps the key, to a host that
		// nobody has configured.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.api = api.NewClientWithConfig(settings)
	return c, nil
}

// newTransport is not http.DefaultTransport: a classroom of streams to one host
// needs more than two idle connections, and no proxy setting of the machine
// should quietly carry students' words elsewhere.
func newTransport(timeout time.Duration) *http.Transport {
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: timeout,
		MaxIdleConns:          256,
		MaxIdleConnsPerHost:   256,
		IdleConnTimeout:       90 * time.Second,
		ForceAttemptHTTP2:     true,
	}
}

// Close drops idle connections. Calls under way end by their contexts.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// fault turns an error of the client library into one of ours. A server may
// echo the prompt in its error text, so only the status is kept.
func fault(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return tutor.WrapError(ctx.Err(), tutor.CodeUnavailable, "the model did not answer in time")
	}
	var (
		answered *api.APIError
		refused  *api.RequestError
		status   int
	)
	switch {
	case errors.As(err, &answered):
		status = answered.HTTPStatusCode
	case errors.As(err, &refused):
		status = refused.HTTPStatusCode
	case errors.Is(err, errTooLong):
		return tutor.WrapError(errTooLong, tutor.CodeUnavailable, "the model's answer was too long")
	}
	switch {
	case status == http.StatusTooManyRequests:
		return tutor.Errorf(tutor.CodeRateLimited, "the model's server is at its limit")
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return tutor.Errorf(tutor.CodeUnavailable, "the model's server refused the key (HTTP %d); check the model settings", status)
	case status == http.StatusNotFound:
		return tutor.Errorf(tutor.CodeUnavailable, "the model's server does not know the model or the path (HTTP 404); check the model settings")
	case status != 0:
		return tutor.Errorf(tutor.CodeUnavailable, "the model's server failed (HTTP %d)", status)
	}
	return tutor.WrapError(fmt.Errorf("model call: %T", err), tutor.CodeUnavailable, "the model cannot be reached or spoke nonsense")
}
