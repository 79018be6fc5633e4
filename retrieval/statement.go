package retrieval

import (
	"fmt"
	"strings"

	"maieutic/tutor/llm"
)

// The parameters of BM25 (Robertson and Zaragoza 2009) and the weight of grams,
// chosen as MEASURED.md tells.
const (
	saturation   = 0.9  // k1
	lengthWeight = 0.4  // b
	gramWeight   = 0.25 // against 1 for a stem
	bareWeight   = 0.5  // against 1 for a word in a language without a stemmer
)

// modelMeaning is the weight of the embeddings' nearness, against 1 for words.
const modelMeaning = 1.0

// meaningWeight is that of an embedder, which may set its own.
func meaningWeight(e llm.Embedder) float64 {
	if own, ok := e.(interface{ SearchWeight() float64 }); ok {
		return own.SearchWeight()
	}
	return modelMeaning
}

// settingsSQL bounds the statement to the school, and says how to walk the index
// of nearest neighbours: on, until the filters have let enough through. Sorting is
// discouraged because the planner cannot know how many rows row-level security
// leaves, takes them for few, and would sort all rather than walk the index.
const settingsSQL = `
select set_config('maieutic.school', @school, true), set_config('jit', 'off', true), set_config('work_mem', '32MB', true),
       set_config('enable_sort', 'off', true),
       (select count(set_config(s.name, s.value, true))
        from (values ('hnsw.ef_search', @width::text), ('hnsw.iterative_scan', case when @iterate::bool then 'strict_order' else 'off' end)) s(name, value)
        where ` + vectorIterates + `)`

// searchStatement is the search for an embedder. Its space is written into the
// text, where the planner can match it with the partial index; the rest are
// arguments.
func searchStatement(e llm.Embedder) string {
	space := fmt.Sprintf("halfvec(%d)", e.Dim())
	return strings.NewReplacer("{space}", space, "{model}", literal(e.Name()), "{pool}", fmt.Sprint(candidates), "{leaders}", fmt.Sprint(leaders),
		"{k1}", fmt.Sprint(saturation), "{b}", fmt.Sprint(lengthWeight), "{gram}", fmt.Sprint(gramWeight), "{bare}", fmt.Sprint(bareWeight)).Replace(searchSQL)
}

