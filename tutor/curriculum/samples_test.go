package curriculum_test

import (
	"testing"

	"maieutic/rubric"
	"maieutic/tutor"
	"maieutic/tutor/curriculum"
)

func options() curriculum.Options {
	return curriculum.Options{Match: rubric.Equal, Reveals: rubric.Reveals}
}

func TestSampleCourses(t *testing.T) {
	samples, err := curriculum.Samples()
	if err != nil || len(samples) < 2 {
		t.Fatalf("%d sample courses, %v", len(samples), err)
	}
	for name, fsys := range samples {
		for _, p := range curriculum.Lint(fsys, options()) {
			t.Errorf("%s/%s", name, p)
		}
	}
}

// The courses have the size that was promised.
func TestSampleCoursesAreWhole(t *testing.T) {
	want := map[string]struct{ skills, lessons, activities, essays, rubrics int }{
		"algebra": {12, 12, 30, 0, 0}, "circuits": {8, 8, 15, 0, 0}, "arguing": {6, 7, 4, 2, 1},
	}
	samples, err := curriculum.Samples()
	if err != nil {
		t.Fatal(err)
	}
	for name, w := range want {
		c, err := curriculum.Load(samples[name])
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		practised, essays := map[string]bool{}, 0
		for _, a := range c.Activities {
			if a.Kind == tutor.ActivityEssay {
				essays++
			}
			for _, k := range a.Skills {
				practised[k] = true
			}
		}
		if len(c.Skills) < w.skills || len(c.Lessons) < w.lessons || len(c.Activities) < w.activities || essays < w.essays || len(c.Rubrics) < w.rubrics {
			t.Errorf("%s has %d skills, %d lessons, %d activities, %d of them essays, and %d rubrics, want %+v",
				name, len(c.Skills), len(c.Lessons), len(c.Activities), essays, len(c.Rubrics), w)
		}
		for _, k := range c.Skills {
			if !practised[k.ID] {
				t.Errorf("%s: nothing practises %s", name, k.ID)
			}
		}
	}
}
