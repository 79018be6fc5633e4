package rubric

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"maieutic/tutor/llm"
)

// CollectAnswer reads the whole answer of a model, up to so many bytes: a longer
// one has the finish FinishLength and no text.
func CollectAnswer(ctx context.Context, m llm.Model, req llm.Request, most int) (text string, finish llm.Finish, usage llm.Usage, err error) {
	var b strings.Builder
	for chunk, err := range m.Generate(ctx, req) {
		if err != nil {
			return "", "", usage, err
		}
		if chunk.Usage != nil {
			usage = *chunk.Usage
		}
		if chunk.Finish != "" {
			finish = chunk.Finish
		}
		if b.Len()+len(chunk.Text) > most {
			return "", llm.FinishLength, usage, nil
		}
		b.WriteString(chunk.Text)
	}
	return b.String(), finish, usage, nil
}

// DecodeAnswer reads one JSON object with known properties, each once, and
// nothing after it, out of the fence that models like to put around it. Of a
// property that comes twice readers take now the one, now the other. The error
// says in a sentence what is wrong, in words of ours.
func DecodeAnswer(answer string, into any) error {
	raw := []byte(unwrapped(answer))
	if err := unique(json.NewDecoder(bytes.NewReader(raw))); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return errors.New("it is not JSON of the shape asked for")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something after the JSON")
	}
	return nil
}

// unique reads one value and reports a property that comes twice.
func unique(d *json.Decoder) error {
	broken := errors.New("it is not JSON")
	type level struct {
		object bool
		key    bool // a key comes next
		seen   map[string]bool
	}
	var stack []level
	for {
		token, err := d.Token()
		if err != nil {
			return broken
		}
		switch v := token.(type) {
		case json.Delim:
			if v == '{' || v == '[' {
				stack = append(stack, level{object: v == '{', key: v == '{', seen: map[string]bool{}})
				if len(stack) > maxNesting {
					return broken
				}
				continue
			}
			stack = stack[:len(stack)-1]
		case string:
			if top := len(stack) - 1; top >= 0 && stack[top].key {
				// Go's decoder takes keys of another case for the same.
				folded := strings.ToLower(v)
				if stack[top].seen[folded] {
					return errors.New("a property comes twice")
				}
				stack[top].seen[folded], stack[top].key = true, false
				continue
			}
		}
		if len(stack) == 0 {
			return nil
		}
		stack[len(stack)-1].key = stack[len(stack)-1].object
	}
}

const maxNesting = 8

// unwrapped takes an answer out of the fence that models like to put around
// JSON.
func unwrapped(answer string) string {
	text := strings.TrimSpace(answer)
	if rest, ok := strings.CutPrefix(text, "```"); ok {
		rest = strings.TrimPrefix(rest, "json")
		if inner, ok := strings.CutSuffix(rest, "```"); ok {
			return inner
		}
	}
	return text
}
