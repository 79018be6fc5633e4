package curriculum

import (
	"fmt"
	"slices"
	"strings"

	"maieutic/tutor"
)

// The shape of a file in essays, as FORMAT.md describes it.

type essayFile struct {
	ID         string     `yaml:"id"`
	Title      string     `yaml:"title"`
	Skills     []string   `yaml:"skills"`
	Rubric     string     `yaml:"rubric"`
	Words      wordsEntry `yaml:"words"`
	Sources    []string   `yaml:"sources"`
	Theses     []string   `yaml:"theses"`
	Difficulty *float64   `yaml:"difficulty"`
	Lesson     string     `yaml:"lesson"`
	Language   string     `yaml:"language"`
	Summary    string     `yaml:"summary"`
	Source     string     `yaml:"source"`
	License    string     `yaml:"license"`
}

type wordsEntry struct {
	Least int `yaml:"least"`
	Most  int `yaml:"most"`
}

// readEssays reads the folder essays. Essays share their ids with problems and
// come after them. It needs the lessons and rubrics to be known.
func (b *builder) readEssays() {
	for _, name := range b.files("essays", ".md") {
		s := b.markdownFile(b.fsys, name)
		var f essayFile
		if s == nil || !b.decode(s, &f) {
			continue
		}
		if f.ID == "" {
			f.ID = slugOf(name)
		}
		b.checkSlug(s.name, f.ID, b.activities)
		b.course.Activities = append(b.course.Activities, b.essay(s, f, len(b.course.Activities)))
	}
}

func (b *builder) essay(s *source, f essayFile, order int) tutor.Activity {
	b.need(s, "$.title", f.Title, "the essay has no title", "Add title:")
	b.need(s, "$", s.body, "the essay has no prompt", "Write below the front matter what the essay is to be about")
	task := b.task(s, f)
	a := tutor.Activity{
		ID: b.full(f.ID), CourseID: b.course.ID, Kind: tutor.ActivityEssay, Title: f.Title, Language: b.languageOr(f.Language),
		Statement: s.body, Difficulty: b.difficulty(s, f.Difficulty), LessonID: b.lesson(s, "$.lesson", f.Lesson), Order: order,
		Essay: &task, Summary: strings.TrimSpace(f.Summary), Source: f.Source, License: f.License,
		Skills: b.skillIDs(s, "$.skills", f.Skills),
	}
	for _, r := range b.course.Rubrics {
		if r.ID != task.RubricID {
			continue
		}
		for _, c := range r.Criteria {
			for _, k := range c.Skills {
				if !slices.Contains(a.Skills, k) {
					a.Skills = append(a.Skills, k)
				}
			}
		}
	}
	if len(a.Skills) == 0 {
		b.add(s.name, s.line("$.skills"), "neither the essay nor its rubric names a skill", "Add skills: with at least one skill of the course")
	}
	a.Version = HashActivity(a)
	b.scope[a.ID] = where{s}
	return a
}

func (b *builder) task(s *source, f essayFile) tutor.EssayTask {
	task := tutor.EssayTask{Words: tutor.WordRange(f.Words)}
	switch {
	case f.Rubric == "":
		b.add(s.name, s.line("$.rubric"), "the essay has no rubric", "Add rubric: the name of a file in rubrics, without its ending")
	case !b.rubrics[f.Rubric]:
		b.add(s.name, s.line("$.rubric"), fmt.Sprintf("there is no rubric %q", f.Rubric), "Use the name of a file in rubrics, without its number and ending")
	default:
		task.RubricID = b.full(f.Rubric)
		b.used[task.RubricID] = true
	}
	switch {
	case f.Words.Least < 0 || f.Words.Most < 0:
		b.add(s.name, s.line("$.words"), "a number of words is below 0", "Leave it out where there is no bound")
	case f.Words.Most > 0 && f.Words.Least > f.Words.Most:
		b.add(s.name, s.line("$.words"), fmt.Sprintf("the least number of words, %d, is above the most, %d", f.Words.Least, f.Words.Most), "Exchange them")
	}
	for i, id := range f.Sources {
		at := fmt.Sprintf("$.sources[%d]", i)
		switch id = b.lesson(s, at, id); {
		case id == "":
		case slices.Contains(task.Sources, id):
			b.add(s.name, s.line(at), "the source "+id+" is there twice", "Keep one of them")
		default:
			task.Sources = append(task.Sources, id)
		}
	}
	for i, thesis := range f.Theses {
		b.need(s, fmt.Sprintf("$.theses[%d]", i), thesis, "a thesis is empty", "Write the position in one sentence, or take it out")
		task.Theses = append(task.Theses, strings.TrimSpace(thesis))
	}
	return task
}

// hintUnused points at rubrics that no essay of the folder uses: they may be
// meant for later, or the essay may name another one by mistake.
func (b *builder) hintUnused() {
	for _, r := range b.course.Rubrics {
		if !b.used[r.ID] {
			b.hint(b.scope[r.ID].source.name, 0, "no essay uses this rubric", "Name it in an essay, or take it out")
		}
	}
}
