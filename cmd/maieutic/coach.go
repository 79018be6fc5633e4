package main

import (
	"log/slog"
	"net/http"
	"time"

	"maieutic/dialogue/coach"
	"maieutic/rubric/essay"
	"maieutic/rubric/essay/scorer"
	"maieutic/rubric/revision"
	"maieutic/tutor"
	"maieutic/tutor/llm"
	"maieutic/web/page"
)

// newCoach wires what reads drafts.
func newCoach(config Config, model llm.Model, log *slog.Logger) (*coach.Coach, error) {
	c := coach.Config{Log: log, Decode: decodeScorer, Timeout: readWithinModel}
	if model != nil && config.ModelGrades {
		c.Reader = coach.NewModelReader(model, config.ModelContext, log)
	}
	if config.Grammar != "" {
		checker, err := essay.NewLanguageTool(config.Grammar, &http.Client{Timeout: grammarWithin})
		if err != nil {
			return nil, err
		}
		c.Grammar = checker
	}
	return coach.New(c), nil
}

// readWithinModel is how long a model may take over one draft: nobody waits in front
// of a page for it, and a model of the school's own may be slow.
const readWithinModel = 3 * time.Minute

// grammarWithin is how long one request to LanguageTool may take.
const grammarWithin = 20 * time.Second

// decodeScorer reads a stored scorer.
func decodeScorer(stored []byte) (coach.Scorer, error) { return scorer.Unmarshal(stored) }

// compareDrafts holds two drafts side by side, for the page.
func compareDrafts(before, after string) []page.CompareRow {
	oldParagraph, newParagraph := -1, -1
	var rows []page.CompareRow
	for _, r := range revision.Align(before, after).Rows {
		row := page.CompareRow{Kind: string(r.Kind)}
		if r.Kind != revision.Added {
			row.Before = tutor.Quote{Start: r.Before.Start, End: r.Before.End, Text: r.Old}
			row.NewOld, oldParagraph = r.ParagraphBefore != oldParagraph, r.ParagraphBefore
		}
		if r.Kind != revision.Removed {
			row.After = tutor.Quote{Start: r.After.Start, End: r.After.End, Text: r.New}
			row.NewNew, newParagraph = r.ParagraphAfter != newParagraph, r.ParagraphAfter
		}
		row.Old, row.New = comparePieces(r)
		rows = append(rows, row)
	}
	return rows
}

func comparePieces(r revision.Row) (old, now []page.ComparePiece) {
	if len(r.Pieces) == 0 {
		if r.Old != "" {
			old = []page.ComparePiece{{Text: r.Old}}
		}
		if r.New != "" {
			now = []page.ComparePiece{{Text: r.New}}
		}
		return old, now
	}
	for _, p := range r.Pieces {
		if p.Before {
			old = append(old, page.ComparePiece{Text: p.Text, Changed: !p.After})
		}
		if p.After {
			now = append(now, page.ComparePiece{Text: p.Text, Changed: !p.Before})
		}
	}
	return old, now
}
