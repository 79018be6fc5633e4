package retrieval

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"

	"maieutic/tutor"
)

const (
	maxQuery = 4_000 // code points; more adds nothing to a search
	pool     = 40    // candidates of each ranking
)

// Search returns the passages of a school, best first, by reciprocal rank fusion
// (Cormack et al. 2009, k = 60) of full-text rank and nearness of embeddings, in
// one statement and one round trip. A course is searched exactly; so is a whole
// school, until its courses outgrow that. When the embedding endpoint fails, the
// words alone rank: a slow vendor must not silence the curriculum.
func (ix *Index) Search(ctx context.Context, q tutor.Query) ([]tutor.Passage, error) {
	if q.K < 1 || q.K > 50 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "a search returns 1 to 50 passages, not %d", q.K)
	}
	words := clip(q.Text)
	if words == "" {
		return nil, nil
	}
	var vector *pgvector.HalfVector
	if vectors, err := ix.embedder.Embed(ctx, []string{words}); err == nil {
		v := pgvector.NewHalfVector(vectors[0])
		vector = &v
	} else if ctx.Err() != nil {
		return nil, fault(ctx.Err(), "the search was cut off")
	}
	batch := &pgx.Batch{}
	batch.Queue(`select set_config('maieutic.school', $1, true)`, q.SchoolID)
	var found []tutor.Passage
	batch.Queue(searchSQL, pgx.StrictNamedArgs{
		"school": q.SchoolID, "course": q.CourseID, "config": searchConfig(q.Language), "words": words,
		"model": ix.embedder.Name(), "vector": vector, "pool": pool, "k": q.K,
	}).Query(func(rows pgx.Rows) error {
		var err error
		found, err = pgx.CollectRows(rows, scanPassage)
		return err
	})
	if err := ix.pool.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fault(err, "the curriculum cannot be searched right now")
	}
	return found, nil
}

// searchSQL joins the query's words by "or": a question rarely holds only words
// that its answer holds too.
const searchSQL = `
with question as materialized (
	select replace(plainto_tsquery(@config::regconfig, @words)::text, '&', '|')::tsquery as words
), by_words as (
	select p.course_id, p.id,
	       row_number() over (order by ts_rank_cd(p.words, question.words, 1) + ts_rank(p.words, question.words, 1) desc, p.id) as place
	from passages p, question
	where p.school_id = @school and (@course = '' or p.course_id = @course) and p.words @@ question.words
	order by place limit @pool
), by_meaning as (
	select e.course_id, e.passage_id as id,
	       row_number() over (order by e.vector <=> @vector::halfvec, e.passage_id) as place
	from embeddings e
	where e.school_id = @school and (@course = '' or e.course_id = @course) and e.model = @model
	  and @vector::halfvec is not null
	order by place limit @pool
), fused as (
	select course_id, id, sum(1.0 / (60 + place)) as score
	from (select * from by_words union all select * from by_meaning) ranked
	group by course_id, id
)
select p.course_id, p.lesson_id, p.lesson, p.heading, p.anchor, p.start_at, p.end_at, p.body, fused.score::float8
from fused join passages p on p.school_id = @school and p.course_id = fused.course_id and p.id = fused.id
order by fused.score desc, p.id limit @k`

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

// searchConfigs are the text search configurations that Postgres brings along,
// by primary language subtag.
var searchConfigs = map[string]string{
	"ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
	"fr": "french", "hu": "hungarian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nl": "dutch",
	"no": "norwegian", "nb": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}

func searchConfig(language string) string {
	primary, _, _ := strings.Cut(strings.ToLower(language), "-")
	if config, ok := searchConfigs[primary]; ok {
		return "pg_catalog." + config
	}
	return "pg_catalog.simple"
}
