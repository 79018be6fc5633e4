package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"

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
		data, err := e.client.embed(asking, batch)
		if err != nil {
			return nil, fault(ctx, err, h)
		}
		vectors := make([][]float32, len(batch))
		for _, d := range data {
			if d.Index < 0 || d.Index >= len(batch) || vectors[d.Index] != nil {
				return nil, tutor.Errorf(tutor.CodeUnavailable, "the embedding server numbered its answers wrongly")
			}
			if vectors[d.Index], err = e.unit(d.Embedding); err != nil {
				return nil, err
			}
		}
		if len(data) != len(batch) {
			return nil, tutor.Errorf(tutor.CodeUnavailable,
				"the embedding server answered %d of %d texts", len(data), len(batch))
		}
		out = append(out, vectors...)
	}
	return out, nil
}

// vector is an embedding of which every number is one: as null, which some
// servers print for NaN, encoding/json would read 0.
type vector []float32

var errNoNumber = errors.New("null among the numbers")

func (v *vector) UnmarshalJSON(raw []byte) error {
	if bytes.Contains(raw, []byte("null")) {
		return errNoNumber
	}
	return json.Unmarshal(raw, (*[]float32)(v))
}

// embedding is one answer of many.
type embedding struct {
	Index     int    `json:"index"`
	Embedding vector `json:"embedding"`
}

// embed makes one request. Its errors are those of the client library.
func (c *Client) embed(ctx context.Context, texts []string) ([]embedding, error) {
	body, err := json.Marshal(map[string]any{"model": c.config.EmbeddingModel, "input": texts})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base()+"/embeddings", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	if c.config.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.config.Key)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		var said api.ErrorResponse
		if json.Unmarshal(raw, &said) != nil || said.Error == nil {
			said.Error = &api.APIError{}
		}
		said.Error.HTTPStatusCode = resp.StatusCode
		return nil, said.Error
	}
	var answer struct {
		Data []embedding `json:"data"`
	}
	err = json.Unmarshal(raw, &answer)
	return answer.Data, err
}

// unit scales v to length 1, so that inner product is cosine similarity.
func (e *Embedder) unit(v vector) ([]float32, error) {
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
