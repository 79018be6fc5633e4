package tutor

import (
	"encoding/json"
	"maps"
	"time"
)

// RubricEntry is a rubric in a list.
type RubricEntry struct {
	Rubric   Rubric   // current version
	Authored bool     // comes from the course's folder, whose next change goes over edits
	Retired  bool     // has left the course's folder
	Tasks    []string // titles of the essays that use it
	Drafts   int      // that were handed in under any version of it
}

// RubricVersion is one version of a rubric in its history.
type RubricVersion struct {
	Rubric  Rubric
	By      string // name; "" for the course's folder
	At      time.Time
	Current bool
}

// RubricDryRun is what a change of a rubric does, or did, to drafts that have
// feedback. The numbers are of everybody's drafts.
type RubricDryRun struct {
	Change   RubricChange
	Drafts   map[RescoreOutcome]int // each draft counts once, with the most of its scores
	Scores   map[RescoreOutcome]int
	Learners int // whose drafts change or are read again
	Waiting  int // drafts without feedback yet: they are read by the version that they were handed in under
	// Affected lists drafts that change in any way, or hold scores that a person
	// gave and the change would concern, up to MaxAffected: those of learners that
	// the viewer may see.
	Affected []AffectedDraft
}

// RubricLoss is something of a rubric that did not come across to or from the
// format of another system.
type RubricLoss struct {
	Code string `json:"code"` // see the package rubric/exchange
	At   string `json:"at"`   // title of the rubric, criterion or level; "" for the file
}

// RubricImport is what a file of another system held. The ids of the rubrics are
// slugs of their titles, unique in the file.
type RubricImport struct {
	Rubrics []Rubric // valid, hashed
	Losses  []RubricLoss
	Full    bool // the format holds weights, and a description of the rubric
}

// RubricFile is a file for another system.
type RubricFile struct {
	Name   string // for a download
	Type   string // media type
	Data   []byte
	Losses []RubricLoss
}

// MaxAffected is how many drafts a dry run lists.
const MaxAffected = 100

// AffectedDraft is what becomes of one draft.
type AffectedDraft struct {
	DraftID   string
	SessionID string
	Learner   string // name
	Title     string // of the task
	Number    int
	Outcome   RescoreOutcome
	Kept      int // scores of a person that the change would concern
}

// NextVersion makes the one rubric of a file the next version of another. Criteria
// and levels get the ids that those of the same title have there, so that a file
// that was edited outside is a change of what there is and not something new.
// What the format cannot hold, and what is kept of other formats, stays as it is.
// A file with several rubrics is a CodeInvalid.
func (in RubricImport) NextVersion(of Rubric) (Rubric, error) {
	if len(in.Rubrics) != 1 {
		return Rubric{}, Errorf(CodeInvalid, "the file holds %d rubrics; one of them alone can be a new version", len(in.Rubrics))
	}
	r := in.Rubrics[0]
	r.ID, r.CourseID, r.Language, r.Source, r.License = of.ID, of.CourseID, of.Language, of.Source, of.License
	r.Foreign = mergeForeign(of.Foreign, r.Foreign)
	if !in.Full {
		r.Description = of.Description
	}
	titles, taken := map[string]string{}, map[string]bool{}
	for _, c := range of.Criteria {
		titles[c.Title] = c.ID
	}
	r.Criteria = append([]RubricCriterion(nil), r.Criteria...)
	for i := range r.Criteria {
		c := &r.Criteria[i]
		c.ID = alignID(c.ID, c.Title, titles, taken)
		if was, ok := of.Criterion(c.ID); ok {
			in.align(c, was)
		}
	}
	return r, nil
}

func (in RubricImport) align(c *RubricCriterion, was RubricCriterion) {
	c.Skills, c.Aspect, c.Foreign = was.Skills, was.Aspect, mergeForeign(was.Foreign, c.Foreign)
	if !in.Full {
		c.Weight = was.Weight
	}
	titles, taken := map[string]string{}, map[string]bool{}
	for _, l := range was.Levels {
		titles[l.Title] = l.ID
	}
	c.Levels = append([]RubricLevel(nil), c.Levels...)
	for i := range c.Levels {
		l := &c.Levels[i]
		l.ID = alignID(l.ID, l.Title, titles, taken)
		if old, ok := was.Level(l.ID); ok {
			l.Foreign = mergeForeign(old.Foreign, l.Foreign)
		}
	}
}

// mergeForeign returns what is kept of every format: of those in both, the newer.
func mergeForeign(older, newer map[string]json.RawMessage) map[string]json.RawMessage {
	if len(older) == 0 {
		return newer
	}
	out := maps.Clone(older)
	maps.Copy(out, newer)
	return out
}

// alignID returns the id of the old node of the same title, else id, with a
// number when it is taken. A node that was renamed and kept its id stays the same.
func alignID(id, title string, titles map[string]string, taken map[string]bool) string {
	if old := titles[title]; old != "" && !taken[old] {
		id = old
	}
	free := id
	for n := 2; taken[free]; n++ {
		free = id + "-" + number(float64(n))
	}
	taken[free] = true
	return free
}
