// Package oatutor reads content in OATutor's JSON layout: a content pool of
// problems with steps and hint pathways, a skill model and course plans.
package oatutor

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"maieutic/tutor"
	"maieutic/tutor/curriculum"
)

const maxFile = 4 << 20

// Result is what an import made, ready to be saved, and what it has to say.
type Result struct {
	Courses []tutor.Course
	Report  Report
}

// Report counts what was imported and names what was not.
type Report struct {
	Problems, Steps, Hints, Scaffolds, SubHints int
	Choices                                     int // steps of multiple choice
	Variabilized                                int // problems with variables
	Skills                                      int
	Notes                                       []string // imported, with something left out or altered
	Left                                        []Failure
}

// Failure is a problem that was left, whole, and why.
type Failure struct {
	Problem string
	Why     string
}

type plan struct {
	CourseName    string `json:"courseName"`
	Language      string `json:"language"`
	CourseOER     string `json:"courseOER"`
	CourseLicense string `json:"courseLicense"`
	Lessons       []struct {
		ID         string             `json:"id"`
		Name       string             `json:"name"`
		Topics     texts              `json:"topics"`
		Objectives map[string]float64 `json:"learningObjectives"`
	} `json:"lessons"`
}

// texts is a string or a list of strings; OATutor writes both.
type texts []string

func (t *texts) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(t))
}

// Import reads a folder. It fails only when the folder is not one of OATutor's;
// whatever is wrong with a problem leaves out that problem and is in the report.
func Import(fsys fs.FS) (Result, error) {
	im := &importer{fsys: fsys, skills: map[string]string{}, taken: map[string]bool{}}
	var plans []plan
	if err := readJSON(fsys, "coursePlans.json", &plans); err != nil {
		return Result{}, wrong("coursePlans.json", err)
	}
	if err := readJSON(fsys, "skillModel.json", &im.model); err != nil {
		return Result{}, wrong("skillModel.json", err)
	}
	entries, err := fs.ReadDir(fsys, "content-pool")
	if err != nil {
		return Result{}, wrong("content-pool", err)
	}
	if len(plans) == 0 {
		return Result{}, tutor.Errorf(tutor.CodeInvalid, "coursePlans.json names no course")
	}
	for _, p := range plans {
		im.addCourse(p)
	}
	for _, entry := range entries {
		if entry.IsDir() {
			im.addProblem(entry.Name())
		}
	}
	im.finish()
	im.noteParameters()
	return Result{Courses: im.result(), Report: im.report}, nil
}

func wrong(file string, err error) error {
	return tutor.Errorf(tutor.CodeInvalid, "%s cannot be read (%v); name the folder that holds content-pool, skillModel.json and coursePlans.json", file, err)
}

// readJSON reads one file strictly enough to notice what is broken.
func readJSON(fsys fs.FS, name string, into any) error {
	file, err := fsys.Open(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is missing", name)
		}
		return fmt.Errorf("%s cannot be opened", name)
	}
	defer func() { _ = file.Close() }()
	raw, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	switch {
	case err != nil:
		return fmt.Errorf("%s cannot be read", name)
	case len(raw) > maxFile:
		return fmt.Errorf("%s is larger than %d MiB", name, maxFile>>20)
	case !utf8.Valid(raw):
		return fmt.Errorf("%s is not valid UTF-8", name)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s is broken JSON: %w", name, err)
	}
	return nil
}

// importer carries an import along.
type importer struct {
	fsys    fs.FS
	model   map[string][]string // OATutor's skills by step id
	courses []*course
	skills  map[string]string // our slug by OATutor's skill name
	taken   map[string]bool   // ids of activities
	report  Report
}

