package openai

import (
	"context"
	"math"

	api "github.com/sashabaranov/go-openai"

	"maieutic/tutor"
)

// maxBatch is how many texts go into one request; more are split.
const maxBatch = 128

// Embedder is the embedding model of a Client. It implements llm.Embedder.
type Embedder struct{ client *Client }

// Embedder returns the configured embedding model.
func (c *Client) Embedder() *Embedder { return &Embedder{client: c} }

// Name identifies the embedding space.
func (e *Embedder) Name() string { return e.client.config.EmbeddingModel }

// Dim is the length of the vectors.
func (e *Embedder) Dim() int { return e.client.config.EmbeddingDim }

// Embed implements llm.Embedder.
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, 0, len(texts))
	for start := 0; start < len(texts); start += maxBatch {
		batch := texts[start:min(start+maxBatch, len(texts))]
		asking, h := hinted(ctx)
		answer, err := e.client.api.CreateEmbeddings(asking, api.EmbeddingRequest{
			Input: batch, Model: api.EmbeddingModel(e.Name()),
		})
		if err != nil {
			return nil, fault(ctx, err, h)
		}
		vectors := make([][]float32, len(batch))
		for _, d := range answer.Data {
			if d.Index < 0 || d.Index >= len(batch) || vectors[d.Index] != nil {
				return nil, tutor.Errorf(tutor.CodeUnavailable, "the embedding server numbered its answers wrongly")
			}
			if vectors[d.Index], err = e.unit(d.Embedding); err != nil {
				return nil, err
			}
		}
		if len(answer.Data) != len(batch) {
			return nil, tutor.Errorf(tutor.CodeUnavailable,
				"the embedding server answered %d of %d texts", len(answer.Data), len(batch))
		}
		out = append(out, vectors...)
	}
	return out, nil
}

// unit scales v to length 1, so that inner product is cosine similarity.
func (e *Embedder) unit(v []float32) ([]float32, error) {
	if len(v) != e.Dim() {
		return nil, tutor.Errorf(tutor.CodeUnavailable,
			"the embedding model %s makes vectors of length %d, but %d is configured", e.Name(), len(v), e.Dim())
	}
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	norm := math.Sqrt(sum)
	if norm == 0 || math.IsNaN(norm) || math.IsInf(norm, 0) {
		return nil, tutor.Errorf(tutor.CodeUnavailable, "the embedding server sent a vector without a direction")
	}
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = float32(float64(x) / norm)
	}
	return out, nil
}
