package offline_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"maieutic/tutor/llm"
	"maieutic/tutor/llm/offline"
)

var _ llm.Embedder = offline.Embedder{}

func embed(t *testing.T, texts ...string) [][]float32 {
	t.Helper()
	vectors, err := offline.Embedder{}.Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	return vectors
}

func dot(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func TestVectorsHaveUnitLength(t *testing.T) {
	for i, v := range embed(t, "a", "", "   ", "?!", "The current is the same everywhere in a series circuit.", "\xff\x00", "٣ + ٤") {
		if len(v) != (offline.Embedder{}).Dim() {
			t.Fatalf("text %d: length %d", i, len(v))
		}
		if n := math.Sqrt(dot(v, v)); math.Abs(n-1) > 1e-5 {
			t.Errorf("text %d: norm %v", i, n)
		}
	}
}

// The vectors of stored passages must still be comparable after an upgrade; one
// that changes them changes the name.
func TestVectorsAreStable(t *testing.T) {
	var h uint64 = 14695981039346656037
	for _, v := range embed(t, "Opposite charges attract.", "La batería", "المعادلة", "विद्युत धारा", "电流是什么", "전류는", "กระแสไฟฟ้า") {
		for _, x := range v {
			h = (h ^ uint64(math.Float32bits(x))) * 1099511628211
		}
	}
	const want, name = uint64(13367507936847695013), "maieutic-hash-1024-v2"
	if h != want || (offline.Embedder{}).Name() != name {
		t.Errorf("the vectors have changed (%d, want %d): give the embedder a new name", h, want)
	}
}

func TestNearness(t *testing.T) {
	cases := []struct{ name, query, near, far string }{
		{"same words", "what is a like term", "A like term has the same letters.", "Plants take in carbon dioxide."},
		{"inflection", "distributing negatives", "How to distribute a negative", "How to measure a voltage"},
		{"typing error", "multiplacation of brakets", "Multiplication of brackets", "Temperature of the sea"},
		{"Spanish", "¿qué es una ecuación?", "Una ecuación dice que dos cosas son iguales.", "La luz llega del sol."},
		{"accents", "ecuacion", "La ecuación", "La corriente"},
		{"Arabic", "المعادلات", "معادلة", "كهرباء"},
		{"Hindi", "आवेश की दिशा", "आवेशों की दिशाएँ", "पौधे की पत्ती"},
		{"Chinese", "什么是电流", "电流的方向", "植物的叶子"},
		{"Thai", "กระแสไฟฟ้าคืออะไร", "ทิศทางของกระแสไฟฟ้า", "ใบของพืช"},
	}
	for _, c := range cases {
		v := embed(t, c.query, c.near, c.far)
		if near, far := dot(v[0], v[1]), dot(v[0], v[2]); near <= far {
			t.Errorf("%s: near %.3f, far %.3f", c.name, near, far)
		}
	}
}

func TestSameTextSameVector(t *testing.T) {
	v := embed(t, "x + 2 = 5", "other", "x + 2 = 5")
	if !slices.Equal(v[0], v[2]) {
		t.Error("one text, two vectors")
	}
}

func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (offline.Embedder{}).Embed(ctx, []string{"a"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkEmbed(b *testing.B) {
	text := []string{"The factor in front of a bracket multiplies every term inside it, and its sign goes with it each time."}
	b.ReportAllocs()
	for b.Loop() {
		_, _ = offline.Embedder{}.Embed(context.Background(), text)
	}
}
