package retrieval_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"

	"maieutic/retrieval"
	"maieutic/tutor"
)

// circle embeds a text that ends in a number of degrees as that direction. Its
// name has to be quoted.
type circle struct{}

func (circle) Name() string { return `it's a \circle` }
func (circle) Dim() int     { return 2 }

func (circle) Embed(_ context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, text := range texts {
		var degrees float64
		if _, err := fmt.Sscan(text[strings.LastIndex(text, " ")+1:], &degrees); err != nil {
			return nil, err
		}
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		out[i] = []float32{float32(cos), float32(sin)}
	}
	return out, nil
}

// A course whose passages are one in a hundred, and none of them near, is lost
// behind an index of nearest neighbours unless the walk goes on. This is found
// with the walk going on, and exactly where it may not.
func TestWalkIsNotLostBehindItsFilter(t *testing.T) {
	f := newFixture(t)
	ix := retrieval.New(f.store.Pool(), circle{}).Sized(4096, 10)
	var near, far []string
	for i := range 2000 {
		near = append(near, fmt.Sprintf("crowd %.3f", float64(i)/100))
	}
	for i := range 20 {
		far = append(far, fmt.Sprintf("course %.3f", 100+float64(i)))
	}
	load(t, ix, f.school, "few", "xx", far...)
	load(t, ix, f.school, "crowd", "xx", near...)

	if n := bareWalk(t, f, ix); n >= 10 {
		t.Fatalf("an index that is walked once finds %d passages: this data shows nothing", n)
	}
	for name, ix := range map[string]*retrieval.Index{"walked on": ix, "completed exactly": ix.Once()} {
		found, err := ix.SearchBy(t.Context(), tutor.Query{SchoolID: f.school, CourseID: "few", Language: "xx", Text: "what is at 0", K: 10}, retrieval.ByMeaning)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != 10 {
			t.Errorf("%s: %d passages of 10", name, len(found))
		}
		for i, p := range found {
			if p.Text != far[i] {
				t.Errorf("%s: place %d has %q, want %q", name, i, p.Text, far[i])
			}
		}
	}
	// The whole school has the crowd first.
	found, err := ix.SearchBy(t.Context(), tutor.Query{SchoolID: f.school, Language: "xx", Text: "what is at 10", K: 10}, retrieval.ByMeaning)
	if err != nil || len(found) != 10 || found[9].CourseID != "crowd" {
		t.Errorf("the school: %+v, %v", found, err)
	}
}

// bareWalk asks the index for the ten nearest of the small course, with
// pgvector's own settings.
func bareWalk(t *testing.T, f fixture, ix *retrieval.Index) (n int) {
	t.Helper()
	err := pgx.BeginFunc(t.Context(), f.store.Pool(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `select set_config('maieutic.school', $1, true), set_config('enable_sort', 'off', true)`, f.school); err != nil {
			return err
		}
		const nearest = `
			select passage_id::text from embeddings
			where school_id = $1 and course_id = $2 and model = 'it''s a \circle'
			order by vector::halfvec(2) <=> $3::halfvec(2) limit 10`
		args := []any{f.school, "few", pgvector.NewHalfVector([]float32{1, 0})}
		rows, _ := tx.Query(t.Context(), `explain `+nearest, args...)
		plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		if !strings.Contains(strings.Join(plan, "\n"), ix.IndexName()) {
			t.Errorf("the index is not used:\n%s", strings.Join(plan, "\n"))
		}
		rows, _ = tx.Query(t.Context(), nearest, args...)
		ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
		n = len(ids)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
