package page

import (
	"html/template"
	"slices"

	"maieutic/tutor"
)

// Reviews is the page "reviews": the drafts that a teacher has to look at.
type Reviews struct {
	Filter     tutor.ReviewFilter
	Class      string // name, "" for all classes
	Classes    []tutor.Class
	Activities []tutor.ActivityOutline // essay tasks
	Items      []tutor.ReviewItem
	Query      string // of the filter, "" or beginning with "?"
	Published  int    // drafts that were published just now
	LeftOut    int    // that were not
	Told       bool   // whether the two are to be told
}

// Ready returns the ids of the drafts that can be published unseen: nothing about
// them asks for a person.
func (r Reviews) Ready() (ids []string) {
	for _, i := range r.Items {
		if i.Publishable() && i.Why() == tutor.WhyReady {
			ids = append(ids, i.DraftID)
		}
	}
	return ids
}

// Publishable reports whether any of the drafts can be published from the list.
func (r Reviews) Publishable() bool {
	return slices.ContainsFunc(r.Items, tutor.ReviewItem.Publishable)
}

// Review is the page "review": one draft as a teacher judges it.
type Review struct {
	Essay    tutor.Essay
	Draft    tutor.EssayDraft
	Item     tutor.ReviewItem
	Pieces   []Piece
	Overview template.HTML
	Criteria []ReviewCriterion
	Previous string // id of the draft before it in the queue, "" for none
	Next     string
	Query    string // of the queue's filter, "" or beginning with "?"
	Notice   string // key of what was done just now
	Error    string // what was wrong with what was typed, beside no criterion
}

// Before is the number of the draft before this one, 0 for none.
func (r Review) Before() int { return max(0, r.Draft.Draft.Number-1) }

// Earlier returns the drafts of the essay before this one, newest first.
func (r Review) Earlier() (drafts []tutor.EssayDraft) {
	for _, d := range slices.Backward(r.Essay.Drafts) {
		if d.Draft.Number < r.Draft.Draft.Number {
			drafts = append(drafts, d)
		}
	}
	return drafts
}

// Flags returns what is odd about the draft.
func (r Review) Flags() []tutor.Flag {
	if r.Draft.Feedback == nil {
		return nil
	}
	return r.Draft.Feedback.Flags
}

// ReviewCriterion is one criterion of a draft with everything about its score.
type ReviewCriterion struct {
	tutor.RubricCriterion
	Number   int    // from 1, as in the marks of the text
	DraftID  string // of the draft
	Query    string
	Score    *tutor.Score        // nil where nothing was scored
	Machine  *tutor.ScoreVersion // the grader's own word where a teacher's counts, else nil
	History  []tutor.ScoreVersion
	Changed  bool     // a teacher changed the score after it was published
	Flags    []string // codes of what is odd about it
	Strength template.HTML
	NextStep template.HTML
	Appeals  []tutor.Appeal
	Form     OverrideForm
	Notice   string // key of what was done just now
	Changes  []tutor.SkillChange
	Error    string
}

// Unsure reports whether the grader was not sure of the score.
func (c ReviewCriterion) Unsure() bool {
	return c.Score != nil && c.Score.Confidence < tutor.UnsureBelow
}

// HistoryStep is one version of a score with the level before it.
type HistoryStep struct {
	tutor.ScoreVersion
	From string // title of the level before, "" for the first
}

// Steps returns how the score came to be what it is, oldest first; nothing where
// it has not changed.
func (c ReviewCriterion) Steps() (steps []HistoryStep) {
	from := ""
	for _, v := range c.History {
		steps = append(steps, HistoryStep{v, from})
		from = v.Level.Title
	}
	if len(steps) < 2 {
		return nil
	}
	return steps
}

// OverrideForm is what a teacher has typed about a score.
type OverrideForm struct {
	Level  string
	Reason tutor.OverrideReason
	Note   string
	Span   string // passages of the draft, one a line
	Open   bool   // the form stands open
}

// ReviewMerge is the page "review-merge": what a colleague has saved meanwhile
// beside what a teacher was about to save.
type ReviewMerge struct {
	Title   string // of what was scored
	Student string
	Score   tutor.Score // as it stands now
	Theirs  tutor.ScoreVersion
	Form    OverrideForm // what was about to be saved
	Spans   bool         // whether words of the text may be named
	Action  string       // where it is saved to
	Back    string
}

// ReviewAppeal is the page "review-appeal": what others have said about a request
// meanwhile beside what somebody was about to say.
type ReviewAppeal struct {
	Appeal tutor.Appeal
	Title  string // of the criterion
	Text   string
	Action string // where it is added to, "" when nothing can be
	Back   string
	Error  string // what was wrong with it, "" when others were faster
}

// Piece is a stretch of a draft under the same marks.
type Piece struct {
	Text   string
	Starts []int // numbers of the criteria whose first quote begins here
	Marks  []int // numbers of the criteria that rest on it
	Flag   bool  // a flag points at it
	Ends   []End // criteria whose quote ends here
}

// Marked reports whether the piece is marked at all.
func (p Piece) Marked() bool { return len(p.Marks) > 0 || p.Flag }

// End closes a quote and leads to its criterion.
type End struct {
	Number    int
	Criterion string // id
	Title     string
}

// Pieces cuts a text at the bounds of what criteria and flags quote. What lies
// outside of the text is passed over. The pieces together are the text.
func Pieces(text string, criteria []ReviewCriterion, flags []tutor.Flag) []Piece {
	runes := []rune(text)
	in := func(q tutor.Quote) bool { return q.Start >= 0 && q.Start < q.End && q.End <= len(runes) }
	cuts := []int{0, len(runes)}
	var flagged []tutor.Quote
	for _, f := range flags {
		flagged = append(flagged, slices.DeleteFunc(slices.Clone(f.Quotes), func(q tutor.Quote) bool { return !in(q) })...)
	}
	quotes := make([][]tutor.Quote, len(criteria))
	for i, c := range criteria {
		if c.Score != nil {
			quotes[i] = slices.DeleteFunc(slices.Clone(c.Score.Quotes), func(q tutor.Quote) bool { return !in(q) })
		}
	}
	for _, list := range append(slices.Clone(quotes), flagged) {
		for _, q := range list {
			cuts = append(cuts, q.Start, q.End)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var out []Piece
	named := map[int]bool{}
	for i := 1; i < len(cuts); i++ {
		p := Piece{Text: string(runes[cuts[i-1]:cuts[i]])}
		covers := func(q tutor.Quote) bool { return q.Start <= cuts[i-1] && cuts[i] <= q.End }
		p.Flag = slices.ContainsFunc(flagged, covers)
		for j, c := range criteria {
			if !slices.ContainsFunc(quotes[j], covers) {
				continue
			}
			p.Marks = append(p.Marks, c.Number)
			if !named[c.Number] {
				p.Starts, named[c.Number] = append(p.Starts, c.Number), true
			}
			if slices.ContainsFunc(quotes[j], func(q tutor.Quote) bool { return q.End == cuts[i] }) {
				p.Ends = append(p.Ends, End{c.Number, c.ID, c.Title})
			}
		}
		out = append(out, p)
	}
	return out
}
