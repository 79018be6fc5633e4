package retrieval

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// maxCount is the largest count and length that a posting holds.
const maxCount = 1<<16 - 1

// postingsBuilder makes the postings of one segment. Words are kept once each,
// by number, so that each is stemmed once.
type postingsBuilder struct {
	language string
	numbers  map[string]int32
	words    []word
	terms    []string // stem of each word, "" for a stop word
	passages []passageWords
}

type passageWords struct {
	number int
	counts map[int32]int32
}

func newPostingsBuilder(language string) *postingsBuilder {
	return &postingsBuilder{language: language, numbers: map[string]int32{}}
}

// count takes in the words of a passage.
func (b *postingsBuilder) count(number int, text string) {
	counts := map[int32]int32{}
	for _, w := range analyse(text, b.language) {
		key := w.text
		if syllabic(b.language) && len(w.grams) > 0 { // its grams depend on its neighbour
			key += "\x00" + w.grams[0]
		}
		n, known := b.numbers[key]
		if !known {
			n = int32(len(b.words))
			b.numbers[key] = n
			b.words = append(b.words, w)
		}
		counts[n]++
	}
	b.passages = append(b.passages, passageWords{number, counts})
}

// stem asks Postgres for the term of each word.
func (b *postingsBuilder) stem(ctx context.Context, tx pgx.Tx) error {
	texts := make([]string, len(b.words))
	for i, w := range b.words {
		texts[i] = w.text
	}
	rows, _ := tx.Query(ctx, `select maieutic_term(@dictionary, w.word) from unnest(@words::text[]) with ordinality w(word, i) order by w.i`,
		pgx.StrictNamedArgs{"dictionary": dictionary(b.language), "words": texts})
	var err error
	b.terms, err = pgx.CollectRows(rows, pgx.RowTo[string])
	return err
}

// postings returns those of each term, by number of the passage, and how many
// words there are. Stop words do not count, nor do their grams.
func (b *postingsBuilder) postings() (postings map[string][]int64, words int64) {
	postings = map[string][]int64{}
	for _, p := range b.passages {
		counts, length := map[string]int64{}, int64(0)
		for n, c := range p.counts {
			if b.terms[n] == "" {
				continue
			}
			length += int64(c)
			counts[b.terms[n]] += int64(c)
			for _, gram := range b.words[n].grams {
				counts[gram] += int64(c)
			}
		}
		words += length
		for term, c := range counts {
			postings[term] = append(postings[term], int64(p.number)<<32|min(length, maxCount)<<16|min(c, maxCount))
		}
	}
	return postings, words
}
