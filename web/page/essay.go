package page

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"maieutic/tutor"
)

// Essay is the page "essay" of a student: the task and the editor.
type Essay struct {
	Essay   tutor.Essay
	Tabs    EssayTabs
	Prompt  template.HTML
	Text    string // what stands in the editor
	Base    int64  // revision that the text is of
	NewID   string
	Error   string
	Saved   bool // without a script: it was just kept
	Uploads bool // the server reads documents
	Sources []tutor.Lesson
	Account string // id, so that nobody else's words are shown on a shared machine
}

// Wanted are the words that are asked for, "" for any number.
func (e Essay) Wanted() string {
	if e.Essay.Activity.Essay == nil {
		return ""
	}
	w := e.Essay.Activity.Essay.Words
	switch {
	case w.Least > 0 && w.Most > 0:
		return strconv.Itoa(w.Least) + "–" + strconv.Itoa(w.Most)
	case w.Least > 0:
		return "≥ " + strconv.Itoa(w.Least)
	case w.Most > 0:
		return "≤ " + strconv.Itoa(w.Most)
	}
	return ""
}

// EssayTabs lead from one page of an essay to the others.
type EssayTabs struct {
	Session string
	Here    string // "write", "draft", "compare" or "talk"
	Latest  int    // number of the latest draft, 0 for none
	Student bool
}

// TabsOf are the tabs of an essay.
func TabsOf(e tutor.Essay, here string, student bool) EssayTabs {
	t := EssayTabs{Session: e.Session.ID, Here: here, Student: student}
	if n := len(e.Drafts); n > 0 {
		t.Latest = e.Drafts[n-1].Draft.Number
	}
	return t
}

// Before is the draft before the latest, 0 for none.
func (t EssayTabs) Before() int { return max(0, t.Latest-1) }

// Glance is the table of criteria by drafts.
type Glance struct {
	Drafts []tutor.EssayDraft
	Rows   []GlanceRow
}

// GlanceRow is one criterion over the drafts.
type GlanceRow struct {
	Title string
	Cells []GlanceCell
}

// GlanceCell is how a criterion stands in one draft.
type GlanceCell struct {
	Level string     // title, "" where it is not shown
	State string     // key: "waiting", "refused", "settled", "open"
	Fate  tutor.Fate // what became of the point of the draft before, "" for none
}

// GlanceOf puts an essay's progress together.
func GlanceOf(e tutor.Essay) Glance {
	g := Glance{Drafts: e.Drafts}
	for _, c := range e.Rubric.Criteria {
		row := GlanceRow{Title: c.Title}
		for _, d := range e.Drafts {
			row.Cells = append(row.Cells, glanceCell(d, c.ID))
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

func glanceCell(d tutor.EssayDraft, criterion string) GlanceCell {
	switch {
	case d.Feedback == nil:
		return GlanceCell{State: "waiting"}
	case d.Feedback.Refusal != "":
		return GlanceCell{State: "refused"}
	}
	cell := GlanceCell{State: "waiting"}
	for _, c := range d.Feedback.Criteria {
		if c.CriterionID != criterion {
			continue
		}
		cell.State = "settled"
		if c.Next != nil {
			cell.State = "open"
		}
		if c.Score != nil {
			cell.Level = c.Score.Level.Title
		}
	}
	for _, o := range d.Feedback.Outcomes {
		if o.CriterionID == criterion {
			cell.Fate = o.Fate
		}
	}
	return cell
}

// Draft is the page "draft": a draft with its feedback.
type Draft struct {
	Session  tutor.Session
	Tabs     EssayTabs
	Draft    tutor.EssayDraft
	Segments []Segment
	Overview template.HTML
	Notes    []Note
	Outcomes []Outcome
	Mine     bool // the viewer has written it
	Sent     bool // handed in just now
	Sibling  []int
}

// Segment is a stretch of a draft that the same notes are about.
type Segment struct {
	Text  string
	Notes []int // numbers, from 1
	First []int // those whose first place this is: here is what they lead back to
}

// Note is what is said of one criterion, or one point of it.
type Note struct {
	Number    int
	Criterion tutor.RubricCriterion
	Score     *tutor.Score
	Graded    bool
	Strength  *NotePoint
	Next      *NotePoint
	Changes   []HistoryStep  // of the score since it was published, oldest first
	Appeals   []tutor.Appeal // oldest first
	CanAppeal bool
}

// NotePoint is a point with its number in the margin of the draft, 0 when it is
// about no place.
type NotePoint struct {
	tutor.Point
	Number int
	HTML   template.HTML
}

// Outcome is what became of a point of the draft before.
type Outcome struct {
	Title string
	Text  template.HTML // of the point
	Fate  tutor.Fate
	After string
}

// SegmentsOf cuts a draft where marked places begin and end. Points go by their
// numbers.
func SegmentsOf(text string, points []NotePoint) []Segment {
	runes := []rune(text)
	cuts := []int{0, len(runes)}
	for _, p := range points {
		for _, q := range p.Quotes {
			if 0 <= q.Start && q.Start < q.End && q.End <= len(runes) {
				cuts = append(cuts, q.Start, q.End)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	seen := map[int]bool{}
	var out []Segment
	for i := 0; i+1 < len(cuts); i++ {
		s := Segment{Text: string(runes[cuts[i]:cuts[i+1]])}
		for _, p := range points {
			if p.Number > 0 && slices.ContainsFunc(p.Quotes, func(q tutor.Quote) bool { return q.Start <= cuts[i] && cuts[i+1] <= q.End }) {
				s.Notes = append(s.Notes, p.Number)
				if !seen[p.Number] {
					seen[p.Number] = true
					s.First = append(s.First, p.Number)
				}
			}
		}
		out = append(out, s)
	}
	return out
}

// Compare is the page "compare": two drafts side by side.
type Compare struct {
	Session  tutor.Session
	Tabs     EssayTabs
	From, To tutor.EssayDraft
	Drafts   []tutor.EssayDraft // to choose from
	Rows     []CompareRow
	Outcomes []Outcome
	Counts   map[string]int // of rows, by kind
}

// CompareRow is a sentence of one draft beside its place in the other.
type CompareRow struct {
	Kind        string // "kept", "changed", "moved", "added" or "removed"
	Old, New    []ComparePiece
	NewOld      bool // begins a paragraph in the earlier draft
	NewNew      bool // begins a paragraph in the later draft
	Before      tutor.Quote
	After       tutor.Quote
	OutcomeHere []int // outcomes that are about this row, by index from 1
}

// ComparePiece is a part of a sentence; Changed where the other draft has it not.
type ComparePiece struct {
	Text    string
	Changed bool
}

// EssayProgress is how far the feedback on a draft is, for its page.
type EssayProgress struct {
	tutor.FeedbackProgress
	Session string
}

// Progress is how far the feedback is.
func (d Draft) Progress() EssayProgress { return EssayProgress{d.Draft.Progress, d.Session.ID} }

// Language is that of the draft, as far as its feedback knows.
func (d Draft) Language() string { return d.Session.Language }

// Glance is the progress over the drafts.
func (e Essay) Glance() Glance { return GlanceOf(e.Essay) }

// DraftNumber is the number of the draft that a turn of kind draft handed in.
func (t Turn) DraftNumber() int {
	n, _ := strconv.Atoi(strings.TrimPrefix(t.Target, "draft:"))
	return n
}
