package curriculum

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"maieutic/tutor"
)

var (
	slug       = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	numbered   = regexp.MustCompile(`^\d+-`)
	defaultIDs = "abcdefghijklmnopqrstuvwxyz"
)

// Load reads a course. When anything is wrong with it the error is CodeInvalid
// and names the first problems; Lint has them all.
func Load(fsys fs.FS) (tutor.Course, error) {
	r := &report{}
	b := read(fsys, r)
	if mistakes := r.mistakes(); len(mistakes) > 0 {
		var lines []string
		for _, p := range mistakes[:min(3, len(mistakes))] {
			lines = append(lines, p.String())
		}
		if more := len(mistakes) - len(lines); more > 0 {
			lines = append(lines, fmt.Sprintf("and %d more; maieutic curriculum lint lists them", more))
		}
		return tutor.Course{}, tutor.Errorf(tutor.CodeInvalid, "the course has mistakes:\n%s", strings.Join(lines, "\n"))
	}
	return b.course, nil
}

// builder puts a course together and reports what is wrong on the way.
type builder struct {
	*report
	fsys       fs.FS
	course     tutor.Course
	skills     map[string]bool // slugs
	lessons    map[string]bool
	rubrics    map[string]bool
	activities map[string]bool  // problems and essays
	used       map[string]bool  // ids of rubrics that an essay names
	scope      map[string]where // where each activity and rubric comes from, by id
}

// where is the place of an activity or rubric, for problems that are found later.
type where struct{ source *source }

func read(fsys fs.FS, r *report) *builder {
	b := &builder{
		report: r, fsys: fsys, skills: map[string]bool{}, lessons: map[string]bool{}, rubrics: map[string]bool{},
		activities: map[string]bool{}, used: map[string]bool{}, scope: map[string]where{},
	}
	if !b.readCourse() {
		return b
	}
	b.readSkills()
	b.readLessons()
	b.readRubrics()
	b.readProblems()
	b.readEssays()
	b.hintUnused()
	b.course.Version = HashCourse(b.course)
	return b
}

// full makes a course-wide id of a slug.
func (b *builder) full(slug string) string { return b.course.ID + "." + slug }

func (b *builder) readCourse() bool {
	s := b.yamlFile(b.fsys, "course.yaml")
	var c courseFile
	if s == nil || !b.decode(s, &c) {
		return false
	}
	b.need(s, "$.id", c.ID, "the course has no id", "Add id: a short name such as algebra")
	b.need(s, "$.title", c.Title, "the course has no title", "Add title:")
	b.need(s, "$.language", c.Language, "the course has no language", "Add language: en, es, ar or another tag")
	if c.ID != "" && !slug.MatchString(c.ID) {
		b.add(s.name, s.line("$.id"), fmt.Sprintf("%q cannot be an id", c.ID), "Use small letters, digits and dashes")
	}
	b.course = tutor.Course{
		ID: c.ID, Title: c.Title, Summary: strings.TrimSpace(c.Summary), Language: c.Language, License: c.License, Source: c.Source,
	}
	return true
}

func (b *builder) need(s *source, at, value, message, remedy string) {
	if strings.TrimSpace(value) == "" {
		b.add(s.name, s.line(at), message, remedy)
	}
}

func (b *builder) readSkills() {
	s := b.yamlFile(b.fsys, "skills.yaml")
	var entries []skillEntry
	if s == nil || !b.decode(s, &entries) {
		return
	}
	if len(entries) == 0 {
		b.add(s.name, 1, "the course has no skills", "List at least one skill with id and title")
	}
	for i, e := range entries {
		at := fmt.Sprintf("$[%d]", i)
		b.need(s, at, e.ID, "a skill has no id", "Add id: a short name such as like-terms")
		b.need(s, at, e.Title, "the skill "+e.ID+" has no title", "Add title:")
		if e.ID != "" && !slug.MatchString(e.ID) {
			b.add(s.name, s.line(at+".id"), fmt.Sprintf("%q cannot be an id", e.ID), "Use small letters, digits and dashes")
		}
		if b.skills[e.ID] {
			b.add(s.name, s.line(at+".id"), "the skill "+e.ID+" is there twice", "Give one of them another id")
		}
		b.skills[e.ID] = true
		skill := tutor.Skill{ID: b.full(e.ID), CourseID: b.course.ID, Title: e.Title, Description: e.Description, Order: i}
		for _, p := range e.Prerequisites {
			skill.Prerequisites = append(skill.Prerequisites, b.full(p))
		}
		b.course.Skills = append(b.course.Skills, skill)
	}
	for i, e := range entries {
		for j, p := range e.Prerequisites {
			if !b.skills[p] {
				b.add(s.name, s.line(fmt.Sprintf("$[%d].prerequisites[%d]", i, j)),
					fmt.Sprintf("the prerequisite %q of %s is no skill of this course", p, e.ID), "Use the id of a skill in this file")
			}
		}
	}
	if cycle := findCycle(entries); cycle != nil {
		i := slices.IndexFunc(entries, func(e skillEntry) bool { return e.ID == cycle[0] })
		b.add(s.name, s.line(fmt.Sprintf("$[%d].prerequisites", i)),
			"the prerequisites go round in a circle: "+strings.Join(cycle, " needs "), "Take one of them away")
	}
}

