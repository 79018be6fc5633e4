package retrieval

import (
	"context"
	"maps"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"

	"maieutic/tutor"
	"maieutic/tutor/llm"
)

const (
	maxQuery = 4_000 // code points; more adds nothing to a search
	maxWords = 200   // different words of a question

	// candidates of each ranking; their scores are fused
	candidates = 100
	// maxPostings is how many postings, those of rare terms first, find the leaders:
	// in a small course all there are. The leaders are then scored by every term.
	maxPostings = 20_000
	leaders     = 300
)

// Ranking is what passages are ordered by.
type Ranking int

const (
	Fused     Ranking = iota // words and meaning together
	ByWords                  // BM25 alone
	ByMeaning                // nearness of embeddings alone
)

// Search returns the passages of a school, best first: BM25 over words and the
// cosine of embeddings, each scaled to 0..1 over the candidates of both and
// added by weight, in one statement and one round trip. Document frequencies are
// those of the passages searched. A course is searched exactly; so is a whole
// school, until its courses outgrow that. When the embedding endpoint fails, the
// words alone rank: a slow vendor must not silence the curriculum.
func (ix *Index) Search(ctx context.Context, q tutor.Query) ([]tutor.Passage, error) {
	return ix.SearchBy(ctx, q, Fused)
}

// SearchBy is Search with another order, for comparisons.
func (ix *Index) SearchBy(ctx context.Context, q tutor.Query, by Ranking) ([]tutor.Passage, error) {
	statements, err := ix.Statements(ctx, q, by)
	if err != nil || len(statements) == 0 {
		return nil, err
	}
	var found []tutor.Passage
	batch := &pgx.Batch{}
	batch.Queue(statements[0].SQL, statements[0].Args)
	batch.Queue(statements[1].SQL, statements[1].Args).Query(func(rows pgx.Rows) error {
		var err error
		found, err = pgx.CollectRows(rows, scanPassage)
		return err
	})
	if err := ix.pool.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fault(err, "the curriculum cannot be searched right now")
	}
	return found, nil
}

// embedWithin is how long a search waits for the vector of its question; then
// words alone rank.
const embedWithin = 2 * time.Second

// Statement is what a search sends to Postgres.
type Statement struct {
	SQL  string
	Args pgx.StrictNamedArgs
}

// Statements returns what a search sends, in one batch: the settings of the
// transaction and the query. It is none when there is nothing to search for.
func (ix *Index) Statements(ctx context.Context, q tutor.Query, by Ranking) ([]Statement, error) {
	if q.K < 1 || q.K > 50 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "a search returns 1 to 50 passages, not %d", q.K)
	}
	text := clip(q.Text)
	if text == "" {
		return nil, nil
	}
	var vector *pgvector.HalfVector
	if by != ByWords {
		asking, cancel := context.WithTimeout(llm.For(ctx, llm.Party{SchoolID: q.SchoolID}), embedWithin)
		vectors, err := ix.embedder.Embed(asking, []string{text})
		cancel()
		if err == nil {
			v := pgvector.NewHalfVector(vectors[0])
			vector = &v
		} else if ctx.Err() != nil {
			return nil, fault(ctx.Err(), "the search was cut off")
		}
	}
	words, meaning := 1.0, meaningWeight(ix.embedder)
	switch by {
	case ByWords:
		meaning = 0
	case ByMeaning:
		words, meaning = 0, 1
	}
	args := question(text, q.Language)
	maps.Copy(args, pgx.StrictNamedArgs{
		"school": q.SchoolID, "course": q.CourseID, "language": primarySubtag(q.In), "vector": vector, "words_weight": words,
		"meaning_weight": meaning, "exact_up_to": ix.exactUpTo, "postings": ix.postings, "segment_size": ix.segmentSize, "k": q.K,
	})
	return []Statement{
		{settingsSQL, pgx.StrictNamedArgs{"school": q.SchoolID, "iterate": ix.iterate, "width": strconv.Itoa(ix.width)}},
		{ix.search, args},
	}, nil
}

// question returns the terms of a question as the arguments of the search: its
// different words, and the grams of each by the word's place, from 1, with what
// their weight is multiplied by.
func question(text, language string) pgx.StrictNamedArgs {
	words, grams, owners, factors := []string{}, []string{}, []int{}, []float64{}
	places := map[string]int{}
	add := func(w word) {
		place, known := places[w.text]
		if !known {
			if len(words) == maxWords {
				return
			}
			words = append(words, w.text)
			place = len(words)
			places[w.text] = place
		}
		for _, gram := range w.grams {
			grams, owners, factors = append(grams, gram), append(owners, place), append(factors, w.factor)
		}
	}
	for _, w := range analyse(text, language) {
		add(w)
	}
	// The searched passages may be written in syllables though the question's
	// language is not known to be, and the other way round.
	other := "vi"
	if syllabic(language) {
		other = ""
	}
	for _, w := range analyse(text, other) {
		add(w)
	}
	return pgx.StrictNamedArgs{"words": words, "grams": grams, "gram_words": owners, "gram_factors": factors}
}

func scanPassage(row pgx.CollectableRow) (tutor.Passage, error) {
	var p tutor.Passage
	err := row.Scan(&p.CourseID, &p.LessonID, &p.Lesson, &p.Heading, &p.Anchor, &p.Start, &p.End, &p.Text, &p.Score)
	return p, err
}

// clip makes any text safe to search for.
func clip(s string) string {
	s = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, " "), "\x00", " "))
	if utf8.RuneCountInString(s) > maxQuery {
		s = string([]rune(s)[:maxQuery])
	}
	return s
}
