package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"maieutic/retrieval"
	"maieutic/rubric"
	"maieutic/tutor"
	"maieutic/tutor/curriculum"
	"maieutic/tutor/postgres"
)

func curriculumCommands() []*command {
	return []*command{
		{
			name: "ingest", args: "DIR", settings: []string{"data"},
			summary: "Load a course, or every course in a folder, into a school. Doing so again changes only what has changed.",
			prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
				into := targetFlags(flags)
				return func(ctx context.Context, c *call) error { return ingestFolder(ctx, c, into) }
			},
		},
		{
			name: "import oatutor", args: "DIR", settings: []string{"data"},
			summary: "Load OATutor content, as its repository lays it out, into a school.",
			prepare: func(flags *flag.FlagSet) func(context.Context, *call) error {
				into := targetFlags(flags)
				only := flags.Bool("check", false, "report what would be imported and leave the school as it is")
				return func(ctx context.Context, c *call) error { return importOATutor(ctx, c, into, *only) }
			},
		},
		{
			name: "curriculum lint", args: "DIR",
			summary: "Check a course and name the file, the line and the remedy of every mistake.",
			prepare: func(*flag.FlagSet) func(context.Context, *call) error {
				return func(_ context.Context, c *call) error { return lintFolder(c) }
			},
		},
	}
}

// target says which school and classes get a course.
type target struct {
	school  string
	classes names
}

// names collects a flag that may be given several times.
type names []string

func (n *names) String() string { return strings.Join(*n, ", ") }

// Set implements flag.Value.
func (n *names) Set(v string) error { *n = append(*n, v); return nil }

func targetFlags(flags *flag.FlagSet) *target {
	t := &target{}
	flags.StringVar(&t.school, "school", "", "`name` of the school, made when there is none; may be left out while there is only one")
	flags.Var(&t.classes, "class", "`name` of a class that gets the course, made when there is none; may be given again")
	return t
}

// findSchool returns the school of a name, which it makes when there is none.
// Without a name it is the only school there is.
func (r *record) findSchool(ctx context.Context, name string) (string, error) {
	if name != "" {
		return r.store.CreateSchool(ctx, name)
	}
	schools, err := r.store.Schools(ctx)
	if err != nil {
		return "", err
	}
	switch len(schools) {
	case 0:
		return "", tutor.Errorf(tutor.CodeInvalid, "there is no school yet; name one with --school")
	case 1:
		return schools[0].ID, nil
	}
	known := make([]string, len(schools))
	for i, s := range schools {
		known[i] = s.Name
	}
	return "", tutor.Errorf(tutor.CodeInvalid, "say which school with --school: %s", strings.Join(known, ", "))
}

// ingested is what loading a course did.
type ingested struct {
	saved   postgres.SaveReport
	indexed retrieval.Report
}

// ingest makes a course the current one of a school and indexes its lessons.
// Progress, which may be nil, is told how far the index is.
func (r *record) ingest(ctx context.Context, school string, course tutor.Course, progress retrieval.Progress) (ingested, error) {
	var done ingested
	var err error
	if done.saved, err = r.store.SaveCourse(ctx, school, course); err != nil {
		return done, err
	}
	done.indexed, err = r.index.Watched(progress).Put(ctx, school, course)
	return done, err
}

// indexProgress prints how far the index of a course is, for courses that take
// long.
func indexProgress(course string, w io.Writer) retrieval.Progress {
	last := time.Now()
	return func(step string, done, total int) {
		if now := time.Now(); now.Sub(last) >= time.Second {
			last = now
			fmt.Fprintf(w, "%s: %s of %d of %d passages\n", course, step, done, total)
		}
	}
}

// give ingests courses into the target and says what that did.
func (r *record) give(ctx context.Context, into *target, courses []tutor.Course, w io.Writer) error {
	school, err := r.findSchool(ctx, into.school)
	if err != nil {
		return err
	}
	for _, course := range courses {
		done, err := r.ingest(ctx, school, course, indexProgress(course.ID, w))
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s: skills %s; lessons %s; activities %s; rubrics %s; %d passages\n", course.ID,
			changes(done.saved.Skills), changes(done.saved.Lessons), changes(done.saved.Activities), changes(done.saved.Rubrics),
			done.indexed.Added+done.indexed.Kept)
		for _, name := range into.classes {
			class, err := r.store.CreateClass(ctx, school, name)
			if err != nil {
				return err
			}
			if err := r.store.GiveCourse(ctx, school, class, course.ID); err != nil {
				return err
			}
		}
	}
	if len(into.classes) == 0 {
		fmt.Fprintln(w, "No class was given these courses; --class NAME does.")
	}
	return nil
}

func changes(c postgres.Changes) string {
	parts := []string{}
	for _, p := range []struct {
		n    int
		what string
	}{{len(c.Added), "new"}, {len(c.Changed), "changed"}, {len(c.Retired), "retired"}, {c.Unchanged, "as before"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// courseFolders returns the course in dir, or the courses in its folders, by
// path.
func courseFolders(dir string) (map[string]fs.FS, error) {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s is no folder", dir)
	}
	if isCourse(dir) {
		return map[string]fs.FS{dir: os.DirFS(dir)}, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	found := map[string]fs.FS{}
	for _, e := range entries {
		if path := filepath.Join(dir, e.Name()); isCourse(path) {
			found[path] = os.DirFS(path)
		}
	}
	if len(found) == 0 {
		return nil, tutor.Errorf(tutor.CodeInvalid, "%s holds no course: neither it nor a folder in it has a course.yaml", dir)
	}
	return found, nil
}

func isCourse(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "course.yaml"))
	return err == nil
}

// loadCourses reads courses in order of their names.
func loadCourses(folders map[string]fs.FS) ([]tutor.Course, error) {
	var courses []tutor.Course
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		course, err := curriculum.Load(folders[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		courses = append(courses, course)
	}
	return courses, nil
}

func lintOptions() curriculum.Options {
	return curriculum.Options{Match: rubric.Equal, Reveals: rubric.Reveals}
}

// lint prints the problems of courses and returns how many there are besides
// hints.
func lint(folders map[string]fs.FS, w io.Writer) int {
	total := 0
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		for _, p := range curriculum.Lint(folders[name], lintOptions()) {
			p.File = filepath.Join(name, p.File)
			fmt.Fprintln(w, p)
			if !p.Hint {
				total++
			}
		}
	}
	return total
}

var errCourse = errors.New("the course is not as it should be; nothing was changed")

func lintFolder(c *call) error {
	folders, err := courseFolders(c.args[0])
	if err != nil {
		return err
	}
	if n := lint(folders, c.env.Stdout); n > 0 {
		return fmt.Errorf("%d to mend", n)
	}
	fmt.Fprintln(c.env.Stdout, "Nothing to mend.")
	return nil
}

func ingestFolder(ctx context.Context, c *call, into *target) error {
	folders, err := courseFolders(c.args[0])
	if err != nil {
		return err
	}
	if lint(folders, c.env.Stderr) > 0 {
		return errCourse
	}
	courses, err := loadCourses(folders)
	if err != nil {
		return err
	}
	return withRecord(ctx, c, func(r *record) error { return r.give(ctx, into, courses, c.env.Stdout) })
}
