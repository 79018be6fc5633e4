package tutor

import "time"

// Role says what an account may do. A student sees their own record, a teacher
// that of the classes they teach, an administrator the whole school.
type Role string

// The three roles.
const (
	RoleStudent Role = "student"
	RoleTeacher Role = "teacher"
	RoleAdmin   Role = "admin"
)

// Account is a person who signs in. It belongs to exactly one school.
type Account struct {
	ID       string // UUID
	SchoolID string // UUID
	Email    string
	Name     string
	Role     Role
	Language string // BCP 47, language of the interface and of the tutor's own words; "" when never chosen
	Demo     bool   // made by `serve --demo`; signs in from this machine only
}

// Class is a group of learners with its teachers and its courses.
type Class struct {
	ID        string // UUID
	Name      string
	CourseIDs []string
	Students  int // number enrolled
}

// ReadingLevel is how a class reads. It shapes a model's words, not the authored
// ones.
type ReadingLevel string

// The reading levels. "" is ReadingStandard.
const (
	ReadingSimple   ReadingLevel = "simple"
	ReadingStandard ReadingLevel = "standard"
	ReadingAdvanced ReadingLevel = "advanced"
)

// ReadingLevels lists the levels in the order a form shows them.
var ReadingLevels = []ReadingLevel{ReadingSimple, ReadingStandard, ReadingAdvanced}

// MaxInstructions is how long a teacher's instructions may be, in code points.
const MaxInstructions = 1000

// Teaching is how a class is to be spoken to in a course, as its teachers say.
type Teaching struct {
	ReadingLevel ReadingLevel
	Instructions string // how the tutor is to sound, "" for nothing special
}

// Assignment is a teacher's word on what comes next. It overrides the tutor's
// own choice until the learner has ended a session on it.
type Assignment struct {
	ID         string
	ClassID    string // one of ClassID and LearnerID is set
	LearnerID  string
	ActivityID string
	By         string // account id of the teacher
	At         time.Time
}

// AuditEntry records who did what to which thing. Detail holds identifiers and
// codes, never what a learner wrote.
type AuditEntry struct {
	By     string // account id
	Action string // e.g. "score.override"
	Thing  string // id of what was acted on
	Detail map[string]string
	At     time.Time
}
