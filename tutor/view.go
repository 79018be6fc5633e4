package tutor

import "time"

// CourseOutline is a course as a learner may see it: without answers.
type CourseOutline struct {
	ID         string
	Title      string
	Summary    string
	Language   string
	Skills     []Skill
	Lessons    []Lesson // without Body
	Activities []ActivityOutline
}

// ActivityOutline is an activity without its content.
type ActivityOutline struct {
	ID         string
	Title      string
	Kind       ActivityKind
	Skills     []string
	Difficulty float64
	LessonID   string
	Order      int
	Status     SessionStatus // of the viewer's latest session on it, "" for none
	SessionID  string        // that session
	Assigned   bool          // by a teacher, and not ended yet
}

// LearnerSkill is what is known of one learner and one skill.
type LearnerSkill struct {
	Skill Skill
	State SkillState
}

// TrailEntry is one piece of evidence with its effect on mastery.
type TrailEntry struct {
	TrailStep
	Score        Score
	ActivityID   string
	ActivityName string
	Quote        string // the learner's words the score rests on, "" when there are none
}

// RosterEntry is one student of a class as the teacher's list shows them.
type RosterEntry struct {
	Learner  Account
	LastSeen time.Time // of the latest turn, zero for never
	Open     int       // open sessions
	Mastered int       // skills at or above the mastery threshold
	Skills   []LearnerSkill
	Needs    []Need // most urgent first; empty when all is well
}

// Need is one reason why a student needs the teacher.
type Need struct {
	Code      string // "stuck", "gaming", "silent", "misconception", "affect", "appeal", "essay_held", ...
	SkillID   string
	SessionID string
	DraftID   string // of the essay's draft it is about, "" for talk
	Detail    string // title of the skill, misconception or activity it is about
}
