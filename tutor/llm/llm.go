// Package llm holds the interfaces of language and embedding models. A model
// finds words; it never decides what the tutor does.
package llm

import (
	"context"
	"iter"
	"time"
)

// Role of a message.
type Role string

// The roles of a chat.
const (
	RoleSystem    Role = "system"
	RoleUser      Role = "user"
	RoleAssistant Role = "assistant"
)

// Message is one message of a chat.
type Message struct {
	Role    Role
	Content string
}

// Purpose is what a request is for, as the ledger of outgoing calls names it.
type Purpose string

// The purposes of requests.
const (
	PurposeVoice Purpose = "voice" // the words of a tutor turn
	PurposeGrade Purpose = "grade" // a second opinion on an answer
	PurposeEssay Purpose = "essay" // feedback on a draft
	PurposeEmbed Purpose = "embed" // a text as a vector
	PurposeProbe Purpose = "probe" // what a server can do
)

// Party is whom a request is for. It decides what may be sent and spent, and
// stays here: nothing of it is sent to a model.
type Party struct {
	SchoolID  string
	LearnerID string // "" for a request that is for nobody in particular
}

type partyKey struct{}

// For returns a context that says whom the calls under it are for, for calls
// that have no Request to say it.
func For(ctx context.Context, p Party) context.Context { return context.WithValue(ctx, partyKey{}, p) }

// PartyOf returns whom a context says its calls are for.
func PartyOf(ctx context.Context) Party {
	p, _ := ctx.Value(partyKey{}).(Party)
	return p
}

// Schema asks for an answer that is JSON of this shape. A server that knows
// structured outputs keeps to it; from any other the answer may be anything.
type Schema struct {
	Name string // letters, digits and _
	JSON []byte // JSON Schema
}

// Request asks a model for one answer.
type Request struct {
	Messages    []Message
	MaxTokens   int     // 0 for the model's default
	Temperature float32 // 0..2
	Schema      *Schema // nil for plain text
	Purpose     Purpose
	For         Party
}

// Usage counts tokens of one request.
type Usage struct {
	Prompt, Output int
	Cached         int // of Prompt, those the provider had in its prefix cache
}

// Failure is why a call failed, for whoever may try again. It says nothing of
// what was sent or answered.
type Failure struct {
	Temporary bool          // the same request may go well in a moment
	After     time.Duration // how long the server asked to wait, 0 when it did not say
	Err       error
}

func (f *Failure) Error() string { return f.Err.Error() }
func (f *Failure) Unwrap() error { return f.Err }

// Finish is why a model stopped.
type Finish string

// The reasons a model stops. Anything but FinishStop means the text is not whole.
const (
	FinishStop    Finish = "stop"
	FinishLength  Finish = "length"
	FinishFilter  Finish = "content_filter"
	FinishUnknown Finish = "unknown"
)

// Chunk is a piece of a streamed answer. Usage and Finish come with the last
// one, whose Text may be empty.
type Chunk struct {
	Text   string
	Finish Finish
	Usage  *Usage
}

// Model generates text. Implementations are safe for concurrent use.
//
// Generate streams chunks until the answer ends, the context does, or an error
// is yielded as the last element. A stream that ends without a chunk that
// carries a Finish was cut off and yields an error. Breaking out of the range
// releases everything the call holds.
type Model interface {
	Name() string
	Generate(ctx context.Context, req Request) iter.Seq2[Chunk, error]
}

// Embedder turns texts into vectors of length Dim, unit length, one for each
// text in order. Name identifies the embedding space: vectors of different
// names are never compared. Implementations are safe for concurrent use.
type Embedder interface {
	Name() string
	Dim() int
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}
