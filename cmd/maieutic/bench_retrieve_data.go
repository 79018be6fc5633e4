package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"

	"maieutic/retrieval"
	"maieutic/tutor"
)

// The made-up library: words by Zipf's law, half of them a topic's own; vectors
// around the centre of their topic.
const (
	synthDim         = 384
	synthVocabulary  = 60_000
	synthTopicWords  = 400
	synthWords       = 120 // of a passage
	synthPerTopic    = 250 // passages
	synthSpread      = 1.0 // length of a vector's own part, beside 1 for its topic
	synthQueryWords  = 8
	synthQuerySpread = 0.5 // how far a question is from its passage
)

// synthetic is a library of n passages. The same n gives the same library.
type synthetic struct{ n int }

func newSynthetic(n int) synthetic { return synthetic{n} }

func (s synthetic) topics() int { return max(1, s.n/synthPerTopic) }

// load fills the school, or goes on where it stopped, and returns the index.
func (s synthetic) load(ctx context.Context, to *scratch, progress func(done, total int)) (*retrieval.Index, error) {
	index := retrieval.New(to.store.Pool(), syntheticEmbedder{s})
	steps := map[string]int{}
	watched := index.Watched(func(step string, done, _ int) {
		steps[step] = done
		progress(steps["words"]+steps["embeddings"], 2*s.n)
	})
	_, err := watched.Load(ctx, to.school, "library", "en", func(yield func(tutor.Passage, error) bool) {
		for i := range s.n {
			text := s.passage(i)
			p := tutor.Passage{Citation: tutor.Citation{LessonID: fmt.Sprint(i), End: len(text)}, Text: text}
			if !yield(p, nil) {
				return
			}
		}
	})
	return index, err
}

// passage returns the text of passage i, which begins with its number.
func (s synthetic) passage(i int) string {
	random := rand.New(rand.NewPCG(uint64(i), 1))
	return fmt.Sprintf("p%d %s", i, strings.Join(s.words(random, i%s.topics(), synthWords), " "))
}

func (s synthetic) words(random *rand.Rand, topic, n int) []string {
	everywhere := rand.NewZipf(random, 1.1, 2, synthVocabulary-1)
	here := rand.NewZipf(random, 1.1, 2, synthTopicWords-1)
	out := make([]string, n)
	for i := range out {
		rank := everywhere.Uint64()
		if random.IntN(2) == 0 {
			rank = (uint64(topic)*7919 + here.Uint64()*104_729) % synthVocabulary
		}
		out[i] = synthWord(rank)
	}
	return out
}

// synthWord is a pronounceable word for each number.
func synthWord(n uint64) string {
	const consonants, vowels = "bdfgklmnprstvz", "aeiou"
	var b strings.Builder
	for n += 70; n > 0; n /= 70 {
		b.WriteByte(consonants[n%14])
		b.WriteByte(vowels[n/14%5])
	}
	return b.String()
}

// questions returns questions, each about some passage: a few of its words and
// some of its topic.
func (s synthetic) questions(school string, n int) []tutor.Query {
	out := make([]tutor.Query, n)
	random := rand.New(rand.NewPCG(uint64(s.n), 2))
	for q := range out {
		i := random.IntN(s.n)
		text := strings.Fields(s.passage(i))[1:]
		words := []string{fmt.Sprintf("q%d", i)}
		for range synthQueryWords / 2 {
			words = append(words, text[random.IntN(len(text))])
		}
		words = append(words, s.words(random, i%s.topics(), synthQueryWords/2)...)
		out[q] = tutor.Query{SchoolID: school, CourseID: "library", Language: "en", Text: strings.Join(words, " "), K: retrieveK}
	}
	return out
}

// syntheticEmbedder gives the vectors of the library's passages and questions.
type syntheticEmbedder struct{ synthetic }

func (e syntheticEmbedder) Name() string { return fmt.Sprintf("synthetic-%d", e.n) }

func (syntheticEmbedder) Dim() int { return synthDim }

// Embed reads which passage a text is, or asks for, from its first word.
func (e syntheticEmbedder) Embed(_ context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for k, text := range texts {
		text = strings.TrimLeft(text, ". ")
		first, _, _ := strings.Cut(text, " ")
		var i int
		if _, err := fmt.Sscanf(first[min(1, len(first)):], "%d", &i); err != nil {
			return nil, fmt.Errorf("not a text of the library: %.40q", text)
		}
		sum := make([]float64, synthDim)
		addNoise(sum, 3, uint64(i%e.topics()), 1)
		addNoise(sum, 4, uint64(i), synthSpread)
		if first[0] == 'q' {
			h := fnv.New64a()
			_, _ = h.Write([]byte(text))
			addNoise(sum, 5, h.Sum64(), synthQuerySpread)
		}
		out[k] = normalised(sum)
	}
	return out, nil
}

// addNoise adds a random vector of about the given length.
func addNoise(sum []float64, stream, seed uint64, length float64) {
	random := rand.New(rand.NewPCG(seed, stream))
	for i := range sum {
		sum[i] += random.NormFloat64() * length / math.Sqrt(float64(len(sum)))
	}
}

func normalised(sum []float64) []float32 {
	total := 0.0
	for _, x := range sum {
		total += x * x
	}
	out := make([]float32, len(sum))
	for i, x := range sum {
		out[i] = float32(x / math.Sqrt(total))
	}
	return out
}
