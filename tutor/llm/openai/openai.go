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
	"sync/atomic"
	"time"

	api "github.com/sashabaranov/go-openai"

	"maieutic/tutor"
	"maieutic/tutor/llm"
)

// Config says where a server is and what to ask of it.
type Config struct {
	BaseURL        string // up to and including the version, e.g. http://localhost:11434/v1
	Key            string // "" for a server that asks for none
	ChatModel      string
	EmbeddingModel string
	EmbeddingDim   int           // length of the vectors; required with EmbeddingModel
	Timeout        time.Duration // to the first byte of an answer, 0 for 20 s
	Idle           time.Duration // between two pieces of a stream, 0 for 15 s
	Structured     Structured    // how the server is asked for JSON, "" for BySchema
}

// Structured is how a server is asked for an answer of a shape.
type Structured string

// A server that knows structured outputs keeps to a schema; an older one to JSON
// at least; from any other the prompt has to do.
const (
	BySchema Structured = "schema"
	ByObject Structured = "object"
	ByPrompt Structured = "none"
)

// Limits that keep a faulty or hostile server from harming ours.
const (
	defaultTimeout = 20 * time.Second
	defaultIdle    = 15 * time.Second
	longestAfter   = time.Minute // that a server may ask us to wait
	maxAnswerBytes = 4 << 20
	numberBytes    = 32 // a number of a vector as JSON, with space around it
	drainBytes     = 16 << 10
	drainTime      = 100 * time.Millisecond
)

// Client holds the connections to one server. It is safe for concurrent use.
type Client struct {
	api       *api.Client
	config    Config
	transport *http.Transport
	http      *http.Client
	reasons   *atomic.Bool // whether the chat model is asked as reasoning models are
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
	if config.Idle <= 0 {
		config.Idle = defaultIdle
	}
	switch config.Structured {
	case "":
		config.Structured = BySchema
	case BySchema, ByObject, ByPrompt:
	default:
		return nil, tutor.Errorf(tutor.CodeInvalid, "answers of a shape are asked for by schema, object or none, not %q", config.Structured)
	}
	c := &Client{config: config, transport: newTransport(config.Timeout), reasons: new(atomic.Bool)}
	c.reasons.Store(reasoning(config.ChatModel))
	settings := api.DefaultConfig(config.Key)
	settings.BaseURL = strings.TrimRight(config.BaseURL, "/")
	c.http = &http.Client{
		Transport: limitTransport{c.transport, config.Idle, maxAnswerBytes + int64(config.EmbeddingDim)*maxBatch*numberBytes},
		// A redirect would carry the prompt, and perhaps the key, to a host that
		// nobody has configured.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	settings.HTTPClient = c.http
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
		IdleConnTimeout:       5 * time.Minute, // a class pauses to think
		ForceAttemptHTTP2:     true,
	}
}

// Close drops idle connections. Calls under way end by their contexts.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// fault turns an error of the client library into one of ours. A server may
// echo the prompt in its error text, so only the status is kept. What may go
// well a moment later is a llm.Failure that says so.
func fault(ctx context.Context, err error, h *hint) error {
	if ctx.Err() != nil {
		return tutor.WrapError(ctx.Err(), tutor.CodeUnavailable, "the model did not answer in time")
	}
	if coded := (*tutor.Error)(nil); errors.As(err, &coded) {
		return err
	}
	var (
		answered *api.APIError
		refused  *api.RequestError
		status   int
		spent    bool
	)
	switch {
	case errors.As(err, &answered):
		status = answered.HTTPStatusCode
		spent = answered.Type == "insufficient_quota" || answered.Code == "insufficient_quota"
	case errors.As(err, &refused):
		status = refused.HTTPStatusCode
	case errors.Is(err, errTooLong):
		return tutor.WrapError(errTooLong, tutor.CodeUnavailable, "the model's answer was too long")
	case errors.Is(err, errIdle):
		return passing(h, errIdle, tutor.CodeUnavailable, "the model fell silent")
	case errors.Is(err, errContentType):
		return tutor.WrapError(errContentType, tutor.CodeUnavailable, "the model's server sent something else than an answer; check the model settings")
	}
	switch {
	case status == http.StatusTooManyRequests && spent:
		return tutor.Errorf(tutor.CodeUnavailable, "the budget at the model's provider is spent (HTTP 429); see the provider's account")
	case status == http.StatusTooManyRequests:
		return passing(h, errors.New("HTTP 429"), tutor.CodeUnavailable, "the model's server is at its limit")
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return tutor.Errorf(tutor.CodeUnavailable, "the model's server refused the key (HTTP %d); check the model settings", status)
	case status == http.StatusNotFound:
		return tutor.Errorf(tutor.CodeUnavailable, "the model's server does not know the model or the path (HTTP 404); check the model settings")
	case status == http.StatusNotImplemented:
		return tutor.Errorf(tutor.CodeUnavailable, "the model's server was not started for this (HTTP 501); llama.cpp gives embeddings with --embeddings alone")
	case status == http.StatusRequestTimeout || status == http.StatusConflict || status >= 500:
		return passing(h, fmt.Errorf("HTTP %d", status), tutor.CodeUnavailable, fmt.Sprintf("the model's server failed (HTTP %d)", status))
	case status == http.StatusBadRequest || status == http.StatusRequestEntityTooLarge || status == http.StatusUnprocessableEntity:
		return tutor.Errorf(tutor.CodeInvalid, "the model's server refuses the request (HTTP %d); is MAIEUTIC_LLM_CONTEXT more than the model takes? maieutic doctor tells", status)
	case status != 0:
		return tutor.Errorf(tutor.CodeUnavailable, "the model's server failed (HTTP %d)", status)
	}
	const message = "the model cannot be reached or spoke nonsense"
	kind := fmt.Errorf("model call: %T", err)
	var network net.Error
	if errors.As(err, &network) {
		return passing(h, kind, tutor.CodeUnavailable, message)
	}
	return tutor.WrapError(kind, tutor.CodeUnavailable, message)
}

// passing is a failure that may be over in a moment.
func passing(h *hint, err error, code tutor.Code, message string) error {
	return tutor.WrapError(&llm.Failure{Temporary: true, After: h.after, Err: err}, code, message)
}
