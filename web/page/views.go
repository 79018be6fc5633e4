package page

import (
	"html/template"
	"slices"
	"strconv"
	"time"

	"maieutic/tutor"
)

// SignIn is the page "signin".
type SignIn struct {
	Email string
	Error string
	Next  string // where to go afterwards, a path of ours
}

// Home is the page "home" of a student.
type Home struct {
	Continue []tutor.Session // open ones, newest first
	Assigned []Activity
	Courses  []Course
}

// Course is a course with its activities under their lessons.
type Course struct {
	ID, Title string
	Summary   template.HTML
	Groups    []Group
}

// Current is the index of the first group with something left to do, 0 when all
// is done. It is the one that stands open.
func (c Course) Current() int {
	return max(0, slices.IndexFunc(c.Groups, func(g Group) bool { return g.Done() < len(g.Activities) }))
}

// Group is the activities that belong to one lesson; Lesson is nil for those of none.
type Group struct {
	CourseID   string
	Lesson     *tutor.Lesson
	Activities []Activity
}

// Done counts the activities that are mastered.
func (g Group) Done() (n int) {
	for _, a := range g.Activities {
		if a.Status == tutor.SessionMastered {
			n++
		}
	}
	return n
}

// Activity is one activity to choose.
type Activity struct {
	tutor.ActivityOutline
	Level string // "easy", "medium", "hard"
}

// Chat is the page "chat".
type Chat struct {
	Session tutor.Session
	Why     string // why the tutor chose it, a code; "" when the student did
	Turns   []Turn
	Skills  []Skill
	NewID   string // id for the forms that work without a script
	HintID  string
	Error   string
	Watch   bool       // a teacher looks on
	Essay   *EssayTabs // for the talk about an essay, nil for a problem
	About   string     // what the text box begins with
}

// Opening is the turn that set the problem, nil when there is none.
func (c Chat) Opening() *Turn {
	if len(c.Turns) == 0 || c.Turns[0].Author != tutor.AuthorTutor {
		return nil
	}
	return &c.Turns[0]
}

// Latest is the turn that asked the question of a further step, nil while the
// session stands on the first.
func (c Chat) Latest() *Turn {
	for i, t := range slices.Backward(c.Turns) {
		if t.Move == "confirm" || t.Move == "move_on" {
			return &c.Turns[i]
		}
	}
	return nil
}

// Turn is one turn as pages show it.
type Turn struct {
	tutor.Turn
	HTML   template.HTML
	Scores []Score
}

// Skill is a skill with its meter.
type Skill struct {
	tutor.LearnerSkill
	Mastered bool
}

// Skills is the page "skills".
type Skills struct {
	Learner string // name, "" for one's own
	ID      string // of the learner
	Courses []SkillCourse
}

// SkillCourse is the skills of one course.
type SkillCourse struct {
	Title  string
	Skills []Skill
}

// Trail is the page "trail".
type Trail struct {
	Learner string
	ID      string
	Skill   Skill
	Entries []tutor.TrailEntry
}

// Lesson is the page "lesson".
type Lesson struct {
	Title string
	Body  template.HTML
}

// Classes is the page "classes".
type Classes struct{ Classes []tutor.Class }

// Class is the page "class".
type Class struct {
	Class    tutor.Class
	Roster   []tutor.RosterEntry
	Courses  []tutor.CourseOutline
	Assigned bool // something was assigned just now

	Teachings map[string]tutor.Teaching // how the class is spoken to, by course
	Taught    bool                      // that was changed just now

	AtOnce     map[string]bool // whether scores of essays are published at once, by course; no key for one without essays
	Publishing bool            // that was changed just now
}

// Essays reports whether the class has essays to look at.
func (c Class) Essays() bool { return len(c.AtOnce) > 0 }

// Waiting counts the students who need the teacher.
func (c Class) Waiting() (n int) {
	for _, entry := range c.Roster {
		if len(entry.Needs) > 0 {
			n++
		}
	}
	return n
}

// Model is the page "model" of an administrator.
type Model struct {
	Server tutor.ModelServer
	Use    tutor.ModelUse
	Day    tutor.ModelDay
	Calls  []tutor.ModelEntry
	Saved  bool // something was changed just now
}

// Cost is what today's calls cost, "" without a price list.
func (m Model) Cost() string {
	if m.Day.Micros == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(m.Day.Micros)/1e6, 'f', 4, 64)
}

// Learner is the page "learner" of a teacher.
type Learner struct {
	Name     string
	ID       string
	Courses  []SkillCourse
	Sessions []tutor.Session
	Older    string // address of the next page, "" for none
}

// Transcript is the page "transcript" of a teacher.
type Transcript struct {
	Session tutor.Session
	Turns   []Turn
	Changed string              // id of the score that was just changed
	Changes []tutor.SkillChange // what that did
	Notice  string              // key of a message above the changed score
}

// Score is a score with the marks of its evidence.
type Score struct {
	tutor.Score
	Session string
	Changed bool
	Changes []tutor.SkillChange
	Notice  string
}

// Error is the page "error".
type Error struct {
	Status int
	Code   tutor.Code
	Words  string
	At     time.Time
}
