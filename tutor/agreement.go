package tutor

import "time"

// OfferAfter is how many overrides of a criterion it takes for a correction to be
// offered.
const OfferAfter = 30

// RatedPair is a score of a machine beside that of a person, for one criterion of
// one draft. A person's is an override, a published score that was left as it
// was, or a blind marking.
type RatedPair struct {
	ActivityID, Activity   string
	CriterionID, Criterion string
	Structure              string    // of the rubric
	Levels                 []float64 // values of the scale, ascending, 0..1
	DraftID                string
	Machine, Person        float64
	Overridden             bool // the person changed the machine's
	Blind                  bool // the person had not seen it
}

// Agreement is how well machine and people agree on one criterion of one task.
type Agreement struct {
	ActivityID, Activity   string
	CriterionID, Criterion string
	Structure              string
	N                      int     // pairs
	Overrides              int     // of N
	Blind                  int     // of N
	QWK                    float64 // quadratic weighted kappa; NaN where it is not defined
	Exact                  float64 // share of pairs with the same level
	Bias, Low, High        float64 // machine less person, with its 95 % interval
	Offered                *Correction
	Held                   *Correction // that is in use
}

// MarkingSample is a draft that a teacher was asked to mark blind.
type MarkingSample struct {
	ID         string
	ActivityID string
	Activity   string
	DraftID    string
	Text       string // only on the page of the sample
	Rubric     Rubric // the same
	Marked     bool
	At         time.Time
}