// searchSQL ranks by words in hits .. by_words and by meaning in walked and
// compared. The rarest terms find the leaders out of all their postings; the rest
// add to the leaders alone, whose postings are found by halving. Walked uses the
// index and runs only for a set too large to compare with one by one; what it
// leaves short is compared all the same. Look-ups are lateral behind "offset 0", so that each is one by its key even before the
// tables were ever analysed.
const searchSQL = `
with shelves as materialized (
	select course_id, row_number() over (order by course_id) as place, min(dictionary) as dictionary,
	       sum(passages)::float8 as passages, sum(words)::float8 as words
	from passage_segments
	where school_id = @school and (@course = '' or course_id = @course) and (@language = '' or split_part(lower(language), '-', 1) = @language)
	group by course_id
), extent as materialized (
	select coalesce(sum(passages), 0) as passages, coalesce(sum(words) / greatest(sum(passages), 1), 1) as mean from shelves
), stems as materialized (
	select w.word, t.term, max(case when d.dictionary in ('', 'exact') then {bare}::float8 else {gram}::float8 end) as grams
	from unnest(@words::text[]) with ordinality w(text, word),
	     (select distinct dictionary from shelves) d,
	     maieutic_term(d.dictionary, w.text) t(term)
	where t.term <> ''
	group by 1, 2
), terms as materialized (
	select term, 1.0::float8 as weight from stems group by term
	union all
	select g.term, max(s.grams * g.factor)
	from unnest(@gram_words::int[], @grams::text[], @gram_factors::float8[]) g(word, term, factor) join stems s using (word)
	group by g.term
), hits as materialized (
	select t.term, t.weight, s.place, p.segment, p.passages, p.postings
	from shelves s cross join terms t cross join lateral (
		select p.segment, p.passages, p.postings from passage_terms p
		where p.school_id = @school and p.course_id = s.course_id and p.term = t.term offset 0) p
	where @words_weight::float8 > 0
), gains as materialized (
	select term, gain, read <= @postings or read = found as early
	from (select term, gain, sum(found) over (order by gain desc, term) as read, found
	      from (select h.term, sum(h.passages) as found,
	                   min(h.weight) * ln(1 + (min(x.passages) - sum(h.passages) + .5) / (sum(h.passages) + .5)) as gain
	            from hits h, extent x group by h.term) of_term) in_order
), shape as materialized (
	select {k1}::float8 * (1 - {b}::float8) as base, {k1}::float8 * {b}::float8 / mean as slope from extent
), early as materialized (
	select (u.posting >> 32) | (h.place << 32) as passage,
	       sum(g.gain / (1 + ((select base from shape) + (select slope from shape) * ((u.posting >> 16) & 65535)) / (u.posting & 65535))) as score
	from gains g join hits h using (term) cross join unnest(h.postings) u(posting)
	where g.early
	group by 1
	order by score desc, 1 limit {leaders}
), rest as materialized (
	select g.gain, h.place, h.segment, h.postings[:] as postings from gains g join hits h using (term) where not g.early
), late as materialized (
	select c.passage, r.gain / (1 + ((select base from shape) + (select slope from shape) * ((u.posting >> 16) & 65535)) / (u.posting & 65535)) as score
	from rest r
	join early c on c.passage >> 32 = r.place and (c.passage & 4294967295) / @segment_size = r.segment
	cross join lateral (
		select r.postings[width_bucket((((c.passage & 4294967295) + 1) << 32) - 1, r.postings)] as posting offset 0) u
	where u.posting >> 32 = c.passage & 4294967295
), by_words as materialized (
	select s.course_id, (b.passage & 4294967295)::int as number, b.score
	from (select passage, sum(score) as score
	      from (select passage, score from early union all select passage, score from late) every_term
	      group by passage order by score desc, passage limit {pool}) b
	join shelves s on s.place = b.passage >> 32
), walked as materialized (
	select e.course_id, e.passage_id as id
	from embeddings e
	where e.school_id = @school and e.model = {model} and e.course_id = any ((select array_agg(course_id) from shelves)::text[])
	  and (select passages > @exact_up_to from extent) and @vector::halfvec is not null and @meaning_weight::float8 > 0
	order by e.vector::{space} <=> @vector::{space} limit {pool}
), compared as materialized (
	select e.course_id, e.passage_id as id
	from shelves s cross join lateral (
		select e.course_id, e.passage_id, e.vector from embeddings e
		where e.school_id = @school and e.course_id = s.course_id and e.model = {model} offset 0) e
	where @vector::halfvec is not null and @meaning_weight::float8 > 0
	  and ((select passages <= @exact_up_to from extent)
	       or (select count(*) from walked) < (select least({pool}, passages) from extent))
	order by e.vector <=> @vector::halfvec, e.passage_id limit {pool}
), candidates as materialized (
	select course_id, id, max(score) as score
	from (select p.course_id, p.id, w.score
	      from by_words w cross join lateral (
	      	select p.course_id, p.id from passages p
	      	where p.school_id = @school and p.course_id = w.course_id and p.number = w.number offset 0) p
	      union all
	      select course_id, id, 0 from walked
	      union all
	      select course_id, id, 0 from compared) either
	group by course_id, id
), weighed as (
	select c.course_id, c.id, c.score, e.nearness
	from candidates c left join lateral (
		select 1 - (e.vector <=> @vector::halfvec) as nearness from embeddings e
		where e.school_id = @school and e.course_id = c.course_id and e.model = {model} and e.passage_id = c.id offset 0) e on true
), fused as (
	select course_id, id, @words_weight::float8 * coalesce(score / nullif(max(score) over (), 0), 0) +
	       @meaning_weight::float8 * coalesce((nearness - min(nearness) over ()) / nullif(max(nearness) over () - min(nearness) over (), 0), 0) as score
	from weighed
	order by score desc, id limit @k
)
select p.course_id, p.lesson_id, p.lesson, p.heading, p.anchor, p.start_at, p.end_at, p.body, f.score
from fused f cross join lateral (
	select * from passages p
	where p.school_id = @school and p.course_id = f.course_id and p.id = f.id offset 0) p
order by f.score desc, p.id`
