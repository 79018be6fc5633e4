package coach

import (
	"regexp"
	"strings"

	"maieutic/rubric/essay"
	"maieutic/tutor"
)

// write puts the feedback into words.
func (c *Coach) write(f *tutor.Feedback, in Input, readings []Reading) {
	w := newWords(f.Language, in.Work.Draft.ID)
	f.Complete, f.Graded = !f.Held && len(f.Flags) == 0, len(readings) > 0
	for _, r := range readings {
		said := tutor.CriterionFeedback{CriterionID: r.Criterion.ID}
		score := c.score(r, in)
		said.Score, said.ScoreID = &score, score.ID
		if r.Strength != nil {
			said.Strength = c.point(r, tutor.PointStrength, *r.Strength, orWords(r.StrengthText, w.finding(*r.Strength)))
		}
		if r.Next != nil {
			said.Next = c.point(r, tutor.PointNext, *r.Next, orWords(r.NextText, w.finding(*r.Next)))
			f.Complete = false
		}
		// What could not be read, or is short of the top, is not complete, even where
		// there is nothing to ask.
		f.Complete = f.Complete && top(r)
		f.Graded = f.Graded && r.Graded
		f.Criteria = append(f.Criteria, said)
	}
	f.Overview = w.overview(*f, in, first(readings))
}

func orWords(model, authored string) string {
	if model != "" {
		return model
	}
	return authored
}

// first is what to work on first: the weightiest next step.
func first(readings []Reading) *Reading {
	var best *Reading
	for i := range readings {
		r := &readings[i]
		if r.Next == nil {
			continue
		}
		if best == nil || r.Criterion.Weight*r.Next.Weight*(1-r.Value) > best.Criterion.Weight*best.Next.Weight*(1-best.Value) {
			best = r
		}
	}
	return best
}

func (c *Coach) score(r Reading, in Input) tutor.Score {
	scale := r.Criterion.Scale()
	level := scale.Nearest(r.Value)
	value, _ := scale.Value(level.ID)
	quotes := r.Quotes
	if len(quotes) == 0 {
		for _, finding := range []*essay.Finding{r.Strength, r.Next} {
			if finding != nil {
				quotes = append(quotes, finding.Quotes...)
			}
		}
	}
	return tutor.Score{ID: c.NewID(), Version: 1, TurnID: in.Work.Draft.ID, Criterion: scale, Level: level, Value: value, Grader: r.Grader,
		Confidence: r.Confidence, Quotes: quotes, RubricVersion: in.Work.Rubric.Version, Agreement: string(r.Agreement)}
}

func (c *Coach) point(r Reading, kind tutor.PointKind, f essay.Finding, text string) *tutor.Point {
	quotes := f.Quotes
	if quotes == nil {
		quotes = []tutor.Quote{}
	}
	return &tutor.Point{ID: c.NewID(), CriterionID: r.Criterion.ID, Kind: kind, Finding: f.Code, Text: text, Quotes: quotes, Citation: f.Citation}
}

var (
	markup = regexp.MustCompile("(?m)^#{1,6} |^> ?|^[-*+] |[*_`]|\\[([^\\]]*)\\]\\([^)]*\\)")
	blank  = regexp.MustCompile(`\n{3,}`)
)

// plain takes the marks out of Markdown, so that words can be compared.
func plain(markdown string) string {
	return strings.TrimSpace(blank.ReplaceAllString(markup.ReplaceAllString(markdown, "$1"), "\n\n"))
}

// unmarked is Markdown with its marks blanked out place for place, so that what
// is found in it stands at the same place of the lesson.
func unmarked(markdown string) string {
	var b strings.Builder
	done := 0
	blank := func(from, to int) {
		for _, r := range markdown[from:to] {
			if r != '\n' {
				r = ' '
			}
			b.WriteRune(r)
		}
	}
	for _, m := range markup.FindAllStringSubmatchIndex(markdown, -1) {
		b.WriteString(markdown[done:m[0]])
		if m[2] < 0 {
			blank(m[0], m[1])
		} else {
			blank(m[0], m[2])
			b.WriteString(markdown[m[2]:m[3]])
			blank(m[3], m[1])
		}
		done = m[1]
	}
	b.WriteString(markdown[done:])
	return b.String()
}