// findCycle returns the ids on a circle of prerequisites, the first one again at
// the end, or nil.
func findCycle(entries []skillEntry) []string {
	before := map[string][]string{}
	for _, e := range entries {
		before[e.ID] = e.Prerequisites
	}
	const visiting, done = 1, 2
	state := map[string]int{}
	var trail []string
	var visit func(id string) []string
	visit = func(id string) []string {
		switch state[id] {
		case done:
			return nil
		case visiting:
			return append(slices.Clone(trail[slices.Index(trail, id):]), id)
		}
		state[id] = visiting
		trail = append(trail, id)
		for _, next := range before[id] {
			if cycle := visit(next); cycle != nil {
				return cycle
			}
		}
		trail = trail[:len(trail)-1]
		state[id] = done
		return nil
	}
	for _, e := range entries {
		if cycle := visit(e.ID); cycle != nil {
			return cycle
		}
	}
	return nil
}

// files returns the files of a folder with an ending in order of their names.
func (b *builder) files(dir, ending string) []string {
	entries, err := fs.ReadDir(b.fsys, dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ending) && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, path.Join(dir, e.Name()))
		}
	}
	return names
}

// slugOf is the id that a file's name gives: without the number and the ending.
func slugOf(name string) string {
	return numbered.ReplaceAllString(strings.TrimSuffix(path.Base(name), path.Ext(name)), "")
}

func (b *builder) readLessons() {
	for i, name := range b.files("lessons", ".md") {
		s := b.markdownFile(b.fsys, name)
		var l lessonFile
		if s == nil || !b.decode(s, &l) {
			continue
		}
		id := slugOf(name)
		b.checkSlug(s.name, id, b.lessons)
		b.need(s, "$.title", l.Title, "the lesson has no title", "Add title:")
		b.need(s, "$", s.body, "the lesson is empty", "Write it below the front matter")
		b.course.Lessons = append(b.course.Lessons, tutor.Lesson{
			ID: id, CourseID: b.course.ID, Title: l.Title, Body: s.body, Skills: b.skillIDs(s, "$.skills", l.Skills), Order: i,
		})
	}
}

func (b *builder) checkSlug(name, id string, taken map[string]bool) {
	if !slug.MatchString(id) {
		b.add(name, 0, fmt.Sprintf("%q cannot be an id", id), "Name the file with small letters, digits and dashes, such as 03-like-terms.md")
	}
	if taken[id] {
		b.add(name, 0, "the id "+id+" is there twice", "Give one of the files another name")
	}
	taken[id] = true
}

// lesson checks the id of a lesson. It is "" when there is none.
func (b *builder) lesson(s *source, at, id string) string {
	if id != "" && !b.lessons[id] {
		b.add(s.name, s.line(at), fmt.Sprintf("there is no lesson %q", id), "Use the name of a file in lessons, without its number and ending")
		return ""
	}
	return id
}

// skillIDs checks slugs of skills and makes full ids of them.
func (b *builder) skillIDs(s *source, at string, slugs []string) []string {
	var out []string
	for i, id := range slugs {
		if !b.skills[id] {
			b.add(s.name, s.line(fmt.Sprintf("%s[%d]", at, i)), fmt.Sprintf("%q is no skill of this course", id), "Use the id of a skill in skills.yaml")
			continue
		}
		out = append(out, b.full(id))
	}
	return out
}
