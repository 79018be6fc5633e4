package tutor

// Identifiers of curriculum are slugs ([a-z0-9-]+) joined by dots: a course is
// "algebra", its skill "algebra.like-terms", its activity "algebra.expand-1".
// Steps, expectations, misconceptions and lessons are named by a slug that is
// unique within their parent.

// Course is one authored course with everything in it.
type Course struct {
	ID         string
	Title      string
	Summary    string // Markdown, one paragraph
	Language   string // BCP 47
	License    string
	Source     string // attribution for imported material, "" for own work
	Version    string // content hash of the whole course
	Skills     []Skill
	Lessons    []Lesson
	Activities []Activity
	Rubrics    []Rubric // for its essays
}

// Skill is a knowledge component: what a learner can come to master.
type Skill struct {
	ID            string
	CourseID      string
	Title         string
	Description   string
	Prerequisites []string // skill ids, of the same course; acyclic
	Order         int      // place in the course, from 0
}

// Lesson is reading matter. It is indexed for retrieval and is what the tutor
// may cite.
type Lesson struct {
	ID       string // slug, unique in the course
	CourseID string
	Title    string
	Body     string // Markdown
	Skills   []string
	Order    int
}

// ActivityKind tells a tutoring problem from an essay task.
type ActivityKind string

// The kinds of activity.
const (
	ActivityProblem ActivityKind = "problem"
	ActivityEssay   ActivityKind = "essay"
)

// Activity is a task worked on in a session. A version of an activity is
// immutable: a session keeps the version it began with.
type Activity struct {
	ID         string
	CourseID   string
	Version    string // content hash, see HashActivity in the curriculum package
	Kind       ActivityKind
	Title      string
	Language   string // BCP 47
	Statement  string // Markdown shown above every step; may be ""
	Skills     []string
	Difficulty float64    // authored, 0 easy .. 1 hard
	LessonID   string     // reading that belongs to it, "" for none
	Order      int        // place in the course
	Steps      []Step     // at least one for a problem
	Essay      *EssayTask `json:",omitempty"` // for an essay, nil for a problem
	Summary    string     // Markdown said when the activity is mastered
	Source     string     // attribution for imported material
	License    string
}

// Step is one question of a problem. It is complete when every expectation is
// covered.
type Step struct {
	ID             string
	Question       string // Markdown
	Choices        []string
	Skills         []string
	Expectations   []Expectation // at least one
	Misconceptions []Misconception
	Explanation    string // Markdown, said once the step is complete; may state the answer
	Check          *Check // asked after the tutor had to tell; nil for none
}

// Expectation is a piece of a good answer and the criterion that scores it.
// Exactly one of Answer and Says decides how it is graded: an exact answer by
// equivalence, words by meaning.
type Expectation struct {
	ID      string
	Title   string // short, for the rubric and the teacher's page
	Skills  []string
	Answer  *Answer  // exact answer, nil for words
	Says    string   // the idea in a sentence, as a good student would put it
	Accept  []string // further wordings of the same idea
	Hints   []Hint   // the ladder, weakest first
	Tell    string   // Markdown, the assertion at the end of the ladder; states the answer
	Concise string   // the idea as a noun phrase for the authored voice ("the sign of the second term"), must not give it away
}

// AnswerKind says how an exact answer is compared.
type AnswerKind string

// The kinds of exact answer.
const (
	AnswerNumber     AnswerKind = "number"     // numeric value, optional unit
	AnswerExpression AnswerKind = "expression" // algebraic equivalence
	AnswerEquation   AnswerKind = "equation"   // the same solution set up to a non-zero factor
	AnswerChoice     AnswerKind = "choice"     // one of Step.Choices
	AnswerText       AnswerKind = "text"       // the words, case, spaces and accents aside
)

// Answer is a reference answer that can be compared exactly.
type Answer struct {
	Kind      AnswerKind
	Value     string   // plain typing or TeX
	Accept    []string // further right answers
	Variable  string   // the unknown, so that "x = 4" and "4" are the same answer
	Tolerance float64  // absolute, 0 for exact
	Unit      string
	Form      string // "" any; "expanded", "factored", "simplified": what the answer must look like; "exact": not rounded
}

// HintKind is what a hint does; the ladder runs in this order.
type HintKind string

// The rungs of the hint ladder. Level 0, the pump, is spoken by the voice and
// is not authored.
const (
	HintPoint     HintKind = "point"     // 1 look at this feature
	HintPrinciple HintKind = "principle" // 2 the rule that applies
	HintExample   HintKind = "example"   // 3 a worked similar item
	HintCloze     HintKind = "cloze"     // 4 fill in the blank
	HintTell      HintKind = "tell"      // 5 the assertion
)

// Hint is one rung. A hint with a Question is a scaffold: the learner answers
// it before the main question is taken up again.
type Hint struct {
	Kind     HintKind
	Text     string // Markdown
	Question *SubQuestion
}

// SubQuestion is a smaller question that a scaffold asks. Its answer is never
// evidence for the step's skills.
type SubQuestion struct {
	Prompt  string // Markdown
	Choices []string
	Answer  Answer
	Hints   []string // Markdown, weakest first
	Tell    string   // Markdown, said when the hints are used up
}

// Misconception is a known wrong idea with what mends it.
type Misconception struct {
	ID         string
	Title      string
	Answers    []Answer // exact wrong answers that show it
	Says       []string // sentences that show it
	Correction string   // Markdown; leads the learner to see why it is wrong, without the step's answer
	Question   string   // Markdown, the repair question
	Repair     *Answer  // exact answer to the repair question, or
	RepairSays []string // sentences that show the idea is repaired
	Skills     []string
}

// Check is a transfer check: the same idea on another item, asked after the
// tutor had to tell the answer.
type Check struct {
	Question string // Markdown
	Choices  []string
	Answer   *Answer
	Says     []string
	Skills   []string
}

// Passage is a piece of a lesson with a citation that stays valid as long as
// its text does.
type Passage struct {
	Citation
	Text  string  // Markdown of the passage
	Score float64 // higher is better, only to order
}

// Citation names a place in the curriculum.
type Citation struct {
	CourseID string `json:"course_id"`
	LessonID string `json:"lesson_id"`
	Lesson   string `json:"lesson"`  // title
	Heading  string `json:"heading"` // "" before the first heading
	Anchor   string `json:"anchor"`  // fragment of the lesson page
	Start    int    `json:"start"`   // code points in Lesson.Body
	End      int    `json:"end"`
}

// Query asks retrieval for passages.
type Query struct {
	SchoolID string
	CourseID string // "" searches every course of the school
	Language string // BCP 47 of Text
	In       string // BCP 47; finds passages of courses in this language alone, of any region; "" in all
	Text     string
	K        int // how many, 1..50
}
