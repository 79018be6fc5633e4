// Package llm holds the interfaces of language and embedding models. A model
// finds words; it never decides what the tutor does.
package llm

import (
	"context"
	"iter"
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

// Request asks a model for one answer.
type Request struct {
	Messages    []Message
	MaxTokens   int     // 0 for the model's default
	Temperature float32 // 0..2
}

// Usage counts tokens of one request.
type Usage struct {
	Prompt, Output int
}

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