type course struct {
	tutor.Course
	name    string
	lessons map[string]int // place by OATutor's lesson id
	used    map[string]bool
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// slugOf makes an id of any name.
func slugOf(name string) string {
	return strings.Trim(notSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
}

// unique adds a number to a slug that is taken.
func unique(slug string, taken map[string]bool) string {
	out := cmp.Or(slug, "unnamed")
	for i := 2; taken[out]; i++ {
		out = fmt.Sprintf("%s-%d", slug, i)
	}
	taken[out] = true
	return out
}

// addCourse makes a course with its skills in the order of its lessons. A lesson
// of OATutor's is a group of problems without reading matter; ours names the
// skills that it practises.
func (im *importer) addCourse(p plan) {
	c := &course{name: p.CourseName, lessons: map[string]int{}, used: map[string]bool{}}
	c.Course = tutor.Course{
		ID: slugOf(p.CourseName), Title: p.CourseName, Language: cmp.Or(p.Language, "en"),
		License: attribution(p.CourseLicense), Source: attribution(p.CourseOER),
		Summary: "Imported from OATutor.",
	}
	taken := map[string]bool{}
	for i, l := range p.Lessons {
		title := strings.TrimSpace(strings.TrimPrefix(l.Name, "Lesson ") + " " + strings.Join(l.Topics, ", "))
		var objectives []string
		for name := range l.Objectives {
			objectives = append(objectives, name)
		}
		slices.Sort(objectives)
		body := "Practice for:\n"
		for _, name := range objectives {
			im.addSkill(c, name)
			body += "\n- " + skillTitle(name)
		}
		c.lessons[l.ID] = i
		c.Lessons = append(c.Lessons, tutor.Lesson{
			ID: unique(slugOf(title), taken), CourseID: c.ID, Title: title, Body: body, Order: i,
		})
	}
	im.courses = append(im.courses, c)
}

func skillTitle(name string) string {
	words := strings.ReplaceAll(name, "_", " ")
	if words == "" {
		return "Unnamed skill"
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// addSkill returns the id of a skill in a course, added when it is new there.
func (im *importer) addSkill(c *course, name string) string {
	slug, known := im.skills[name]
	if !known {
		taken := map[string]bool{}
		for _, s := range im.skills {
			taken[s] = true
		}
		slug = unique(slugOf(name), taken)
		im.skills[name] = slug
	}
	id := c.ID + "." + slug
	if !c.used[id] {
		c.used[id] = true
		c.Skills = append(c.Skills, tutor.Skill{ID: id, CourseID: c.ID, Title: skillTitle(name), Order: len(c.Skills)})
	}
	return id
}

var angled = regexp.MustCompile(`\s*<([^>]*)>`)

// attribution turns "https://… <Name>" into "Name, https://…".
func attribution(s string) string {
	if m := angled.FindStringSubmatch(s); m != nil {
		return strings.TrimSpace(m[1] + ", " + strings.TrimSpace(angled.ReplaceAllString(s, "")))
	}
	return strings.TrimSpace(s)
}

// credit adds to a source those whom the hints are by.
func credit(source string, by []string) string {
	others := slices.DeleteFunc(slices.Clone(by), func(b string) bool { return b == source })
	if len(others) == 0 {
		return source
	}
	return strings.TrimPrefix(source+"; ", "; ") + "hints: " + strings.Join(others, "; ")
}

// noteParameters says that learner model parameters stay behind: they belong to
// another model, and the course plan's are one guess for every skill.
func (im *importer) noteParameters() {
	files, _ := fs.Glob(im.fsys, "bkt-params/*.json")
	for _, name := range files {
		im.report.Notes = append(im.report.Notes, name+": was not taken; the learner model has parameters of its own")
	}
}

// addProblem imports one problem whole or leaves it whole.
func (im *importer) addProblem(id string) {
	p, err := im.readProblem(id)
	if err != nil {
		im.report.Left = append(im.report.Left, Failure{id, err.Error()})
		return
	}
	p.course.Activities = append(p.course.Activities, p.activity)
	im.report.Problems++
	im.report.Steps += p.counts.Steps
	im.report.Hints += p.counts.Hints
	im.report.Scaffolds += p.counts.Scaffolds
	im.report.SubHints += p.counts.SubHints
	im.report.Choices += p.counts.Choices
	im.report.Variabilized += p.counts.Variabilized
	im.report.Notes = append(im.report.Notes, p.counts.Notes...)
}

// finish puts each course's activities in order and gives everything its
// version.
func (im *importer) finish() {
	for _, c := range im.courses {
		slices.SortStableFunc(c.Activities, func(a, b tutor.Activity) int {
			return cmp.Or(cmp.Compare(a.Order, b.Order), compareNatural(a.ID, b.ID))
		})
		number(c.Activities)
		for i := range c.Activities {
			c.Activities[i].Order = i
			c.Activities[i].Version = curriculum.HashActivity(c.Activities[i])
		}
		im.report.Skills += len(c.Skills)
		c.Version = curriculum.HashCourse(c.Course)
	}
}

// number tells problems of one title apart, in course order.
func number(activities []tutor.Activity) {
	total, seen := map[string]int{}, map[string]int{}
	for _, a := range activities {
		total[a.Title]++
	}
	for i := range activities {
		if title := activities[i].Title; total[title] > 1 {
			seen[title]++
			activities[i].Title = fmt.Sprintf("%s (%d)", title, seen[title])
		}
	}
}

func (im *importer) result() []tutor.Course {
	out := make([]tutor.Course, 0, len(im.courses))
	for _, c := range im.courses {
		out = append(out, c.Course)
	}
	return out
}

var digits = regexp.MustCompile(`\d+|\D+`)

// compareNatural orders "fractions2" before "fractions10".
func compareNatural(a, b string) int {
	as, bs := digits.FindAllString(a, -1), digits.FindAllString(b, -1)
	for i := range min(len(as), len(bs)) {
		x, y := as[i], bs[i]
		if x == y {
			continue
		}
		if x[0] <= '9' && x[0] >= '0' && y[0] <= '9' && y[0] >= '0' && len(x) != len(y) {
			return cmp.Compare(len(x), len(y))
		}
		return cmp.Compare(x, y)
	}
	return cmp.Compare(len(as), len(bs))
}

// file is a path inside the content pool.
func file(parts ...string) string { return path.Join(append([]string{"content-pool"}, parts...)...) }
