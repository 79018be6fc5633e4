package retrieval

import (
	"strings"
	"testing"

	"maieutic/tutor"
)

const lessonBody = `Opening words, before any heading. Ünïcode counts once.

## What it is

A **like term** has the same letters.

- one
- two

## Common slip

> Adding $2x$ and $3$ gives neither.

` + "```\ncode\n```\n"

func chunks(body string) []tutor.Passage {
	return Chunk(tutor.Lesson{ID: "like-terms", CourseID: "algebra", Title: "Like terms", Body: body})
}

func TestChunkByHeading(t *testing.T) {
	got := chunks(lessonBody)
	want := []struct{ heading, anchor, text string }{
		{"", "content", "Opening words, before any heading. Ünïcode counts once."},
		{"What it is", "what-it-is", "A **like term** has the same letters.\n\n- one\n- two"},
		{"Common slip", "common-slip", "> Adding $2x$ and $3$ gives neither.\n\n```\ncode"},
	}
	if len(got) != len(want) {
		t.Fatalf("%d passages, want %d: %+v", len(got), len(want), got)
	}
	for i, w := range want {
		p := got[i]
		if p.Heading != w.heading || p.Anchor != w.anchor || p.Text != w.text {
			t.Errorf("passage %d is %q %q %q, want %q %q %q", i, p.Heading, p.Anchor, p.Text, w.heading, w.anchor, w.text)
		}
	}
}

// A citation is worth having only if it points at its words.
func TestCitationsPointAtTheText(t *testing.T) {
	body := lessonBody + "\n## Long\n\n" + strings.Repeat("Ein Satz über Stromkreise. ", 40) + "\n\n" + strings.Repeat("Noch einer. ", 90)
	runes := []rune(body)
	for _, p := range chunks(body) {
		if at := strings.TrimSpace(string(runes[p.Start:p.End])); at != p.Text {
			t.Errorf("%d-%d is %q, want %q", p.Start, p.End, at, p.Text)
		}
		if p.LessonID != "like-terms" || p.Lesson != "Like terms" {
			t.Errorf("citation %+v", p.Citation)
		}
	}
}

func TestLongSectionsAreCutBetweenBlocks(t *testing.T) {
	paragraph := strings.Repeat("word ", 120) // 600 bytes
	got := chunks("## A\n\n" + strings.Repeat(paragraph+"\n\n", 4))
	if len(got) != 4 && len(got) != 2 {
		t.Fatalf("%d passages", len(got))
	}
	for _, p := range got {
		if p.Heading != "A" || len(p.Text) > longest {
			t.Errorf("passage of %d bytes under %q", len(p.Text), p.Heading)
		}
	}
}

func TestNothingToChunk(t *testing.T) {
	for _, body := range []string{"", "\n\n", "## Only a heading\n"} {
		if got := chunks(body); len(got) != 0 {
			t.Errorf("%q gave %d passages", body, len(got))
		}
	}
}

func FuzzChunk(f *testing.F) {
	f.Add(lessonBody)
	f.Add("a\r\n\r\n# b\r\nc")
	f.Fuzz(func(t *testing.T, body string) {
		runes := []rune(body)
		for _, p := range chunks(body) {
			if p.Start < 0 || p.End <= p.Start || p.End > len(runes) {
				t.Fatalf("range %d-%d of %d", p.Start, p.End, len(runes))
			}
		}
	})
}
