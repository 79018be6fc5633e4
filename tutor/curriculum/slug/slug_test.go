package slug_test

import (
	"strings"
	"testing"

	"maieutic/tutor/curriculum/slug"
)

func TestOf(t *testing.T) {
	for want, names := range map[string][]string{
		"what-is-it": {"What is it?"}, "cafe-noir": {"Café  noir"}, "platos-cave": {"Plato’s cave"}, "m1": {"فلسفة", "m1"}, "unnamed": {"", "…"},
	} {
		if got := slug.Of(names...); got != want {
			t.Errorf("%q is %q, want %q", names, got, want)
		}
	}
	if got := slug.Of(strings.Repeat("word ", 30)); len(got) > 60 || strings.HasSuffix(got, "-") || !strings.HasSuffix(got, "word") {
		t.Errorf("long: %q", got)
	}
	taken := map[string]bool{}
	if a, b, c := slug.Unique("x", taken), slug.Unique("x", taken), slug.Unique("x", taken); a != "x" || b != "x-2" || c != "x-3" {
		t.Errorf("%q, %q, %q", a, b, c)
	}
}
